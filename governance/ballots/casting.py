"""Casting: one statement decides whether a ballot is in time, and there is one a voter."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from community.audit.actions import record
from community.jobs.clock import database_now, now_in_sql
from community.jobs.topics import publish
from community.lib.refusals import Refused
from governance.ballots import sealing
from governance.ballots.folder.building import RECEIPT_BYTES, receipt_of
from governance.ballots.manifest import terms_of
from governance.ballots.models import Election
from governance.ballots.rulebook import WrongChoice, choice_of, marks_of
from governance.ballots.rules import why_not_choose, why_not_vote
from governance.rolls.canonical import canonical
from governance.rolls.models import Voter
from governance.rolls.querysets import voter_of

if TYPE_CHECKING:
    from community.people.models import Person

IN_TIME = "e.state = 'frozen' AND e.opens_at <= {clock} AND {clock} < e.closes_at"
PUT_IN = """
    INSERT INTO ballots_envelope (election_id, voter_id, content, sha256, version)
    SELECT e.id, %s, %s, %s, 1 FROM ballots_election e WHERE e.id = %s AND {in_time}
    ON CONFLICT (election_id, voter_id) DO UPDATE SET content = excluded.content,
        sha256 = excluded.sha256, version = ballots_envelope.version + 1
    RETURNING version
"""
SAY = """
    INSERT INTO ballots_openvote (election_id, person_id, voter_id, marks, reason, version)
    SELECT e.id, %s, %s, %s, %s, 1 FROM ballots_election e WHERE e.id = %s AND {in_time}
    ON CONFLICT (election_id, person_id) DO UPDATE SET marks = excluded.marks,
        reason = excluded.reason, voter_id = excluded.voter_id,
        version = ballots_openvote.version + 1
    RETURNING version
"""


@dataclass(frozen=True, repr=False)
class Receipt:
    """What a voter is shown once and nobody keeps; `code` is empty where there are no receipts."""

    code: str
    envelope: str  # SHA-256 of the sealed envelope
    version: int
    choice: dict[str, int]


@transaction.atomic
def cast_ballot(
    *,
    election: Election,
    person: "Person",
    choice: Mapping[str, Any],
    reason: str = "",
    at: datetime,
) -> Receipt:
    """Put a sealed choice into the box, or say it openly, in place of an earlier one.

    Whether it is in time is judged by the database's clock in the statement that
    writes it. In votes of the Apache way, who is not on the roll gives advice.
    Raises `Refused`.
    """
    voter = voter_of(election.roll, person)
    may_advise = "apache" in election.rules and not election.is_secret
    is_on_roll = voter is not None or may_advise
    if refusal := why_not_vote(election, is_on_roll=is_on_roll, at=database_now()):
        raise refusal
    terms = terms_of(election.manifest_document)
    try:
        marks = marks_of(terms.rulebook, terms.keys, choice)
    except WrongChoice as wrong:
        raise why_not_choose(wrong) from None
    written = choice_of(terms.rulebook, terms.keys, marks)
    if voter is not None and election.is_secret:
        receipt = put_in(election, voter, written)
    else:
        receipt = _said(election, person, voter, marks, reason, written)
    facts = {"sha256": receipt.envelope} if election.is_secret else {}
    record(
        verb="ballots.cast", subject=election, actor=person, at=at, version=receipt.version, **facts
    )
    publish("ballots.cast", election_id=election.pk, person_id=person.pk, version=receipt.version)
    return receipt


def put_in(election: Election, voter: Voter, choice: dict[str, int]) -> Receipt:
    """Seal a choice that the rules allow and put it into the box, which nobody is told.

    Raises `Refused` where the time is not right.
    """
    r = secrets.token_bytes(RECEIPT_BYTES)
    content = canonical({"choice": choice, "r": r.hex()}).ljust(election.box_size)
    envelope = sealing.put_in(election.box_key, content)
    digest = sha256(envelope).hexdigest()
    version = _written(election, PUT_IN, [voter.pk, envelope, digest, election.pk])
    return Receipt(receipt_of(r) if election.gives_receipts else "", digest, version, choice)


def _said(
    election: Election,
    person: "Person",
    voter: Voter | None,
    marks: bytes,
    reason: str,
    choice: dict[str, int],
) -> Receipt:
    row = [person.pk, voter.pk if voter else None, marks, reason, election.pk]
    return Receipt("", "", _written(election, SAY, row), choice)


def _written(election: Election, statement: str, row: list[Any]) -> int:
    """The version of what was written. Raises `Refused` where the time is not right.

    The election's row is held against the close, so that no ballot is on its way
    when the box is shut; SQLite's transaction holds the whole database.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT 1 FROM ballots_election WHERE id = %s FOR SHARE", [election.pk])
        cursor.execute(statement.format(in_time=IN_TIME.format(clock=now_in_sql())), row)
        found = cursor.fetchone()
    if found is None:
        raise _too_late(election)
    version: int = found[0]
    return version


def _too_late(election: Election) -> Refused:
    """Why the statement wrote nothing."""
    found = Election.objects.get(pk=election.pk)
    refusal = why_not_vote(found, is_on_roll=True, at=database_now())
    return refusal or Refused("closed", _("Voting is closed."))
