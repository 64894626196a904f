"""One-time links: the way in without an e-mail server."""

import re
from datetime import timedelta
from io import StringIO
from threading import Barrier, Thread

import pytest
from django.contrib.messages import get_messages
from django.core.management import call_command
from django.db import connection
from django.test import Client

from community.audit.models import Event
from community.lib.refusals import Refused
from community.people import signin
from community.people.models import AccessLink, Person
from community.people.signin import LINK_LIFE, make_admin_link, make_link, use_link
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def secret_of(link):
    return link.rstrip("/").rsplit("/", 1)[1]


def person_in(client):
    key = client.session.get("_auth_user_id")
    return Person.objects.get(pk=key) if key else None


def test_the_command_prints_a_link_that_makes_the_first_administrator(client):
    out = StringIO()

    call_command("admin_link", stdout=out)
    path = out.getvalue().strip().removeprefix("http://127.0.0.1:8000")
    client.post(path)

    admin = Person.objects.get()
    assert re.fullmatch(r"/welcome/[\w-]{43}/", path)
    assert (admin.is_superuser, admin.is_staff, admin.is_claimed) == (True, True, True)
    assert person_in(client) == admin


def test_a_second_call_makes_a_link_and_no_second_administrator():
    make_admin_link()
    make_admin_link()

    assert (Person.objects.count(), AccessLink.objects.count()) == (1, 2)


def test_a_demo_person_with_the_name_does_not_become_administrator():
    factories.person("steward")

    make_admin_link()

    assert Person.objects.get(is_superuser=True).handle == "steward-2"


def test_only_the_hash_of_the_secret_is_kept(member):
    secret = secret_of(make_link(person=member, by=None, at=NOON))

    kept = [str(row) for row in AccessLink.objects.values()]
    logged = [str(row) for row in Event.objects.values()]

    assert not any(secret in text for text in kept + logged)


def test_looking_at_a_link_spends_nothing(client):
    path = make_admin_link().removeprefix("http://127.0.0.1:8000")

    looks = [client.get(path).status_code, client.head(path).status_code]
    client.post(path)

    assert looks == [200, 200]
    assert person_in(client) is not None


def test_a_link_works_once(client):
    path = make_admin_link().removeprefix("http://127.0.0.1:8000")
    Client().post(path)

    answers = [client.get(path), client.post(path)]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert "has been used" in answers[0].content.decode()
    assert person_in(client) is None


def test_using_a_link_spends_the_others_of_the_same_person(member):
    first = secret_of(make_link(person=member, by=None, at=NOON))
    second = secret_of(make_link(person=member, by=None, at=NOON))

    use_link(secret=first, password="", at=NOON)

    with pytest.raises(Refused, match="has been used"):
        use_link(secret=second, password="", at=NOON)


@pytest.mark.parametrize(
    ("offset", "code"), [(timedelta(seconds=-1), None), (timedelta(0), "expired_link")]
)
def test_a_link_lasts_up_to_but_not_including_its_end(member, offset, code):
    secret = secret_of(make_link(person=member, by=None, at=NOON))

    try:
        use_link(secret=secret, password="", at=NOON + LINK_LIFE + offset)
        found = None
    except Refused as refusal:
        found = refusal.code

    assert found == code


def test_an_unknown_link_is_a_friendly_page(client):
    answer = client.get("/welcome/nothing/")

    assert (answer.status_code, "does not exist" in answer.content.decode()) == (410, True)


def test_a_link_sets_a_new_password(client, member):
    secret = secret_of(make_link(person=member, by=None, at=NOON))
    AccessLink.objects.update(expires_at="2099-01-01T00:00Z")

    weak = client.post(f"/welcome/{secret}/", {"password": "12345"})
    strong = client.post(f"/welcome/{secret}/", {"password": "correct horse battery"})

    member.refresh_from_db()
    assert (weak.status_code, strong.status_code) == (200, 302)
    assert member.check_password("correct horse battery")


def test_a_suspended_person_is_not_let_in_by_a_link(client, member):
    secret = secret_of(make_link(person=member, by=None, at=NOON))
    AccessLink.objects.update(expires_at="2099-01-01T00:00Z")
    Person.objects.update(is_active=False)

    client.post(f"/welcome/{secret}/")

    assert person_in(client) is None


def test_a_maintainer_makes_a_link_for_a_member(maintainer_client, member, client):
    answer = maintainer_client.post("/@mira/link/")
    address = answer.context["address"].removeprefix("http://127.0.0.1:8000")

    client.post(address)

    assert person_in(client) == member
    assert "no-store" in answer["Cache-Control"]


def test_a_maintainer_makes_no_link_for_whoever_has_no_account(maintainer_client, stranger):
    answer = maintainer_client.post("/@stranger/link/")

    assert "Nobody signs in as this person" in str(next(iter(get_messages(answer.wsgi_request))))
    assert AccessLink.objects.count() == 0


def test_a_maintainer_makes_no_link_for_an_administrator(maintainer_client):
    factories.person("boss", is_staff=True, is_superuser=True, claimed_at=NOON)

    maintainer_client.post("/@boss/link/")

    assert AccessLink.objects.count() == 0


def _race(secret):
    """How many of eight browsers get in with one secret at the same moment."""
    barrier, inside = Barrier(8), []

    def enter():
        barrier.wait()
        try:
            use_link(secret=secret, password="", at=NOON)
            inside.append(1)
        except Refused:
            pass
        finally:
            connection.close()

    threads = [Thread(target=enter) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(inside)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs TEST_DATABASE_URL=postgres://")
def test_of_eight_requests_with_one_secret_one_gets_in():
    person = factories.person("mira", claimed_at=NOON)

    entered = [_race(secret_of(make_link(person=person, by=None, at=NOON))) for _try in range(5)]

    assert entered == [1] * 5


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs TEST_DATABASE_URL=postgres://")
def test_without_the_atomic_mark_more_than_one_would_get_in(monkeypatch):
    person = factories.person("mira", claimed_at=NOON)
    monkeypatch.setattr(signin, "_spend", lambda link, at: True)

    entered = [_race(secret_of(make_link(person=person, by=None, at=NOON))) for _try in range(5)]

    assert max(entered) > 1
