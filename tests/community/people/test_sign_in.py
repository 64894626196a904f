"""Who somebody is after signing in: by the provider's id, and by nothing else."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client

from community.audit.models import Event
from community.people.erasure import erase_person
from community.people.merging import undo_merge
from community.people.models import Identity, Merge, Person
from tests import factories
from tests.conftest import NOON
from tests.login_server import Account

pytestmark = pytest.mark.django_db
ENTRANCES = {
    "github": "/accounts/github/login/",
    "gitlab": "/accounts/gitlab/login/",
    "oidc": "/accounts/oidc/oidc/login/",
}


@pytest.fixture(autouse=True)
def _no_limits_from_before():
    cache.clear()


def sign_in(client, server, account, *, provider="github", process="login"):
    """Press the button, approve at the provider, come back."""
    server.account = account
    start = client.post(f"{ENTRANCES[provider]}?process={process}")
    return client.get(server.approve(start["Location"]))


def person_in(client):
    """Whoever is signed in with this browser."""
    key = client.session.get("_auth_user_id")
    return Person.objects.get(pk=key) if key else None


def said(answer):
    """The messages that wait to be shown."""
    return [str(message) for message in get_messages(answer.wsgi_request)]


def counts():
    return Person.objects.count(), Identity.objects.count(), SocialAccount.objects.count()


def test_a_first_sign_in_claims_the_person_with_that_id(client, login_server):
    known = factories.identity(uid="4711", login="octo")

    sign_in(client, login_server, Account(4711, "octo", name="Octavia"))

    known.refresh_from_db()
    known.person.refresh_from_db()
    assert person_in(client) == known.person
    assert known.person.is_claimed
    assert known.verified_at is not None
    assert known.person.name == "Octavia"
    assert Event.objects.get(verb="people.claimed").subject == f"people.person:{known.person.pk}"


def test_a_claim_notes_the_new_login_and_remembers_the_old(client, login_server):
    known = factories.identity(uid="4711", login="before")
    known.logins.create(login="before", seen_from=NOON)

    sign_in(client, login_server, Account(4711, "after"))

    known.refresh_from_db()
    assert known.login == "after"
    assert list(known.logins.values_list("login", flat=True)) == ["before", "after"]


def test_signing_in_again_makes_nothing_new(client, login_server):
    sign_in(client, login_server, Account(4711, "octo"))
    first = person_in(client)
    before = counts()
    client.post("/accounts/logout/")

    sign_in(client, login_server, Account(4711, "octo"))

    assert (person_in(client), counts()) == (first, before)


def test_a_recycled_login_makes_a_new_person_who_is_credited_nothing(
    client,
    login_server,
):
    former = factories.identity(factories.person("octo"), uid="1", login="octo")

    answer = sign_in(client, login_server, Account(2, "octo"))

    newcomer = person_in(client)
    assert newcomer.handle == "octo-2"
    assert list(newcomer.identities.values_list("uid", flat=True)) == ["2"]
    assert not Person.objects.get(pk=former.person_id).is_claimed
    assert answer["Location"] == "/settings/"
    assert said(answer)[0].startswith("The handle octo is not free here")


@pytest.mark.parametrize("is_verified", [True, False], ids=["verified", "unverified"])
@pytest.mark.parametrize("spelling", ["ada@example.org", "ADA@Example.ORG"])
@pytest.mark.parametrize("provider", ["github", "gitlab", "oidc"])
def test_the_same_address_never_links(
    client,
    login_server,
    provider,
    spelling,
    is_verified,
):
    local = factories.person("ada", email="ada@example.org", claimed_at=NOON)
    EmailAddress.objects.create(user=local, email=local.email, verified=is_verified, primary=True)
    account = Account(5, "someone", email=spelling, email_verified=True)

    sign_in(client, login_server, account, provider=provider)

    newcomer = person_in(client)
    assert newcomer.pk != local.pk
    assert (newcomer.email, EmailAddress.objects.filter(user=newcomer).count()) == ("", 0)
    assert not SocialAccount.objects.filter(user=local).exists()


def test_a_verified_address_of_nobody_else_is_kept(client, login_server):
    account = Account(5, "ada", email="ada@example.org", email_verified=True)

    sign_in(client, login_server, account, provider="oidc")

    kept = EmailAddress.objects.get(user=person_in(client))
    assert (kept.email, kept.verified) == ("ada@example.org", True)


def test_an_address_changed_at_the_provider_changes_nothing(client, login_server):
    victim = factories.person("vera", email="vera@example.org", claimed_at=NOON)
    sign_in(client, login_server, Account(5, "mallory", email="mallory@example.org"))
    mallory = person_in(client)
    client.post("/accounts/logout/")

    sign_in(client, login_server, Account(5, "mallory", email="vera@example.org"))

    assert person_in(client) == mallory != victim


@pytest.mark.parametrize(
    ("login", "handle"),
    [
        ("ADA", "ADA-2"),  # taken in another letter case
        ("12345", "12345"),  # digits are a login like any other
        ("admin", "admin-2"),  # kept for the site
        ("erased-9", "9"),
        ("ａｄａ", "ada-2"),  # full-width letters fold to the same
        ("аdа", "d"),  # Cyrillic look-alikes do not
        ("张伟", "person"),
        ("x" * 60, "x" * 39),
    ],
)
def test_a_newcomer_gets_a_free_handle_close_to_the_login(
    client,
    login_server,
    login,
    handle,
):
    ada = factories.person("ada", claimed_at=NOON)

    sign_in(client, login_server, Account(5, login), provider="oidc")

    assert person_in(client).handle == handle
    assert person_in(client) != ada


def test_a_handle_of_digits_is_no_way_to_another_id(client, login_server):
    victim = factories.identity(uid="777", login="vera")

    sign_in(client, login_server, Account(5, "777"))

    assert person_in(client) != victim.person
    assert Identity.objects.get(uid="5").person == person_in(client)


def test_the_same_id_at_another_provider_is_somebody_else(client, login_server):
    github = factories.identity(provider="github", uid="5")

    sign_in(client, login_server, Account(5, "five"), provider="gitlab")

    assert person_in(client) != github.person


def test_a_local_account_registered_beforehand_gains_nothing(client, login_server):
    squatter = factories.person("octo", email="octo@example.org", claimed_at=NOON)

    sign_in(client, login_server, Account(5, "octo", email="octo@example.org"))

    assert person_in(client) != squatter
    assert not Identity.objects.filter(person=squatter).exists()


def test_a_second_account_connected_while_signed_in_is_the_same_person(
    client,
    login_server,
):
    sign_in(client, login_server, Account(5, "ada"))
    ada = person_in(client)

    sign_in(client, login_server, Account(88, "ada.l"), provider="gitlab", process="connect")
    client.post("/accounts/logout/")
    sign_in(client, login_server, Account(88, "ada.l"), provider="gitlab")

    assert person_in(client) == ada
    held = ada.identities.order_by("provider").values_list("provider", "uid")
    assert list(held) == [("github", "5"), ("gitlab", "88")]


def test_connecting_an_unclaimed_identity_absorbs_its_record_and_can_be_undone(
    client,
    login_server,
    maintainer,
):
    old = factories.identity(factories.person("old"), provider="gitlab", uid="88")
    sign_in(client, login_server, Account(5, "ada"))
    ada = person_in(client)

    sign_in(client, login_server, Account(88, "ada.l"), provider="gitlab", process="connect")
    merge = Merge.objects.get()
    after = Identity.objects.get(pk=old.pk).person
    SocialAccount.objects.filter(provider="gitlab").delete()
    undo_merge(merge=merge, by=maintainer, at=NOON)

    assert (merge.kept, merge.absorbed, after) == (ada, old.person, ada)
    assert Identity.objects.get(pk=old.pk).person == old.person


def test_connecting_moves_one_identity_and_leaves_the_rest_of_an_unclaimed_record(
    client,
    login_server,
):
    record = factories.person("mixed")
    mine = factories.identity(record, provider="gitlab", uid="88")
    other = factories.identity(record, provider="gitlab", uid="99")
    sign_in(client, login_server, Account(5, "ada"))

    sign_in(client, login_server, Account(88, "ada.l"), provider="gitlab", process="connect")

    record.refresh_from_db()
    assert Identity.objects.get(pk=mine.pk).person == person_in(client)
    assert (Identity.objects.get(pk=other.pk).person, record.merged_into) == (record, None)


def test_connecting_the_identity_of_a_claimed_person_is_refused_in_words(
    client,
    login_server,
):
    owner = factories.person("owner", claimed_at=NOON)
    factories.identity(owner, provider="gitlab", uid="88")
    sign_in(client, login_server, Account(5, "ada"))
    before = counts()

    answer = sign_in(client, login_server, Account(88, "x"), provider="gitlab", process="connect")

    assert "already belongs to @owner" in said(answer)[-1]
    assert counts() == before
    assert Identity.objects.get(uid="88").person == owner


def test_connecting_another_persons_way_in_is_refused(login_server):
    one, other = Client(), Client()
    sign_in(one, login_server, Account(88, "first"), provider="gitlab")
    sign_in(other, login_server, Account(5, "second"))

    answer = sign_in(
        other, login_server, Account(88, "first"), provider="gitlab", process="connect"
    )

    assert "already a way in for @first" in said(answer)[-1]
    assert SocialAccount.objects.get(uid="88").user == person_in(one)


def test_an_identity_given_to_somebody_by_maintainers_is_no_way_into_their_account(
    client,
    login_server,
):
    owner = factories.person("owner", claimed_at=NOON)
    factories.identity(owner, uid="5")
    before = counts()

    answer = sign_in(client, login_server, Account(5, "mallory"))

    assert (person_in(client), counts()) == (None, before)
    assert "belongs to @owner" in said(answer)[0]


@pytest.mark.parametrize(
    "more", [{"is_staff": True}, {"is_superuser": True, "is_staff": True}, {"is_active": False}]
)
def test_a_record_with_rights_or_shut_out_is_not_claimed(client, login_server, more):
    factories.identity(factories.person("owner", **more), uid="5")

    sign_in(client, login_server, Account(5, "mallory"))

    assert (person_in(client), SocialAccount.objects.count()) == (None, 0)


def test_a_record_with_a_password_is_not_claimed(client, login_server):
    owner = factories.person("owner")
    owner.set_password("correct horse battery")
    owner.save()
    factories.identity(owner, uid="5")

    sign_in(client, login_server, Account(5, "mallory"))

    assert person_in(client) is None


def test_a_suspended_person_stays_outside(client, login_server):
    sign_in(client, login_server, Account(5, "ada"))
    client.post("/accounts/logout/")
    Person.objects.filter(handle="ada").update(is_active=False)

    answer = sign_in(client, login_server, Account(5, "ada"))

    assert (person_in(client), answer["Location"]) == (None, "/accounts/inactive/")


def test_a_refused_consent_makes_nothing_and_says_so(client, login_server):
    start = client.post(ENTRANCES["github"])

    answer = client.get(login_server.cancel(start["Location"]), follow=True)

    assert (answer.status_code, counts(), person_in(client)) == (200, (0, 0, 0), None)
    assert answer.redirect_chain[-1][0] == "/accounts/3rdparty/login/cancelled/"


def test_an_answer_to_another_browsers_question_is_refused(login_server):
    attacker, victim = Client(), Client()
    login_server.account = Account(5, "attacker")
    start = attacker.post(ENTRANCES["github"])

    victim.get(login_server.approve(start["Location"]))

    assert (person_in(victim), counts()) == (None, (0, 0, 0))


def test_a_code_is_worth_nothing_twice(login_server):
    client = Client()
    login_server.account = Account(5, "ada")
    start = client.post(ENTRANCES["github"])
    back = login_server.approve(start["Location"])
    login_server.grants.clear()

    answer = client.get(back)

    assert (answer.status_code < 500, person_in(client)) == (True, None)


def test_connecting_takes_a_form_of_this_site(member, login_server):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")

    forged = client.post(f"{ENTRANCES['github']}?process=connect")
    looked_at = client.get(f"{ENTRANCES['github']}?process=connect")

    assert (forged.status_code, looked_at.status_code) == (403, 200)


def test_the_answer_of_a_provider_is_kept_without_addresses(client, login_server):
    sign_in(client, login_server, Account(5, "ada", name="Ada", email="ada@example.org"))

    kept = SocialAccount.objects.get().extra_data

    assert sorted(kept) == ["avatar_url", "html_url", "id", "login", "name"]


def test_an_erased_person_who_returns_is_a_newcomer(client, login_server):
    sign_in(client, login_server, Account(5, "ada"))
    gone = person_in(client)
    erase_person(person=gone, typed="ada", by=gone, at=NOON)
    client = Client()

    sign_in(client, login_server, Account(5, "ada"))

    back = person_in(client)
    assert (back.pk == gone.pk, back.handle) == (False, "ada")
    assert list(back.identities.values_list("uid", flat=True)) == ["5"]


def test_wrong_passwords_are_limited_whatever_the_letter_case(client, member):
    member.set_password("correct horse battery")
    member.save()
    spellings = ["mira", "MIRA", "Mira", "mirA", "miRa"]

    answers = [
        client.post("/accounts/login/", {"login": spelling, "password": "wrong"}).status_code
        for spelling in spellings
    ]
    answer = client.post("/accounts/login/", {"login": "mIra", "password": "correct horse battery"})

    assert (answers, answer.status_code) == ([200] * 5, 429)
    assert person_in(client) is None
    assert "tried too often" in answer.content.decode()


def test_wrong_passwords_from_one_household_are_limited_whatever_the_handle(client):
    answers = [
        client.post(
            "/accounts/login/",
            {"login": f"nobody-{number}", "password": "wrong"},
            REMOTE_ADDR=f"2001:db8:0:7::{number:x}",
        ).status_code
        for number in range(11)
    ]
    elsewhere = client.post(
        "/accounts/login/", {"login": "nobody", "password": "wrong"}, REMOTE_ADDR="2001:db8:0:8::1"
    )

    assert answers == [200] * 10 + [429]
    assert elsewhere.status_code == 200


def test_the_right_password_opens_in_any_letter_case_of_the_handle(client, member):
    member.set_password("correct horse battery")
    member.save()

    client.post("/accounts/login/", {"login": "MIRA", "password": "correct horse battery"})

    assert person_in(client) == member


def test_a_local_account_needs_no_address(client):
    words = "correct horse battery"
    form = {"username": "newcomer", "password1": words, "password2": words}

    client.post("/accounts/signup/", form)

    person = person_in(client)
    assert (person.handle, person.is_claimed, person.search_text) == ("newcomer", True, "newcomer")


@pytest.mark.parametrize("handle", ["Mira", "admin", "erased-4", "-x", "a b", "x" * 40])
def test_a_local_account_cannot_have_every_handle(client, member, handle):
    words = "correct horse battery"

    client.post("/accounts/signup/", {"username": handle, "password1": words, "password2": words})

    assert (person_in(client), Person.objects.count()) == (None, 1)


def test_the_last_way_in_cannot_be_disconnected(client, login_server):
    sign_in(client, login_server, Account(5, "ada"))
    account = SocialAccount.objects.get()

    client.post("/accounts/3rdparty/", {"account": account.pk})

    assert SocialAccount.objects.filter(pk=account.pk).exists()


def test_github_itself_is_asked_at_its_own_api():
    assert GitHubOAuth2Adapter.profile_url == "https://api.github.com/user"
    assert GitHubOAuth2Adapter.authorize_url == "https://github.com/login/oauth/authorize"
