"""What guests are shown alike is kept for a while; who is signed in gets it fresh."""

from datetime import date

import pytest
from django.core.cache import cache

from community.lib import paging
from contributors.activity.models import Contribution
from contributors.metrics.actions import rebuild_figures
from tests import factories
from tests.factories import NOON, ledger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeping(settings):
    cache.clear()
    settings.KEEP_SECONDS = 60
    yield
    cache.clear()


@pytest.fixture
def repository():
    made = factories.repository(factories.project("atlas"))
    act(made, "one")
    return made


def act(repository, name):
    ledger.fill(repository, ledger.act(name, 1, date(2026, 3, 10)))
    rebuild_figures(at=NOON)


def contributions(browser, address) -> str:
    """What the first card says, out of the page itself."""
    text = browser.get(address).content.decode()
    return text.partition('class="figure-value">')[2].partition("<")[0]


@pytest.mark.parametrize("address", ["/", "/projects/atlas/activity/"])
def test_a_guest_sees_for_a_while_what_the_guest_before_saw(
    client, member_client, repository, address
):
    first, signed_in = contributions(client, address), contributions(member_client, address)
    act(repository, "two")

    assert (first, contributions(client, address)) == ("1", "1")
    assert (signed_in, contributions(member_client, address)) == ("1", "2")


def test_another_period_or_language_is_another_page(client, repository):
    pages = [
        client.get("/", headers={"Accept-Language": language}, data=period).content
        for language in ("en", "zh-hans")
        for period in ({}, {"days": "30"})
    ]

    assert len({page.partition(b"<main")[2] for page in pages}) == 4


def test_kept_pages_are_asked_no_figure(client, repository, django_assert_max_num_queries):
    client.get("/")

    with django_assert_max_num_queries(2):
        client.get("/")


def test_a_count_that_takes_long_is_kept_and_a_short_one_is_not(repository, monkeypatch):
    rows = Contribution.objects.all()
    short = paging.counted(rows)
    act(repository, "two")
    again = paging.counted(rows)
    monkeypatch.setattr(paging, "SLOW", 0)
    paging.counted(rows)
    act(repository, "three")

    assert (short, again, paging.counted(rows)) == (1, 2, 2)
    assert paging.counted(rows.none()) == 0
