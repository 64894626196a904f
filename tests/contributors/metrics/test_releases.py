"""Releases as marks on charts: drawn, read out, in the table, and no more than may be known."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from contributors.activity.models import Contribution
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.charts import Axis, Mark, Series, line_chart, stacked_bars
from contributors.metrics.releases import RELEASE, mark_of
from tests import factories
from tests.factories import ledger

AT = datetime(2026, 12, 31, tzinfo=UTC)
MARKS = (Mark(0, ""), Mark(1, "Atlas 1.0"), Mark(2, "Atlas 1.1; Atlas 1.2"))
AXIS = Axis(["Jan", "Feb", "Mar"], ["Jan 2026", "Feb 2026", "Mar 2026"], "", MARKS)


@pytest.fixture
def repository(db):
    repository = factories.repository(factories.project("atlas"), name="guild/atlas")
    ledger.quarter(repository)
    return repository


def release(name, day, **more):
    return ledger.act(f"release-{name}", 1, day, "release", title=name, **more)


def charts(client, path="/"):
    return client.get(path).context["charts"]


@pytest.mark.parametrize("draw", [line_chart, stacked_bars])
def test_a_band_with_releases_carries_a_flag_and_reads_them_out(draw):
    svg = draw("k", "T", [Series("a", [1, 2, 3])], AXIS)

    assert svg.count("<use ") == 2
    assert "Feb 2026: 2. Released: Atlas 1.0<" in svg
    assert "Mar 2026: 3. Released: Atlas 1.1; Atlas 1.2<" in svg
    assert "Jan 2026: 1<" in svg


def test_a_mark_names_four_in_the_order_of_time_and_counts_the_others():
    assert mark_of(["6", "5", "4", "3", "2", "1"]) == Mark(6, "1; 2; 3; 4; 2 more")
    assert mark_of(["b", "a"]) == Mark(2, "a; b")


def test_the_charts_of_a_dashboard_mark_releases_and_name_them_in_the_table(client, repository):
    ledger.fill(
        repository,
        release("1.0", date(2026, 2, 3)),
        release("Atlas 1.1", date(2026, 3, 5)),
        release("1.2", date(2026, 3, 8)),
    )
    rebuild_figures(at=AT)

    for path in ("/", "/projects/atlas/activity/"):
        named, people, requests, _response = charts(client, path)
        assert named.table.header[-1] == "Released"
        told = [row[-1] for row in named.table.rows][-3:]
        assert told == ["–", "atlas 1.0", "Atlas 1.1; atlas 1.2"]
        assert "Released" not in [*named.data.header, *requests.table.header]
        assert (people.has_releases, requests.has_releases) == (False, True)
        assert "Released: 2<" in str(requests.svg)


def test_without_a_release_no_chart_says_a_word_of_them(client, repository):
    rebuild_figures(at=AT)

    assert [chart.has_releases for chart in charts(client)] == [False] * 4
    assert "Releases in the month" not in client.get("/").text


def test_a_release_in_a_private_repository_is_not_marked(client, maintainer_client, repository):
    ledger.fill(repository, release("1.0", date(2026, 2, 3)))
    rebuild_figures(at=AT)
    type(repository).objects.update(is_private=True)

    for browser in (client, maintainer_client):
        assert not any(chart.has_releases for chart in charts(browser))


def test_a_project_marks_its_own_releases_alone(client, repository):
    other = factories.repository(factories.project("lantern"))
    ledger.fill(repository, release("1.0", date(2026, 2, 3)))
    ledger.fill(other, release("9.9", date(2026, 2, 4)), ledger.act("x", 3, date(2026, 1, 3)))
    rebuild_figures(at=AT)

    found = charts(client, "/projects/atlas/activity/")[0].table.rows

    assert [row[-1] for row in found][-2] == "atlas 1.0"


def test_sqlite_finds_releases_by_an_index_of_their_own(db):
    if connection.vendor != "sqlite":
        pytest.skip("an empty table of PostgreSQL is read whole")
    rows = Contribution.objects.present().filter(kind=RELEASE, occurred_at__gte=AT)

    assert "contribution_release" in rows.values("pk").explain()
