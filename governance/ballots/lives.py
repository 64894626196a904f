"""The life of an election as a timeline."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from governance.ballots.models import Election

State = Election.State


@dataclass(frozen=True)
class Step:
    """A step, its moment, and whether it is `done`, `now`, `next` or `bad`."""

    label: str
    moment: datetime | None
    state: str
    note: str = ""


def life_of(election: Election, at: datetime) -> list[Step]:
    """The steps in order; the first one not done yet is where it stands."""
    steps: list[tuple[str, datetime | None, bool]] = []
    if election.is_of_people and election.nominations_until:
        until = election.nominations_until
        steps.append((_("Nominations end"), until, until <= at))
    steps += [
        (_("Announced and frozen"), election.frozen_at, election.frozen_at is not None),
        (_("Voting opens"), election.opens_at, _has_begun(election, at)),
        (_("Voting closes"), election.closes_at, election.is_over(at)),
    ]
    if election.challenge_hours:
        is_past = election.is_over(at) and election.counts_from <= at
        steps.append((_("Time for challenges ends"), election.counts_from, is_past))
    steps += [
        (_("Counted"), election.counted_at, election.counted_at is not None),
        (_("Published"), election.published_at, election.published_at is not None),
    ]
    if election.canceled_at:
        done = [Step(label, moment, "done") for label, moment, is_done in steps if is_done]
        return [*done, Step(_("Canceled"), election.canceled_at, "bad", election.cancel_reason)]
    return _marked(steps)


def _has_begun(election: Election, at: datetime) -> bool:
    return election.state != State.DRAFT and election.opens_at <= at


def _marked(steps: list[tuple[str, datetime | None, bool]]) -> list[Step]:
    first_open = next((at for at, (*_rest, is_done) in enumerate(steps) if not is_done), len(steps))
    return [
        Step(label, moment, "done" if is_done else "now" if at == first_open else "next")
        for at, (label, moment, is_done) in enumerate(steps)
    ]
