"""Merging and splitting: everything moves, and comes back exactly."""

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.audit.models import Event
from community.lib.refusals import Refused
from community.people.merging import merge_people, split_person, undo_merge
from community.people.models import Affiliation, Identity, Merge, Person
from community.people.search import index_people
from community.projects.models import Project
from tests import factories
from tests.conftest import NOON
from tests.trying import examples

pytestmark = pytest.mark.django_db


def snapshot():
    """Everything that merging may touch, as plain rows."""
    tables = (Person, Identity, Affiliation, SocialAccount, EmailAddress)
    rows = {table.__name__: list(table.objects.order_by("pk").values()) for table in tables}
    pairs = Project.maintainers.through.objects.order_by("project_id", "person_id")
    return {**rows, "maintainers": list(pairs.values_list("project_id", "person_id"))}


def test_everything_of_the_absorbed_record_moves(maintainer):
    kept, absorbed = factories.person("kept"), factories.person("absorbed")
    identity = factories.identity(absorbed)
    stay = Affiliation.objects.create(person=absorbed, organization=factories.organization())
    project = factories.project()
    project.maintainers.add(absorbed)

    merge = merge_people(kept=kept, absorbed=absorbed, by=maintainer, at=NOON, reason="same")

    absorbed.refresh_from_db()
    assert list(kept.identities.all()) == [identity]
    assert list(kept.affiliations.all()) == [stay]
    assert list(project.maintainers.all()) == [kept]
    assert (absorbed.merged_into, absorbed.is_active) == (kept, False)
    assert merge.moved["identities"] == [identity.pk]
    assert Event.objects.get().verb == "people.merged"


sides = st.sampled_from(["kept", "absorbed"])
stays = st.tuples(sides, st.sampled_from([None, 0, 1]), st.sampled_from([None, 2020, 2023]))


@settings(
    max_examples=examples(20, in_the_build=40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    identities=st.lists(sides, max_size=4),
    affiliations=st.lists(stays, max_size=4),
    maintained=st.lists(st.sets(sides), max_size=3),
    accounts=st.lists(sides, max_size=2),
    addresses=st.lists(st.tuples(sides, st.sampled_from("abc")), max_size=4, unique=True),
    is_active=st.booleans(),
    has_both=st.booleans(),
)
def test_a_merge_that_is_undone_changed_nothing(
    db, identities, affiliations, maintained, accounts, addresses, is_active, has_both
):
    since = NOON if has_both else None
    people = {
        "kept": factories.person(claimed_at=NOON),
        "absorbed": factories.person(claimed_at=since, is_active=is_active),
    }
    boss = factories.person(is_staff=True)
    places = [factories.organization(), factories.organization()]
    for side in identities:
        factories.identity(people[side])
    for side, place, year in affiliations:
        Affiliation.objects.create(
            person=people[side],
            organization=None if place is None else places[place],
            starts_on=f"{year}-01-01" if year else None,
        )
    for holders in maintained:
        factories.project().maintainers.set([people[side] for side in holders])
    for number, side in enumerate(accounts):
        uid = f"{people[side].pk}-{number}"
        SocialAccount.objects.create(user=people[side], provider="github", uid=uid)
    for side, letter in addresses:
        EmailAddress.objects.create(user=people[side], email=f"{letter}@example.org")
    index_people([person.pk for person in people.values()])
    before = snapshot()

    merge = merge_people(**people, by=boss, at=NOON, confirmation=people["absorbed"].handle)
    undo_merge(merge=merge, by=boss, at=NOON)

    assert snapshot() == before


@pytest.mark.parametrize(
    ("kept", "absorbed", "confirmation", "code"),
    [
        ({}, {"claimed_at": NOON}, "", "keep_the_account"),
        ({"claimed_at": NOON}, {"claimed_at": NOON}, "", "needs_confirmation"),
        ({"claimed_at": NOON}, {"claimed_at": NOON}, "kept", "needs_confirmation"),
        ({"claimed_at": NOON, "is_superuser": True}, {}, "", "outranked"),
        ({"claimed_at": NOON}, {"claimed_at": NOON, "is_superuser": True}, "x", "outranked"),
        ({"erased_at": NOON}, {}, "", "not_present"),
        ({}, {"erased_at": NOON}, "", "not_present"),
    ],
)
def test_some_merges_are_refused(maintainer, kept, absorbed, confirmation, code):
    people = {
        "kept": factories.person("kept", **kept),
        "absorbed": factories.person("gone", **absorbed),
    }

    with pytest.raises(Refused) as caught:
        merge_people(**people, by=maintainer, at=NOON, confirmation=confirmation)

    assert (caught.value.code, Merge.objects.count()) == (code, 0)


def test_two_accounts_are_merged_when_the_handle_is_typed(maintainer):
    kept = factories.person("kept", claimed_at=NOON)
    absorbed = factories.person("gone", claimed_at=NOON)
    SocialAccount.objects.create(user=absorbed, provider="github", uid="5")

    merge_people(kept=kept, absorbed=absorbed, by=maintainer, at=NOON, confirmation="@GONE")

    assert SocialAccount.objects.get().user == kept


def test_a_record_is_not_merged_with_itself(maintainer, stranger):
    with pytest.raises(Refused, match="same record"):
        merge_people(kept=stranger, absorbed=stranger, by=maintainer, at=NOON)


def test_merges_are_undone_from_the_last_to_the_first(maintainer):
    first, second, third = (factories.person(name) for name in ("one", "two", "three"))
    factories.identity(first)
    inner = merge_people(kept=second, absorbed=first, by=maintainer, at=NOON)
    outer = merge_people(kept=third, absorbed=second, by=maintainer, at=NOON)

    with pytest.raises(Refused, match="merged again"):
        undo_merge(merge=inner, by=maintainer, at=NOON)
    undo_merge(merge=outer, by=maintainer, at=NOON)
    undo_merge(merge=inner, by=maintainer, at=NOON)

    assert first.identities.count() == 1
    with pytest.raises(Refused, match="has been undone"):
        undo_merge(merge=inner, by=maintainer, at=NOON)


def test_a_merge_whose_identities_moved_on_is_not_undone(maintainer):
    kept, absorbed = factories.person("kept"), factories.person("absorbed")
    factories.identity(kept)
    moved = factories.identity(absorbed)
    merge = merge_people(kept=kept, absorbed=absorbed, by=maintainer, at=NOON)
    split_person(person=kept, identities=[moved], by=maintainer, at=NOON)

    with pytest.raises(Refused, match="moved again"):
        undo_merge(merge=merge, by=maintainer, at=NOON)


def test_a_split_gives_the_chosen_identities_to_a_new_person(maintainer):
    mixed = factories.person("mixed")
    stays, leaves = factories.identity(mixed), factories.identity(mixed, login="Leaver")

    fresh = split_person(person=mixed, identities=[leaves], by=maintainer, at=NOON)

    assert (fresh.handle, fresh.is_claimed, fresh.has_usable_password()) == ("Leaver", False, False)
    assert list(fresh.identities.all()) == [leaves]
    assert list(mixed.identities.all()) == [stays]
    assert Person.objects.matching("leaver").get() == fresh


def test_an_identity_somebody_signs_in_with_is_not_split_off(maintainer, member):
    factories.identity(member)
    proven = factories.identity(member, uid="5")
    SocialAccount.objects.create(user=member, provider="github", uid="5")

    with pytest.raises(Refused, match="signs in with"):
        split_person(person=member, identities=[proven], by=maintainer, at=NOON)


def test_the_last_identity_of_a_record_is_not_split_off(maintainer, stranger):
    only = factories.identity(stranger)

    with pytest.raises(Refused, match="at least one"):
        split_person(person=stranger, identities=[only], by=maintainer, at=NOON)


def test_the_pages_merge_show_and_undo(maintainer_client):
    kept, absorbed = factories.person("kept"), factories.person("absorbed")
    factories.identity(absorbed, login="mover")
    address = "/people/merges/new/?kept=@Kept&absorbed=absorbed"

    preview = maintainer_client.get(address).content.decode()
    maintainer_client.post(address, {"reason": "one person"})
    history = maintainer_client.get("/people/merges/").content.decode()
    maintainer_client.post(f"/people/merges/{Merge.objects.get().pk}/undo/")

    assert "mover" in preview
    assert "one person" in history
    assert absorbed.identities.count() == 1
    assert kept.identities.count() == 0


def test_the_split_page_makes_a_new_record(maintainer_client):
    mixed = factories.person("mixed")
    factories.identity(mixed)
    leaves = factories.identity(mixed, login="leaver")

    answer = maintainer_client.post("/@mixed/split/", {"identities": [leaves.pk]})

    assert answer["Location"] == "/@leaver/"


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_of_merges_costs_the_same_however_long(
    maintainer_client, maintainer, size, django_assert_num_queries
):
    for number in range(size):
        merge_people(kept=factories.person(), absorbed=factories.person(), by=maintainer, at=NOON)
        for _each in range(2):
            factories.identity(provider="git", email_hash=str(number) * 64)

    with django_assert_num_queries(11):
        maintainer_client.get("/people/merges/")


def split_in_two(maintainer):
    """A record, the one split off from it, and the note of the split."""
    mixed = factories.person("mixed")
    factories.identity(mixed)
    leaves = factories.identity(mixed, login="leaver")
    fresh = split_person(person=mixed, identities=[leaves], by=maintainer, at=NOON)
    return mixed, fresh, Merge.objects.get(is_split=True)


def test_a_split_is_in_the_history_and_undone_there(maintainer_client, maintainer):
    mixed, fresh, split = split_in_two(maintainer)

    page = maintainer_client.get("/people/merges/")
    answer = maintainer_client.post(f"/people/merges/{split.pk}/undo/", follow=True)

    fresh.refresh_from_db()
    assert list(page.context["page"]) == [split]
    assert f"/people/merges/{split.pk}/undo/" in page.content.decode()
    assert [str(one) for one in answer.context["messages"]] == ["The split is undone."]
    assert (mixed.identities.count(), fresh.identities.count()) == (2, 0)
    assert (fresh.merged_into, fresh.is_active) == (mixed, False)
    assert Event.objects.order_by("-number")[0].verb == "people.split_undone"
    assert maintainer_client.get("/@leaver/")["Location"] == "/@mixed/"


def test_a_record_that_came_to_hold_more_outlasts_the_undoing_of_its_split(maintainer):
    _mixed, fresh, split = split_in_two(maintainer)
    factories.identity(fresh)

    undo_merge(merge=split, by=maintainer, at=NOON)

    fresh.refresh_from_db()
    assert (fresh.identities.count(), fresh.merged_into, fresh.is_active) == (1, None, True)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("claimed", "claimed_since"),
        ("merged", "merged_since"),
        ("moved", "moved_since"),
        ("undone", "undone"),
    ],
)
def test_a_split_after_which_much_happened_is_not_undone(maintainer, what, code):
    mixed, fresh, split = split_in_two(maintainer)
    if what == "claimed":
        Person.objects.filter(pk=fresh.pk).update(claimed_at=NOON)
    elif what == "merged":
        merge_people(kept=factories.person(), absorbed=mixed, by=maintainer, at=NOON)
    elif what == "moved":
        fresh.identities.update(person=factories.person())
    else:
        undo_merge(merge=split, by=maintainer, at=NOON)

    with pytest.raises(Refused) as caught:
        undo_merge(merge=split, by=maintainer, at=NOON)

    assert caught.value.code == code
