"""Rows as they come onto a roll and go from it; who may do that is decided elsewhere."""

from datetime import datetime

from community.people.models import Person
from governance.rolls.leaves import leaf_of, new_salt
from governance.rolls.models import Roll, Voter
from governance.rolls.queries import uid_of


def fresh_row(roll: Roll, person: Person, origin: str) -> Voter:
    """An unsaved row with a new salt: a new one, or the one that somebody had before."""
    row = roll.voters.filter(person=person).first() or Voter(roll=roll, person=person)
    row.uid, row.salt = uid_of(person), new_salt()
    row.leaf = leaf_of(row.salt, row.uid)
    row.origin, row.removed_at = origin, None
    return row


def take_off(row: Voter, at: datetime) -> None:
    """Keep the row as one that no longer stands."""
    row.removed_at = at
    row.save(update_fields=["removed_at"])
