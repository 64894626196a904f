"""People who became quiet, on a day that stays."""

from datetime import UTC, date, datetime

import pytest

from community.people.models import Person
from community.projects.models import Project
from contributors.retention.models import Drift, FollowUp
from tests import factories

AT = datetime(2026, 10, 20, 12, tzinfo=UTC)
TODAY = AT.date()
SINCE = date(2026, 7, 1)


def quiet(handle: str = "", *, project: Project | None = None, **more) -> Drift:
    """Somebody who stopped in July, and did all reviews of a repository before."""
    repository = factories.repository(project)
    area = {"repository": repository.pk, "kind": "reviews", "mine": 60, "total": 60, "others": 0}
    fields = {
        "person": factories.person(handle),
        "since": SINCE,
        "usual": 20.0,
        "recent": 0.0,
        "reason": "stopped",
        "months_from": date(2025, 4, 1),
        "months": [20] * 15 + [0] * 3,
        "areas": [area],
        "repositories": [repository.pk],
        "known_until": date(2026, 10, 1),
        "version": 1,
    }
    return Drift.objects.create(**{**fields, **more})


def follow_up(person: Person, **more) -> FollowUp:
    fields = {"kind": "note", "text": "Wrote to them", "at": AT}
    return FollowUp.objects.create(person=person, **{**fields, **more})


@pytest.fixture
def that_day(time_machine):
    """Noon of the twentieth of October."""
    time_machine.move_to(AT, tick=False)
