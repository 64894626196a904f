"""Signing in as people do it: in a browser, through the pages of the provider."""

import re
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from playwright.sync_api import expect

from community.people.models import Identity, Person
from tests import factories
from tests.conftest import NOON
from tests.login_server import Account
from tests.login_server.fixtures import _server, login_server

__all__ = ["_server", "login_server"]

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _no_limits_from_before():
    cache.clear()


@pytest.fixture
def page(browser, live_server):
    """A browser that may visit the provider too; scripts must not fail on either."""
    context = browser.new_context(base_url=live_server.url, locale="en-US")
    context.set_default_timeout(10_000)
    opened, failures = context.new_page(), []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    yield opened
    context.close()
    assert failures == []


def sign_in(page, live_server, *, provider="GitHub", decision="Authorize"):
    """From the sign-in page through the provider's question and back."""
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name=f"Continue with {provider}").click()
    page.get_by_role("button", name=decision, exact=True).click()


def test_a_first_sign_in_claims_what_was_done_before(page, live_server, login_server):
    factories.identity(factories.person("octo"), uid="4711", login="octo")
    login_server.account = Account(4711, "octocat", name="Octavia")

    sign_in(page, live_server)

    expect(page.get_by_text("Welcome, @octo. What you did before")).to_be_visible()
    page.goto(f"{live_server.url}/@octo/")
    expect(page.get_by_role("heading", name="Octavia")).to_be_visible()
    expect(page.get_by_role("link", name="octocat")).to_be_visible()
    assert Person.objects.get(handle="octo").is_claimed


@pytest.mark.parametrize("provider", ["GitLab", "Campus"])
def test_a_second_account_is_connected_in_the_settings(page, live_server, login_server, provider):
    login_server.account = Account(5, "ada")
    sign_in(page, live_server)

    login_server.account = Account(88, "ada.l")
    page.goto(f"{live_server.url}/accounts/3rdparty/")
    page.get_by_role("button", name=f"Continue with {provider}").click()
    page.get_by_role("button", name="Authorize", exact=True).click()

    expect(page.get_by_text(f"You can now sign in with {provider}")).to_be_visible()
    assert Person.objects.get().identities.count() == 2


def test_a_recycled_login_and_a_taken_handle_make_a_newcomer_who_may_choose(
    page, live_server, login_server
):
    former = factories.identity(factories.person("octo"), uid="1", login="octo")
    login_server.account = Account(2, "octo")

    sign_in(page, live_server)

    expect(page.get_by_text("The handle octo is not free here, so you are @octo-2")).to_be_visible()
    page.get_by_label("Handle").fill("octavia")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/@octavia/")
    assert Identity.objects.get(uid="2").person.handle == "octavia"
    assert not Person.objects.get(pk=former.person_id).is_claimed


def test_a_refused_consent_is_a_friendly_page_and_nothing_else(page, live_server, login_server):
    login_server.account = Account(5, "ada")

    sign_in(page, live_server, decision="Cancel")

    expect(page).to_have_url(re.compile("/accounts/3rdparty/login/cancelled/$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert (Person.objects.count(), Identity.objects.count()) == (0, 0)


def test_an_account_of_somebody_else_is_not_connected(page, live_server, login_server):
    factories.identity(factories.person("owner", claimed_at=NOON), provider="gitlab", uid="88")
    login_server.account = Account(5, "ada")
    sign_in(page, live_server)

    login_server.account = Account(88, "mallory")
    page.goto(f"{live_server.url}/accounts/3rdparty/")
    page.get_by_role("button", name="Continue with GitLab").click()
    page.get_by_role("button", name="Authorize", exact=True).click()

    expect(page.get_by_text("already belongs to @owner")).to_be_visible()
    assert Identity.objects.get(uid="88").person.handle == "owner"


def test_the_printed_link_lets_the_administrator_in_once(page, live_server):
    out = StringIO()
    call_command("admin_link", stdout=out)
    path = out.getvalue().strip().removeprefix("http://127.0.0.1:8000")

    page.goto(live_server.url + path)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{live_server.url}/people/merges/")
    expect(page.get_by_role("heading", name="Merges")).to_be_visible()

    page.goto(live_server.url + path)
    expect(page.get_by_text("This link has been used")).to_be_visible()


def test_a_passkey_is_added_and_opens_the_door(page, live_server, member):
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    member.set_password("correct horse battery")
    member.save()

    page.goto(f"{live_server.url}/accounts/login/")
    page.locator("#id_login").fill("mira")
    page.locator("#id_password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/accounts/2fa/webauthn/add/")
    page.locator("#id_password").fill("correct horse battery")
    page.get_by_role("button", name="Confirm").click()
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda address: "/webauthn/add/" not in address)
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name=re.compile("passkey", re.IGNORECASE)).click()

    page.wait_for_url(f"{live_server.url}/")
    expect(page.locator(".account")).to_be_visible()
