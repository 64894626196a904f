"""Exploring and comparing: what is shown, to whom, and at what cost."""

import csv
import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.urls import reverse

from community.people.models import Identity, Person
from community.projects.models import Project
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.models import Figure, RecentFigure
from contributors.metrics.questions import shifted
from contributors.metrics.registry import METRICS
from tests import factories
from tests.factories import ledger

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 31, tzinfo=UTC)
QUARTER = "from=2026-01&to=2026-04"


def figures(scope: str, pk: int, metric: str, *values: float | None, start=date(2025, 1, 1)):
    """Finished figures, month after month."""
    for at, value in enumerate(values):
        Figure.objects.create(
            scope=scope,
            scope_id=pk,
            metric=metric,
            month=shifted(start, at),
            value=value,
            n=int(value or 0),
            details={"kinds": {}},
            version=1,
        )
    RecentFigure.objects.get_or_create(
        scope="community",
        scope_id=0,
        metric=metric,
        days=90,
        defaults={"ends_on": shifted(start, len(values)), "version": 1},
    )


def rows(client, query: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(client.get(f"/explore.csv?{query}").content.decode())))


def test_a_site_without_figures_says_so(client):
    answer = client.get("/explore/")

    assert answer.status_code == 200
    assert "Nothing is known of this scope yet." in answer.text


def test_the_sum_of_the_months_is_the_finding_of_what_adds_up(client, seeded):
    answer = client.get(f"/explore/?scope=project:atlas&{QUARTER}")

    total = sum(
        Figure.objects.filter(scope="project", metric="contributions").values_list(
            "value", flat=True
        )
    )
    assert (
        answer.context["chart"].title == f"Contributions, Atlas: {total:.0f} (Jan 2026 – Mar 2026)"
    )
    assert answer.context["facts"]["n"] == f"{total:.0f}"


def test_people_are_not_added_up_over_months(client, seeded):
    answer = client.get(f"/explore/?metric=contributors&{QUARTER}")

    assert answer.context["chart"].title.endswith("2 in the median month (Jan 2026 – Mar 2026)")
    assert answer.context["facts"]["n"] == "2 a month"


def test_a_period_is_held_against_the_months_known_in_both(client):
    figures("community", 0, "contributions", *range(1, 25))

    answer = client.get("/explore/?from=2026-10&to=2027-01")
    changes = [one["change"]["text"] for one in answer.context["changes"]]

    assert changes == ["up from 60", "up from 33"]


def test_a_month_that_is_not_over_is_compared_with_nothing(client):
    figures("community", 0, "contributions", 5, 7, 1)
    RecentFigure.objects.update(ends_on=date(2025, 3, 10))

    answer = client.get("/explore/?from=2025-03&to=2025-04")

    assert [one["change"] for one in answer.context["changes"]] == [None, None]
    assert "The last month is counted up to March 9, 2025." in answer.context["chart"].note


def test_the_last_twelve_months_are_those_that_are_over(client):
    figures("community", 0, "contributions", *range(1, 15))
    RecentFigure.objects.update(ends_on=date(2026, 2, 10))

    months = client.get("/explore/").context["question"].starts

    assert (months[0], months[-1], len(months)) == (date(2025, 2, 1), date(2026, 1, 1), 12)


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("period=2026", date(2026, 1, 1), date(2026, 12, 1)),
        ("period=months&from=2025-11&to=2026-02", date(2025, 11, 1), date(2026, 1, 1)),
        ("from=2026-01-15&to=2026-02-15", date(2026, 1, 1), date(2026, 2, 1)),
        ("period=2026&from=2020-01&to=2020-03", date(2026, 1, 1), date(2026, 12, 1)),
    ],
)
def test_the_address_names_the_months(query, first, last, client, seeded):
    months = client.get(f"/explore/?{query}").context["question"].starts

    assert (months[0], months[-1]) == (first, last)


@pytest.mark.parametrize(
    "query",
    [
        "period=x",
        "period=99999",
        "period=%D9%A2%D9%A0%D9%A2%D9%A6",
        "from=2026-03&to=2026-01",
        "from=0001-01&to=0001-02",
        "from=1971-01&to=2026-01",
        "from=2026-13&to=x",
        "group=person",
        "group=kind&metric=contributors",
        "with=luck",
    ],
)
def test_what_makes_no_sense_is_read_as_the_usual(query, client, seeded):
    question = client.get(f"/explore/?{query}").context["question"]

    assert (len(question.starts), question.group, question.versus) == (12, "month", "")


@pytest.mark.parametrize(
    "query",
    [
        "metric=nope",
        "metric=%00",
        "scope=nobody",
        "scope=project:none",
        "scope=project:a%00b",
        "scope=repository:x",
        "scope=repository:%D9%A1",
        "scope=repository:99999999999999999999",
        "scope=person:nobody",
        "scope=person:%0A",
    ],
)
@pytest.mark.parametrize("page", ["/explore/", "/explore.csv", "/explore.json"])
def test_a_metric_or_scope_that_is_not_there_is_not_found(page, query, client, seeded):
    assert client.get(f"{page}?{query}").status_code == 404


def test_the_permalink_asks_the_same(client, seeded):
    first = client.get("/explore/?metric=contributors&scope=project:atlas&with=year&period=2026")
    again = client.get(first.context["permalink"])

    assert first.context["chart"].title == again.context["chart"].title
    assert first.context["permalink"] == again.context["permalink"]


def test_months_before_tracking_have_no_value_rather_than_zero(client, seeded):
    found = rows(client, "from=2025-12&to=2026-02")

    assert [(row["start"], row["value"] == "") for row in found] == [
        ("2025-12-01", True),
        ("2026-01-01", False),
    ]


def test_kinds_add_up_to_the_whole(client, seeded):
    whole = rows(client, QUARTER)
    kinds = rows(client, f"group=kind&{QUARTER}")

    total = sum(float(row["value"]) for row in whole)
    assert sum(float(row["value"]) for row in kinds) == total > 0
    assert {row["group"] for row in kinds} >= {"commit", "review"}


def test_projects_stand_beside_each_other(client, seeded):
    other = factories.repository(factories.project("borealis"))
    ledger.fill(other, ledger.act("x", 3, date(2026, 2, 3)))
    rebuild_figures(at=AT)

    answer = client.get(f"/explore/?group=project&{QUARTER}")
    found = rows(client, f"group=project&{QUARTER}")

    assert [one["name"] for one in answer.context["small"]] == ["Atlas", "Borealis"]
    assert {row["group"] for row in found} == {"project:atlas", "project:borealis"}


def test_json_holds_the_rows_of_the_csv(client, seeded):
    found = json.loads(client.get(f"/explore.json?{QUARTER}").content)["rows"]

    assert [(row["start"], row["value"]) for row in found] == [
        (row["start"], float(row["value"])) for row in rows(client, QUARTER)
    ]


def test_a_repository_hidden_from_the_reader_is_not_there(client, maintainer_client, seeded):
    seeded.is_private = True
    seeded.save()
    address = f"scope=repository:{seeded.pk}&{QUARTER}"

    def seen(browser) -> tuple[int, list[str]]:
        groups = rows(browser, f"group=repository&{QUARTER}")
        status = browser.get(f"/explore/?{address}").status_code
        return status, sorted({row["group"] for row in groups} - {""})

    assert seen(client)[0] == 404
    assert f"repository:{seeded.pk}" not in seen(client)[1]
    assert seen(maintainer_client) == (200, [f"repository:{seeded.pk}"])
    assert seeded.name not in client.get("/explore/").text


def test_a_person_who_hides_their_activity_is_not_there(client, maintainer_client, seeded):
    person = Identity.objects.get(uid=ledger.actor(1).uid).person
    address = f"/explore/?scope=person:{person.handle}&{QUARTER}"

    before = client.get(address).status_code
    Person.objects.filter(pk=person.pk).update(visibility={"activity": "hidden"})

    assert (before, client.get(address).status_code) == (200, 404)
    hidden = maintainer_client.get(address)
    assert (hidden.status_code, hidden.context["embeds"]) == (200, [])


def test_of_a_person_only_contributions_are_kept(client, seeded):
    person = Identity.objects.get(uid=ledger.actor(1).uid).person

    answer = client.get(f"/explore/?metric=contributors&scope=person:{person.handle}&{QUARTER}")

    assert answer.context["chart"].svg == ""
    assert "only contributions" in answer.context["chart"].note


@pytest.mark.parametrize("group", ["month", "project", "repository", "kind"])
@pytest.mark.parametrize("size", [1, 3])
def test_exploring_costs_the_same_queries_whatever_the_data(
    size, group, client, django_assert_max_num_queries
):
    for _ in range(size):
        ledger.quarter(factories.repository())
    rebuild_figures(at=AT)

    with django_assert_max_num_queries(12):
        answer = client.get(f"/explore/?group={group}&{QUARTER}")

    assert len(answer.context["members"]) == (size if group in {"project", "repository"} else 0)


@pytest.mark.parametrize("size", [1, 3])
def test_comparing_costs_the_same_queries_whatever_the_data(
    size, client, django_assert_max_num_queries
):
    for _ in range(size):
        ledger.quarter(factories.repository())
    rebuild_figures(at=AT)

    with django_assert_max_num_queries(11):
        answer = client.get("/compare/")

    assert len(answer.context["projects"]) == size


@pytest.mark.alike
@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_metric_can_be_explored_in_both_languages(metric, language, client, seeded):
    answer = client.get(
        f"/explore/?metric={metric}&with=year&{QUARTER}", headers={"accept-language": language}
    )

    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.text


def compared(client, query: str) -> tuple[list[str], list[str], list[str]]:
    context = client.get(f"/compare/?{query}").context
    return context["chosen"], context["left_out"], context["unknown"]


def test_projects_are_named_with_commas_or_one_by_one(client, seeded):
    factories.project("borealis")

    assert compared(client, "projects=borealis,atlas") == (["borealis", "atlas"], [], [])
    assert compared(client, "projects=atlas&projects=borealis,atlas") == (
        ["atlas", "borealis"],
        [],
        [],
    )


def test_at_most_six_projects_stand_side_by_side(client, seeded):
    slugs = [factories.project().slug for _ in range(7)]

    chosen, left_out, unknown = compared(client, f"projects={','.join(slugs)},none")

    assert (chosen, left_out, unknown) == (slugs[:6], slugs[6:], ["none"])


def test_a_number_leads_to_its_dashboard_and_a_dash_says_why(client, seeded):
    factories.project("quiet")

    answer = client.get("/compare/?projects=atlas,quiet&month=2026-03")

    first = answer.context["groups"][0]["rows"][0]["cells"]
    assert first[0].url == "/projects/atlas/activity/?month=2026-03"
    assert (first[0].reason, first[1].text, first[1].reason) == (
        "",
        "–",
        "No figure of this period",
    )


@pytest.mark.parametrize(
    "query",
    ["days=7", "month=2026-13", "month=x", "metric=nope", "projects=,", "projects=%00", "days=%00"],
)
def test_a_comparison_that_makes_no_sense_is_still_a_page(query, client, seeded):
    assert client.get(f"/compare/?{query}").status_code == 200


def test_nothing_to_compare_is_said(client):
    assert "Nothing is known yet" in client.get("/compare/").text


def test_pages_lead_to_exploring_and_comparing(client, seeded):
    pages = ["/", "/projects/", "/projects/atlas/", "/projects/atlas/activity/"]
    texts = [client.get(page).text for page in pages]

    assert [reverse("metrics:explore") in text for text in texts] == [True] * 4
    assert [reverse("metrics:compare") in text for text in texts] == [True, True, False, True]
    assert Project.objects.count() == 1
