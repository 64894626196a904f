"""The back office: who gets in, and what it writes."""

import pytest
from django.apps import apps
from django.test import Client

from community.audit.models import Event
from community.people.models import Person
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return factories.person("boss", claimed_at=NOON, is_staff=True, is_superuser=True)


@pytest.fixture
def boss_client(boss):
    client = Client()
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    "name", ["person", "identity", "organization", "affiliation", "merge", "botlogin"]
)
def test_the_back_office_opens_for_administrators_alone(boss_client, maintainer_client, name):
    factories.identity()
    address = f"/admin/people/{name}/"

    assert boss_client.get(address).status_code == 200
    assert maintainer_client.get(address).status_code == 403
    assert apps.get_model("people", name)


def test_rights_are_given_and_logged(boss_client, member):
    boss_client.post(
        f"/admin/people/person/{member.pk}/change/", {"is_active": "on", "is_staff": "on"}
    )

    member.refresh_from_db()
    event = Event.objects.get()
    assert (member.is_staff, member.is_superuser) == (True, False)
    assert (event.verb, event.facts) == ("people.rights_changed", {"is_staff": True})


def test_the_last_administrator_stays_one(boss_client, boss):
    boss_client.post(f"/admin/people/person/{boss.pk}/change/", {"is_active": "on"})

    boss.refresh_from_db()
    assert (boss.is_superuser, Event.objects.count()) == (True, 0)


def test_nobody_without_an_account_gets_rights(boss_client, stranger):
    boss_client.post(
        f"/admin/people/person/{stranger.pk}/change/", {"is_active": "on", "is_staff": "on"}
    )

    assert not Person.objects.get(pk=stranger.pk).is_staff
