"""Weeks, quarters and years wherever months are: the same definitions, computed when asked for."""

import csv
import gzip
import json
import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.core.management import CommandError, call_command

from community.people.models import Person
from community.projects.models import Project
from contributors.activity.models import Completeness
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.computing import compute
from contributors.metrics.models import Figure, RecentFigure, Scope
from contributors.metrics.periods import step_window
from contributors.metrics.places import COMMUNITY, Place
from contributors.metrics.queries import extent_of
from contributors.metrics.registry import METRICS
from contributors.metrics.stepping import stepped
from contributors.metrics.steps import MONTH, QUARTER, STEPS, WEEK, YEAR
from tests import factories
from tests.factories import ledger

pytestmark = pytest.mark.django_db
Q1 = date(2026, 1, 1)


def rows(client, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(client.get(f"/explore.csv?{query}").content.decode())))


@pytest.mark.parametrize("scope", ["community", "project", "repository"])
def test_months_computed_one_by_one_are_those_that_are_finished(scope, seeded):
    pk = {"community": 0, "project": seeded.project_id, "repository": seeded.pk}[scope]
    place, months = Place(Scope(scope), pk), MONTH.between(Q1, date(2026, 4, 1))

    found = stepped([place], METRICS.values(), MONTH, months, extent_of(COMMUNITY))[place]

    stored = Figure.objects.filter(scope=scope, scope_id=pk, metric__in=METRICS)
    assert {
        (key, one.month): (one.value, one.n, one.missing, json.loads(json.dumps(one.details)))
        for key, figures in found.items()
        for one in figures.values()
    } == {(one.metric, one.month): (one.value, one.n, one.missing, one.details) for one in stored}


@pytest.mark.parametrize("step", [WEEK, QUARTER, YEAR])
def test_each_period_says_what_it_says_alone(step, seeded):
    starts = step.between(Q1, date(2026, 4, 1))

    found = stepped([COMMUNITY], METRICS.values(), step, starts, extent_of(COMMUNITY))[COMMUNITY]

    for start in starts[:2]:
        alone = compute(COMMUNITY, step_window(step, start))
        together = {key: (rows[start].value, rows[start].n) for key, rows in found.items()}
        assert together == {key: (one.value, one.n) for key, one in alone.items()}


def test_weeks_that_add_up_are_the_acts_of_their_days(client, seeded):
    found = rows(client, "by=week&from=2026-W02&to=2026-W13")

    total = Figure.objects.filter(scope="community", metric="contributions", month=Q1)
    january = [row for row in found if row["start"] < "2026-02-01"]
    assert [row["period"] for row in found] == [f"2026-W{week:02}" for week in range(2, 13)]
    assert 0 < sum(float(row["value"]) for row in january) <= total.get().value + 7


def test_people_of_a_quarter_are_counted_once(client, seeded):
    by_month = rows(client, "metric=contributors&from=2026-01&to=2026-04")
    (quarter,) = rows(client, "metric=contributors&by=quarter&period=2026-Q1")

    assert float(quarter["value"]) < sum(float(row["value"]) for row in by_month)


def test_the_page_says_the_median_week(client, seeded):
    answer = client.get("/explore/?metric=contributors&by=week&from=2026-W02&to=2026-W05")

    title = answer.context["chart"].title
    assert title.endswith("in the median week (Week 2, 2026 – Week 4, 2026)")


@pytest.mark.parametrize("step", STEPS)
def test_the_permalink_of_each_step_asks_the_same(step, client, seeded):
    first = client.get(f"/explore/?by={step}&with=year")
    again = client.get(first.context["permalink"])

    assert again.context["question"].starts == first.context["question"].starts
    assert again.context["permalink"] == first.context["permalink"]


@pytest.mark.parametrize("group", ["project", "repository", "kind"])
@pytest.mark.parametrize("step", ["week", "quarter"])
def test_parts_of_a_quarter_add_up_to_it(group, step, client, seeded):
    whole = rows(client, f"by={step}&from=2026-Q1&to=2026-Q2")
    parts = rows(client, f"by={step}&group={group}&from=2026-Q1&to=2026-Q2")

    total = sum(float(row["value"]) for row in whole if row["value"])
    assert {row["group"] for row in parts} != {""}
    assert sum(float(row["value"]) for row in parts) == total > 0


def test_organizations_side_by_side_are_kept_by_month_alone(client, seeded):
    question = client.get("/explore/?by=week&group=organization").context["question"]
    refused = client.get("/api/v1/explore/?by=week&group=organization")

    assert (question.group, refused.status_code) == ("month", 400)


def test_a_week_of_which_a_day_lacks_something_is_not_called_complete(client, seeded):
    at = ledger.noon(date(2026, 4, 1))
    for day in (date(2026, 3, 3), date(2026, 3, 10)):
        more = {"received": 2, "expected": 2, "checked_at": at}
        Completeness.objects.create(repository=seeded, day=day, **more)
    rebuild_figures(at=at)
    Completeness.objects.filter(day=date(2026, 3, 3)).update(received=1)

    found = rows(client, "by=week&from=2026-W10&to=2026-W12")

    assert [(row["period"], row["completeness"] == "1.0") for row in found if row["start"]] == [
        ("2026-W10", False),
        ("2026-W11", True),
    ]


@pytest.mark.parametrize("step", ["week", "quarter", "year"])
def test_steps_cost_the_same_queries_whatever_the_data(
    step, client, seeded, django_assert_max_num_queries
):
    for number in range(3):
        ledger.quarter(factories.repository(factories.project(f"more-{number}")))
    ledger.settle_figures()
    cache.clear()

    with django_assert_max_num_queries(34):
        client.get(f"/explore/?by={step}&group=project&with=before")


def test_what_was_computed_a_moment_ago_is_not_computed_again(
    client, seeded, django_assert_max_num_queries
):
    client.get("/explore/?by=week&metric=contributors")

    with django_assert_max_num_queries(20):
        client.get("/explore/?by=week&metric=contributors")


def test_a_card_says_how_it_was_a_year_ago(client, seeded):
    start = date(2025, 3, 1)
    older = Figure.objects.get(scope="community", metric="contributions", month=date(2026, 3, 1))
    older.pk, older.month, older.value = None, start, 3
    older.save()

    text = client.get("/?month=2026-03").text

    assert "up from 3 a year ago" in text


@pytest.mark.parametrize("query", ["period=2026-Q1", "period=2026-W10", "period=2026"])
@pytest.mark.parametrize("page", ["/", "/projects/atlas/activity/", "/compare/"])
def test_dashboards_show_any_named_period(page, query, client, seeded):
    answer = client.get(f"{page}?{query}&with=year")

    assert answer.status_code == 200
    assert f'value="{query[7:]}" selected' in answer.text


def test_a_named_period_leads_to_those_beside_it(client, seeded):
    text = client.get("/?period=2026-W10").text

    assert 'href="?period=2026-W09" rel="prev"' in text
    assert 'href="?period=2026-W11" rel="next"' in text


def test_projects_are_compared_with_the_quarter_before(client, seeded):
    answer = client.get("/compare/?period=2026-03&with=before&by=quarter")

    row = next(
        row
        for group in answer.context["groups"]
        for row in group["rows"]
        if row["metric"].key == "contributions"
    )
    assert row["cells"][0].change is not None
    assert "with=before" in answer.context["permalink"]


def test_a_badge_tells_a_named_period(client, seeded):
    value = compute(Place(Scope.PROJECT, seeded.project_id), step_window(QUARTER, Q1))

    text = client.get("/embed/badge/project:atlas/contributions.svg?period=2026-Q1").text

    assert f">{value['contributions'].value:.0f}</text>" in text
    assert "Q1 2026" in text


@pytest.mark.parametrize("step", ["week", "quarter", "year"])
def test_a_chart_elsewhere_goes_by_the_step_asked_for(step, client, seeded):
    answer = client.get(f"/embed/chart/community/contributors.svg?by={step}")

    assert (answer.status_code, str(STEPS[step].name(Q1))[-4:] in answer.text) == (200, True)


def test_the_long_table_holds_each_step(client, seeded):
    query = "metric=all&scope=project:atlas&by=quarter&from=2026-Q1&to=2026-Q2"
    text = client.get(f"/explore-long.jsonl?{query}").text
    found = [json.loads(line) for line in text.splitlines()]

    assert {(row["step"], row["period"], row["start"], row["end"]) for row in found} == {
        ("quarter", "2026-Q1", "2026-01-01", "2026-04-01")
    }
    assert {row["metric"] for row in found} == set(METRICS)


def test_the_api_tells_a_period_beside_both_others(client, seeded):
    found = client.get("/api/v1/measures/?scope=project:atlas&period=2026-Q1").json()

    alone = compute(Place(Scope.PROJECT, seeded.project_id), step_window(QUARTER, Q1))
    assert (found["start"], found["end"], found["period"]) == (
        "2026-01-01",
        "2026-04-01",
        "2026-Q1",
    )
    assert found["before"] == {"start": "2025-10-01", "end": "2026-01-01"}
    assert found["year_ago"] == {"start": "2025-01-01", "end": "2025-04-01"}
    assert {row["metric"]: row["value"] for row in found["figures"]} == {
        key: one.value for key, one in alone.items()
    }
    assert not any("people" in row["details"] for row in found["figures"])


@pytest.mark.parametrize(
    "query", ["period=2026-W54", "period=1999", "from=2026-04-01&to=2026-01-01", "days=7", "from=x"]
)
def test_the_api_refuses_a_period_that_makes_no_sense(query, client, seeded):
    assert client.get(f"/api/v1/measures/?{query}").status_code == 400


def test_the_api_tells_nothing_of_who_hides_it(client, seeded):
    person = Person.objects.filter(identities__uid="2").get()
    Person.objects.filter(pk=person.pk).update(visibility={"activity": "hidden"})

    assert client.get(f"/api/v1/measures/?scope=person:{person.handle}").status_code == 404


def test_the_api_of_explore_compares(client, seeded):
    figure = RecentFigure.objects.filter(scope="community").first()
    found = client.get("/api/v1/explore/?by=week&from=2026-W09&to=2026-W11").json()

    before, year = found["compared"]
    assert figure.ends_on > date(2026, 3, 10)
    assert (before["against"], before["start"], before["end"]) == (
        "before",
        "2026-02-09",
        "2026-02-23",
    )
    assert (before["steps"], before["now"]) == (2, sum(row["value"] for row in found["rows"]))
    assert (year["against"], year["then"], year["steps"]) == ("year", None, 0)


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("metrics", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_takes_a_period_by_name(seeded):
    named = json.loads(printed("community", "--period", "2026-Q1", "--json"))
    dated = json.loads(printed("community", "--from", "2026-Q1", "--to", "2026-Q2", "--json"))

    assert named["metrics"] == dated["metrics"]
    assert named["year_ago"] == {"from": "2025-01-01", "to": "2025-04-01"}
    assert named["before"] == {"from": "2025-10-01", "to": "2026-01-01"}


def test_the_command_goes_step_by_step(seeded):
    told = json.loads(
        printed("project:atlas", "--from", "2026-W02", "--to", "2026-W06", "--by", "week", "--json")
    )
    lines = printed("project:atlas", "--from", "2026-W02", "--to", "2026-W04", "--by", "week")

    assert [row["period"] for row in told["metrics"]["contributors"]["rows"]] == [
        f"2026-W0{week}" for week in range(2, 6)
    ]
    assert "Contributors" in lines
    assert "2026-W03" in lines


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--period", "2026-W54"], "Nothing is known of a period"),
        (["--from", "2020", "--to", "2026", "--by", "week"], "At most 106"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(options, said, seeded):
    with pytest.raises(CommandError, match=said):
        printed("community", *options)


def test_projects_count_only_their_own(client, seeded):
    ledger.quarter(factories.repository(factories.project("lumen")))
    ledger.settle_figures()
    cache.clear()

    found = rows(client, "by=quarter&group=project&period=2026-Q1")

    assert {row["group"] for row in found} == {
        f"project:{slug}" for slug in Project.objects.values_list("slug", flat=True)
    }
    assert len({row["value"] for row in found}) == 1


def test_a_long_series_can_be_searched_where_scripts_run(client, seeded):
    query = "by=week&metric=contributors&with=year"
    long = client.get(f"/explore/?{query}&from=2024-W52&to=2026-W14")
    short = client.get(f"/explore/?{query}&from=2026-W01&to=2026-W14")

    told = json.loads(long.context["chart"].plot)
    assert "data-plot" in long.text
    assert "data-plot" not in short.text
    assert "uplot" not in short.text
    assert long.context["chart"].svg in long.text
    assert {len(told["labels"]), len(told["names"])} == {len(long.context["question"].starts)}
    assert [one["label"] for one in told["series"]] == ["Now", "Year ago"]
    assert told["series"][0]["said"][-1] == str(int(told["series"][0]["values"][-1]))


def test_the_page_of_a_long_series_stays_within_the_budget_of_scripts(client, seeded):
    text = client.get("/explore/?by=week&from=2024-W52&to=2026-W14").text

    weight = sum(
        len(gzip.compress(Path(finders.find(address)).read_bytes()))
        for address in re.findall(r'<script src="/static/([^"?]+)', text)
    )
    assert weight <= 40 * 1024
