"""Shutting somebody out, and letting them in again."""

from datetime import datetime

from django.db import transaction

from community.audit.actions import record
from community.people.models import AccessLink, Person
from community.people.rules import why_not_lift, why_not_suspend


@transaction.atomic
def suspend_person(*, person: Person, reason: str, by: Person, at: datetime) -> Person:
    """Let somebody do nothing here until it is lifted; their sessions, tokens and links end.

    `reason` is a value of `Person.Suspension`. What they did stays. Raises `Refused`.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if refusal := why_not_suspend(person, by):
        raise refusal
    person.is_active, person.suspended_for = False, Person.Suspension(reason).value
    person.save(update_fields=["is_active", "suspended_for"])
    AccessLink.objects.filter(person=person, used_at=None).delete()
    record(verb="people.suspended", subject=person, actor=by, at=at, reason=reason)
    return person


@transaction.atomic
def lift_suspension(*, person: Person, by: Person, at: datetime) -> Person:
    """Let somebody in again. Raises `Refused`."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if refusal := why_not_lift(person, by):
        raise refusal
    person.is_active, person.suspended_for = True, ""
    person.save(update_fields=["is_active", "suspended_for"])
    record(verb="people.suspension_lifted", subject=person, actor=by, at=at)
    return person
