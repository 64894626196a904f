"""The way from visitor to committer, as far as sources tell of it."""

import json
from datetime import UTC, date, datetime

import pytest

from contributors.metrics.actions import rebuild_figures
from contributors.metrics.models import RecentFigure
from tests import factories
from tests.factories import ledger

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 31, tzinfo=UTC)


@pytest.fixture
def repository():
    """Two who joined in in January, one of whom got something merged."""
    repository = factories.repository(factories.project("atlas"))
    start = date(2026, 1, 5)
    merged = ledger.work(2, 1, start, closed=date(2026, 1, 9), merged=True, kind="change_request")
    ledger.fill(
        repository,
        ledger.work(1, 1, start),
        ledger.act("i-1", 1, start, "issue", work_item=1),
        merged,
        ledger.act("r-2", 1, start, "change_request", work_item=2),
        ledger.act("c-1", 2, date(2026, 1, 8), "issue_comment", work_item=1),
        ledger.act("late", 2, date(2026, 6, 30), "issue_comment", work_item=1),
    )
    rebuild_figures(at=AT)
    return repository


def funnel(client, path="/newcomers/?days=365"):
    return client.get(path).context["chart"]


@pytest.mark.parametrize("page", ["/newcomers/", "/projects/atlas/newcomers/"])
def test_the_levels_come_from_the_figure_and_visitors_are_unknown(client, repository, page):
    chart = funnel(client, f"{page}?days=365")

    assert chart.data.rows == [("visited", None), ("joined", 2), ("merged", 1)]
    assert [row[1:] for row in chart.table.rows] == [["unknown", "–"], ["2", "–"], ["1", "50%"]]
    assert "Visitors are unknown: no source reads stars" in str(chart.note)


def test_each_level_is_reached_with_the_keyboard_and_read_out(client, repository):
    svg = str(funnel(client).svg)

    assert svg.count('tabindex="0"') == 3
    assert "Joined in: issue, comment or review: 2" in svg
    assert svg.count('class="unknown"') == 1


def test_who_came_too_lately_is_said_to_be_left_out(client, repository):
    RecentFigure.objects.filter(scope="community", metric="conversion_rate").update(
        details={"visited": None, "joined": 3, "merged": 1, "pending": 7}
    )

    assert "7 came too lately to be followed so long and are left out." in str(
        funnel(client, "/newcomers/?days=90").note
    )


def test_nothing_is_drawn_where_nobody_came(client, repository):
    chart = funnel(client, "/newcomers/?days=30")

    assert (chart.svg, chart.data.rows[1]) == ("", ("joined", 0))


def test_its_numbers_can_be_taken_along(client, repository):
    rows = json.loads(client.get("/series/project:atlas/funnel.json?month=2026-01").content)

    assert rows["rows"] == [
        {"level": "visited", "people": None},
        {"level": "joined", "people": 2},
        {"level": "merged", "people": 1},
    ]
