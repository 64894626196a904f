"""Maintainers shut somebody out from the profile, for a reason that the log keeps."""

import pytest
from django.test import Client

from community.audit.models import Event
from community.lib.refusals import Refused
from community.people.models import Person
from community.people.suspensions import lift_suspension, suspend_person
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def test_a_suspension_ends_the_session_and_is_written_down(
    maintainer_client, member, member_client
):
    maintainer_client.post("/@mira/suspend/", {"reason": "spam"})

    member.refresh_from_db()
    event = Event.objects.get(verb="people.suspended")
    assert (member.is_active, member.suspended_for) == (False, "spam")
    assert (event.actor.is_staff, event.subject, event.facts) == (
        True,
        f"people.person:{member.pk}",
        {"reason": "spam"},
    )
    assert member_client.get("/settings/").status_code == 302


def test_whoever_is_suspended_cannot_sign_in_until_it_is_lifted(maintainer_client, member):
    member.set_password("correct horse battery")
    member.save()
    form, door = {"login": "mira", "password": "correct horse battery"}, "/accounts/login/"
    browser = Client()

    maintainer_client.post("/@mira/suspend/", {"reason": "stolen"})
    browser.post(door, form)
    shut_out = "_auth_user_id" not in browser.session
    maintainer_client.post("/@mira/let-in/")
    browser.post(door, form)

    member.refresh_from_db()
    assert (shut_out, browser.session["_auth_user_id"]) == (True, str(member.pk))
    assert (member.is_active, member.suspended_for) == (True, "")
    assert list(Event.objects.order_by("number").values_list("verb", flat=True)) == [
        "people.suspended",
        "people.suspension_lifted",
    ]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"is_staff": True}, "outranked"),
        ({"is_superuser": True}, "outranked"),
        ({"is_bot": True}, "no_account"),
        ({"is_active": False}, "suspended_already"),
        ({"erased_at": NOON}, "not_present"),
    ],
)
def test_a_senseless_suspension_is_refused(maintainer, fields, code):
    person = factories.person(**fields)

    with pytest.raises(Refused) as caught:
        suspend_person(person=person, reason="spam", by=maintainer, at=NOON)

    assert (caught.value.code, Event.objects.count()) == (code, 0)


def test_nobody_suspends_themselves(maintainer):
    with pytest.raises(Refused) as caught:
        suspend_person(person=maintainer, reason="asked", by=maintainer, at=NOON)

    assert caught.value.code == "oneself"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "not_suspended"),
        ({"is_active": False, "is_staff": True}, "outranked"),
        ({"is_active": False, "erased_at": NOON}, "not_present"),
    ],
)
def test_a_senseless_lifting_is_refused(maintainer, fields, code):
    person = factories.person(**fields)

    with pytest.raises(Refused) as caught:
        lift_suspension(person=person, by=maintainer, at=NOON)

    assert caught.value.code == code


def test_an_administrator_suspends_a_maintainer(maintainer):
    admin = Person.objects.create_superuser("root-of-all")

    suspend_person(person=maintainer, reason="conduct", by=admin, at=NOON)

    maintainer.refresh_from_db()
    assert maintainer.is_active is False


def test_the_profile_offers_maintainers_what_makes_sense(maintainer_client, member_client, member):
    before = maintainer_client.get("/@mira/").content.decode()
    maintainer_client.post("/@mira/suspend/", {"reason": "conduct"})
    after = maintainer_client.get("/@mira/").content.decode()

    assert ("/@mira/suspend/" in before, "/@mira/let-in/" in before) == (True, False)
    assert ("/@mira/suspend/" in after, "/@mira/let-in/" in after) == (False, True)
    assert "Suspended: Broke the code of conduct." in after


def test_others_read_neither_the_reason_nor_the_buttons(client, maintainer_client, member):
    maintainer_client.post("/@mira/suspend/", {"reason": "conduct"})

    page = client.get("/@mira/").content.decode()

    assert ("Broke the code" in page, "/let-in/" in page) == (False, False)


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_reason_has_to_be_chosen(maintainer_client, member, reason):
    answer = maintainer_client.post("/@mira/suspend/", {"reason": reason}, follow=True)

    member.refresh_from_db()
    assert (member.is_active, [str(one) for one in answer.context["messages"]]) == (
        True,
        ["Choose why."],
    )
