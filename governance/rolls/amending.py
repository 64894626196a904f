"""Verbs on sealed rolls: one officer proposes an amendment, another one makes it."""

from datetime import datetime

from django.db import transaction

from community.audit.actions import record
from community.jobs.topics import publish
from community.people.models import Person
from community.people.profiles import kept_person
from governance.rolls.canonical import canonical
from governance.rolls.leaves import roll_hash
from governance.rolls.models import Amendment, AmendmentKind, Proposal, Roll, Voter
from governance.rolls.queries import leaves_of, tie_of
from governance.rolls.querysets import voter_of
from governance.rolls.rows import fresh_row, take_off
from governance.rolls.rules import why_not_amend, why_not_confirm, why_not_drop, why_not_trust
from governance.rolls.signing import signed, signer


@transaction.atomic
def propose_amendment(
    *, roll: Roll, person: Person, kind: str, reason: str, by: Person, at: datetime
) -> Proposal:
    """Want somebody on a sealed roll or off it; nothing changes yet. Raises `Refused`."""
    roll, person = Roll.objects.select_for_update().get(pk=roll.pk), kept_person(person)
    _check(roll, person, kind, by, at)
    made = Proposal.objects.create(roll=roll, person=person, kind=kind, reason=reason, by=by, at=at)
    record(verb="rolls.amendment_proposed", subject=roll, actor=by, at=at, proposal=made.pk)
    return made


@transaction.atomic
def drop_proposal(*, proposal: Proposal, by: Person, at: datetime) -> None:
    """Want an amendment no longer. Raises `Refused`."""
    roll, held = _held(proposal)
    tie = tie_of(by, roll, about=held.person, asked_by=None, day=at.date())
    if refusal := why_not_drop(held, is_officer=tie.is_officer):
        raise refusal
    held.state = Proposal.State.WITHDRAWN
    held.save(update_fields=["state"])
    record(verb="rolls.amendment_dropped", subject=roll, actor=by, at=at, proposal=held.pk)


@transaction.atomic
def confirm_amendment(*, proposal: Proposal, by: Person, at: datetime) -> Amendment:
    """Change a sealed roll as another officer proposed, and sign the change. Raises `Refused`."""
    roll, held = _held(proposal)
    person = kept_person(held.person)
    if refusal := why_not_confirm(held, by):
        raise refusal
    _check(roll, person, held.kind, by, at)
    leaves = leaves_of(roll)
    if refusal := why_not_trust(roll.sha256, roll_hash(leaves)):
        raise refusal
    row = voter_of(roll, person) if held.kind == AmendmentKind.REMOVE else None
    row = row or fresh_row(roll, person, Voter.Origin.AMENDMENT)
    made = _sign(roll, held, row, leaves, by, at)
    if held.kind == AmendmentKind.REMOVE:
        take_off(row, at)
    else:
        row.save()
    roll.sha256 = made.after
    roll.save(update_fields=["sha256"])
    held.state = Proposal.State.CONFIRMED
    held.save(update_fields=["state"])
    facts = {"number": made.number, "kind": made.kind, "before": made.before, "after": made.after}
    record(verb="rolls.amended", subject=roll, actor=by, at=at, proposed_by=held.by_id, **facts)
    publish("rolls.amended", roll_id=roll.pk, number=made.number)
    return made


def _check(roll: Roll, person: Person, kind: str, by: Person, at: datetime) -> None:
    tie = tie_of(by, roll, about=person, asked_by=None, day=at.date())
    stands = voter_of(roll, person) is not None
    if refusal := why_not_amend(roll, tie, kind=kind, stands=stands):
        raise refusal


def _sign(
    roll: Roll, proposal: Proposal, row: Voter, leaves: list[str], by: Person, at: datetime
) -> Amendment:
    """The amendment with its signature, written before the row that it allows."""
    is_removal = proposal.kind == AmendmentKind.REMOVE
    rest = [leaf for leaf in leaves if leaf != row.leaf]
    after = roll_hash(rest if is_removal else [*leaves, row.leaf])
    number = roll.amendments.count() + 1
    document = canonical(
        {
            "format": "guildhall-roll-amendment-1",
            "roll": roll.slug,
            "number": number,
            "kind": str(proposal.kind),
            "leaf": row.leaf,
            "before": roll.sha256,
            "after": after,
            "reason": proposal.reason,
            "officers": [f"person:{proposal.by_id}", f"person:{by.pk}"],
            "at": at.isoformat(),
        }
    )
    return Amendment.objects.create(
        roll=roll,
        number=number,
        kind=proposal.kind,
        person=row.person,
        leaf=row.leaf,
        before=roll.sha256,
        after=after,
        reason=proposal.reason,
        proposed_by=proposal.by,
        confirmed_by=by,
        at=at,
        document=document.decode(),
        signature=signed(document),
        signer=signer(),
    )


def _held(proposal: Proposal) -> tuple[Roll, Proposal]:
    """The roll and the proposal, read again and held until the transaction ends."""
    roll = Roll.objects.select_for_update().get(pk=proposal.roll_id)
    found = Proposal.objects.select_related("person", "by").select_for_update(of=("self",))
    return roll, found.get(pk=proposal.pk)
