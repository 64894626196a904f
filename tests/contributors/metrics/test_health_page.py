"""The health of a project on its page and in the API."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache

from contributors.metrics.actions import rebuild_figures
from contributors.metrics.definitions.health import DAY, RULES
from contributors.metrics.models import Figure, RecentFigure
from tests import factories
from tests.factories import ledger

pytestmark = pytest.mark.django_db
PAGE = "/projects/atlas/health/"
API = "/api/v1/health/?project=atlas"
STRONG = {
    "contributors": 30,
    "contributor_absence_factor": 12,
    "elephant_factor": 9,
    "retention": 0.5,
    "change_requests": 40,
    "time_to_first_response": 3600,
    "issue_resolution_duration": DAY,
    "change_request_duration": DAY,
}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def atlas(**values: float | None) -> None:
    """A project as strong as can be, but for these figures; one of them None: not known."""
    project = factories.project("atlas", name="Atlas")
    fields = {"scope": "project", "scope_id": project.pk, "version": 1, "details": {"a": 1}}
    for rule in RULES:
        value = {**STRONG, **values}[rule.metric]
        RecentFigure.objects.create(
            metric=rule.metric,
            days=rule.days,
            ends_on=date(2026, 3, 1),
            value=value,
            before=value,
            n=9,
            **fields,
        )
    months = {"metric": "contributions", "month": date(2026, 2, 1), "value": 1}
    Figure.objects.create(**fields, **months)
    RecentFigure.objects.create(
        scope="community", metric="contributions", days=90, ends_on=date(2026, 3, 1), version=1
    )


def test_a_project_is_as_healthy_as_its_weakest_item(client):
    atlas(contributors=1)

    answer = client.get(PAGE)

    assert "Level 0 of 5" in answer.text
    assert answer.context["version"] != answer.context["rules_version"]  # the footer has its own
    assert [one.task for one in answer.context["checkup"].to_do] == [
        "Contributors: at least 2 instead of 1"
    ]
    assert "To reach level 1:" in answer.text


def test_every_item_at_the_weakest_level_has_to_rise(client):
    atlas(contributors=5, time_to_first_response=5 * DAY)

    found = client.get(API).json()

    assert (found["level"], found["next_level"]) == (2, 3)
    assert found["to_do"] == ["contributors", "time_to_first_response"]


def test_an_item_tells_value_thresholds_trend_and_version(client):
    atlas(time_to_first_response=5 * DAY)
    RecentFigure.objects.filter(metric="time_to_first_response").update(before=10 * DAY)

    item = next(
        one for one in client.get(API).json()["items"] if one["metric"] == "time_to_first_response"
    )
    shown = next(one for one in client.get(PAGE).context["checkup"].items if one.item.level == 2)

    told = {key: item[key] for key in ("value", "before", "level", "threshold", "needed", "trend")}
    assert told == {
        "value": 5 * DAY,
        "before": 10 * DAY,
        "level": 2,
        "threshold": 7 * DAY,
        "needed": 3 * DAY,
        "trend": "better",
    }
    assert (item["version"], item["better"], item["days"]) == (1, "less", 90)
    assert item["rows"].startswith("/activity/work/?project=atlas&from=2025-12-01&to=2026-03-01")
    assert (shown.threshold, shown.needed) == ("below 7 days", "below 3 days")
    assert (shown.trend["word"], shown.trend["text"]) == ("better", "down from 10 days")


def test_what_is_not_known_is_told_and_never_zero(client):
    atlas(retention=None)

    found, page = client.get(API).json(), client.get(PAGE)

    assert (found["level"], found["unknown"]) == (5, ["retention"])
    assert "Contributor retention" not in [one.task for one in page.context["checkup"].to_do]
    assert "Not known, and neither good nor bad for the level:" in page.text
    assert "Every known item is at the highest level." in page.text


def test_a_project_without_figures_says_so(client):
    factories.project("atlas")

    assert "Nothing is known yet" in client.get(PAGE).text
    assert client.get(API).status_code == 404


@pytest.mark.parametrize("path", ["/projects/none/health/", "/api/v1/health/", f"{API}%00x"])
def test_a_project_that_is_not_there_has_no_health(path, client):
    assert client.get(path).status_code == 404


def test_the_pages_of_a_project_lead_to_its_health(client):
    atlas()

    assert [PAGE in client.get(f"/projects/atlas/{tail}").text for tail in ("", "activity/")] == [
        True,
        True,
    ]


@pytest.mark.parametrize("size", [1, 3])
def test_health_costs_the_same_queries_whatever_the_data(
    size, client, django_assert_max_num_queries
):
    project = factories.project("atlas")
    for _ in range(size):
        ledger.quarter(factories.repository(project))
    rebuild_figures(at=datetime(2026, 12, 31, tzinfo=UTC))

    with django_assert_max_num_queries(20):
        answer = client.get(PAGE)

    assert len(answer.context["checkup"].items) == len(RULES)
