"""Who is who on a roll: ids that leaves are made of, employers, merged records, completeness."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser

from community.lib.refusals import NOTHING, Sentence
from community.people.erasure import with_absorbed
from community.people.models import Affiliation, Identity, Person
from community.people.profiles import kept_person
from contributors.criteria.queries import gap_behind
from governance.rolls.models import Officer, Roll, Voter

if TYPE_CHECKING:
    Viewer = Person | AnonymousUser

RANKS = {"github": 0, "gitlab": 1}
Key = tuple[int, str, bool, int]


def uid_of(person: Person) -> str:
    """The id that stands for somebody on a roll."""
    return uids_of([person.pk])[person.pk]


def uids_of(people: Collection[int]) -> dict[int, str]:
    """For each person a numeric id at a provider, GitHub before GitLab before others, verified
    ones first and of several the lowest; `person:` and our own number where there is none."""
    wanted = set(people)
    rows = Identity.objects.alive().exclude(provider="git").order_by()
    if len(wanted) < 100:
        rows = rows.filter(person__in=wanted)
    best: dict[int, tuple[Key, str]] = {}
    columns = ("person_id", "provider", "uid", "verified_at")
    for person, provider, uid, verified_at in rows.values_list(*columns).iterator():
        if person not in wanted or not (uid.isascii() and uid.isdecimal()):
            continue
        key = (RANKS.get(provider, 2), provider, verified_at is None, int(uid))
        if person not in best or key < best[person][0]:
            best[person] = key, f"{provider}:{uid}"
    return {pk: best[pk][1] if pk in best else f"person:{pk}" for pk in wanted}


def employers_of(person: Person, day: date) -> set[int]:
    """The organizations that somebody works for on a day; being independent is none."""
    stays = Affiliation.objects.on(day).filter(person=person).exclude(organization=None)
    return set(stays.values_list("organization_id", flat=True))


@dataclass(frozen=True, slots=True)
class Tie:
    """What binds an officer to what a request or an amendment is about."""

    is_officer: bool
    asked: bool
    is_concerned: bool
    shares_employer: bool


def tie_of(
    officer: Person, roll: Roll, *, about: Person, asked_by: Person | None, day: date
) -> Tie:
    """Of records that were merged, the one that was kept counts."""
    mine, concerned = with_absorbed(officer.pk), kept_person(about)
    shared = employers_of(officer, day) & employers_of(concerned, day)
    return Tie(
        is_officer=roll.officers.deciding().filter(person=officer).exists(),
        asked=asked_by is not None and asked_by.pk in mine,
        is_concerned=concerned.pk in mine,
        shares_employer=bool(shared),
    )


def role_of(roll: Roll, viewer: "Viewer") -> str:
    """`officer`, `observer`, or nothing."""
    if not viewer.is_authenticated:
        return ""
    roles = roll.officers.filter(person=viewer.pk).values_list("role", flat=True)
    return roles.first() or ""


def sees_names(roll: Roll, viewer: "Viewer") -> bool:
    """Whether somebody may read who stands on a roll and who asked for what."""
    is_staff = viewer.is_authenticated and viewer.is_staff
    return bool(is_staff or role_of(roll, viewer))


def is_officer(roll: Roll, viewer: "Viewer") -> bool:
    """Whether somebody decides about a roll."""
    return role_of(roll, viewer) == Officer.Role.OFFICER


def completeness_of(roll: Roll, at: datetime) -> dict[str, Any]:
    """How complete the data in the rule's window is, as it is stored with a sealed roll.

    The sentence is the one that everybody may read.
    """
    gap = gap_behind(roll.criteria.document, roll.on, AnonymousUser(), at)
    if gap is None:
        return {"share": 1.0, "expected": 0, "received": 0, "said": {}, "url": ""}
    weight = gap.weight
    counts = {"expected": weight.expected, "received": weight.received}
    return {"share": weight.share, **counts, "said": gap.said.as_json(), "url": gap.url}


@dataclass(frozen=True, slots=True)
class Wholeness:
    """The same for a page."""

    share: float | None
    said: Sentence
    url: str

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Wholeness":
        return cls(stored["share"], Sentence.from_json(stored["said"]), stored["url"])

    @property
    def percent(self) -> int | None:
        """In whole percent, rounded down: 100 only where everything is there."""
        if self.share is None:
            return None
        return 100 if self.share >= 1 else min(99, int(self.share * 100 + 1e-9))

    def reaches(self, floor: int) -> bool:
        """Whether it is at least so many percent; what nobody knows is not."""
        return floor == 0 or (self.share is not None and self.share * 100 >= floor)


WHOLE = Wholeness(1.0, NOTHING, "")


def wholeness_of(roll: Roll, viewer: "Viewer", at: datetime) -> Wholeness:
    """As it was when the roll was sealed, or as it is now and this reader may know."""
    if roll.completeness is not None:
        return Wholeness.of(roll.completeness)
    gap = gap_behind(roll.criteria.document, roll.on, viewer, at)
    return Wholeness(gap.weight.share, gap.said, gap.url) if gap else WHOLE


def doubles_on(roll: Roll) -> list[list[Voter]]:
    """Standing rows that turned out to be one person's, since records were merged."""
    standing = roll.voters.standing().select_related("person", "person__merged_into")
    merged = list(standing.exclude(person__merged_into=None))
    kept = {row.pk: kept_person(row.person).pk for row in merged}
    groups: dict[int, list[Voter]] = {}
    for row in [*standing.filter(person__in=set(kept.values()), person__merged_into=None), *merged]:
        groups.setdefault(kept.get(row.pk, row.person_id), []).append(row)
    return [rows for rows in groups.values() if len(rows) > 1]


def leaves_of(roll: Roll) -> list[str]:
    """The leaves that stand on a roll."""
    return list(roll.voters.standing().values_list("leaf", flat=True))
