"""Announcing that somebody is away, and taking it back."""

from datetime import date, datetime

from django.db import transaction

from community.audit.actions import record
from community.jobs.topics import publish
from community.people.models import Leave, Person
from community.people.rules import why_not_announce_leave


@transaction.atomic
def announce_leave(
    *,
    person: Person,
    starts_on: date,
    ends_on: date | None,
    note: str = "",
    by: Person | None,
    at: datetime,
) -> Leave:
    """Note that somebody is away from one day until they are back. Raises `Refused`."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if refusal := why_not_announce_leave(person, person.leaves.all(), starts_on, ends_on):
        raise refusal
    made = Leave.objects.create(
        person=person, starts_on=starts_on, ends_on=ends_on, note=note, announced_by=by
    )
    record(verb="people.leave_announced", subject=person, actor=by, at=at)
    tell_of(made)
    return made


@transaction.atomic
def take_back_leave(*, leave: Leave, by: Person, at: datetime) -> None:
    """Forget an announcement, such as one that did not come true."""
    person = leave.person
    tell_of(leave)
    leave.delete()
    record(verb="people.leave_taken_back", subject=person, actor=by, at=at)


def tell_of(leave: Leave) -> None:
    """Tell whoever counts days of absence that these days are others now."""
    ends_on = leave.ends_on.isoformat() if leave.ends_on else None
    days = {"starts_on": leave.starts_on.isoformat(), "ends_on": ends_on}
    publish("people.leave_changed", person_id=leave.person_id, **days)
