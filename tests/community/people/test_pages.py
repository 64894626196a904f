"""The pages on people and organizations: what they show, to whom, at what cost."""

from datetime import date

import pytest
from django.forms import Select
from django.urls import reverse
from pytest_django.asserts import assertHTMLEqual

from community.people.forms import LongSelect
from community.people.models import Affiliation, IdentityLogin, Merge, PastHandle, Person
from community.people.search import index_people
from community.people.zones import zone_names
from tests import factories
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


def test_no_page_lists_the_time_zones_anew(client, monkeypatch):
    zone_names()
    monkeypatch.delattr("community.people.zones.available_timezones")

    assert client.get("/people/").status_code == 200


def test_a_long_select_is_written_as_a_short_one():
    choices = [("", "As the site"), ("Asia/Tokyo", 'Asia "Tokyo" & <more>'), ("UTC", "UTC")]
    long, short = LongSelect(choices=choices), Select(choices=choices)

    for value in ("Asia/Tokyo", "", None):
        written = long.render("zone", value, {"id": "id_zone", "required": True})
        assertHTMLEqual(written, short.render("zone", value, {"id": "id_zone", "required": True}))


def test_a_profile_is_found_in_any_letter_case_under_one_address(client, stranger):
    answer = client.get("/@StRanger/")

    assert (answer.status_code, answer["Location"]) == (302, "/@stranger/")


def test_a_merged_record_leads_to_the_kept_one(client, stranger):
    kept = factories.person("kept")
    Person.objects.filter(pk=stranger.pk).update(merged_into=kept)

    answer = client.get("/@stranger/")

    assert (answer.status_code, answer["Location"]) == (302, "/@kept/")


def test_an_earlier_login_leads_to_its_only_holder(client):
    identity = factories.identity(login="new-name")
    IdentityLogin.objects.create(identity=identity, login="old-name", seen_from=NOON)

    answer = client.get("/@Old-Name/")

    assert answer["Location"] == identity.person.get_absolute_url()


def test_an_earlier_login_of_two_people_leads_to_neither(client):
    for _each in range(2):
        identity = factories.identity()
        IdentityLogin.objects.create(identity=identity, login="shared", seen_from=NOON)

    assert client.get("/@shared/").status_code == 404


def test_a_given_up_handle_leads_to_the_new_one_until_somebody_takes_it(client, member):
    PastHandle.objects.create(person=member, handle="former", given_up_at=NOON)

    before = client.get("/@former/")["Location"]
    factories.person("former")
    after = client.get("/@former/").status_code

    assert (before, after) == ("/@mira/", 200)


@pytest.mark.parametrize(
    ("level", "seen_by"),
    [
        ("public", {"visitor", "member", "self", "maintainer"}),
        ("members", {"member", "self", "maintainer"}),
        ("hidden", {"self", "maintainer"}),
    ],
)
@pytest.mark.parametrize("section", ["about", "affiliations", "identities"])
def test_a_section_is_shown_to_those_its_level_names(client, section, level, seen_by, maintainer):
    shy = factories.person("shy", visibility={section: level}, location="MARK-about")
    organization = factories.organization("mark", name="MARK-affiliations")
    Affiliation.objects.create(person=shy, organization=organization)
    factories.identity(shy, login="MARK-identities")
    viewers = {"visitor": None, "member": factories.person(), "self": shy, "maintainer": maintainer}

    seen = set()
    for name, viewer in viewers.items():
        client.logout()
        if viewer:
            client.force_login(viewer, backend="django.contrib.auth.backends.ModelBackend")
        if f"MARK-{section}" in client.get("/@shy/").content.decode():
            seen.add(name)

    assert seen == seen_by


def test_hidden_affiliations_show_neither_in_lists_nor_through_the_filter(client):
    shy = factories.person("shy", visibility={"affiliations": "hidden"})
    organization = factories.organization("acme", name="ACME-MARK")
    Affiliation.objects.create(person=shy, organization=organization)

    everybody = client.get("/people/").content.decode()
    filtered = client.get("/people/?organization=acme").context["page"]
    page = client.get("/organizations/acme/").context["page"]
    listed = client.get("/organizations/").context["page"]

    assert everybody.split("<tbody>")[1].count("ACME-MARK") == 0
    assert (list(filtered), list(page), listed[0].members) == ([], [], 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张伟", ["zhang"]),
        ("ADA", ["ada"]),
        ("lovelace", ["ada"]),
        ("octo", ["ada"]),
        ("伟张", []),
        ("%", []),
    ],
)
def test_people_are_found_by_name_handle_and_login_in_every_script(client, text, found):
    ada = factories.person("ada", name="Ada Lovelace")
    factories.identity(ada, login="octo-ada")
    zhang = factories.person("zhang", name="李张伟民")
    index_people([ada.pk, zhang.pk])

    answer = client.get("/people/", {"q": text})

    assert [person.handle for person in answer.context["page"]] == found


def test_the_directory_filters_by_account_and_keeps_bots_apart(client, member, stranger):
    factories.person("robot", is_bot=True, bot_reason="suffix")

    def handles(query):
        return [person.handle for person in client.get(f"/people/{query}").context["page"]]

    assert handles("") == ["mira", "stranger"]
    assert handles("?claimed=yes") == ["mira"]
    assert handles("?claimed=no") == ["stranger"]
    assert handles("?bots=on") == ["robot"]


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"), [("/people/", 4), ("/organizations/", 3), ("/organizations/acme/", 6)]
)
def test_a_list_costs_the_same_however_long(
    client, size, address, queries, django_assert_num_queries
):
    acme = factories.organization("acme")
    for _each in range(size):
        person = factories.person()
        Affiliation.objects.create(person=person, organization=acme)
        factories.organization()

    with django_assert_num_queries(queries):
        client.get(address)


def test_affiliations_are_listed_with_their_days(client, stranger):
    Affiliation.objects.create(
        person=stranger,
        organization=factories.organization("acme", name="Acme"),
        starts_on=date(2020, 1, 1),
        ends_on=date(2022, 5, 1),
    )

    text = client.get("/@stranger/").content.decode()

    assert "Jan. 1, 2020 to May 1, 2022" in text


def test_an_erased_person_is_a_gone_page(client):
    factories.person("erased-7", erased_at=NOON, is_active=False)

    assert client.get("/@erased-7/").status_code == 410


def test_a_bio_is_markdown_without_scripts(client):
    factories.person("writer", bio="**bold** <script>alert(1)</script>")

    text = client.get("/@writer/").content.decode()

    assert "<strong>bold</strong>" in text
    assert "<script>alert" not in text


def test_the_generated_picture_is_the_same_in_any_case_and_is_not_sent_twice(client, stranger):
    first = client.get("/@stranger/avatar/")
    again = client.get("/@STRANGER/avatar/")
    cached = client.get("/@stranger/avatar/", headers={"if-none-match": first["ETag"]})

    assert first["Content-Type"] == "image/svg+xml"
    assert (first.content, cached.status_code) == (again.content, 304)
    assert "style=" not in first.content.decode()


MAINTAINERS_ONLY = [
    ("get", "people:merges", []),
    ("get", "people:merge", []),
    ("post", "people:merge", []),
    ("post", "people:distinction", []),
    ("post", "people:undo_merge", ["merge"]),
    ("get", "people:split", ["handle"]),
    ("post", "people:split", ["handle"]),
    ("post", "people:link", ["handle"]),
    ("post", "people:flag_bot", ["handle"]),
    ("get", "people:bots", []),
    ("post", "people:bots", []),
    ("post", "people:remove_bot", ["bot"]),
    ("get", "people:create_organization", []),
    ("post", "people:create_organization", []),
    ("get", "people:edit_organization", ["slug"]),
]


@pytest.mark.parametrize(("method", "name", "arguments"), MAINTAINERS_ONLY)
def test_maintainers_pages_turn_others_away(
    client, member_client, stranger, method, name, arguments
):
    merge = Merge.objects.create(kept=stranger, absorbed=stranger, merged_at=NOON)
    factories.organization("acme")
    known = {"handle": "stranger", "slug": "acme", "merge": merge.pk, "bot": 1}
    address = reverse(name, args=[known[argument] for argument in arguments])
    if name in {"people:merge", "people:distinction"}:
        address += "?kept=mira&absorbed=stranger"

    visitor = getattr(client, method)(address)
    member = getattr(member_client, method)(address)

    assert (visitor.status_code, visitor["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert member.status_code == 403


@pytest.mark.parametrize(
    "address",
    ["/people/merges/", "/people/bots/", "/organizations/new/", "/@stranger/split/", "/@stranger/"],
)
def test_maintainers_pages_open_for_maintainers(maintainer_client, stranger, address):
    assert maintainer_client.get(address).status_code == 200


@pytest.mark.parametrize(
    "address", ["/settings/", "/settings/affiliations/", "/settings/data/", "/@mira/"]
)
def test_own_pages_open(member_client, address):
    assert member_client.get(address).status_code == 200
