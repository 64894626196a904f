"""Verbs on requests: anybody asks, two officers decide."""

from collections import Counter
from datetime import datetime

from django.db import IntegrityError, transaction

from community.audit.actions import record
from community.jobs.clock import database_now
from community.jobs.topics import publish
from community.people.models import Person
from community.people.profiles import kept_person
from governance.rolls.models import Decision, Request, Roll, Voter
from governance.rolls.queries import tie_of
from governance.rolls.querysets import voter_of
from governance.rolls.rows import fresh_row, take_off
from governance.rolls.rules import (
    AGREEING,
    why_not_ask_again,
    why_not_decide,
    why_not_request,
    why_not_withdraw,
)

OUTCOMES = {
    Decision.Verdict.ACCEPT: Request.State.ACCEPTED,
    Decision.Verdict.DECLINE: Request.State.DECLINED,
}


@transaction.atomic
def make_request(
    *,
    roll: Roll,
    kind: str,
    person: Person,
    reason: str,
    evidence: str = "",
    by: Person,
    at: datetime,
) -> Request:
    """Ask that oneself be put on a roll, or somebody be taken off it. Raises `Refused`.

    Whether the person to be taken off stands there is told to nobody who asks.
    The log keeps that there was a request, and not who asked.
    """
    roll = Roll.objects.select_for_update().get(pk=roll.pk)
    person = by if kind == Request.Kind.INCLUDE else kept_person(person)
    own_open = roll.requests.open().filter(by=by).count()
    stands = voter_of(roll, by) is not None
    refusal = why_not_request(roll, kind=kind, stands=stands, own_open=own_open, now=database_now())
    if refusal:
        raise refusal
    asked = Request(roll=roll, person=person, kind=kind, reason=reason, evidence=evidence)
    asked.by, asked.created_at = by, at
    try:
        with transaction.atomic():
            asked.save()
    except IntegrityError as error:
        raise why_not_ask_again(is_open=True) or error from error
    record(verb="rolls.request_made", subject=roll, at=at, request=asked.pk, kind=kind)
    publish("rolls.request_made", request_id=asked.pk)
    return asked


@transaction.atomic
def withdraw_request(*, request: Request, by: Person, at: datetime) -> Request:
    """Take back what one asked for. Raises `Refused`."""
    roll, held = _held(request)
    if refusal := why_not_withdraw(held, by):
        raise refusal
    held.state, held.decided_at = Request.State.WITHDRAWN, at
    held.save(update_fields=["state", "decided_at"])
    record(verb="rolls.request_withdrawn", subject=roll, at=at, request=held.pk)
    return held


@transaction.atomic
def decide_request(
    *, request: Request, officer: Person, verdict: str, reason: str, at: datetime
) -> Request:
    """Say yes or no as one officer; with the second who says the same it is done.

    The roll is held first, so that of two officers at once the second sees what
    the first one said. Raises `Refused`.
    """
    roll, held = _held(request)
    tie = tie_of(officer, roll, about=held.person, asked_by=held.by, day=at.date())
    has_decided = held.decisions.filter(officer=officer).exists()
    if refusal := why_not_decide(held, roll, tie, has_decided=has_decided):
        raise refusal
    Decision.objects.create(request=held, officer=officer, verdict=verdict, reason=reason, at=at)
    said = Counter(held.decisions.values_list("verdict", flat=True))
    if said[verdict] >= AGREEING:
        _settle(roll, held, OUTCOMES[Decision.Verdict(verdict)], at)
    return held


def _settle(roll: Roll, request: Request, outcome: str, at: datetime) -> None:
    """Write down what two officers agree on, and do it; the log names them together."""
    request.state, request.decided_at = outcome, at
    request.save(update_fields=["state", "decided_at"])
    if outcome == Request.State.ACCEPTED:
        _do(roll, request, at)
    officers = sorted(request.decisions.values_list("officer", flat=True))
    record(
        verb="rolls.request_decided",
        subject=roll,
        at=at,
        request=request.pk,
        outcome=str(outcome),
        officers=officers,
    )
    publish("rolls.request_decided", request_id=request.pk)


def _do(roll: Roll, request: Request, at: datetime) -> None:
    """Nothing where the row already stands, or already does not."""
    person = kept_person(request.person)
    row = voter_of(roll, person)
    if request.kind == Request.Kind.EXCLUDE and row is not None:
        take_off(row, at)
    elif request.kind == Request.Kind.INCLUDE and row is None and person.erased_at is None:
        fresh_row(roll, person, Voter.Origin.REQUEST).save()


def _held(request: Request) -> tuple[Roll, Request]:
    """The roll and the request, read again and held until the transaction ends."""
    roll = Roll.objects.select_for_update().get(pk=request.roll_id)
    found = Request.objects.select_related("person", "by").select_for_update(of=("self",))
    return roll, found.get(pk=request.pk)
