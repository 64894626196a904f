"""New identities for people we have."""

import pytest

from community.people.identities import introduce
from community.people.models import Affiliation, Identity
from contributors.activity.records import Actor
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db
ADA = Actor(
    "git", "a" * 64, name="Ada Lovelace", email_hash="a" * 64, email_domain="engine.example"
)


def test_an_unknown_address_goes_to_the_person_of_the_account():
    account = factories.identity()

    made = introduce([(ADA, account.pk)], at=NOON)

    found = Identity.objects.get(provider="git")
    assert ([found.pk], found.person) == (made, account.person)


def test_a_known_address_stays_where_it_is():
    known = factories.identity(provider="git", uid=ADA.uid)

    made = introduce([(ADA, factories.identity().pk)], at=NOON)

    assert (made, Identity.objects.get(provider="git").person) == ([], known.person)


@pytest.mark.parametrize("gone", [{"erased_at": NOON}, {"merged_into": None}])
def test_people_who_are_no_more_are_given_nothing(gone):
    if "merged_into" in gone:
        gone = {"merged_into": factories.person()}
    account = factories.identity(factories.person(**gone))

    assert introduce([(ADA, account.pk)], at=NOON) == []


@pytest.mark.parametrize(
    ("more", "name"),
    [({}, "Ada Lovelace"), ({"name": "Countess"}, "Countess"), ({"claimed_at": NOON}, "")],
)
def test_only_a_nameless_record_of_nobody_takes_a_name(more, name):
    account = factories.identity(factories.person(**more))

    introduce([(ADA, account.pk)], at=NOON)

    account.person.refresh_from_db()
    assert account.person.name == name


def test_a_mail_domain_affiliates_those_who_have_no_affiliation():
    employer = factories.organization()
    employer.domains.create(domain="engine.example")
    new, settled = factories.identity(), factories.identity()
    Affiliation.objects.create(person=settled.person, organization=None)
    other = Actor("git", "b" * 64, email_hash="b" * 64, email_domain="engine.example")

    introduce([(ADA, new.pk), (other, settled.pk)], at=NOON)

    assert list(Affiliation.objects.order_by("pk").values_list("person", "organization")) == [
        (settled.person_id, None),
        (new.person_id, employer.pk),
    ]
