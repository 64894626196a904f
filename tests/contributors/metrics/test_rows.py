"""The number on a page equals the number of rows that its link opens."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from community.people.models import Identity
from contributors.activity.ingest import mark_deleted
from contributors.metrics.actions import rebuild_figures
from tests import factories
from tests.factories import ledger
from tests.kept import once

pytestmark = pytest.mark.django_db
AT = datetime(2026, 12, 31, tzinfo=UTC)
COUNTED = {
    "Contributions",
    "Issues opened",
    "Issues closed",
    "Change requests opened",
    "Change requests merged",
    "Change requests declined",
}


@once
def two_quarters():
    atlas, other = (factories.repository(factories.project(slug)) for slug in ("atlas", "lumen"))
    ledger.quarter(atlas)
    ledger.quarter(other)
    start = date(2026, 3, 3)
    declined = ledger.work(90, 2, start, closed=date(2026, 3, 9), kind="change_request")
    gone = ledger.work(91, 2, start)
    ledger.fill(
        atlas, declined, gone, ledger.act("ghost", None, start), ledger.act("late", 2, start)
    )
    mark_deleted(repository=atlas, kind="issue", external_ids=["item-91"], at=AT)
    mark_deleted(repository=atlas, kind="commit", external_ids=["late"], at=AT)
    rebuild_figures(at=AT)
    return atlas


@pytest.fixture
def seeded(db):
    """Two projects; in one something is declined, deleted, or by nobody known."""
    return two_quarters()


def rows(client, url: str) -> int:
    return client.get(url).context["page"].paginator.count


@pytest.mark.parametrize("period", ["month=2026-03", "days=30", "days=90", "days=365"])
@pytest.mark.parametrize("address", ["/", "/projects/atlas/activity/"])
def test_each_count_opens_as_many_rows(address, period, client, seeded):
    context = client.get(f"{address}?{period}").context

    cards = [one for one in (*context["figures"], *context["more_figures"]) if one.label in COUNTED]

    assert {str(one.label) for one in cards} == COUNTED
    assert {str(one.label): rows(client, one.rows_url) for one in cards} == {
        str(one.label): int(one.value) for one in cards
    }


def test_the_share_of_a_person_opens_their_rows(client, seeded):
    context = client.get("/projects/atlas/activity/?month=2026-03").context
    total = next(one.value for one in context["figures"] if one.label == "Contributions")

    carrier = context["carriers"][0]

    assert carrier.share == rows(client, carrier.url) / (int(total) - 1)  # the ghost is nobody's


def test_a_persons_year_opens_their_rows(client, seeded):
    person = Identity.objects.get(uid="2").person

    answer = client.get(person.get_absolute_url())
    cards = [card for context in answer.context for card in context.get("figures", [])]

    assert rows(client, cards[0].rows_url) == int(cards[0].value) > 0


def test_what_waits_opens_as_many_rows(client, seeded):
    for address in ("/", "/projects/atlas/activity/"):
        waiting = client.get(address).context["waiting"]

        assert waiting["title"] == f"{rows(client, waiting['url'])} wait for an answer"


def test_the_share_of_bots_opens_what_bots_did(client, seeded):
    context = client.get("/projects/atlas/activity/?month=2026-03").context
    card = next(one for one in context["more_figures"] if one.label == "Done by bots")

    assert rows(client, card.rows_url) == 4
    assert reverse("activity:contributions") in card.rows_url
