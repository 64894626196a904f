"""What people and maintainers do: profiles, affiliations, organizations, bots."""

from datetime import date

import pytest

from community.audit.models import Event
from community.lib.refusals import Refused
from community.people.actions import (
    add_affiliation,
    affiliate_by_domain,
    change_profile,
    flag_bot,
    list_bot,
    unflag_bot,
    unlist_bot,
)
from community.people.bots import bot_reason
from community.people.handles import free_handle
from community.people.identities import identify
from community.people.models import Affiliation, BotLogin, Organization, OrganizationDomain, Person
from contributors.activity.records import Actor
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("login", "name", "flagged", "reason"),
    [
        ("octo", "Octo", False, ""),
        ("octo", "Octo", True, "flag"),
        ("renovate[bot]", "", False, "suffix"),
        ("", "Renovate[BOT]", False, "suffix"),
        ("K8s-CI-Robot", "", False, "list"),
        ("", "k8s-ci-robot", False, ""),
        ("robotnik", "bot", False, ""),
        ("dependabot[bot]", "", True, "flag"),
    ],
)
def test_a_bot_is_known_by_flag_suffix_or_list(login, name, flagged, reason):
    found = bot_reason(login, name, is_flagged=flagged, listed={"k8s-ci-robot"})

    assert found == reason


@pytest.mark.parametrize(
    ("wanted", "taken", "handle"),
    [
        ("ada", set(), "ada"),
        ("Ada", {"ada"}, "Ada-2"),
        ("ada", {"ada", "ada-2"}, "ada-3"),
        ("Ada Lovelace!", set(), "Ada-Lovelace"),
        ("_-.", set(), "person"),
        ("", {"person"}, "person-2"),
        ("root", set(), "root-2"),
        ("a" * 60, {"a" * 39}, "a" * 37 + "-2"),
    ],
)
def test_a_taken_handle_gives_the_next_free_one(wanted, taken, handle):
    assert free_handle(wanted, lambda name: name in taken) == handle


def test_a_changed_handle_is_found_under_the_old_one(member, client):
    change_profile(person=member, at=NOON, handle="mira-new")

    assert client.get("/@mira/")["Location"] == "/@mira-new/"
    assert Event.objects.get().verb == "people.handle_changed"


def test_a_change_of_letter_case_alone_is_no_change_of_address(member):
    change_profile(person=member, at=NOON, handle="Mira")

    assert member.past_handles.count() == 0


@pytest.mark.parametrize("handle", ["STRANGER", "admin", "erased-1"])
def test_a_handle_that_cannot_be_had_is_refused(member, stranger, handle):
    with pytest.raises(Refused):
        change_profile(person=member, at=NOON, handle=handle)

    member.refresh_from_db()
    assert member.handle == "mira"


PROFILE = {
    "handle": "mira",
    "name": "Mira 张",
    "bio": "hello",
    "languages": "English, 中文，English",
    "location": "",
    "website": "mira.example",
    "time_zone": "Asia/Shanghai",
    "interface_language": "zh-hans",
    **{f"show_{section}": "public" for section in ("about", "affiliations", "activity")},
    "show_identities": "hidden",
}


def test_the_form_writes_the_profile(member_client, member):
    answer = member_client.post("/settings/", PROFILE)

    member.refresh_from_db()
    assert answer["Location"] == "/@mira/"
    assert (member.languages, member.website) == (["English", "中文"], "https://mira.example")
    assert (member.visibility, member.time_zone) == ({"identities": "hidden"}, "Asia/Shanghai")
    assert Person.objects.matching("张").get() == member


@pytest.mark.parametrize(
    "change",
    [
        {"handle": "stranger"},
        {"handle": "a b"},
        {"website": "javascript:alert(1)"},
        {"time_zone": "Mars/Olympus"},
        {"show_about": "nobody"},
    ],
)
def test_the_form_keeps_what_was_typed_when_something_is_wrong(
    member_client, member, stranger, change
):
    answer = member_client.post("/settings/", {**PROFILE, **change})

    member.refresh_from_db()
    assert (answer.status_code, member.name) == (200, "")
    assert "Mira 张" in answer.content.decode()


def test_no_field_beyond_the_form_is_written(member_client, member):
    extra = {"is_staff": "on", "is_superuser": "on", "claimed_at": "", "email": "x@example.org"}

    member_client.post("/settings/", {**PROFILE, **extra})

    member.refresh_from_db()
    assert (member.is_staff, member.is_superuser, member.email) == (False, False, "")


@pytest.mark.parametrize(
    ("starts", "ends", "is_fine"),
    [
        (date(2022, 1, 1), None, True),
        (date(2021, 12, 31), None, False),
        (None, date(2020, 1, 1), True),
        (None, date(2020, 1, 2), False),
        (None, None, False),
        (date(2023, 1, 1), date(2023, 1, 1), False),
    ],
)
def test_two_times_at_one_organization_may_touch_but_not_overlap(member, starts, ends, is_fine):
    acme = factories.organization()
    Affiliation.objects.create(
        person=member, organization=acme, starts_on=date(2020, 1, 1), ends_on=date(2022, 1, 1)
    )

    try:
        add_affiliation(
            person=member,
            organization=acme,
            starts_on=starts,
            ends_on=ends,
            source="person",
            by=member,
            at=NOON,
        )
        added = True
    except Refused:
        added = False

    assert (added, member.affiliations.count()) == (is_fine, 1 + is_fine)


def test_two_employers_at_one_time_are_fine(member_client, member):
    one, two = factories.organization(), factories.organization()

    member_client.post("/settings/affiliations/", {"organization": one.pk})
    member_client.post("/settings/affiliations/", {"organization": two.pk})

    assert member.affiliations.count() == 2


def test_a_person_ends_and_removes_their_own_affiliation(member_client, member):
    Affiliation.objects.create(person=member, source="domain")
    own = member.affiliations.get()

    member_client.post(f"/settings/affiliations/{own.pk}/", {"ends_on": "2026-01-01"})
    own.refresh_from_db()
    ended = (own.ends_on, own.source)
    member_client.post(f"/settings/affiliations/{own.pk}/remove/")

    assert (ended, member.affiliations.count()) == ((date(2026, 1, 1), "person"), 0)


def test_nobody_touches_the_affiliation_of_another(member_client, stranger):
    other = Affiliation.objects.create(person=stranger)

    answers = [
        member_client.post(f"/settings/affiliations/{other.pk}/", {"ends_on": "2026-01-01"}),
        member_client.post(f"/settings/affiliations/{other.pk}/remove/"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Affiliation.objects.filter(pk=other.pk, ends_on=None).exists()


def organization_at(domain):
    made = factories.organization()
    OrganizationDomain.objects.create(organization=made, domain=domain)
    return made


def test_people_are_affiliated_by_the_longest_domain_that_fits():
    acme, labs = organization_at("acme.example"), organization_at("labs.acme.example")
    plain = factories.identity(email_domain="acme.example").person
    below = factories.identity(email_domain="mail.acme.example").person
    other = factories.identity(email_domain="labs.acme.example").person
    factories.identity(email_domain="notacme.example")

    added = affiliate_by_domain(organization=acme, at=NOON)
    again = affiliate_by_domain(organization=acme, at=NOON)
    affiliate_by_domain(organization=labs, at=NOON)

    assert (added, again) == (2, 0)
    assert {row.person for row in acme.affiliations.all()} == {plain, below}
    assert [row.person for row in labs.affiliations.all()] == [other]
    assert set(Affiliation.objects.values_list("source", flat=True)) == {"domain"}


def test_what_somebody_stated_is_not_overruled_by_a_domain(member):
    acme = organization_at("acme.example")
    factories.identity(member, email_domain="acme.example")
    Affiliation.objects.create(person=member, organization=None)

    assert affiliate_by_domain(organization=acme, at=NOON) == 0


def test_maintainers_make_and_correct_organizations(maintainer_client):
    person = factories.identity(email_domain="acme.example").person
    form = {
        "name": "Acme",
        "slug": "acme",
        "kind": "company",
        "website": "",
        "domains": "ACME.example\n@acme.cn",
        "aliases": "Acme Inc.",
    }

    maintainer_client.post("/organizations/new/", form)
    maintainer_client.post("/organizations/acme/edit/", {**form, "domains": "acme.example"})

    acme = Organization.objects.get()
    assert list(acme.domains.values_list("domain", flat=True)) == ["acme.example"]
    assert list(acme.aliases.values_list("name", flat=True)) == ["Acme Inc."]
    assert person.affiliations.get().organization == acme


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"domains": "taken.example"}, "Another organization"),
        ({"domains": "not a domain"}, "is not a domain"),
        ({"slug": "new"}, "reserved"),
    ],
)
def test_a_wrong_organization_is_explained(maintainer_client, change, words):
    organization_at("taken.example")
    form = {"name": "Acme", "slug": "acme", "kind": "company", "domains": "", "aliases": ""}

    answer = maintainer_client.post("/organizations/new/", {**form, **change})

    assert words in answer.content.decode()
    assert Organization.objects.count() == 1


def test_a_bot_is_flagged_and_unflagged_and_a_sync_respects_it(maintainer):
    actor = Actor(provider="github", uid="9", login="helper", is_bot=True)
    identify([actor], at=NOON)
    person = Person.objects.get(handle="helper")

    unflag_bot(person=person, by=maintainer, at=NOON)
    identify([actor], at=NOON)

    person.refresh_from_db()
    assert (person.is_bot, person.bot_reason) == (False, "")


def test_flagging_is_logged(maintainer, stranger):
    flag_bot(person=stranger, by=maintainer, at=NOON)

    stranger.refresh_from_db()
    assert (stranger.is_bot, stranger.bot_reason) == (True, "flag")
    assert Event.objects.get().verb == "people.bot_flagged"


def test_the_list_of_bots_flags_whoever_carries_the_login(maintainer):
    listed = factories.identity(login="CI-Robot").person
    flagged = factories.person(is_bot=True, bot_reason="flag")
    factories.identity(flagged, login="ci-robot")

    entry = list_bot(login="ci-robot", note="tests", by=maintainer, at=NOON)
    listed.refresh_from_db()
    during = (listed.is_bot, listed.bot_reason)
    unlist_bot(entry=entry, by=maintainer, at=NOON)
    listed.refresh_from_db()
    flagged.refresh_from_db()

    assert (during, listed.is_bot, flagged.is_bot) == ((True, "list"), False, True)
    assert BotLogin.objects.count() == 0


def test_the_pages_of_bots_work(maintainer_client):
    factories.identity(factories.person("robo"), login="robo")

    maintainer_client.post("/people/bots/", {"login": "robo", "note": "merges"})
    during = maintainer_client.get("/people/bots/").content.decode()
    maintainer_client.post("/@robo/bot/")
    maintainer_client.post(f"/people/bots/{BotLogin.objects.get().pk}/remove/")

    assert "merges" in during
    assert not Person.objects.get(handle="robo").is_bot
