"""People in the API, as far as each shows themselves."""

from datetime import date

import pytest

from community.people.hashing import email_hash
from community.people.models import Affiliation, OrganizationAlias, OrganizationDomain
from tests import factories
from tests.conftest import NOON
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db


@pytest.fixture
def shy(db):
    """Somebody with a full profile; who sees it is up to the test."""
    person = factories.person(
        "shy", name="Shy One", email="shy@secret.example", bio="I write.", claimed_at=NOON
    )
    factories.identity(person, login="shy-at-work", email_hash=email_hash("shy@secret.example"))
    factories.identity(person, provider="git", uid=email_hash("shy@secret.example"), login="")
    Affiliation.objects.create(
        person=person, organization=factories.organization("acme"), starts_on=date(2020, 1, 1)
    )
    return person


def hide(person, level: str) -> None:
    person.visibility = dict.fromkeys(("about", "affiliations", "identities", "activity"), level)
    person.save()


def test_a_public_profile_is_whole_but_for_addresses(client, shy):
    body = client.get("/api/v1/people/SHY/").json()

    assert body == {
        "id": shy.pk,
        "handle": "shy",
        "name": "Shy One",
        "url": "http://testserver/@shy/",
        "avatar": None,
        "is_bot": False,
        "is_claimed": True,
        "about": {
            "bio": "I write.",
            "website": "",
            "location": "",
            "languages": [],
            "time_zone": "",
        },
        "affiliations": [{"organization": "acme", "starts_on": "2020-01-01", "ends_on": None}],
        "identities": [{"provider": "github", "login": "shy-at-work", "is_verified": False}],
    }


@pytest.mark.parametrize(
    ("level", "viewer", "shown"),
    [
        ("public", "nobody", True),
        ("members", "nobody", False),
        ("members", "member", True),
        ("hidden", "member", False),
        ("hidden", "maintainer", True),
        ("hidden", "self", True),
    ],
)
def test_a_section_is_shown_to_whom_its_owner_says(
    client, shy, member, maintainer, level, viewer, shown
):
    hide(shy, level)
    people = {"member": member, "maintainer": maintainer, "self": shy}
    headers = bearer(people[viewer]) if viewer in people else {}

    body = client.get("/api/v1/people/shy/", headers=headers).json()

    sections = [body["about"], body["affiliations"], body["identities"]]
    assert [section is not None for section in sections] == [shown] * 3


@pytest.mark.parametrize("level", ["public", "members", "hidden"])
def test_no_address_or_its_hash_is_ever_in_an_answer(client, shy, maintainer, level):
    hide(shy, level)
    factories.repository()
    secrets = ["shy@", "secret.example", email_hash("shy@secret.example")]
    index = client.get("/api/v1/").json()

    readers = ({}, bearer(maintainer), bearer(shy))
    for path in [*index.values(), "/api/v1/people/shy/"]:
        for headers in readers:
            body = client.get(path, headers=headers).content.decode()
            assert [secret for secret in secrets if secret in body] == []


def test_people_are_found_by_organization_only_where_they_show_it(client, shy, maintainer):
    def handles(headers) -> list[str]:
        found = client.get("/api/v1/people/", {"organization": "acme"}, headers=headers).json()
        return [person["handle"] for person in found["results"]]

    assert handles({}) == ["shy"]
    hide(shy, "hidden")
    assert handles({}) == []
    assert handles(bearer(maintainer)) == ["shy"]


def test_merged_and_erased_people_are_gone(client):
    kept = factories.person("kept")
    factories.person("absorbed", merged_into=kept)
    factories.person("erased", erased_at=NOON)

    listed = client.get("/api/v1/people/").json()["results"]

    assert [person["handle"] for person in listed] == ["kept"]
    assert client.get("/api/v1/people/absorbed/").status_code == 404
    assert client.get("/api/v1/people/erased/").status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_a_page_of_people_costs_the_same_whatever_their_number(
    client, size, django_assert_num_queries
):
    for _ in range(size):
        person = factories.person()
        factories.identity(person)
        Affiliation.objects.create(person=person, organization=factories.organization())

    with django_assert_num_queries(5):
        body = client.get("/api/v1/people/").json()

    assert body["count"] == size


@pytest.mark.parametrize("size", [1, 3])
def test_a_page_of_organizations_costs_the_same_whatever_their_number(
    client, size, django_assert_num_queries
):
    for number in range(size):
        organization = factories.organization()
        OrganizationDomain.objects.create(organization=organization, domain=f"d{number}.example")
        OrganizationAlias.objects.create(organization=organization, name=f"Alias {number}")

    with django_assert_num_queries(4):
        body = client.get("/api/v1/organizations/").json()

    assert [len(one["domains"] + one["aliases"]) for one in body["results"]] == [2] * size


def test_an_organization_answers_by_its_slug(client):
    factories.organization("acme", kind="foundation")

    body = client.get("/api/v1/organizations/acme/").json()

    assert (body["slug"], body["kind"]) == ("acme", "foundation")


def test_me_says_how_far_the_token_reaches(client, maintainer):
    body = client.get("/api/v1/me/", headers=bearer(maintainer, "read", "admin:sync")).json()

    assert (body["handle"], body["is_maintainer"], body["scopes"]) == (
        "magnus",
        True,
        ["admin:sync", "read"],
    )


def test_a_person_changes_own_profile_and_nothing_else(client, member):
    body = {
        "name": "Mira M",
        "languages": ["English", "中文"],
        "time_zone": "Asia/Shanghai",
        "visibility": {"activity": "hidden", "about": "public"},
        "is_staff": True,
        "is_superuser": True,
        "email": "else@x.invalid",
        "claimed_at": None,
    }

    response = client.patch(
        "/api/v1/me/", body, "application/json", headers=bearer(member, "write")
    )

    member.refresh_from_db()
    assert response.status_code == 200
    assert (member.name, member.languages, member.time_zone, member.visibility) == (
        "Mira M",
        ["English", "中文"],
        "Asia/Shanghai",
        {"activity": "hidden"},
    )
    assert (member.is_staff, member.is_superuser, member.email) == (False, False, "")
    assert member.claimed_at == NOON


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("handle", "magnus", 409),
        ("handle", "-", 400),
        ("handle", "a\0b", 400),
        ("time_zone", "../../etc/passwd", 400),
        ("time_zone", "Mars/Base", 400),
        ("visibility", {"secrets": "public"}, 400),
        ("visibility", {"about": "everyone"}, 400),
        ("languages", ["x"] * 11, 400),
        ("website", "javascript:alert(1)", 400),
        ("interface_language", "tlh", 400),
        ("bio", "x" * 2001, 400),
    ],
)
def test_a_wrong_word_about_oneself_is_refused(client, member, maintainer, field, value, status):
    response = client.patch(
        "/api/v1/me/", {field: value}, "application/json", headers=bearer(member, "write")
    )

    assert response.status_code == status
