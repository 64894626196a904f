"""Figures of organizations: whose acts count, when they follow, and where they are shown."""

import csv
import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command

from community.jobs.topics import publish
from community.people.actions import flag_bot
from community.people.models import Affiliation, Identity, Organization
from contributors.activity.ingest import mark_deleted
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.kept import ORGANIZATIONAL
from contributors.metrics.models import Figure
from tests import factories
from tests.factories import ledger

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 31, tzinfo=UTC)
JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in range(1, 5))
MONTHS = "from=2026-01&to=2026-05"


def day(month: int, number: int = 10) -> date:
    return date(2026, month, number)


def employ(who: int, organization: Organization | None, start: date | None, end=None) -> None:
    person = Identity.objects.get(uid=str(who)).person
    Affiliation.objects.create(
        person=person, organization=organization, starts_on=start, ends_on=end
    )
    publish("people.affiliation_changed", person_id=person.pk)


def stored() -> list:
    names = ("scope_id", "metric", "month", "value", "n", "details")
    return sorted(map(repr, Figure.objects.filter(scope="organization").values_list(*names)))


def test_who_did_something_has_figures_in_a_month_that_begins_with_what_others_did():
    repository = factories.repository()
    ledger.fill(repository, ledger.act("one", 1, day(1)))
    employ(1, factories.organization("acme"), None)
    ledger.settle_figures()

    ledger.fill(repository, ledger.act("two", 2, day(3)))
    ledger.settle_figures()
    kept = stored()
    rebuild_figures(at=AT)

    months = Figure.objects.filter(scope="organization").values_list("month", flat=True)
    assert (kept, set(months)) == (stored(), {JANUARY, FEBRUARY})


def test_where_only_a_bot_did_something_the_month_after_keeps_its_figures():
    repository = factories.repository()
    ledger.fill(
        repository,
        *(ledger.act("bot", 1, day(1)), ledger.act("other", 2, day(2)), ledger.act("c", 3, day(2))),
    )
    found = factories.organization("acme")
    employ(1, found, None)
    employ(2, found, None)
    flag_bot(person=Identity.objects.get(uid="1").person, by=None, at=AT)
    ledger.settle_figures()

    mark_deleted(repository=repository, kind="commit", external_ids=["other"], at=AT)
    ledger.settle_figures()
    kept = stored()
    rebuild_figures(at=AT)

    months = Figure.objects.filter(scope="organization").values_list("month", flat=True)
    assert (kept, set(months)) == (stored(), {JANUARY, FEBRUARY})


@pytest.fixture
def acme():
    """Person 1 works at Acme up to March, person 2 always; 3 is independent; of 4 nobody knows."""
    cache.clear()
    one = factories.repository(factories.project("atlas", name="Atlas"))
    other = factories.repository(factories.project("bellows", name="Bellows"))
    code = {"lines_added": 7, "lines_removed": 3}
    ledger.fill(
        one,
        *(ledger.act(f"a{month}", 1, day(month), **code) for month in (1, 2, 3)),
        *(ledger.act(f"c{month}", 3, day(month)) for month in (1, 2)),
        ledger.act("d", 4, day(1)),
        ledger.act("late", 3, day(4)),
    )
    ledger.fill(other, ledger.act("b1", 2, day(1), "review"), ledger.act("b2", 2, day(1), "review"))
    found = factories.organization("acme")
    employ(1, found, None, MARCH)
    employ(2, found, None)
    employ(3, None, None)
    ledger.settle_figures()
    return found


def values(metric: str, pk: int) -> dict[date, float | None]:
    rows = Figure.objects.filter(scope="organization", scope_id=pk, metric=metric)
    return dict(rows.order_by("month").values_list("month", "value"))


def test_an_act_counts_for_whom_its_author_worked_for_on_the_day(acme):
    assert values("contributions", acme.pk) == {JANUARY: 3, FEBRUARY: 1, MARCH: 0}
    assert values("contributors", acme.pk) == {JANUARY: 2, FEBRUARY: 1, MARCH: 0}


def test_commits_and_their_lines_are_those_of_its_people(acme):
    found = [
        values(key, acme.pk)[JANUARY]
        for key in ("code_changes_commits", "code_changes_lines", "committers")
    ]

    assert found == [1, 10, 1]


def test_people_who_stop_working_for_it_are_not_retained(acme):
    assert values("retention", acme.pk) == {JANUARY: None, FEBRUARY: 0.5, MARCH: 0}


def test_every_metric_made_of_acts_has_a_figure_and_no_other(acme):
    keys = Figure.objects.filter(scope="organization").values_list("metric", flat=True)

    assert set(keys) == set(ORGANIZATIONAL)


def test_of_several_employers_the_one_that_began_last_counts(acme):
    other = factories.organization("bolt")
    employ(2, other, JANUARY)
    ledger.settle_figures()

    assert values("contributions", other.pk)[JANUARY] == 2
    assert values("contributions", acme.pk)[JANUARY] == 1


def test_bots_are_left_out(acme):
    person = Identity.objects.get(uid="1").person
    person.is_bot = True
    person.save()
    publish("people.bot_changed", person_id=person.pk)
    ledger.settle_figures()

    assert values("contributions", acme.pk)[JANUARY] == 2


def test_figures_go_when_nobody_works_there_any_longer(acme):
    people = list(Affiliation.objects.filter(organization=acme).values_list("person", flat=True))
    Affiliation.objects.filter(organization=acme).delete()
    for pk in people:
        publish("people.affiliation_changed", person_id=pk)
    ledger.settle_figures()

    assert not Figure.objects.filter(scope="organization").exists()


def test_figures_kept_in_step_are_those_made_anew(acme):
    employ(4, acme, FEBRUARY)
    ledger.settle_figures()
    names = ("scope_id", "metric", "month", "value", "n", "details")
    mine = Figure.objects.filter(scope="organization")
    kept = sorted(map(repr, mine.values_list(*names)))
    rebuild_figures(at=AT)

    assert kept == sorted(map(repr, mine.values_list(*names)))


def test_organizations_independent_and_unknown_people_are_everything(acme):
    whole = Figure.objects.get(scope="community", metric="elephant_factor", month=JANUARY).details
    mine = values("contributions", acme.pk)[JANUARY]

    assert mine / whole["total"] + whole["independent"] + whole["unknown"] == pytest.approx(1)


def test_months_in_which_it_did_nothing_are_zero_where_they_are_known(client, acme):
    rows = client.get("/explore.json?scope=organization:acme&from=2025-12&to=2026-05").json()

    assert [row["value"] for row in rows["rows"]] == [None, 3, 1, 0, 0]


def test_the_community_is_parted_by_organization(client, acme):
    address = f"/explore.csv?group=organization&{MONTHS}"
    rows = list(csv.DictReader(StringIO(client.get(address).content.decode())))

    assert [(row["group"], row["value"]) for row in rows] == [
        ("organization:acme", value) for value in ("3.0", "1.0", "0.0", "0.0")
    ]


@pytest.mark.parametrize("metric", ["contributors", "retention"])
def test_the_page_that_explores_knows_it(client, acme, metric):
    page = client.get(f"/explore/?scope=organization:acme&metric={metric}&{MONTHS}")

    assert page.status_code == 200
    assert page.context["question"].name == acme.name
    assert page.context["rows_url"] == ""


def test_what_is_not_made_of_acts_is_said_not_to_be_kept(client, acme):
    page = client.get(f"/explore/?scope=organization:acme&metric=issues_new&{MONTHS}")

    assert "Of an organization only what is made of acts" in page.text


def test_the_api_lists_its_figures_without_repositories(client, acme):
    found = client.get("/api/v1/figures/?organization=acme&metric=contributions").json()
    months = [(row["month"], row["value"], set(row["details"])) for row in found["results"]]

    assert months == [
        ("2026-03-01", 0, {"kinds"}),
        ("2026-02-01", 1, {"kinds"}),
        ("2026-01-01", 3, {"kinds"}),
    ]


def test_the_command_computes_the_same(acme, capsys):
    call_command(
        "metrics",
        "organization:acme",
        *("--from", "2026-01-01", "--to", "2026-02-01", "--json"),
    )
    found = json.loads(capsys.readouterr().out)["metrics"]

    assert set(found) == set(ORGANIZATIONAL)
    assert {key: one["value"] for key, one in found.items()} == {
        key: values(key, acme.pk)[JANUARY] for key in ORGANIZATIONAL
    }


@pytest.mark.parametrize("page", ["/api/v1/notable/", "/cohorts/", "/cohorts.csv"])
def test_what_is_not_kept_of_organizations_is_not_there(client, acme, page):
    assert client.get(f"{page}?scope=organization:acme").status_code == 404


def test_an_organization_nobody_knows_has_no_figures(client, acme):
    assert client.get("/explore/?scope=organization:none").status_code == 404
    assert client.get("/api/v1/figures/?organization=none").json()["results"] == []


def test_its_page_tells_its_part_and_its_projects(client, acme):
    page = client.get("/organizations/acme/")
    cards = [(str(one.label), one.value) for one in page.context["figures"]]

    assert cards[:2] == [("Contributions", "4"), ("Of all contributions", "44%")]
    assert [(one.project.slug, one.text) for one in page.context["parts"]] == [
        ("atlas", "50%"),
        ("bellows", "50%"),
    ]


def chart(page, at: int) -> list[list[str]]:
    return [list(row) for row in page.context["charts"][at].table.rows if row[1] != "–"]


def test_its_part_of_everything_stands_month_by_month(client, acme):
    page = client.get("/organizations/acme/")

    assert chart(page, 1) == [
        ["Jan 2026", "60"],
        ["Feb 2026", "50"],
        ["Mar 2026", "0"],
        ["Apr 2026", "0"],
    ]


def test_who_hides_an_affiliation_is_counted_by_acts_but_is_no_member_to_strangers(
    client, maintainer_client, acme
):
    person = Identity.objects.get(uid="1").person
    person.visibility = {"affiliations": "hidden"}
    person.save()

    def january(browser) -> list[str]:
        return next(row for row in chart(browser.get("/organizations/acme/"), 2) if "Jan" in row[0])

    assert january(client) == ["Jan 2026", "1", "2"]
    assert january(maintainer_client) == ["Jan 2026", "2", "2"]
    assert person.handle not in client.get("/organizations/acme/").text


def test_an_organization_without_acts_says_so(client, acme):
    factories.organization("idle")

    text = client.get("/organizations/idle/").text

    assert "Nobody acted here for this organization in the last twelve months." in text


def test_companies_stand_beside_other_organizations_and_independent_people(client, acme):
    school = factories.organization("school", kind="university")
    employ(4, school, None)
    ledger.settle_figures()

    page = client.get("/organizations/")
    rows = {row[0]: list(row[1:]) for row in page.context["chart"].table.rows}

    assert rows["Jan 2026"] == ["60", "20", "20", "0"]
    assert rows["Mar 2026"] == ["0", "0", "0", "100"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many_projects_there_are(
    client, count, django_assert_max_num_queries
):
    cache.clear()
    for at in range(count):
        ledger.fill(factories.repository(), ledger.act(f"x{at}", 1, day(1)))
    acme = factories.organization("acme")
    employ(1, acme, None)
    ledger.settle_figures()

    with django_assert_max_num_queries(22):
        client.get("/organizations/acme/")


def test_only_zeros_are_filled_in_where_the_scope_is_an_organization(client, acme):
    text = client.get(f"/explore-long.jsonl?metric=all&scope=organization:acme&{MONTHS}").text
    found = {
        (row["metric"], row["start"]): row["value"] for row in map(json.loads, text.splitlines())
    }

    assert {metric for metric, _ in found} == set(ORGANIZATIONAL)
    assert found["contributors", "2026-04-01"] == 0
    assert found["retention", "2026-04-01"] is None


@pytest.mark.parametrize("form", ["csv", "json"])
def test_the_numbers_of_its_chart_are_there_for_programs(client, acme, form):
    assert client.get(f"/series/organization:acme/contributions.{form}").status_code == 200


def test_a_badge_of_it_tells_the_last_twelve_months(client, acme):
    answer = client.get("/embed/badge/organization:acme/contributions.svg")

    assert (answer.status_code, "4" in answer.content.decode()) == (200, True)


def test_the_api_answers_questions_about_it(client, acme):
    query = "metric=contributors&scope=organization:acme&from=2026-01-01&to=2026-03-01"
    found = client.get(f"/api/v1/explore/?{query}").json()

    assert [row["value"] for row in found["rows"]] == [2, 1]


@pytest.mark.parametrize(
    "path", ["organization:acme/part", "organization:acme/members", "community/sectors"]
)
def test_the_files_of_a_chart_hold_what_it_draws(path, client, acme):
    page = client.get("/organizations/" if "sectors" in path else "/organizations/acme/").text
    lines = client.get(f"/series/{path}.csv").text.splitlines()
    rows = client.get(f"/series/{path}.json").json()["rows"]

    assert f'href="/series/{path}.csv"' in page
    assert len(rows) == 12
    assert lines[0].startswith("month,")


@pytest.mark.parametrize("path", ["community/part", "organization:acme/sectors", "project:x/part"])
def test_a_scope_has_no_files_of_charts_that_are_not_its_own(path, client, acme):
    assert client.get(f"/series/{path}.csv").status_code == 404
