"""Notable changes: in the feed and in the API, with the answers of the API to questions."""

from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache

from tests import factories
from tests.contributors.metrics.test_explore import QUARTER, figures, rows

pytestmark = pytest.mark.django_db
YEAR = "from=2024-08&to=2025-08"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def entries(client, address: str) -> list[tuple[str, str, str, str]]:
    """Title, summary, link and day of each entry of a feed."""
    feed = ET.fromstring(client.get(address).content)
    return [
        (
            one.findtext(f"{ATOM}title"),
            one.findtext(f"{ATOM}summary"),
            one.find(f"{ATOM}link").attrib["href"],
            one.findtext(f"{ATOM}updated"),
        )
        for one in feed.iter(f"{ATOM}entry")
    ]


def test_the_feed_tells_what_was_unusual_by_how_much_and_where_to_look(client):
    figures("community", 0, "contributions", 10, 12, 10, 12, 10, 12, 20)

    assert entries(client, "/notable.atom") == [
        (
            "Contributions, Guildhall: unusually high in Jul 2025",
            "20, 9 standard deviations from the mean before, 11.",
            f"http://testserver/explore/?metric=contributions&scope=community&{YEAR}",
            "2025-08-01T00:00:00+00:00",
        )
    ]


def test_a_link_of_the_feed_leads_to_the_month(client):
    figures("community", 0, "contributions", 10, 12, 10, 12, 10, 12, 20)
    link = entries(client, "/notable.atom")[0][2].removeprefix("http://testserver")

    answer = client.get(link)

    assert answer.context["chart"].table.rows[-1][:2] == ["Jul 2025", "20"]


def test_a_factor_that_fell_is_told_of_its_project_alone(client):
    atlas = factories.project("atlas", name="Atlas")
    figures("project", atlas.pk, "elephant_factor", 3, 2)

    assert [one[:2] for one in entries(client, "/projects/atlas/notable.atom")] == [
        ("Elephant factor, Atlas: lower in Feb 2025", "2, after 3 in the month before.")
    ]
    assert entries(client, "/notable.atom") == []


def test_a_month_that_is_not_over_is_not_told(client):
    from contributors.metrics.models import RecentFigure

    figures("community", 0, "contributions", 10, 12, 10, 12, 10, 12, 20)
    RecentFigure.objects.update(ends_on="2025-07-20")

    assert entries(client, "/notable.atom") == []


def test_a_feed_of_a_project_that_is_not_there_is_not_found(client):
    assert client.get("/projects/none/notable.atom").status_code == 404
    assert client.get("/notable.atom").status_code == 200


@pytest.mark.parametrize("size", [1, 3])
def test_the_feed_costs_the_same_queries_whatever_the_data(
    size, client, django_assert_max_num_queries
):
    for metric in ["contributions", "contributors", "issues_new"][:size]:
        figures("community", 0, metric, 10, 12, 10, 12, 10, 12, 20)

    with django_assert_max_num_queries(3):
        found = entries(client, "/notable.atom")

    assert len(found) == size


def test_the_api_tells_the_same_changes(client):
    figures("community", 0, "contributions", 10, 12, 10, 12, 10, 12, 20)

    found = client.get("/api/v1/notable/").json()

    assert [(one["metric"], one["month"], one["kind"], one["usual"]) for one in found] == [
        ("contributions", "2025-07-01", "above", 11.0)
    ]


def test_the_api_answers_questions_with_the_rows_of_the_page(client, seeded):
    query = "metric=contributors&scope=project:atlas&from=2026-01-01&to=2026-04-01"

    found = client.get(f"/api/v1/explore/?{query}").json()

    told = {key: found[key] for key in ("metric", "unit", "scope", "start", "end", "group")}
    assert told == {
        "metric": "contributors",
        "unit": "count",
        "scope": "project:atlas",
        "start": "2026-01-01",
        "end": "2026-04-01",
        "group": "month",
    }
    page = rows(client, f"metric=contributors&scope=project:atlas&{QUARTER}")
    assert [one["value"] for one in found["rows"]] == [float(row["value"]) for row in page]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("metric=nope", 400),
        ("group=person", 400),
        ("group=kind&metric=contributors", 400),
        ("from=2026-01-01", 400),
        ("from=2026-02-01&to=2026-01-01", 400),
        ("from=x&to=y", 400),
        ("scope=%00", 400),
        ("scope=project:none", 404),
        ("scope=repository:1x", 404),
    ],
)
def test_the_api_says_what_is_wrong_with_a_question(query, status, client, seeded):
    assert client.get(f"/api/v1/explore/?{query}").status_code == status


@pytest.mark.parametrize("scope", ["project:none", "person:nobody", "x"])
def test_the_api_tells_no_changes_of_what_is_not_there(scope, client, seeded):
    assert client.get(f"/api/v1/notable/?scope={scope}").status_code == 404


def test_the_page_tells_each_month_with_the_reason(client):
    figures("community", 0, "contributions", 10, 12, 10, 12, 10, 12, 20)

    answer = client.get("/notable/")

    ((month, (change,)),) = answer.context["months"]
    assert (month, change.short_title) == ("Jul 2025", "Contributions: unusually high")
    assert change.sentence in answer.text
    assert change.url.replace("&", "&amp;") in answer.text


def test_the_page_of_a_project_tells_its_own_alone(client):
    atlas, other = factories.project("atlas"), factories.project("borealis")
    figures("project", atlas.pk, "elephant_factor", 3, 2)
    figures("project", other.pk, "elephant_factor", 3, 2)

    ((_month, (change,)),) = client.get("/projects/atlas/notable/").context["months"]

    assert (change.slug, change.short_title) == (
        "project:atlas",
        "Elephant factor: lower than in the month before",
    )
    assert client.get("/notable/").context["months"] == []


def test_a_page_without_changes_says_whether_anything_is_known(client):
    nothing = client.get("/notable/").text
    figures("community", 0, "contributions", 10, 12)

    assert "Nothing is known of this scope yet." in nothing
    assert "No metric was far from its usual level." in client.get("/notable/").text
    assert client.get("/projects/none/notable/").status_code == 404


def test_dashboards_show_the_latest_and_lead_to_all(client, seeded):
    pages = {"/": "/notable/", "/projects/atlas/activity/": "/projects/atlas/notable/"}

    for page, all_of_them in pages.items():
        answer = client.get(page)
        assert answer.context["changes"] == changes_of_page(client, all_of_them)[:3]
        assert f'href="{all_of_them}"' in answer.text


def changes_of_page(client, page: str) -> list:
    return [one for _month, rows in client.get(page).context["months"] for one in rows]


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_costs_the_same_queries_whatever_the_data(
    size, client, django_assert_max_num_queries
):
    for metric in ["contributions", "contributors", "issues_new"][:size]:
        figures("community", 0, metric, 10, 12, 10, 12, 10, 12, 20)

    with django_assert_max_num_queries(6):
        found = changes_of_page(client, "/notable/")

    assert len(found) == size
