"""The pages of digests and their answers in the API."""

import pytest

from community.people.models import Identity, Person
from contributors.digests.models import Subscription
from contributors.metrics.actions import rebuild_figures
from tests import factories
from tests.contributors.digests.conftest import MONDAY, browser_of, reader_of
from tests.factories import ledger
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
PAGE = "/projects/atlas/digest/"


def values(digest) -> dict[str, str | None]:
    return {str(one.label): one.value for one in digest.figures}


def test_the_last_week_and_the_last_month_have_addresses_that_stay(hers):
    assert hers.get(PAGE).headers["Location"] == f"{PAGE}2026-W13/"
    assert hers.get(f"{PAGE}?length=month").headers["Location"] == f"{PAGE}2026-02/"


def test_a_month_shows_its_figures_the_change_and_the_rows(hers):
    digest = hers.get(f"{PAGE}2026-02/").context["digest"]

    first = digest.figures[0]
    assert (first.value, first.change["text"]) == ("27", "down from 33")
    assert first.rows_url == "/activity/?project=atlas&from=2026-02-01&to=2026-03-01"


def test_the_rows_of_a_week_are_as_many_as_the_figure_says(hers):
    digest = hers.get(f"{PAGE}2026-W13/").context["digest"]

    for figure in digest.figures[:1]:
        rows = hers.get(figure.rows_url).context["page"].paginator.count
        assert str(rows) == figure.value


@pytest.mark.parametrize("name", ["2026-W14", "2026-03", "2026-W60", "2026-13", "9999-12"])
def test_a_period_that_is_not_over_or_is_none_has_no_page(name, hers):
    assert hers.get(f"{PAGE}{name}/").status_code == 404


def test_of_a_period_before_tracking_nothing_is_known(hers):
    answer = hers.get(f"{PAGE}2020-01/")

    assert answer.context["digest"].figures == ()
    assert "Nothing is known of this period." in answer.text


def test_what_waits_stands_in_the_last_period_alone(hers):
    last, earlier = (hers.get(f"{PAGE}{name}/") for name in WEEKS)

    waiting = last.context["digest"].waiting
    assert waiting["items"]
    assert all(item.url in last.text for item in waiting["items"])
    assert earlier.context["digest"].waiting is None


WEEKS = ("2026-W13", "2026-W12")


def test_newcomers_who_hide_are_counted_but_not_named(hers, maintainer_client):
    first = Identity.objects.get(uid=ledger.actor(1).uid).person
    page = f"{PAGE}2026-01/"

    before = hers.get(page).context["digest"]
    Person.objects.filter(pk=first.pk).update(visibility={"activity": "hidden"})
    after = hers.get(page).context["digest"]

    assert first in before.newcomers
    assert first not in after.newcomers
    assert values(before) == values(after)
    assert first in maintainer_client.get(page).context["digest"].newcomers


def test_only_maintainers_read_it_and_find_the_way(hers, atlas, member_client, client):
    dashboard = "/projects/atlas/activity/"

    assert PAGE in hers.get(dashboard).text
    assert PAGE not in member_client.get(dashboard).text
    assert member_client.get(f"{PAGE}2026-W13/").status_code == 403
    assert client.get(f"{PAGE}2026-W13/").status_code == 302


def test_a_maintainer_asks_for_digests_and_ends_them(hers, olga):
    def kept() -> list[str]:
        return sorted(Subscription.objects.values_list("length", flat=True))

    hers.post(f"{PAGE}by-mail/", {"week": "on", "month": "on"})
    both, ticked = kept(), hers.get(f"{PAGE}2026-W13/").text.count(" checked")
    hers.post(f"{PAGE}by-mail/", {"month": "on"})
    one = kept()
    hers.post(f"{PAGE}by-mail/", {})

    assert (both, ticked, one, kept()) == (["month", "week"], 2, ["month"], [])


def test_who_has_no_confirmed_address_is_told(hers, olga):
    olga.emailaddress_set.all().delete()

    told = hers.post(f"{PAGE}by-mail/", {"week": "on"}, follow=True)

    assert "Confirm an e-mail address of yours first." in told.text
    assert Subscription.objects.count() == 0


@pytest.mark.parametrize("size", [1, 3])
def test_a_digest_costs_the_same_queries_whatever_the_data(
    size, monday, django_assert_max_num_queries
):
    project = factories.project("atlas")
    for _ in range(size):
        ledger.quarter(factories.repository(project))
    rebuild_figures(at=MONDAY)
    hers = browser_of(reader_of(project))

    with django_assert_max_num_queries(40):
        answer = hers.get(f"{PAGE}2026-02/")

    assert answer.context["digest"].figures


def test_the_api_tells_the_same(hers, olga):
    headers = bearer(olga)
    listed = hers.get("/api/v1/digests/?project=atlas", headers=headers).json()
    found = hers.get("/api/v1/digests/2026-02/?project=atlas", headers=headers).json()

    assert (listed["count"], listed["results"][0]["name"]) == (13, "2026-W13")
    first = found["figures"][0]
    assert (first["metric"], first["value"], first["before"]) == ("contributions", 27.0, 33.0)
    assert (found["edition"]["end"], found["url"]) == ("2026-03-01", f"{PAGE}2026-02/")
    assert found["newcomers"] == []


@pytest.mark.parametrize(
    "path",
    ["?project=none", "", "2026-03/?project=atlas", "2026-99/?project=atlas", "x/?project=atlas"],
)
def test_the_api_knows_no_other_digests(path, hers, olga):
    assert hers.get(f"/api/v1/digests/{path}", headers=bearer(olga)).status_code == 404
