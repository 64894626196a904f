"""Bulk recognition: everybody once, nobody credited with another's deeds."""

from dataclasses import dataclass
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from community.people import identities
from community.people.erasure import erase_person
from community.people.hashing import email_hash
from community.people.identities import identify
from community.people.models import Affiliation, BotLogin, Identity, OrganizationDomain, Person
from tests import factories
from tests.conftest import NOON


@dataclass(frozen=True)
class Seen:
    provider: str = "github"
    uid: str = "1"
    login: str = ""
    name: str = ""
    email_hash: str = ""
    email_domain: str = ""
    avatar_url: str = ""
    is_bot: bool = False


def handles(*actors):
    ids = identify(actors, at=NOON)
    people = {one.pk: one.person.handle for one in Identity.objects.select_related("person")}
    return [people[ids[actor.provider, actor.uid]] for actor in actors]


@pytest.mark.django_db
def test_unknown_actors_become_people_without_a_password():
    ids = identify([Seen(login="ada", name="Ada Lovelace")], at=NOON)

    person = Person.objects.get()
    assert (person.handle, person.name, person.is_claimed) == ("ada", "Ada Lovelace", False)
    assert not person.has_usable_password()
    assert ids == {("github", "1"): person.identities.get().pk}


@pytest.mark.django_db
def test_handles_are_made_unique_in_any_letter_case():
    factories.person("ADA")

    made = handles(
        Seen(uid="1", login="ada"),
        Seen(uid="2", login="Ada"),
        Seen(uid="3", login="root"),
        Seen(uid="4", name="张伟"),
        Seen(uid="5", name="Zoë Müller"),
        Seen(uid="6", login="-weird-" + "x" * 60),
    )

    assert made[:3] == ["ada-2", "Ada-3", "root-2"]
    assert made[3].startswith("github-")
    assert made[4] == "Zoe-Muller"
    assert made[5] == "weird-" + "x" * 32
    assert len({handle.lower() for handle in made}) == 6


@pytest.mark.django_db
def test_many_of_one_name_all_get_a_handle():
    made = handles(*(Seen(uid=str(n), name="dev") for n in range(12)))

    assert len({handle.lower() for handle in made}) == 12
    assert all(handle.startswith("dev") for handle in made)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        (Seen(login="helper", is_bot=True), "flag"),
        (Seen(login="renovate[bot]"), "suffix"),
        (Seen(login="K8s-CI-Robot"), "list"),
        (Seen(login="abbot"), ""),
    ],
)
def test_bots_are_told_by_flag_then_suffix_then_list(actor, reason):
    BotLogin.objects.create(login="k8s-ci-robot")

    identify([actor], at=NOON)

    person = Person.objects.get()
    assert (person.is_bot, person.bot_reason) == (bool(reason), reason)


@pytest.mark.django_db
def test_somebody_marked_as_a_bot_later_becomes_one():
    identify([Seen(login="helper")], at=NOON)

    identify([Seen(login="helper", is_bot=True)], at=NOON)

    assert Person.objects.get().bot_reason == "flag"


@pytest.mark.django_db
def test_a_changed_login_is_remembered_and_found():
    identify([Seen(login="ada")], at=NOON)

    identify([Seen(login="countess")], at=NOON)

    identity = Identity.objects.get()
    assert identity.login == "countess"
    assert [one.login for one in identity.logins.order_by("pk")] == ["ada", "countess"]
    assert "countess" in identity.person.search_text


@pytest.mark.django_db
def test_what_an_old_commit_says_corrects_nothing():
    identify([Seen(login="now", name="")], at=NOON)

    identify([Seen(login="then", name="Ada", email_hash="h")], at=NOON)

    identity = Identity.objects.get()
    assert (identity.login, identity.name) == ("now", "Ada")


@pytest.mark.django_db
def test_the_account_as_it_is_wins_over_the_commit_in_one_batch():
    identify([Seen(login="then", email_hash="h"), Seen(login="now")], at=NOON)

    assert Identity.objects.get().login == "now"


@pytest.mark.django_db
def test_the_longest_mail_domain_that_fits_gives_the_employer():
    for slug, domain in (("acme", "acme.example"), ("labs", "labs.acme.example")):
        OrganizationDomain.objects.create(organization=factories.organization(slug), domain=domain)

    identify(
        [
            Seen("git", "a", name="A", email_domain="eu.labs.acme.example"),
            Seen("git", "b", name="B", email_domain="acme.example"),
            Seen("git", "c", name="C", email_domain="notacme.example"),
        ],
        at=NOON,
    )

    found = Affiliation.objects.order_by("person__handle")
    assert list(found.values_list("person__handle", "organization__slug", "source")) == [
        ("A", "labs", "domain"),
        ("B", "acme", "domain"),
    ]


@pytest.mark.django_db
def test_an_erased_person_stays_erased():
    identify([Seen("git", email_hash("ada@example.org"), name="Ada")], at=NOON)
    person = Person.objects.get(name="Ada")
    erase_person(person=person, typed=person.handle, by=person, at=timezone.now())
    before = list(Identity.objects.values())

    again = identify([Seen("git", email_hash("ada@example.org"), name="Ada")], at=NOON)

    assert list(again.values()) == [before[0]["id"]]
    assert list(Identity.objects.values()) == before


@pytest.mark.django_db
def test_recognizing_the_known_costs_one_query(django_assert_num_queries):
    actors = [Seen(uid=str(n), login=f"user-{n}") for n in range(50)]
    identify(actors, at=NOON)

    with django_assert_num_queries(1):
        identify(actors, at=NOON)


def overtaken(monkeypatch):
    """Somebody else creates the same actor between our look and our write."""
    real = identities._create

    def create(actors, at):
        monkeypatch.setattr(identities, "_create", real)
        real(actors, at)
        real(actors, at)

    monkeypatch.setattr(identities, "_create", create)


@pytest.mark.django_db
def test_an_actor_created_meanwhile_is_found_again(monkeypatch):
    overtaken(monkeypatch)

    ids = identify([Seen(login="ada")], at=NOON)

    assert list(ids.values()) == [Identity.objects.get().pk]
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_without_another_try_the_race_would_be_lost(monkeypatch):
    overtaken(monkeypatch)
    monkeypatch.setattr(identities, "TRIES", 1)

    with pytest.raises(IntegrityError):
        identify([Seen(login="ada")], at=NOON)


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_make_everybody_once():
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: SQLite lets one writer in at a time")
    actors = [Seen(uid=str(n), login=f"Person {n % 7}") for n in range(60)]
    ready, found, failures = Barrier(4), [], []

    def work(turn):
        try:
            ready.wait()
            found.append(identify(actors[turn:] + actors[:turn], at=NOON))
        except Exception as error:  # noqa: BLE001 - shown below
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=work, args=(turn * 15,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert all(one == found[0] for one in found)
    assert (Identity.objects.count(), Person.objects.count()) == (60, 60)
