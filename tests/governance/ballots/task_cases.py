"""Elections at the stage at which each job finds them."""

from datetime import timedelta

from community.jobs.clock import story_at
from governance.ballots.actions import close_election, count_election
from governance.ballots.casting import cast_ballot
from governance.ballots.models import Election
from tests.conftest import NOON
from tests.factories.ballots import announced, people

BEFORE, DURING = NOON - timedelta(days=8), NOON - timedelta(days=1)
CHOICES = [{"ada": 1}, {"grace": 1}, {"ada": 1, "grace": 1}, {"linus": 1}, {}, {"ada": 2}]


def voted() -> Election:
    """Its time is up; every voter but one has voted, one of them twice."""
    voters = people(7)
    with story_at(BEFORE):
        opens, closes = NOON - timedelta(days=7), NOON - timedelta(hours=1)
        election = announced(voters, opens_at=opens, closes_at=closes)
    with story_at(DURING):
        for voter, choice in zip([*voters[:6], voters[0]], [*CHOICES, {"linus": 1}], strict=True):
            cast_ballot(election=election, person=voter, choice=choice, at=DURING)
    return election


def closed() -> Election:
    with story_at(NOON):
        return close_election(election=voted(), at=NOON)


def counted() -> Election:
    with story_at(NOON):
        return count_election(election=closed(), at=NOON)


def of_each_stage() -> None:
    """One to be closed, one to be counted, one to be published."""
    voted()
    closed()
    counted()
