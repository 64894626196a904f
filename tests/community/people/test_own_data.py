"""Taking one's data along, and being forgotten."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.base import ContentFile
from django.test import Client

from community.audit.models import Event
from community.lib.refusals import Refused
from community.people.actions import set_avatar
from community.people.erasure import erase_person
from community.people.exports import register, write_export
from community.people.hashing import email_hash, tombstone
from community.people.identities import identify
from community.people.merging import merge_people
from community.people.models import Affiliation, Identity, PastHandle, Person
from community.people.search import index_people
from contributors.activity.models import Contribution
from contributors.activity.records import Actor
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
MARKS = ("zaphod", "beeblebrox", "Betelgeuse", "heartofgold", "4242424242")


@pytest.fixture
def zaphod(maintainer):
    """Somebody about whom everything is known."""
    person = factories.person(
        "zaphod",
        name="Zaphod Beeblebrox",
        email="zaphod@heartofgold.example",
        bio="From Betelgeuse",
        website="https://heartofgold.example/",
        location="Betelgeuse",
        languages=["Betelgeusian"],
        claimed_at=NOON,
    )
    identity = factories.identity(
        person,
        uid="4242424242",
        login="zaphod",
        name="Zaphod Beeblebrox",
        email_hash=email_hash("zaphod@heartofgold.example"),
        email_domain="heartofgold.example",
        avatar_url="https://avatars.githubusercontent.com/zaphod",
    )
    identity.logins.create(login="zaphod-b", seen_from=NOON)
    EmailAddress.objects.create(user=person, email=person.email, verified=True)
    SocialAccount.objects.create(
        user=person, provider="github", uid="4242424242", extra_data={"login": "zaphod"}
    )
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    PastHandle.objects.create(person=person, handle="beeblebrox", given_up_at=NOON)
    LogEntry.objects.create(
        user=maintainer,
        object_id=str(person.pk),
        object_repr="Zaphod Beeblebrox",
        action_flag=CHANGE,
        content_type_id=_kind_of_people(),
        change_message="zaphod",
    )
    set_avatar(person=person, picture=b"a picture")
    second = factories.person("zaphod-2", name="Z. Beeblebrox", bio="also from Betelgeuse")
    merge_people(kept=person, absorbed=second, by=maintainer, at=NOON, reason="also zaphod")
    index_people([person.pk, second.pk])
    person.refresh_from_db()
    return person


def _kind_of_people():
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(Person).pk


def everything():
    """Every row of every table, as text."""
    return "\n".join(
        str(row) for model in apps.get_models() for row in model.objects.values()
    ).lower()


def test_nothing_that_names_an_erased_person_is_left_in_any_table(zaphod):
    client = Client()
    client.force_login(zaphod, backend="django.contrib.auth.backends.ModelBackend")
    before = everything()

    client.post("/settings/erase/", {"typed": "Zaphod"})

    after = everything()
    assert [mark for mark in MARKS if mark.lower() not in before] == []
    assert [mark for mark in MARKS if mark.lower() in after] == []
    assert client.get("/settings/").status_code == 302


def test_the_counts_of_an_erased_person_stay(zaphod):
    repository = factories.repository()
    Contribution.objects.create(
        repository=repository,
        source="github",
        kind="issue",
        external_id="1",
        identity=zaphod.identities.get(),
        occurred_at=NOON,
        recorded_at=NOON,
    )
    Affiliation.objects.create(person=zaphod, organization=factories.organization())

    erase_person(person=zaphod, typed="zaphod", by=zaphod, at=NOON)

    zaphod.refresh_from_db()
    assert Contribution.objects.get().identity.person == zaphod
    assert (zaphod.handle, zaphod.affiliations.count()) == (f"erased-{zaphod.pk}", 1)


def test_a_later_sync_does_not_bring_an_erased_person_back(zaphod):
    erase_person(person=zaphod, typed="zaphod", by=zaphod, at=NOON)
    people = Person.objects.count()
    actor = Actor(provider="github", uid="4242424242", login="zaphod", name="Zaphod Beeblebrox")

    found = identify([actor], at=NOON)

    identity = Identity.objects.get(pk=found["github", "4242424242"])
    assert identity.person == zaphod
    assert (identity.login, identity.name) == ("", "")
    assert (Person.objects.count(), "zaphod" in everything()) == (people, False)


def test_a_tombstone_differs_from_provider_to_provider_and_says_nothing():
    assert tombstone("github", "5") != tombstone("gitlab", "5")
    assert len(tombstone("github", "5")) == len("erased:") + 64


def test_every_session_of_an_erased_person_ends(zaphod):
    other = Client()
    other.force_login(zaphod, backend="django.contrib.auth.backends.ModelBackend")

    erase_person(person=zaphod, typed="zaphod", by=zaphod, at=NOON)

    assert other.get("/settings/").status_code == 302


def test_erasing_is_in_the_log_without_a_name(zaphod):
    erase_person(person=zaphod, typed="zaphod", by=zaphod, at=NOON)

    event = Event.objects.get(verb="people.erased")
    assert (event.subject, event.facts) == (f"people.person:{zaphod.pk}", {})


@pytest.mark.parametrize("typed", ["", "zaphod-2", "yes", "ZAPHOD BEEBLEBROX"])
def test_nobody_is_erased_by_accident(zaphod, typed):
    with pytest.raises(Refused, match="exactly"):
        erase_person(person=zaphod, typed=typed, by=zaphod, at=NOON)

    zaphod.refresh_from_db()
    assert zaphod.erased_at is None


def test_the_only_administrator_cannot_leave():
    boss = factories.person("boss", is_superuser=True, is_staff=True, claimed_at=NOON)

    with pytest.raises(Refused, match="only administrator"):
        erase_person(person=boss, typed="boss", by=boss, at=NOON)


def test_the_export_holds_every_kind_of_record(zaphod):
    Affiliation.objects.create(person=zaphod, organization=factories.organization(name="Acme"))

    with ZipFile(write_export(person=zaphod, at=NOON)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}

    own = {
        *("profile.json", "identities.json", "affiliations.json", "past_handles.json"),
        *("merges.json", "sign_in_methods.json", "second_factors.json", "log.json"),
        *("email_addresses.json", "avatar.webp", "README.txt"),
    }
    assert own <= files.keys()
    assert json.loads(files["profile.json"])[0]["handle"] == "zaphod"
    assert json.loads(files["affiliations.json"])[0]["organization__name"] == "Acme"
    assert json.loads(files["identities.json"])[0]["logins"][0][0] == "zaphod-b"
    assert all(name in files["README.txt"].decode() for name in own - {"README.txt"})
    assert not any(b"secret" in body or b"pbkdf" in body for body in files.values())


def test_higher_wings_add_files_to_the_export(member, monkeypatch):
    from community.people import exports

    monkeypatch.setattr(exports, "_sources", dict(exports._sources))
    register("poems", lambda person: ({"line": n, "by": person.handle} for n in range(2)))

    with ZipFile(write_export(person=member, at=NOON)) as archive:
        poems = json.loads(archive.read("poems.json"))

    assert poems == [{"line": 0, "by": "mira"}, {"line": 1, "by": "mira"}]


def test_the_export_is_downloaded_by_its_person_alone(member_client, client):
    answer = member_client.post("/settings/export/")

    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        profile = json.loads(archive.read("profile.json"))
    assert profile[0]["handle"] == "mira"
    assert "attachment" in answer["Content-Disposition"]
    assert client.post("/settings/export/").status_code == 302
    assert member_client.get("/settings/export/").status_code == 405


def test_a_replaced_picture_is_deleted(member, django_capture_on_commit_callbacks):
    set_avatar(person=member, picture=b"one")
    former = member.avatar.name
    storage = member.avatar.storage

    with django_capture_on_commit_callbacks(execute=True):
        set_avatar(person=member, picture=b"two")

    assert (storage.exists(former), storage.exists(member.avatar.name)) == (False, True)
    assert isinstance(member.avatar.file, ContentFile) or member.avatar.read() == b"two"
