"""The life of a roll: drafted, computed, published, sealed."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from community.audit.models import Event
from community.lib.refusals import Refused
from community.people.erasure import erase_person
from community.people.merging import merge_people
from contributors.activity.models import Completeness
from governance.rolls.actions import (
    compute_roll,
    create_roll,
    discard_roll,
    dismiss_officer,
    publish_roll,
    seal_roll,
)
from governance.rolls.forgetting import forget_person
from governance.rolls.leaves import leaf_of, roll_hash
from governance.rolls.models import Roll, Voter
from governance.rolls.queries import doubles_on, leaves_of
from governance.rolls.querysets import voter_of
from governance.rolls.triggers import protect
from tests import factories
from tests.conftest import NOON
from tests.factories import rolls

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=8)
COUNTED = {"count": {"kinds": ["review"], "days": 30, "at_least": 1}}


def code_of(act, **facts) -> str:
    """Why something is refused; nothing where it is done."""
    try:
        act(**facts)
    except Refused as refusal:
        return refusal.code
    return ""


def drafted(**more) -> Roll:
    fields = {"slug": "spring", "title": "Spring", "on": date(2026, 3, 1), "by": None, "at": NOON}
    return create_roll(criteria=rolls.criteria(), **{**fields, **more})


def rows(roll: Roll) -> list[tuple[str, str]]:
    return sorted(roll.voters.standing().values_list("person__handle", "uid"))


def test_a_roll_goes_from_the_draft_to_the_seal():
    ada, bert, voter = (factories.person(name) for name in ("ada", "bert", "voter"))
    roll = drafted(officers=[ada, bert])

    assert compute_roll(roll=roll, at=NOON) == 3
    publish_roll(roll=roll, requests_until=NOON + timedelta(days=7), by=ada, at=NOON)
    sealed = seal_roll(roll=roll, override="Nobody: there is no data yet.", by=bert, at=LATER)

    assert sealed.state == "sealed"
    assert sealed.sha256 == roll_hash(leaves_of(roll))
    event = Event.objects.get(verb="rolls.sealed")
    assert event.actor == bert
    facts = {name: event.facts[name] for name in ("rule", "on", "voters", "sha256")}
    assert facts == {
        "rule": roll.criteria.sha256,
        "on": "2026-03-01",
        "voters": 3,
        "sha256": sealed.sha256,
    }
    row = voter_of(roll, voter)
    assert row
    assert row.leaf == leaf_of(row.salt, row.uid)


def test_the_lowest_numeric_id_stands_for_a_person_github_first():
    person = factories.person("ada")
    given = [("gitlab", "3"), ("github", "20"), ("github", "100"), ("oidc", "1"), ("git", "5")]
    for provider, uid in given:
        factories.identity(person, provider=provider, uid=uid)
    gitlab, nobody = factories.person("gil"), factories.person("noe")
    factories.identity(gitlab, provider="gitlab", uid="7")
    factories.identity(gitlab, provider="git", uid="1" * 64)
    factories.identity(nobody, provider="oidc", uid="a-1")
    proven = factories.person("pia")
    factories.identity(proven, uid="200")
    factories.identity(proven, uid="300", verified_at=NOON)
    roll = drafted()

    compute_roll(roll=roll, at=NOON)

    assert rows(roll) == [
        ("ada", "github:20"),
        ("gil", "gitlab:7"),
        ("noe", f"person:{nobody.pk}"),
        ("pia", "github:300"),
    ]


def test_computing_again_keeps_the_salts_of_those_who_stay():
    stays, moves, leaves = (factories.person(name) for name in ("stays", "moves", "leaves"))
    roll = drafted()
    compute_roll(roll=roll, at=NOON)
    before = {row.person_id: row for row in roll.voters.all()}
    leaves.is_bot = True
    leaves.save()
    comes = factories.person("comes")
    factories.identity(moves, uid="9")

    compute_roll(roll=roll, at=NOON)

    after = {row.person_id: row for row in roll.voters.all()}
    assert set(after) == {stays.pk, moves.pk, comes.pk}
    assert after[stays.pk].leaf == before[stays.pk].leaf
    assert after[moves.pk].salt == before[moves.pk].salt
    assert after[moves.pk].leaf == leaf_of(after[moves.pk].salt, "github:9")


def test_who_was_merged_away_or_erased_or_is_a_bot_stands_on_no_roll(maintainer):
    kept, absorbed, gone = (factories.person(name) for name in ("kept", "absorbed", "gone"))
    factories.person("robot", is_bot=True)
    merge_people(kept=kept, absorbed=absorbed, by=maintainer, at=NOON)
    erase_person(person=gone, typed="gone", by=maintainer, at=NOON)
    roll = drafted()

    compute_roll(roll=roll, at=NOON)

    assert [handle for handle, _uid in rows(roll)] == ["kept", "magnus"]


@pytest.mark.parametrize("size", [1, 3])
def test_computing_takes_the_same_number_of_statements_whatever_the_size(
    size, django_assert_num_queries
):
    roll = drafted()
    for _number in range(size):
        factories.identity()

    with django_assert_num_queries(13 if connection.vendor == "sqlite" else 14):
        compute_roll(roll=roll, at=NOON)


def test_a_roll_is_published_only_when_it_can_be_answered_for():
    officer, day = factories.person(), timedelta(days=1)
    roll = drafted(officers=[officer])

    def refused(until=NOON + 7 * day, **more) -> str:
        facts = {"roll": roll, "requests_until": until, "by": officer, "at": NOON, **more}
        return code_of(publish_roll, **facts)

    assert refused() == "officers"
    rolls.officers_for(roll, 1)
    assert refused() == "not_computed"
    compute_roll(roll=roll, at=NOON)
    assert refused(by=factories.person()) == "not_officer"
    assert refused(NOON + day - timedelta(seconds=1)) == "window"
    assert refused(NOON + 91 * day) == "window"
    Roll.objects.update(on=date(2026, 3, 15))
    assert refused() == "too_early"
    Roll.objects.update(on=date(2026, 3, 14))
    assert refused(NOON + day) == ""
    assert refused() == "published"
    assert code_of(compute_roll, roll=roll, at=NOON) == "not_draft"


def test_an_empty_roll_is_not_published():
    roll = drafted()
    rolls.officers_for(roll, 2)
    Voter.objects.all().delete()
    Roll.objects.update(computed_at=NOON)

    until = NOON + timedelta(days=7)

    assert code_of(publish_roll, roll=roll, requests_until=until, by=None, at=NOON) == "empty"


def test_the_database_says_when_the_time_for_requests_is_over(monkeypatch):
    """A host whose clock is ahead, or whoever passes another moment, seals nothing early."""
    roll = rolls.published([factories.person()])
    until = roll.requests_until

    def seal_when(now) -> str:
        monkeypatch.setattr("governance.rolls.actions.database_now", lambda: now)
        return code_of(seal_roll, roll=roll, by=None, at=until + timedelta(days=9))

    assert seal_when(until - timedelta(microseconds=1)) == "window_open"
    assert seal_when(until) == ""


def test_an_open_request_keeps_a_roll_from_being_sealed():
    roll = rolls.published([factories.person()], NOON - timedelta(days=1))
    asked = rolls.request(roll)

    assert code_of(seal_roll, roll=roll, by=None, at=NOON) == "requests_open"
    asked.state = "withdrawn"
    asked.save()
    assert code_of(seal_roll, roll=roll, by=None, at=NOON) == ""


def test_incomplete_data_takes_a_reason_that_is_kept():
    roll = rolls.published(
        [factories.person()],
        NOON - timedelta(days=1),
        floor=90,
        criteria=rolls.criteria(COUNTED),
    )
    Completeness.objects.create(
        repository=factories.repository(),
        day="2026-02-20",
        expected=10,
        received=8,
        checked_at=NOON,
    )

    assert code_of(seal_roll, roll=roll, by=None, at=NOON) == "incomplete"
    assert code_of(seal_roll, roll=roll, override=" short ", by=None, at=NOON) == "incomplete"
    sealed = seal_roll(roll=roll, override="Those who reviewed in wick.", by=None, at=NOON)

    assert sealed.override == "Those who reviewed in wick."
    assert (sealed.completeness["share"], sealed.completeness["expected"]) == (0.8, 10)
    assert Event.objects.get(verb="rolls.sealed").facts["is_overridden"] is True


def test_data_that_is_complete_enough_needs_no_reason_and_keeps_none():
    roll = rolls.published([factories.person()], NOON - timedelta(days=1), floor=80)

    sealed = seal_roll(roll=roll, override="Just in case, everybody.", by=None, at=NOON)

    assert (sealed.override, sealed.completeness["share"]) == ("", 1.0)


def test_an_erased_voter_leaves_the_leaf_and_the_hash_as_they_were():
    voter = factories.person("voter")
    roll = rolls.sealed([voter, factories.person()])
    before = leaves_of(roll)

    erase_person(person=voter, typed="voter", by=voter, at=NOON)
    forget_person(person_id=voter.pk)

    row = roll.voters.get(person=voter)
    assert (row.uid, row.salt) == ("", "")
    assert sorted(leaves_of(roll)) == sorted(before)
    assert roll_hash(leaves_of(roll)) == roll.sha256


def test_a_row_goes_with_a_merge_and_two_of_them_are_noticed(maintainer):
    kept, absorbed, other = (factories.person(name) for name in ("kept", "absorbed", "other"))
    one = rolls.roll([absorbed, other], slug="one")
    two = rolls.roll([absorbed, kept, other], slug="two")

    merge_people(kept=kept, absorbed=absorbed, by=maintainer, at=NOON)

    found = voter_of(one, kept), voter_of(two, kept)
    assert [row.person_id for row in found if row] == [absorbed.pk, kept.pk]
    assert doubles_on(one) == []
    assert [[row.person_id for row in rows] for rows in doubles_on(two)] == [[kept.pk, absorbed.pk]]


def test_names_that_are_taken_and_people_who_cannot_act_are_refused():
    drafted()

    assert code_of(drafted) == "taken"
    assert code_of(drafted, slug="new") == "reserved"
    bot = factories.person(is_bot=True)
    assert code_of(drafted, slug="other", officers=[bot]) == "cannot_act"
    twice = [factories.person()] * 2
    assert code_of(drafted, slug="other", officers=twice) == "appointed"


def test_a_dismissed_officer_answers_for_the_roll_no_longer(maintainer):
    roll = rolls.published([factories.person()], NOON - timedelta(days=1))
    officer = rolls.officers_for(roll, 1)[0]

    dismiss_officer(officer=roll.officers.get(), by=maintainer, at=NOON)

    assert code_of(seal_roll, roll=roll, by=officer, at=NOON) == "not_officer"


def test_an_invented_roll_can_be_taken_away_and_others_stay_protected():
    protect(connection)
    roll = rolls.sealed([factories.person()])
    rolls.decided(rolls.request(roll, state="accepted"))

    discard_roll(roll=roll)

    assert not Roll.objects.exists()
    other = rolls.sealed([factories.person()], slug="other")
    with pytest.raises(IntegrityError, match="changes by amendments alone"):
        other.voters.all().delete()
