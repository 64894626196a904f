"""Who comes back: the heat table, its files, and the API."""

import csv
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.cache import cache

from contributors.activity.models import DayCount
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.models import Figure, RecentFigure
from contributors.metrics.steps import QUARTER
from tests import factories
from tests.factories import ledger

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 31, tzinfo=UTC)


def day(month: int) -> date:
    return date(2026, month, 10)


@pytest.fixture
def atlas():
    """One person since January; six new in February, three of whom return in March, two in May."""
    cache.clear()
    repository = factories.repository(factories.project("atlas", name="Atlas"))
    ledger.fill(
        repository,
        *(ledger.act(f"old{month}", 1, day(month)) for month in (1, 2, 3)),
        *(ledger.act(f"feb{who}", who, day(2)) for who in range(2, 8)),
        *(ledger.act(f"mar{who}", who, day(3)) for who in (2, 3, 4)),
        *(ledger.act(f"may{who}", who, day(5)) for who in (2, 3)),
        ledger.act("new", 9, day(3)),
    )
    ledger.settle_figures()
    return repository


def table(client, address: str) -> list[tuple[str, str, list[str | None]]]:
    lines = client.get(address).context["lines"]
    return [
        (one.label, one.people, [cell and cell.text for cell in one.cells[:4]]) for one in lines
    ]


@pytest.mark.parametrize("scope", ["", "?scope=project:atlas", "?scope=repository:{}"])
def test_groups_stand_by_their_first_month_the_latest_first(client, atlas, scope):
    found = table(client, f"/cohorts/{scope.format(atlas.pk)}")

    assert found == [
        ("Mar 2026", "1", ["0", None, None, None]),
        ("Feb 2026", "6", ["50%", "0%", None, None]),
        ("Jan 2026", "1", ["1", "1", "0", None]),
    ]


def test_all_groups_together_leave_out_the_month_in_which_reading_begins(client, atlas):
    page = client.get("/cohorts/").context

    assert page["all"].people == "7"
    assert page["all"].cells[0].title == "3 of 7 people"
    assert page["finding"] == "43% of those new here were active again 1 month later"


def test_the_first_month_is_told_to_be_that_in_which_reading_begins(client, atlas):
    answer = client.get("/cohorts/")

    assert [one.is_first for one in answer.context["lines"]] == [False, False, True]
    assert "Reading begins here" in answer.text


def test_a_project_has_newcomers_of_its_own(client, atlas):
    other = factories.repository(factories.project("bellows"))
    ledger.fill(other, ledger.act("there", 1, day(4)), ledger.act("again", 1, day(5)))
    ledger.settle_figures()

    assert table(client, "/cohorts/?scope=project:bellows")[0][:2] == ("Apr 2026", "1")
    assert table(client, "/cohorts/")[0][0] == "Mar 2026"


def test_the_files_hold_counts_and_shares_of_every_later_month(client, atlas):
    text = client.get("/cohorts.csv?scope=project:atlas").content.decode()
    rows = [row for row in csv.DictReader(StringIO(text)) if row["first_month"] == "2026-02-01"]

    assert len(rows) == 12
    assert rows[0] == {
        "first_month": "2026-02-01",
        "people": "6",
        "months_later": "1",
        "active": "3",
        "share": "0.5",
    }
    assert (rows[2]["active"], rows[2]["share"]) == ("", "")
    assert client.get("/cohorts.json").json()["rows"][0]["first_month"] == "2026-01-01"


def test_the_api_tells_the_same_in_pages(client, atlas):
    found = client.get("/api/v1/cohorts/?scope=project:atlas&page_size=1").json()

    assert found["count"] == 3
    assert found["results"][0]["first_month"] == "2026-03-01"
    assert found["results"][0]["again"][:2] == [
        {"months_later": 1, "active": 0, "share": None},
        {"months_later": 2, "active": None, "share": None},
    ]


@pytest.mark.parametrize("scope", ["project:none", "repository:0", "x", "person:login-1"])
def test_what_has_no_groups_is_not_there(client, atlas, scope):
    addresses = ("/cohorts/", "/cohorts.csv", "/cohorts.json", "/api/v1/cohorts/")

    assert [client.get(f"{one}?scope={scope}").status_code for one in addresses] == [404] * 4


def test_a_hidden_repository_has_no_groups_for_those_who_may_not_know_of_it(
    client, maintainer_client, atlas
):
    atlas.is_private = True
    atlas.save()
    address = f"/cohorts/?scope=repository:{atlas.pk}"

    assert client.get(address).status_code == 404
    assert maintainer_client.get(address).status_code == 200


def test_groups_are_not_listed_among_the_metrics(client, atlas):
    listed = client.get("/api/v1/figures/?project=atlas&page_size=200").json()["results"]

    assert Figure.objects.filter(metric="cohorts", scope="project").count() == 5
    assert "cohorts" not in {row["metric"] for row in listed}


def test_a_month_that_is_not_over_is_empty(client, atlas):
    RecentFigure.objects.update(ends_on=date(2026, 5, 31))
    before = table(client, "/cohorts/")[1][2]
    RecentFigure.objects.update(ends_on=date(2026, 6, 1))

    assert (before[2], table(client, "/cohorts/")[1][2][2]) == (None, "33%")


def test_a_site_without_figures_says_so(client):
    cache.clear()

    assert "Nothing is known of this scope yet." in client.get("/cohorts/").text
    assert client.get("/cohorts.json").json()["rows"] == []


def test_dashboards_lead_there(client, atlas):
    pages = {"/": "/cohorts/", "/projects/atlas/activity/": "/cohorts/?scope=project:atlas"}

    assert [f'href="{to}"' in client.get(page).text for page, to in pages.items()] == [True] * 2


@pytest.mark.parametrize("months", [1, 3])
def test_the_page_costs_the_same_however_many_months_there_are(
    client, months, django_assert_max_num_queries
):
    cache.clear()
    repository = factories.repository()
    ledger.fill(repository, *(ledger.act(str(m), m, day(m)) for m in range(1, months + 1)))
    rebuild_figures(at=AT)

    with django_assert_max_num_queries(16):
        client.get("/cohorts/")


def test_an_early_act_that_arrives_late_moves_somebody_to_an_earlier_group(client, atlas):
    ledger.fill(atlas, ledger.act("late", 2, day(1)))
    ledger.settle_figures()
    kept = list(Figure.objects.filter(metric="cohorts").order_by("pk").values_list("details"))
    rebuild_figures(at=AT)
    anew = list(Figure.objects.filter(metric="cohorts").order_by("pk").values_list("details"))

    assert [one[:2] for one in table(client, "/cohorts/")] == [
        ("Mar 2026", "1"),
        ("Feb 2026", "5"),
        ("Jan 2026", "2"),
    ]
    assert sorted(map(repr, kept)) == sorted(map(repr, anew))


def active_by_quarter() -> dict[str, list[set[int]]]:
    """Worked out from the acts themselves: quarter of the first act -> who acted in each after."""
    seen: dict[int, set[str]] = {}
    first: dict[int, str] = {}
    rows = DayCount.objects.exclude(identity__person__is_bot=True).order_by("day")
    for person, day in rows.values_list("identity__person", "day"):
        if person is not None:
            quarter = QUARTER.code(QUARTER.first(day))
            first.setdefault(person, quarter)
            seen.setdefault(person, set()).add(quarter)
    return {
        start: [seen[person] for person in first if first[person] == start]
        for start in set(first.values())
    }


@pytest.fixture
def year_of_atlas(atlas):
    """Who came in spring comes back in summer, twice; autumn has begun."""
    ledger.fill(
        atlas,
        *(ledger.act(f"spring{who}", who, day(5)) for who in (20, 21, 22, 23, 24, 25)),
        *(ledger.act(f"july{who}", who, day(7)) for who in (2, 20, 21)),
        *(ledger.act(f"august{who}", who, day(8)) for who in (2, 20, 22)),
        ledger.act("autumn", 30, day(10)),
    )
    ledger.settle_figures()
    return atlas


def test_quarters_count_each_person_once(client, year_of_atlas):
    found = client.get("/cohorts.json?by=quarter").json()["rows"]

    people = active_by_quarter()
    assert {QUARTER.code(date.fromisoformat(row["first_quarter"])) for row in found} == set(people)
    for row in found:
        start = date.fromisoformat(row["first_quarter"])
        mine = people[QUARTER.code(start)]
        later = QUARTER.code(QUARTER.shifted(start, row["quarters_later"]))
        again = sum(later in quarters for quarters in mine)
        assert row["people"] == len(mine)
        assert row["active"] in {again, None}
    assert any(row["active"] for row in found)


def test_the_page_and_the_api_tell_the_same_quarters(client, year_of_atlas):
    page = client.get("/cohorts/?by=quarter")
    told = client.get("/api/v1/cohorts/?by=quarter").json()["results"]

    assert [line.people for line in page.context["lines"]] == [str(one["people"]) for one in told]
    assert [again["months_later"] for again in told[0]["again"]] == [3, 6, 9, 12]
    assert "/cohorts.csv?scope=community&amp;by=quarter" in page.text
    assert page.context["finding"] == (
        "50% of those new here were active again in the quarter after"
    )
    assert client.get("/api/v1/cohorts/?by=week").status_code == 400
