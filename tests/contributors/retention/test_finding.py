"""From the ledger to the list: who is found, and what they carried."""

from datetime import UTC, date, datetime

import pytest

from community.people.leaves import announce_leave
from community.people.models import Identity, Person
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.models import RecentFigure
from contributors.retention.actions import refresh_drifts
from contributors.retention.finding import AREAS
from contributors.retention.models import Drift
from tests import factories
from tests.contributors.retention.conftest import AT
from tests.factories import ledger
from tests.kept import once

pytestmark = pytest.mark.django_db


def person(number: int) -> Person:
    return Identity.objects.get(uid=str(number)).person


def year(by: int, name: str, kind: str = "commit", times: int = 6, months=range(1, 13)):
    """So many acts in each of these months of 2025."""
    return [
        ledger.act(f"{name}-{month}-{at}", by, date(2025, month, 1 + at), kind)
        for month in months
        for at in range(times)
    ]


def seen_until(repository, until: date) -> None:
    """Somebody else's acts, so that the months up to then are known."""
    acts = [ledger.act(f"other-{n}", 2, date(2026, n, 2)) for n in range(1, until.month + 1)]
    ledger.fill(repository, *acts)
    rebuild_figures(at=datetime.combine(until, datetime.min.time(), UTC))
    assert RecentFigure.objects.exists()


@once
def who_stopped():
    repository = factories.repository(factories.project("atlas"))
    ledger.fill(repository, *year(1, "c"), *year(1, "r", "review"), *year(2, "c2", times=2))
    seen_until(repository, date(2026, 4, 3))
    return repository


@pytest.fixture
def stopped(db):
    """Person 1 did six commits and reviews a month through 2025, then nothing."""
    return who_stopped()


def test_who_stopped_is_found_with_what_they_carried(stopped):
    refresh_drifts(at=AT)

    found = Drift.objects.get()
    place = {"repository": stopped.pk}
    assert (found.person, found.since, found.reason) == (person(1), date(2026, 1, 1), "stopped")
    assert (found.usual, found.recent, found.version) == (12.0, 0.0, 1)
    assert found.areas == [
        {**place, "kind": "commits", "mine": 72, "total": 96, "others": 1},
        {**place, "kind": "reviews", "mine": 72, "total": 72, "others": 0},
    ]
    assert found.repositories == [stopped.pk]
    assert (len(found.months), found.months[-4:]) == (18, [12, 0, 0, 0])


def test_what_bots_did_is_nobodys_share(stopped):
    acts = [ledger.act(f"bot-{n}", 9, date(2025, 5, 1 + n % 28)) for n in range(200)]
    ledger.fill(stopped, *acts)
    Person.objects.filter(pk=person(9).pk).update(is_bot=True)

    refresh_drifts(at=AT)

    assert Drift.objects.get().areas[0]["total"] == 96


def test_half_of_an_area_is_not_more_than_half(stopped):
    ledger.fill(stopped, *year(2, "more", times=4))

    refresh_drifts(at=AT)

    assert [area["kind"] for area in Drift.objects.get().areas] == ["reviews"]


@pytest.mark.parametrize(
    "fields", [{"is_bot": True}, {"is_active": False}, {"erased_at": AT}], ids=str
)
def test_bots_and_those_who_are_not_here_are_not_found(stopped, fields):
    Person.objects.filter(pk=person(1).pk).update(**fields)

    refresh_drifts(at=AT)

    assert Drift.objects.count() == 0


def test_who_announced_leave_is_not_found(stopped):
    one = person(1)
    announce_leave(person=one, starts_on=date(2026, 1, 1), ends_on=None, by=one, at=AT)

    refresh_drifts(at=AT)

    assert Drift.objects.count() == 0


def test_who_is_back_leaves_the_list(stopped):
    refresh_drifts(at=AT)
    ledger.fill(stopped, *[ledger.act(f"b-{n}", 1, date(2026, 4, 1)) for n in range(5)])
    rebuild_figures(at=datetime(2026, 4, 4, tzinfo=UTC))

    refresh_drifts(at=AT)

    assert Drift.objects.count() == 0


def test_an_empty_site_has_nobody_to_find(db):
    refresh_drifts(at=AT)

    assert Drift.objects.count() == 0


@pytest.mark.parametrize("size", [1, 3])
def test_finding_costs_the_same_whatever_the_number_of_people(
    size, django_assert_num_queries, stopped
):
    acts = [act for n in range(1, size) for act in year(10 + n, f"x{n}")]
    ledger.fill(stopped, *acts)
    rebuild_figures(at=datetime(2026, 4, 3, tzinfo=UTC))

    # Savepoints, the extent, figures, leaves, two for what was carried, the list, returns.
    with django_assert_num_queries(12):
        refresh_drifts(at=AT)

    assert Drift.objects.count() == size


def test_each_area_has_words():
    from contributors.retention.words import ALONE, SHARED

    assert set(AREAS.values()) == ALONE.keys() == SHARED.keys()
