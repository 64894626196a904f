"""A small community on a day that stays, and rules for it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count

import pytest

from community.people.models import Person
from contributors.activity.models import Contribution, DayCount
from contributors.criteria.actions import create_rule
from contributors.criteria.models import Rule
from tests import factories

NUMBERS = count(1)
AT = datetime(2026, 7, 1, 12, tzinfo=UTC)
ON = AT.date()
FEW = {"count": {"kinds": ["review"], "days": 365, "at_least": 3, "caps": {"per_day": 2}}}
VOTERS = {"all": [FEW, {"tenure": {"days": 30}}, {"is_not": ["bot", "suspended"]}]}


def acts(identity, repository, *cells: tuple[int, str, int]) -> list[Contribution]:
    """So many days ago, of this kind, so many acts: in the ledger and in the day counts."""
    rows = [
        Contribution(
            repository=repository,
            identity=identity,
            source="github",
            kind=kind,
            external_id=str(next(NUMBERS)),
            title=f"Act {place}-{number}",
            url=f"https://forge.example/{identity.pk}/{place}/{number}",
            occurred_at=datetime.combine(day(ago), time(9, number % 60), UTC),
            recorded_at=AT,
        )
        for place, (ago, kind, times) in enumerate(cells)
        for number in range(times)
    ]
    DayCount.objects.bulk_create(
        DayCount(repository=repository, identity=identity, day=day(ago), kind=kind, count=times)
        for ago, kind, times in cells
    )
    return Contribution.objects.bulk_create(rows)


def day(ago: int) -> date:
    return ON - timedelta(days=ago)


def voter(handle: str = "", *, reviews: int = 2, **more) -> Person:
    """Somebody who reviewed on two days, 40 and 39 days ago, in a repository of their own."""
    person = factories.person(handle, **more)
    cells = [(40, "review", reviews), (39, "review", reviews)]
    acts(factories.identity(person), factories.repository(), *cells)
    return person


def rule(document=None, slug: str = "voters", **more) -> Rule:
    fields = {"title": "Voters", "purpose": "Who may vote.", "reason": "", "by": None, "at": AT}
    return create_rule(slug=slug, document=document or VOTERS, **{**fields, **more})


@pytest.fixture
def that_day(time_machine):
    """Noon of the first of July."""
    time_machine.move_to(AT, tick=False)
