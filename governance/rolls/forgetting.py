"""What rolls keep of somebody: all of it for their own export, a bare leaf once erased."""

from django.db import transaction
from django.db.models import Q

from community.people.erasure import with_absorbed
from community.people.exports import Rows
from community.people.models import Person
from governance.rolls.models import Decision, Request, Voter


@transaction.atomic
def forget_person(*, person_id: int) -> None:
    """Wipe id and salt, so that nobody can tell whose leaf it was, and what was written."""
    people = with_absorbed(person_id)
    Voter.objects.filter(person__in=people).update(uid="", salt="")
    asked = Request.objects.filter(Q(person__in=people) | Q(by__in=people))
    asked.update(reason="", evidence="")


def own_rows(person: Person) -> Rows:
    """The rows of somebody, with what their leaves are made of."""
    return Voter.objects.of_person(person).values(
        "roll__slug", "uid", "salt", "leaf", "origin", "removed_at"
    )


def own_requests(person: Person) -> Rows:
    """What somebody asked for, and what was decided about them."""
    return Request.objects.of_person(person).values(
        "roll__slug", "kind", "reason", "evidence", "state", "created_at", "decided_at"
    )


def own_decisions(person: Person) -> Rows:
    """What somebody decided as an officer."""
    return Decision.objects.filter(officer=person).values(
        "request__roll__slug", "request", "verdict", "reason", "at"
    )
