"""Which records may be one person."""

import pytest
from allauth.account.models import EmailAddress

from community.people.actions import tell_apart
from community.people.hashing import email_hash
from community.people.suggestions import suggestions
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def found():
    return [(each.kept.handle, each.absorbed.handle, each.sign) for each in suggestions()]


def author(handle, address, **more):
    """A record known from commits with this address."""
    domain = address.rsplit("@", 1)[1]
    facts = {"provider": "git", "email_hash": email_hash(address), "email_domain": domain}
    person = factories.person(handle)
    factories.identity(person, **{**facts, "login": "", **more})
    return person


@pytest.mark.parametrize(("is_verified", "count"), [(True, 1), (False, 0)])
def test_a_verified_address_that_appears_in_commits(member, is_verified, count):
    EmailAddress.objects.create(user=member, email="Mira@Example.org", verified=is_verified)
    author("commits", "mira@example.org")

    assert found() == [("mira", "commits", "verified")][:count]


@pytest.mark.parametrize(
    "address", ["4711+octo@users.noreply.github.com", "octo@users.noreply.github.com"]
)
def test_the_private_address_of_a_github_account(address):
    factories.identity(factories.person("octo"), uid="4711", login="octo")
    author("commits", address)
    author("somebody", "9+else@users.noreply.github.com")

    assert found() == [("octo", "commits", "noreply")]


def test_one_address_in_the_commits_of_two():
    author("one", "a@example.org")
    author("two", "a@example.org", uid="another")

    assert found() == [("one", "two", "address")]


@pytest.mark.parametrize(("domain", "count"), [("acme.com", 1), ("gmail.com", 0), ("qq.com", 0)])
def test_same_name_and_same_domain_unless_millions_share_it(domain, count):
    author("one", f"a@{domain}", name="Wei Zhang")
    author("two", f"b@{domain}", name="wei zhang")

    assert found() == [("one", "two", "name")][:count]


def test_an_address_of_a_crowd_says_nothing():
    for number in range(6):
        author(f"p{number}", "root@localhost.example", uid=str(number))

    assert found() == []


def test_two_records_told_apart_are_not_suggested_again(maintainer):
    one, two = author("one", "a@example.org"), author("two", "a@example.org", uid="another")

    tell_apart(one=two, other=one, by=maintainer, at=NOON)

    assert found() == []


def test_the_record_somebody_signs_in_as_is_kept(member):
    author("older", "a@example.org")
    facts = {"provider": "git", "email_hash": email_hash("a@example.org"), "uid": "another"}
    factories.identity(member, **facts)

    assert found() == [("mira", "older", "address")]
