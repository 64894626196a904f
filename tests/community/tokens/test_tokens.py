"""Tokens: made once, shown once, bounded in reach and time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.audit.models import Event
from community.lib.refusals import Refused
from community.tokens.actions import issue_token, revoke_token
from community.tokens.limits import network_of
from community.tokens.models import ApiToken, hash_of
from tests import factories
from tests.conftest import NOON
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db


def issued(person, *scopes: str, **more) -> tuple[ApiToken, str]:
    return issue_token(
        **{
            "person": person,
            "label": "mirror",
            "scopes": scopes or ("read",),
            "expires_at": NOON + timedelta(days=30),
            "at": NOON,
            **more,
        }
    )


def test_only_the_hash_of_a_secret_is_kept(member):
    token, secret = issued(member)

    row = ApiToken.objects.values_list().get()
    assert secret not in str(row)
    assert (token.secret_hash, token.prefix) == (hash_of(secret), secret[:12])
    assert secret not in str(list(Event.objects.values_list()))


@pytest.mark.parametrize(
    ("scopes", "code"), [((), "no_scope"), (("admin:sync",), "scope_beyond_owner")]
)
def test_a_token_reaches_no_further_than_its_owner(member, scopes, code):
    with pytest.raises(Refused) as refusal:
        issued(member, scopes=scopes)

    assert refusal.value.code == code


def test_a_maintainer_may_grant_syncs(maintainer):
    token, _secret = issued(maintainer, "admin:sync", "read")

    assert token.scopes == ["admin:sync", "read"]


def test_nobody_holds_more_than_twenty_usable_tokens(member):
    for _ in range(20):
        token, _secret = issued(member)

    with pytest.raises(Refused) as refusal:
        issued(member)
    revoke_token(token=token, actor=member, at=NOON)
    issued(member)

    assert refusal.value.code == "too_many_tokens"


def test_making_and_revoking_are_recorded_once(member):
    token, _secret = issued(member)

    for _ in range(2):
        revoke_token(token=token, actor=member, at=NOON)

    assert list(Event.objects.values_list("verb", flat=True)) == [
        "tokens.revoked",
        "tokens.issued",
    ]


def test_the_page_shows_a_new_secret_once(member_client, member):
    posted = member_client.post("/tokens/", {"label": "mirror", "scopes": ["read"], "days": 30})

    secret = posted.context["secret"]
    token = ApiToken.objects.get()
    assert token.secret_hash == hash_of(secret)
    assert posted.content.decode().count(secret) == 1
    assert secret not in member_client.get("/tokens/").content.decode()
    assert "no-store" in posted["Cache-Control"]


def test_the_page_offers_and_takes_only_what_the_person_may_grant(member_client):
    response = member_client.post(
        "/tokens/", {"label": "mirror", "scopes": ["admin:sync"], "days": 30}
    )

    assert list(response.context["form"].errors) == ["scopes"]
    assert "admin:sync" not in member_client.get("/tokens/").content.decode()
    assert ApiToken.objects.count() == 0


def test_a_person_revokes_own_tokens_only(member, member_client, maintainer):
    own, _secret = issued(member)
    foreign, _secret = issued(maintainer)

    assert member_client.post(f"/tokens/{own.pk}/revoke/").status_code == 302
    assert member_client.post(f"/tokens/{foreign.pk}/revoke/").status_code == 404
    assert list(ApiToken.objects.filter(revoked_at=None)) == [foreign]


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_costs_the_same_whatever_the_tokens(
    member, member_client, size, django_assert_num_queries
):
    for _ in range(size):
        issued(member)

    with django_assert_num_queries(4):
        response = member_client.get("/tokens/")

    assert len(response.context["tokens"]) == size


def test_a_token_signs_its_owner_in(client, member):
    headers = bearer(member)

    assert client.get("/api/v1/me/", headers=headers).json()["handle"] == "mira"


def test_use_is_noted_at_most_once_a_minute(client, member, django_assert_num_queries):
    headers = bearer(member)

    client.get("/api/v1/organizations/", headers=headers)
    first = ApiToken.objects.get().last_used_at
    client.get("/api/v1/organizations/", headers=headers)

    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


def spoil(token: ApiToken, **fields) -> None:
    ApiToken.objects.filter(pk=token.pk).update(**fields)


@pytest.mark.parametrize("why", ["revoked", "ran out", "barred", "erased", "merged"])
def test_a_token_that_is_no_good_opens_nothing(client, member, why):
    headers, token = bearer(member), ApiToken.objects.get()
    past = timezone.now() - timedelta(seconds=1)
    if why == "revoked":
        spoil(token, revoked_at=past)
    elif why == "ran out":
        spoil(token, created_at=past - timedelta(days=1), expires_at=past)
    elif why == "barred":
        type(member).objects.filter(pk=member.pk).update(is_active=False)
    elif why == "erased":
        type(member).objects.filter(pk=member.pk).update(erased_at=past)
    else:
        type(member).objects.filter(pk=member.pk).update(merged_into=factories.person())

    response = client.get("/api/v1/organizations/", headers=headers)

    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer x", "bearer guild_", "Bearer \udcff", "Bearer " + "x" * 9000],
)
def test_a_header_that_is_no_token_is_401(client, header):
    response = client.get("/api/v1/organizations/", headers={"authorization": header})

    assert response.status_code == 401


@pytest.mark.parametrize(
    ("scopes", "read", "write"),
    [(("read",), 200, 403), (("write",), 403, 200), (("read", "write"), 200, 200)],
)
def test_a_scope_bounds_what_a_token_does(client, member, scopes, read, write):
    headers = bearer(member, *scopes)
    factories.project("lantern").maintainers.add(member)

    shown = client.get("/api/v1/me/", headers=headers)
    changed = client.patch(
        "/api/v1/projects/lantern/",
        {"summary": "Hello"},
        content_type="application/json",
        headers=headers,
    )

    assert (shown.status_code, changed.status_code) == (read, write)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:0DB8:0001:0002:ffff:0:0:9", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_one_household_is_one_caller(address, network):
    assert network_of(address) == network
