"""A draft filled with whoever meets its criteria, by statements about many people at once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from community.people.bulk import among, chunks, insert
from contributors.criteria.gathering import meeting
from governance.rolls.leaves import leaf_of, new_salt
from governance.rolls.models import Roll, Voter
from governance.rolls.queries import uids_of

STEP = 5_000  # rows


class _Row(NamedTuple):
    pk: int
    person_id: int
    uid: str
    salt: str


def fill(roll: Roll) -> int:
    """Bring the rows of a draft up to date; those who stay keep their salts. How many they are."""
    met = meeting(roll.criteria.document, roll.on)
    uids = uids_of(met)
    found = roll.voters.values_list(*_Row._fields).iterator()
    held = {row.person_id: row for row in map(_Row._make, found)}
    gone = [row.pk for person, row in held.items() if person not in met]
    for keys in chunks(gone, STEP):
        Voter.objects.filter(pk__in=among(keys)).delete()
    fresh = sorted(met - held.keys())
    insert(Voter(roll=roll), ("person_id", "uid", "salt", "leaf"), _fresh(fresh, uids))
    moved = [row for person, row in held.items() if person in met and row.uid != uids[person]]
    Voter.objects.bulk_update(_moved(moved, uids), ["uid", "salt", "leaf"], batch_size=STEP)
    return len(met)


def _fresh(people: Sequence[int], uids: Mapping[int, str]) -> Iterator[tuple[int, str, str, str]]:
    for person in people:
        salt = new_salt()
        yield person, uids[person], salt, leaf_of(salt, uids[person])


def _moved(rows: Sequence[_Row], uids: Mapping[int, str]) -> list[Voter]:
    """Rows of those who are known by another id than before."""
    found = []
    for row in rows:
        uid, salt = uids[row.person_id], row.salt or new_salt()
        found.append(Voter(pk=row.pk, uid=uid, salt=salt, leaf=leaf_of(salt, uid)))
    return found
