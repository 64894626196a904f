"""The pages: what stands on them, for whom, and at what cost."""

import json
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.urls import reverse

from community.people.models import Affiliation, Identity
from contributors.activity.derived import rebuild_others
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.models import Figure
from tests import factories
from tests.factories import ledger
from tests.kept import once

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 31, tzinfo=UTC)
MARCH = "?month=2026-03"


@once
def a_quarter():
    repository = factories.repository(factories.project("atlas"))
    ledger.quarter(repository)
    rebuild_figures(at=AT)
    return repository


@pytest.fixture
def seeded(db):
    """A project whose repository went through a quarter, with its figures."""
    return a_quarter()


def figures_of(answer) -> dict[str, str]:
    """Label to value of the figures on a page."""
    cards = [*answer.context["figures"], *answer.context["more_figures"]]
    cards += answer.context["factors"]
    return {str(card.label): card.value for card in cards}


def sql(query: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_an_empty_site_says_what_to_do_first(client):
    answer = client.get("/")

    assert answer.status_code == 200
    assert next(one.name for one in answer.templates) == "contributors/metrics/welcome.html"
    assert reverse("account_login") in answer.text


def test_an_empty_site_takes_its_maintainer_to_the_first_project(maintainer_client):
    assert reverse("projects:create") in maintainer_client.get("/").text


def test_activity_that_was_not_counted_yet_is_announced(client):
    ledger.fill(factories.repository(), ledger.act("one", 1, date(2026, 3, 1)))

    assert client.get("/").context["is_preparing"] is True


def test_five_figures_of_the_page_equal_those_written_by_hand_in_sql(client, seeded):
    answer = client.get(f"/{MARCH}")

    month = "BETWEEN '2026-03-01 00:00:00' AND '2026-03-31 23:59:59'"
    human = (
        "JOIN people_identity i ON i.id = c.identity_id"
        " JOIN people_person p ON p.id = i.person_id AND NOT p.is_bot"
    )
    acts = f"FROM activity_contribution c {human} WHERE c.occurred_at {month}"
    items = "SELECT count(*) FROM activity_workitem WHERE kind ="
    by_hand = {
        "Contributions": sql(f"SELECT count(*) {acts}"),
        "Contributors": sql(f"SELECT count(DISTINCT p.id) {acts}"),
        "Issues opened": sql(f"{items} 'issue' AND opened_at {month}"),
        "Issues closed": sql(f"{items} 'issue' AND closed_at {month}"),
        "Change requests merged": sql(f"{items} 'change_request' AND merged_at {month}"),
    }
    shown = figures_of(answer)
    assert {key: shown[key] for key in by_hand} == {k: str(v) for k, v in by_hand.items()}
    assert by_hand["Contributions"] > by_hand["Issues opened"] > by_hand["Issues closed"] > 0


def test_the_front_page_tells_how_many_people_ever_did_anything(client, seeded):
    people = sql(
        "SELECT count(DISTINCT i.person_id) FROM activity_contribution c"
        " JOIN people_identity i ON i.id = c.identity_id"
        " JOIN people_person p ON p.id = i.person_id AND NOT p.is_bot"
        " WHERE c.deleted_at IS NULL"
    )

    answer = client.get(f"/{MARCH}")

    assert answer.context["people_count"] == people
    assert f"{people} people have contributed" in answer.text


def test_a_period_chosen_by_hand_gives_the_figures_of_the_same_month(client, seeded):
    month = client.get(f"/{MARCH}")
    chosen = client.get("/?from=2026-03-01&to=2026-04-01")

    assert figures_of(month) == figures_of(chosen)


def test_two_months_chosen_by_hand_are_counted_together(client, seeded):
    both = figures_of(client.get("/?from=2026-02-01&to=2026-04-01"))
    parts = [figures_of(client.get(f"/?month=2026-{month}")) for month in ("02", "03")]

    assert int(both["Issues opened"]) == sum(int(one["Issues opened"]) for one in parts)
    assert both["Contributors"] == "2"


@pytest.mark.parametrize("query", ["days=7", "month=2026-13", "from=x&to=y", "from=2026-02-01"])
def test_a_period_that_makes_no_sense_shows_the_last_ninety_days(query, client, seeded):
    window = client.get(f"/?{query}").context["picker"]["window"]

    assert window.days == 90


def test_a_month_after_the_first_is_compared_with_the_one_before(client, seeded):
    february, january = (client.get(f"/?month=2026-{m}").context for m in ("02", "01"))

    assert february["figures"][0].change is not None
    assert january["figures"][0].change is None


@pytest.mark.parametrize("size", [1, 3])
def test_the_front_page_costs_the_same_queries_whatever_the_data(
    size, client, django_assert_max_num_queries
):
    for _ in range(size):
        ledger.quarter(factories.repository())
    rebuild_figures(at=AT)
    client.get("/")

    with django_assert_max_num_queries(17):
        answer = client.get("/")

    assert len(answer.context["projects"]) == size


def test_the_dashboard_of_a_project_reads_few_rows(seeded, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        answer = client.get(reverse("metrics:project", args=["atlas"]))

    assert figures_of(answer)["Contributors"] == "2"


def test_a_project_without_activity_says_so(client):
    factories.project("quiet")

    answer = client.get(reverse("metrics:project", args=["quiet"]))

    assert "picker" not in answer.context
    assert "Nothing is known yet" in answer.text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("address", ["/", "/projects/atlas/activity/", "/projects/atlas/"])
def test_pages_open_in_both_languages(address, language, client, seeded):
    answer = client.get(address, headers={"accept-language": language})

    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.text


def test_somebody_who_hides_their_activity_is_counted_but_not_named(client, seeded):
    person = Identity.objects.get(uid="1").person
    person.visibility = {"activity": "hidden"}
    person.save()

    context = client.get(f"/{MARCH}").context

    assert [row.person for row in context["carriers"]] == [None]
    assert {act.identity.person_id for act in context["latest"]} == {
        Identity.objects.get(uid="2").person_id
    }
    assert (
        client.get(
            reverse("metrics:series", args=[f"person:{person.handle}", "contributions", "csv"])
        ).status_code
        == 404
    )


def test_the_api_names_nobody_behind_a_factor(client, seeded):
    url = "/api/v1/figures/?scope=community&metric=contributor_absence_factor&from=2026-03-01"

    rows = client.get(url).json()["results"]

    assert [row["details"] for row in rows] == [{"total": 26, "tied": 1}]
    assert (
        "people"
        in Figure.objects.get(
            scope="community", metric="contributor_absence_factor", month=date(2026, 3, 1)
        ).details
    )


def test_members_see_what_is_shown_to_members(client, member_client, seeded):
    person = Identity.objects.get(uid="1").person
    person.visibility = {"activity": "members"}
    person.save()

    named = [
        [row.person for row in browser.get(f"/{MARCH}").context["carriers"]]
        for browser in (client, member_client)
    ]

    assert named == [[None], [person]]


def test_organizations_stand_apart_from_the_independent_and_the_unknown(client, seeded):
    employer = factories.organization("polaris")
    person = Identity.objects.get(uid="2").person
    Affiliation.objects.create(person=person, organization=employer)
    rebuild_figures(at=AT)

    rows = client.get(f"/{MARCH}").context["employers"]

    assert [row.organization or row.label for row in rows] == [employer, "Employer unknown"]


def test_no_act_of_a_bot_counts_but_their_share_is_told(client, seeded):
    shown = figures_of(client.get(f"/{MARCH}"))

    all_acts = sql("SELECT count(*) FROM activity_contribution WHERE occurred_at >= '2026-03-01'")
    assert shown["Done by bots"] == f"{round(100 * 4 / all_acts)}%"


def test_a_persons_page_shows_their_year(client, seeded):
    person = Identity.objects.get(uid="2").person

    figure = client.get(person.get_absolute_url()).text

    assert "Day by day" in figure
    assert 'class="level-4"' in figure


def test_a_hidden_record_is_not_on_the_persons_page(client, seeded):
    person = Identity.objects.get(uid="2").person
    person.visibility = {"activity": "hidden"}
    person.save()

    assert "Day by day" not in client.get(person.get_absolute_url()).text


def test_the_numbers_of_a_chart_can_be_taken_as_json_in_any_language(client, seeded):
    url = reverse("metrics:series", args=["project:atlas", "issues", "json"])

    rows = json.loads(client.get(url, headers={"accept-language": "zh-hans"}).content)["rows"]

    opened = Figure.objects.get(scope="project", metric="issues_new", month=date(2026, 3, 1))
    last = {"month": "2026-03-01", "Opened": opened.value, "Closed": 2.0}
    assert rows[-1] == {**last, "completeness": opened.completeness}
    assert rows[0] == {
        "month": "2025-04-01",
        "Opened": None,
        "Closed": None,
        "completeness": None,
    }


def test_the_numbers_of_a_chart_can_be_taken_as_csv(client, seeded):
    url = reverse("metrics:series", args=["community", "people", "csv"])

    answer = client.get(url)

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.decode().splitlines()[-1] == "2026-03-01,2.0,0.0,"


@pytest.mark.parametrize(
    "scope", ["nowhere", "project:none", "person:nobody", "community:x", "repository:0"]
)
def test_series_of_what_is_not_there_are_not_found(scope, client, seeded):
    assert client.get(f"/series/{scope}/people.csv").status_code == 404


def test_series_of_an_unknown_chart_are_not_found(client, seeded):
    assert client.get("/series/community/nothing.csv").status_code == 404


def test_the_feed_holds_the_latest_acts_of_people(client, seeded):
    answer = client.get(reverse("metrics:feed"))

    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer.text.count("<entry>") == 50


def test_rebuilding_what_follows_from_the_ledger_makes_every_figure(seeded):
    Figure.objects.all().delete()

    rebuild_others()

    assert Figure.objects.filter(scope="community").values("month").distinct().count() == 3
