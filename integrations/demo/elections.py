"""The elections of the invented community: one over and published, one going on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from random import Random

from community.jobs.clock import story_at
from governance.ballots.actions import (
    Draft,
    close_election,
    count_election,
    create_election,
    freeze_election,
    publish_election,
)
from governance.ballots.casting import put_in
from governance.ballots.models import Candidacy, Election
from governance.ballots.rulebook import Rulebook
from governance.ballots.tally.motion import MotionRule
from governance.ballots.tally.profile import usual
from governance.rolls.models import Roll, Voter

SLUGS = ("steering-committee-seats", "handbook-licence")
# Days before the story ends.
ANNOUNCED, OPENED, CLOSED, COUNTED = 9, 8, 3, 2
SEATS, STANDING = 3, 6
STATEMENTS = (
    "I want reviews within two days and releases on a calendar.",
    "Translation and documentation deserve the same care as code.",
    "Newcomers should find a first task, a mentor and a thank-you.",
    "I will keep the build green and the roadmap public.",
    "Decisions in the open, minutes within a day.",
    "Fewer features, better models.",
)


def make_elections(rolls: Sequence[Roll], at: datetime) -> list[Election]:
    """Two on the sealed roll; none where there is no roll or hardly anybody on it."""
    made = []
    for roll in rolls:
        voters = list(roll.voters.standing().select_related("person").order_by("pk"))
        if len(voters) > STANDING + SEATS:
            made += [_seats(roll, voters, at), _licence(roll, voters, at)]
    return made


def _seats(roll: Roll, voters: Sequence[Voter], at: datetime) -> Election:
    """Counted and published, so that its folder can be downloaded and checked."""
    announced, opens, closes, counted = _days(at)
    draft = Draft(
        title=f"Steering committee {closes.year}",
        text="Three of seven seats are filled for two years.",
        rules=Rulebook(usual("schulze", seats=SEATS)).document(),
        roll=roll,
        opens_at=opens,
        closes_at=closes,
        nominations_until=announced,
    )
    election = create_election(slug=SLUGS[0], draft=draft, by=None, at=announced)
    officers = set(roll.officers.values_list("person", flat=True))
    standing = [one.person for one in voters if one.person_id not in officers][:STANDING]
    Candidacy.objects.bulk_create(
        Candidacy(
            election=election,
            person=person,
            state=Candidacy.State.ACCEPTED,
            statement=statement,
            nominated_by=person,
            nominated_at=announced,
            answered_at=announced,
        )
        for person, statement in zip(standing, STATEMENTS, strict=False)
    )
    with story_at(announced):
        election = freeze_election(election=election, by=None, at=announced)
    keys = list(election.options.values_list("key", flat=True))
    random = Random(election.slug)  # noqa: S311 - a story
    with story_at(opens):
        for voter in voters[: len(voters) * 2 // 3]:
            put_in(election, voter, _ranks(random, keys))
    with story_at(counted):
        close_election(election=election, at=closes)
        count_election(election=election, at=counted)
        return publish_election(election=election, at=counted)


def _licence(roll: Roll, voters: Sequence[Voter], at: datetime) -> Election:
    """Going on, so that there is something to vote in."""
    opens = at.replace(microsecond=0) - timedelta(days=1)
    draft = Draft(
        title="Put the handbook under CC BY 4.0",
        text="Today it is under the licence of the code, which says little about prose.",
        rules=Rulebook(motion=MotionRule(share=Fraction(2, 3))).document(),
        roll=roll,
        opens_at=opens,
        closes_at=opens + timedelta(days=7),
        is_of_people=False,
    )
    election = create_election(slug=SLUGS[1], draft=draft, by=None, at=opens)
    random = Random(election.slug)  # noqa: S311 - a story
    with story_at(opens):
        election = freeze_election(election=election, by=None, at=opens)
        for voter in voters[: len(voters) // 3]:
            put_in(election, voter, {random.choice(("yes", "yes", "no", "abstain")): 1})
    return election


def _ranks(random: Random, keys: Sequence[str]) -> dict[str, int]:
    chosen = random.sample(keys, random.randint(1, len(keys)))
    return {key: rank for rank, key in enumerate(chosen, 1)}


def _days(at: datetime) -> list[datetime]:
    whole = at.replace(microsecond=0)
    return [whole - timedelta(days=ago) for ago in (ANNOUNCED, OPENED, CLOSED, COUNTED)]
