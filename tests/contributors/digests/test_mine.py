"""All digests that come to somebody: on one page, through merges, and how they end."""

import pytest
from django.urls import reverse

from community.people.merging import merge_people, undo_merge
from contributors.digests.actions import plan_mailings, unsubscribe
from contributors.digests.editions import Length
from contributors.digests.links import Wish, unsubscribe_url
from contributors.digests.models import Mailing, Subscription
from tests import factories
from tests.contributors.digests.conftest import MONDAY, browser_of, reader_of, wish
from tests.factories.ledger import run_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(atlas):
    """A second record of hers that nobody has joined with the first yet."""
    return reader_of(atlas, "olga-old")


def wanted(person) -> list[str]:
    mine = Subscription.objects.filter(person=person).order_by("length")
    return list(mine.values_list("length", flat=True))


def merge(kept, absorbed):
    made = merge_people(
        kept=kept, absorbed=absorbed, by=kept, at=MONDAY, confirmation=absorbed.handle
    )
    run_waiting("digests.move")
    return made


def part(made):
    undo_merge(merge=made, by=made.kept, at=MONDAY)
    run_waiting("digests.return")


def test_all_that_comes_to_somebody_stands_on_one_page(hers, olga, atlas, other):
    wish(olga, atlas)
    wish(olga, atlas, "month")
    wish(other, atlas)

    answer = hers.get("/digests/")

    assert [(one.length, is_reader) for one, is_reader in answer.context["lines"]] == [
        ("month", True),
        ("week", True),
    ]
    assert answer.content.decode().count("/end/") == 2


def test_each_can_be_ended_and_no_other(hers, olga, atlas, other):
    mine, hidden = wish(olga, atlas), wish(other, atlas)
    wish(olga, atlas, "month")

    ended = hers.post(reverse("digests:end", args=[mine.pk]))
    refused = hers.post(reverse("digests:end", args=[hidden.pk]))

    assert (ended.status_code, refused.status_code) == (302, 404)
    assert (wanted(olga), wanted(other)) == (["month"], ["week"])


def test_what_comes_no_longer_is_said(hers, olga, atlas):
    wish(olga, atlas)
    atlas.maintainers.remove(olga)

    assert "Paused: you do not maintain this project any more." in hers.get("/digests/").text


def test_settings_lead_there(hers):
    assert 'href="/digests/" aria-current="page"' in hers.get("/digests/").text
    assert 'href="/digests/"' in hers.get(reverse("people:leaves")).text


def test_the_api_lists_and_ends_them(hers, olga, atlas, other):
    mine, hidden = wish(olga, atlas), wish(other, atlas)

    listed = hers.get("/api/v1/subscriptions/").json()["results"]
    refused = hers.delete(f"/api/v1/subscriptions/{hidden.pk}/")
    ended = hers.delete(f"/api/v1/subscriptions/{mine.pk}/")

    assert [(one["project"], one["length"]) for one in listed] == [("atlas", "week")]
    assert (refused.status_code, ended.status_code, wanted(olga)) == (404, 204, [])


def test_a_merge_moves_them_and_its_undoing_moves_them_back(olga, other, atlas):
    wish(other, atlas, "month")

    made = merge(olga, other)
    together = (wanted(olga), wanted(other))
    part(made)

    assert together == (["month"], [])
    assert (wanted(olga), wanted(other)) == ([], ["month"])


def test_what_both_asked_for_comes_once(olga, other, atlas):
    wish(olga, atlas)
    wish(other, atlas)

    made = merge(olga, other)
    plan_mailings(at=MONDAY)
    planned = list(Mailing.objects.values_list("person", flat=True))
    part(made)

    assert planned == [olga.pk]
    assert (wanted(olga), wanted(other)) == (["week"], ["week"])


def test_a_week_that_was_told_before_the_merge_is_not_told_again(olga, other, atlas):
    wish(other, atlas)
    plan_mailings(at=MONDAY)

    merge(olga, other)
    plan_mailings(at=MONDAY)

    assert list(Mailing.objects.values_list("person", flat=True)) == [other.pk]


def test_merges_one_upon_the_other_are_undone_in_turn(olga, other, atlas):
    third = factories.person("olga-new", claimed_at=MONDAY)
    wish(other, atlas)

    first = merge(olga, other)
    second = merge(third, olga)
    last = wanted(third)
    part(second)
    between = wanted(olga)
    part(first)

    assert (last, between, wanted(other)) == (["week"], ["week"], ["week"])


def test_what_was_ended_meanwhile_does_not_come_back(olga, other, atlas):
    wish(other, atlas)
    made = merge(olga, other)

    Subscription.objects.filter(person=olga).delete()
    part(made)

    assert wanted(other) == []


def test_the_link_in_an_old_mail_ends_what_moved(client, olga, other, atlas):
    wish(other, atlas)
    link = unsubscribe_url(Wish(other.pk, atlas.pk, Length.WEEK))
    merge(olga, other)

    path = link[link.index("/digests/") :]
    shown = client.get(path).context["is_wanted"]
    client.post(path)

    assert (shown, wanted(olga)) == (True, [])


def test_ending_what_is_not_there_does_nothing(olga, atlas):
    unsubscribe(person_id=olga.pk, project_id=atlas.pk, length=Length.WEEK, at=MONDAY)

    assert wanted(olga) == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_queries_whatever_comes(
    number, hers, olga, django_assert_max_num_queries
):
    for more in range(number):
        project = factories.project(f"more-{more}")
        project.maintainers.add(olga)
        wish(olga, project)

    with django_assert_max_num_queries(16):
        hers.get("/digests/")


def test_nobody_sees_them_who_is_not_signed_in(client, atlas):
    assert client.get("/digests/").status_code == 302
    assert browser_of(factories.person("mo")).get("/digests/").context["lines"] == []
