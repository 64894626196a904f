"""Of issues and change requests nothing is said where no source knows any: null, not zero."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from contributors.metrics import ledger as ledger_rows
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.models import Figure, RecentFigure
from contributors.metrics.registry import METRICS
from tests import factories
from tests.factories import ledger

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 31, tzinfo=UTC)
OF_ITEMS = {key for key, metric in METRICS.items() if metric.rows in ledger_rows.OF_ITEMS}


@pytest.fixture
def plain():
    """A project of which only a plain git repository is read."""
    repository = factories.repository(factories.project("plain"), provider="git")
    for month in (1, 2, 3):
        ledger.fill(repository, ledger.act(f"c{month}", 1, date(2026, month, 10)))
    return repository


def untracked(**where) -> set[str]:
    """The metrics that have no value and no details in any month."""
    rows = Figure.objects.filter(**where)
    known = set(rows.exclude(value=None, details={}).values_list("metric", flat=True))
    return set(rows.values_list("metric", flat=True)) - known


@pytest.mark.parametrize("scope", ["repository", "project", "community"])
def test_plain_git_alone_tracks_no_issues_and_change_requests(plain, scope):
    rebuild_figures(at=AT)

    recent = RecentFigure.objects.filter(scope=scope, value=None, details={})
    assert untracked(scope=scope) == OF_ITEMS
    assert set(recent.values_list("metric", flat=True)) == OF_ITEMS


def test_beside_a_repository_that_knows_them_they_count_from_its_beginning(plain):
    other = factories.repository(plain.project)
    ledger.fill(other, ledger.act("x", 2, date(2026, 2, 20)))
    ledger.fill(other, ledger.work(1, 2, date(2026, 3, 2)))

    rebuild_figures(at=AT)

    rows = Figure.objects.filter(scope="project", metric="issues_new").order_by("month")
    assert list(rows.values_list("value", flat=True)) == [None, 0, 1]
    assert untracked(scope="repository", scope_id=plain.pk) == OF_ITEMS


def test_figures_follow_when_the_first_repository_that_knows_them_joins(plain):
    ledger.settle_figures()
    other = factories.repository(plain.project)
    ledger.fill(other, ledger.work(1, 2, date(2026, 2, 2)))
    ledger.settle_figures()

    kept = list(Figure.objects.order_by("pk").values_list("scope", "month", "metric", "value"))
    rebuild_figures(at=AT)

    again = list(Figure.objects.order_by("pk").values_list("scope", "month", "metric", "value"))
    assert sorted(map(repr, kept)) == sorted(map(repr, again))


def test_the_dashboard_says_so_instead_of_zero(plain, client):
    rebuild_figures(at=AT)

    answer = client.get("/projects/plain/activity/")

    cards = {str(one.label): one for one in answer.context["figures"]}
    issues = cards["Issues opened"]
    assert (issues.value, issues.note, issues.rows_url) == (None, "Not tracked here", "")
    assert cards["Contributions"].value == "3"
    notes = {str(chart.title): chart.note for chart in answer.context["charts"]}
    assert (notes["Change requests"], notes["People active and new"]) == (
        "Not tracked here",
        "The last month is counted up to March 10, 2026. Tracking begins in Jan 2026.",
    )
    assert "Every open issue and change request has an answer" not in answer.content.decode()


@pytest.mark.parametrize("query", ["", "?from=2026-01-05&to=2026-02-20"])
def test_a_period_of_ones_own_says_so_as_well(plain, client, query):
    rebuild_figures(at=AT)

    answer = client.get(f"/projects/plain/activity/{query}")

    shown = {str(one.label): one.value for one in answer.context["figures"]}
    assert (shown["Issues opened"], shown["Issues closed"]) == (None, None)


def test_the_api_answers_null(plain, client):
    rebuild_figures(at=AT)

    answer = client.get("/api/v1/figures/?project=plain&metric=issues_new")

    assert [row["value"] for row in answer.json()["results"]] == [None, None, None]


def test_a_chart_gives_programs_nothing(plain, client):
    rebuild_figures(at=AT)

    rows = client.get("/series/project:plain/issues.json").json()["rows"]

    assert {(row["Opened"], row["Closed"]) for row in rows} == {(None, None)}


def test_the_command_says_not_tracked(plain):
    out, table = StringIO(), StringIO()
    period = ["--from", "2026-01-01", "--to", "2026-04-01"]
    ledger.settle_figures()

    call_command("metrics", "project:plain", *period, "--json", stdout=out)
    call_command("metrics", "project:plain", *period, stdout=table)

    found = json.loads(out.getvalue())["metrics"]
    assert {key for key, one in found.items() if not one["is_tracked"]} == OF_ITEMS
    assert {found[key]["value"] for key in OF_ITEMS} == {None}
    lines = [line.split() for line in table.getvalue().splitlines()]
    assert ["Issues", "New", "not", "tracked", "n", "=", "0"] in lines
