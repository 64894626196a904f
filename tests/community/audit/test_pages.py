"""Who sees which part of the log."""

from datetime import timedelta

import pytest
from django.urls import reverse

from community.audit.actions import record
from community.audit.models import Event
from tests import factories
from tests.community.audit.attacks import rows
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
LIST = "/audit/"
DAY = timedelta(days=1)


def listed(response) -> list[int]:
    return [event.number for event in response.context["page"]]


@pytest.mark.parametrize("path", ["", "me/"])
def test_a_visitor_is_sent_to_sign_in(client, path):
    response = client.get(LIST + path)

    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


def test_a_member_is_refused(member_client):
    assert member_client.get(LIST).status_code == 403
    assert member_client.post(f"{LIST}verify/").status_code == 403


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    maintainer_client, size, django_assert_num_queries
):
    for _ in range(size):
        record(verb="t.t", subject=factories.person(), actor=factories.person(), at=NOON)

    with django_assert_num_queries(7):
        response = maintainer_client.get(LIST)

    assert len(listed(response)) == size


@pytest.fixture
def events(maintainer, member) -> None:
    """Four events on four days."""
    for day, (verb, actor) in enumerate(
        [
            ("people.merged", maintainer),
            ("people.split", member),
            ("peoples.merged", None),
            ("people.merged", None),
        ]
    ):
        record(verb=verb, subject=member if day else "site", actor=actor, at=NOON + day * DAY)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [4, 3, 2, 1]),
        ({"verb": "people.merged"}, [4, 1]),
        ({"verb": "people"}, [4, 2, 1]),
        ({"actor": "@Magnus"}, [1]),
        ({"subject": "site"}, [1]),
        ({"from": "2026-03-15", "to": "2026-03-17"}, [3, 2]),
        ({"from": "yesterday"}, []),
        ({"verb": "\0"}, []),
    ],
)
def test_filters(maintainer_client, events, query, numbers):
    assert listed(maintainer_client.get(LIST, query)) == numbers


def test_a_row_shows_its_facts_and_leads_to_its_subject(maintainer_client, member):
    record(verb="people.merged", subject=member, at=NOON, moved=["<3>"])

    page = maintainer_client.get(LIST).content.decode()

    assert "<code>moved = [&quot;&lt;3&gt;&quot;]</code>" in page
    assert f'<a href="{member.get_absolute_url()}" dir="auto">' in page


@pytest.mark.parametrize("subject", ["people.person:999999", "people.person:", "x:1", "plain", ""])
def test_a_subject_that_is_gone_is_shown_by_its_name(maintainer_client, subject):
    record(verb="people.merged", subject=subject, at=NOON)

    assert maintainer_client.get(LIST).status_code == 200


def test_verify_now_says_that_the_chain_holds(maintainer_client, events):
    response = maintainer_client.post(f"{LIST}verify/", follow=True)

    assert [str(message) for message in response.context["messages"]] == ["4 events, unbroken."]


def test_verify_now_names_the_first_bad_row(maintainer_client, events):
    rows().filter(number=2).update(verb="forged")

    response = maintainer_client.post(f"{LIST}verify/", follow=True)

    assert [str(message) for message in response.context["messages"]] == [
        "Row 2 is not what was written: Its content is not what was sealed."
    ]


def test_people_see_what_was_done_to_them_and_nothing_else(member_client, events):
    response = member_client.get(f"{LIST}me/")

    assert listed(response) == [4, 3, 2]


@pytest.mark.parametrize("size", [1, 3])
def test_ones_own_list_costs_the_same_whatever_its_length(
    member_client, member, size, django_assert_num_queries
):
    for _ in range(size):
        record(verb="people.renamed", subject=member, actor=factories.person(), at=NOON)

    with django_assert_num_queries(5):
        response = member_client.get(f"{LIST}me/")

    assert len(listed(response)) == size


def test_reading_the_log_writes_nothing(maintainer_client, events):
    maintainer_client.get(LIST)
    maintainer_client.post(f"{LIST}verify/")

    assert Event.objects.count() == 4
