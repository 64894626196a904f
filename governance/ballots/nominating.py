"""Verbs on candidacies: nominate, answer, withdraw, write a statement, endorse."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from community.audit.actions import record
from community.jobs.clock import database_now
from community.jobs.topics import publish
from community.people.erasure import with_absorbed
from governance.ballots.candidacies import employer_on, part_of
from governance.ballots.candidacy_rules import (
    why_not_accept,
    why_not_decline,
    why_not_endorse,
    why_not_nominate,
    why_not_say,
    why_not_stand,
    why_not_take_back,
    why_not_withdraw,
    why_not_write_statement,
)
from governance.ballots.models import Candidacy, Election, Endorsement

if TYPE_CHECKING:
    from community.people.models import Person

State = Candidacy.State


@transaction.atomic
def nominate(*, election: Election, person: "Person", by: "Person", at: datetime) -> Candidacy:
    """Propose somebody for a seat; who proposes themselves accepts by that.

    Whoever declined or withdrew comes back by proposing themselves. Raises `Refused`.
    """
    if person.pk in with_absorbed(by.pk):
        return _stand(election, by, at)
    election = _locked(election)
    found = Candidacy.objects.filter(election=election).of_person(person).first()
    parts = part_of(election, by), part_of(election, person)
    if refusal := why_not_nominate(election, *parts, str(person), found, database_now()):
        raise refusal
    row = Candidacy(election=election, person=person, nominated_by=by, nominated_at=at)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:  # somebody else was faster
        there = Candidacy.objects.filter(election=election, person=person).first()
        late = why_not_nominate(election, *parts, str(person), there, database_now())
        raise late or error from error
    _tell("ballots.nominated", row, by, at)
    return row


def _stand(election: Election, person: "Person", at: datetime) -> Candidacy:
    """Have somebody stand at their own wish."""
    election = _locked(election)
    row = Candidacy.objects.filter(election=election).of_person(person).first()
    if refusal := why_not_stand(election, part_of(election, person), row, database_now()):
        raise refusal
    is_new = row is None
    if row is None:
        row = Candidacy(election=election, person=person, nominated_by=person, nominated_at=at)
    row.state, row.answered_at, row.withdrawn_at = State.ACCEPTED, at, None
    row.save()
    if is_new:
        _tell("ballots.nominated", row, person, at)
    _tell("ballots.nomination_accepted", row, person, at)
    return row


@transaction.atomic
def accept_nomination(*, candidacy: Candidacy, by: "Person", at: datetime) -> Candidacy:
    """Stand after somebody else asked one to. Raises `Refused`."""
    election, row = _held(candidacy)
    if refusal := why_not_accept(row, election, part_of(election, by)):
        raise refusal
    return _answer(row, State.ACCEPTED, "ballots.nomination_accepted", by, at)


@transaction.atomic
def decline_nomination(*, candidacy: Candidacy, by: "Person", at: datetime) -> Candidacy:
    """Not stand though somebody else asked one to. Raises `Refused`."""
    election, row = _held(candidacy)
    if refusal := why_not_decline(row, election, part_of(election, by)):
        raise refusal
    return _answer(row, State.DECLINED, "ballots.nomination_declined", by, at)


def _answer(row: Candidacy, state: str, topic: str, by: "Person", at: datetime) -> Candidacy:
    row.state, row.answered_at = state, at
    row.save(update_fields=["state", "answered_at"])
    _tell(topic, row, by, at)
    return row


@transaction.atomic
def withdraw(*, candidacy: Candidacy, by: "Person", at: datetime) -> Candidacy:
    """Step back before voting closes.

    An announced ballot stays as it is, and everybody is told beside it. Raises `Refused`.
    """
    election, row = _held(candidacy)
    if refusal := why_not_withdraw(row, election, part_of(election, by), database_now()):
        raise refusal
    row.state, row.withdrawn_at = State.WITHDRAWN, at
    row.save(update_fields=["state", "withdrawn_at"])
    _tell("ballots.candidate_withdrew", row, by, at)
    return row


@transaction.atomic
def write_statement(*, candidacy: Candidacy, text: str, by: "Person", at: datetime) -> Candidacy:
    """Say in Markdown why one stands; an empty text takes it away. Raises `Refused`."""
    election, row = _held(candidacy)
    text = text.strip()
    refusal = why_not_write_statement(row, election, part_of(election, by)) or why_not_say(text)
    if refusal:
        raise refusal
    if text != row.statement:
        row.statement = text
        row.save(update_fields=["statement"])
        _tell("ballots.statement_written", row, by, at)
    return row


@transaction.atomic
def endorse(*, candidacy: Candidacy, by: "Person", at: datetime) -> Endorsement:
    """Support a candidacy in public, with the employer of the day. Raises `Refused`."""
    election, row = _held(candidacy)
    part = part_of(election, by)
    has_endorsed = Endorsement.objects.filter(candidacy=row).of_person(by).exists()
    if refusal := why_not_endorse(row, election, part, has_endorsed=has_endorsed):
        raise refusal
    employer = employer_on(at.date(), by)
    made = Endorsement.objects.create(candidacy=row, person=by, employer=employer, endorsed_at=at)
    _tell("ballots.endorsed", row, by, at)
    return made


@transaction.atomic
def take_back_endorsement(*, candidacy: Candidacy, by: "Person", at: datetime) -> None:
    """Support a candidacy no more. Raises `Refused`."""
    election, row = _held(candidacy)
    mine = Endorsement.objects.filter(candidacy=row).of_person(by)
    if refusal := why_not_take_back(election, has_endorsed=mine.exists()):
        raise refusal
    mine.delete()
    _tell("ballots.endorsement_taken_back", row, by, at)


@transaction.atomic
def forget_candidate(*, person_id: int, at: datetime) -> None:
    """Take away what somebody who is erased wrote and whom they endorsed; what is frozen stays.

    Where voting is not over they stand no more.
    """
    people = with_absorbed(person_id)
    going_on = [Election.State.DRAFT, Election.State.FROZEN]
    Endorsement.objects.filter(
        person__in=people, candidacy__election__state=Election.State.DRAFT
    ).delete()
    mine = Candidacy.objects.filter(person__in=people)
    mine.exclude(statement="").update(statement="")
    standing = mine.filter(state__in=[State.NOMINATED, State.ACCEPTED])
    for one in standing.filter(election__state__in=going_on).order_by("pk"):
        _election, row = _held(one)
        if row.state in {State.NOMINATED, State.ACCEPTED}:
            row.state, row.withdrawn_at = State.WITHDRAWN, at
            row.save(update_fields=["state", "withdrawn_at"])
            _tell("ballots.candidate_withdrew", row, None, at)


def _locked(election: Election) -> Election:
    """The row as it is now, held against its freeze until the transaction ends."""
    return Election.objects.select_for_update(of=("self",)).get(pk=election.pk)


def _held(candidacy: Candidacy) -> tuple[Election, Candidacy]:
    """The election and the candidacy as they are now; the election is held against its freeze."""
    election = _locked(candidacy.election)
    row = Candidacy.objects.select_for_update().get(pk=candidacy.pk)
    row.election = election
    return election, row


def _tell(verb: str, row: Candidacy, by: "Person | None", at: datetime) -> None:
    """Log what was done, and have others told of it."""
    record(verb=verb, subject=row, actor=by, at=at, election=row.election_id)
    publish(
        verb,
        candidacy_id=row.pk,
        election_id=row.election_id,
        person_id=row.person_id,
        by_id=by.pk if by else None,
    )
