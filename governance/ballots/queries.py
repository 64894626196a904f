"""Reads of elections across tables."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count

from community.audit.models import Event
from community.lib.refusals import NOTHING, Sentence
from governance.ballots.models import Election, Envelope, OpenVote
from governance.ballots.papers import WRONG
from governance.ballots.rulebook import rulebook_of
from governance.ballots.telling import reminds_from
from governance.rolls.models import Voter
from governance.rolls.querysets import voter_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many have voted, and how many may."""

    cast: int
    electorate: int

    @property
    def share(self) -> float:
        return self.cast / self.electorate if self.electorate else 0.0


def turnouts(elections: Iterable[Election]) -> dict[int, Turnout]:
    """The turnout of each election by its id, in three queries; what is counted stays as it was."""
    listed = list(elections)
    ids = [one.pk for one in listed]
    cast: Counter[int] = Counter()
    for rows in (
        Envelope.objects.filter(election__in=ids),
        OpenVote.objects.filter(election__in=ids).exclude(voter=None),
    ):
        grouped = rows.order_by().values_list("election").annotate(number=Count("pk"))
        cast.update(dict(grouped))
    standing = Voter.objects.standing().filter(roll__in={one.roll_id for one in listed})
    voters = dict(standing.order_by().values_list("roll").annotate(number=Count("pk")))
    return {one.pk: _turnout(one, cast[one.pk], voters.get(one.roll_id, 0)) for one in listed}


def _turnout(election: Election, cast: int, voters: int) -> Turnout:
    if election.result:
        return Turnout(election.result["cast"], election.result["electorate"])
    return Turnout(cast, voters)


def due_at(moment: datetime) -> dict[str, list[Election]]:
    """The elections that each job has something to do for, as far as the clock knows."""
    going_on = list(Election.objects.open_at(moment))
    return {
        "ballots.tell_opened": going_on,
        "ballots.remind": [one for one in going_on if reminds_from(one) <= moment],
        "ballots.close": list(Election.objects.due_to_close(moment)),
        "ballots.count": due_to_count(moment),
        "ballots.publish": due_to_publish(),
    }


def due_to_count(moment: datetime) -> list[Election]:
    """Closed ones whose time for challenges is over and that wait for no lot."""
    closed = Election.objects.filter(state=Election.State.CLOSED)
    return [
        one
        for one in closed
        if one.counts_from <= moment and (one.lot_value or not rulebook_of(one.rules).asks_for_lot)
    ]


def due_to_publish() -> list[Election]:
    """Counted ones that wait for no officers to decide a tie."""
    counted = Election.objects.filter(state=Election.State.COUNTED)
    return [one for one in counted if not waits_for_officers(one)]


def waits_for_officers(election: Election) -> bool:
    """Whether a tie is open that matters and that the rules leave to officers."""
    outcome = (election.result or {}).get("outcome", {})
    is_open = any(one["broken_by"] is None and one["matters"] for one in outcome.get("ties", ()))
    return is_open and rulebook_of(election.rules).asks_officers


def why_count_stopped(election: Election) -> Sentence:
    """What was wrong with the box of a closed election when it was last opened, from the log."""
    if election.state != Election.State.CLOSED:
        return NOTHING
    stopped = Event.objects.about(election).with_verb("ballots.count_stopped").first()
    return Sentence(WRONG[stopped.facts["why"]]) if stopped else NOTHING


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands in an election: on its roll or not, and whether they have voted.

    `envelope` is the hash of what lies in the box for them, never what is in it.
    """

    is_on_roll: bool = False
    may_vote: bool = False
    version: int = 0
    envelope: str = ""


def standing_of(election: Election, viewer: "Person | AnonymousUser") -> Standing:
    """The reader's standing, told to nobody else."""
    if not viewer.is_authenticated:
        return Standing()
    voter = voter_of(election.roll, viewer)
    is_on_roll = voter is not None
    if election.is_secret:
        envelope = (
            Envelope.objects.filter(election=election, voter=voter).first() if voter else None
        )
        version, digest = (envelope.version, envelope.sha256) if envelope else (0, "")
        return Standing(is_on_roll, is_on_roll, version, digest)
    said = OpenVote.objects.filter(election=election, person=viewer).first()
    may_vote = is_on_roll or "apache" in election.rules
    return Standing(is_on_roll, may_vote, said.version if said else 0)
