"""A second factor is asked for on every way in."""

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache

from community.people.models import AccessLink
from community.people.signin import make_link
from tests.conftest import NOON
from tests.login_server import Account

pytestmark = pytest.mark.django_db
WORDS = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def guarded(member):
    """A member with a password and an authenticator."""
    cache.clear()
    member.set_password(WORDS)
    member.save()
    TOTP.activate(member, SECRET)
    return member


def code_of_now():
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def is_inside(client):
    return "_auth_user_id" in client.session


def test_a_password_alone_does_not_open(client, guarded):
    answer = client.post("/accounts/login/", {"login": "mira", "password": WORDS})

    assert (answer["Location"], is_inside(client)) == ("/accounts/2fa/authenticate/", False)


def test_the_password_and_the_code_open(client, guarded):
    client.post("/accounts/login/", {"login": "mira", "password": WORDS})

    client.post("/accounts/2fa/authenticate/", {"code": code_of_now()})

    assert is_inside(client)


def test_a_one_time_link_alone_does_not_open(client, guarded):
    secret = make_link(person=guarded, by=None, at=NOON).rstrip("/").rsplit("/", 1)[1]
    AccessLink.objects.update(expires_at="2099-01-01T00:00Z")

    answer = client.post(f"/welcome/{secret}/")

    assert (answer["Location"], is_inside(client)) == ("/accounts/2fa/authenticate/", False)


def test_an_outside_account_alone_does_not_open(client, guarded, login_server):
    login_server.account = Account(5, "mira")
    client.force_login(guarded, backend="django.contrib.auth.backends.ModelBackend")
    start = client.post("/accounts/github/login/?process=connect")
    client.get(login_server.approve(start["Location"]))
    client.post("/accounts/logout/")

    start = client.post("/accounts/github/login/?process=login")
    answer = client.get(login_server.approve(start["Location"]))

    assert (answer["Location"], is_inside(client)) == ("/accounts/2fa/authenticate/", False)
