"""The pages with a whole community on them."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.urls import reverse

from community.people.models import Person
from community.people.suggestions import Sign, suggestions
from community.projects.models import Project
from contributors.activity.models import Completeness
from integrations.demo.actions import load_demo, remove_demo

AT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
KILOBYTE = 1024
INVENTED = "Tallowmere is invented."


@pytest.fixture(scope="module")
def community(django_db_setup, django_db_blocker):
    """A demo community, loaded once and rolled back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_demo(seed=1, people=40, at=AT)
        transaction.set_rollback(True)


@pytest.mark.alike
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_weighs_more_than_a_hundred_kilobytes(community, db, client, language):
    pages = {
        "/": 90,
        "/projects/wick/": 100,
        "/projects/wick/activity/": 100,
        Person.objects.claimed().order_by("pk")[0].get_absolute_url(): 100,
        "/people/": 100,
        "/activity/": 100,
        "/activity/work/": 100,
    }

    heavy = {
        page: weight
        for page, budget in pages.items()
        if (weight := len(client.get(page, headers={"accept-language": language}).content))
        > budget * KILOBYTE
    }

    assert heavy == {}


def test_a_figure_with_a_gap_leads_to_the_day_and_its_reason(community, db, client):
    worst = Completeness.objects.lacking().order_by("day").first()
    month = f"?month={worst.day:%Y-%m}"

    card = client.get(reverse("metrics:project", args=["wick"]) + month).context["figures"][0]

    assert card.completeness < 1
    assert card.gap_url.startswith(f"{reverse('activity:whole')}?project=wick&from=")
    assert str(worst.reason) in card.gap_reason
    assert client.get(card.gap_url).status_code == 200


def test_a_whole_period_leads_to_no_gap(community, db, client):
    card = client.get("/").context["figures"][0]

    assert (card.completeness, card.gap_url) == (1, "")


def test_some_people_look_like_two(community, db):
    found = suggestions()

    assert len(found) > 1
    assert {one.sign for one in found} == {Sign.NAME}


def test_whoever_looks_after_a_project_has_signed_in(community, db):
    maintainers = [one for project in Project.objects.all() for one in project.maintainers.all()]

    assert [one for one in maintainers if not one.is_claimed] == []
    assert maintainers != []


def test_the_front_page_says_that_it_is_invented_as_long_as_it_is(community, db, client):
    during = client.get("/").text
    remove_demo(at=AT)

    assert (INVENTED in during, INVENTED in client.get("/").text) == (True, False)


def test_the_front_page_says_what_the_community_is_for(community, db, client, settings):
    settings.COMMUNITY_PURPOSE = "Small models for <everybody>"

    assert "Small models for &lt;everybody&gt;" in client.get("/").text


def test_what_hangs_on_an_account_is_told_in_the_reader_s_language(community, maintainer_client):
    one = suggestions()[0]
    page = reverse("people:merge") + f"?kept={one.kept.handle}&absorbed={one.absorbed.handle}"

    answer = maintainer_client.get(page, headers={"accept-language": "zh-hans"})

    assert [
        word for word in ("contributions", "day counts", "work items") if word in answer.text
    ] == []
