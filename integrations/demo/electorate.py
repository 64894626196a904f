"""The electoral roll of the invented community: sealed, after two requests."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from community.people.models import Person
from contributors.criteria.gathering import meeting
from contributors.criteria.models import Rule
from governance.rolls.actions import compute_roll, create_roll, publish_roll, seal_roll
from governance.rolls.asking import decide_request
from governance.rolls.models import Request, Roll
from governance.rolls.queries import employers_of
from governance.rolls.rules import FEWEST_OFFICERS
from integrations.demo.story import Story

SLUG = "steering-committee"
OFFICERS = 3
# Days before the story ends.
DRAFTED, PUBLISHED, UNTIL, DECIDED, SEALED = 31, 28, 14, 12, 10
REQUESTS = (
    (
        "I have led the translation of the handbook for two years; that happens elsewhere.",
        "accept",
        ("The work can be read in the handbook's history.", "Shown by the linked pages."),
    ),
    (
        "I have followed the project for a long time and want to vote.",
        "decline",
        ("Following is no contribution by the rule.", "The rule asks for acts, and none is shown."),
    ),
)


def make_rolls(story: Story, people: Mapping[int, Person], rule: Rule, at: datetime) -> list[Roll]:
    """Drafted, published, asked about and sealed, each on its day; nobody real acts in it.

    None where so few people were invented that nobody may vote.
    """
    drafted, published, until, decided, sealed = days_of(at)
    answering = [people[one.number] for one in story.cast if one.level == "core"]
    officers = answering[:OFFICERS]
    if len(officers) < FEWEST_OFFICERS or not meeting(rule.latest.document, drafted.date()):
        return []
    roll = create_roll(
        slug=SLUG,
        title=f"Steering committee {sealed.year} roll",
        criteria=rule.latest,
        on=drafted.date(),
        floor=90,
        officers=officers,
        observers=answering[OFFICERS : OFFICERS + 1],
        by=None,
        at=drafted,
    )
    compute_roll(roll=roll, at=drafted)
    publish_roll(roll=roll, requests_until=until, by=None, at=published)
    askers = _askers(story, people, roll, officers, decided)
    for person, told in zip(askers, REQUESTS, strict=False):
        _settle(roll, person, told, officers, decided)
    lost = "Whoever only acted where data was lost."
    return [seal_roll(roll=roll, override=lost, by=None, at=sealed)]


def days_of(at: datetime) -> list[datetime]:
    """The days of its life, given the one on which the story ends."""
    return [at - timedelta(days=ago) for ago in (DRAFTED, PUBLISHED, UNTIL, DECIDED, SEALED)]


def _askers(
    story: Story,
    people: Mapping[int, Person],
    roll: Roll,
    officers: Sequence[Person],
    at: datetime,
) -> list[Person]:
    """Those who are not on the roll and whose employer no officer shares."""
    taken: set[int] = set().union(*(employers_of(one, at.date()) for one in officers))
    standing = set(roll.voters.values_list("person", flat=True))
    found = (people[one.number] for one in story.cast if not one.is_bot)
    outside = (one for one in found if one.pk not in standing)
    return [one for one in outside if not employers_of(one, at.date()) & taken][: len(REQUESTS)]


def _settle(
    roll: Roll,
    person: Person,
    told: tuple[str, str, tuple[str, str]],
    officers: Sequence[Person],
    at: datetime,
) -> None:
    """Written directly, since the clock of the database knows that the window is long over."""
    reason, verdict, reasons = told
    asked = Request.objects.create(
        roll=roll,
        person=person,
        by=person,
        kind=Request.Kind.INCLUDE,
        reason=reason,
        created_at=at - timedelta(days=3),
    )
    for officer, words in zip(officers, reasons, strict=False):
        decide_request(request=asked, officer=officer, verdict=verdict, reason=words, at=at)
