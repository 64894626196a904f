"""Everybody at once is everybody one by one."""

import random
from collections import Counter

import pytest
from django.test.utils import CaptureQueriesContext

from community.people.models import Person
from contributors.criteria.evaluating import Cell, evaluate
from contributors.criteria.explaining import explain, facts_of, rows_of
from contributors.criteria.gathering import everybody, meeting
from tests import factories
from tests.contributors.criteria.conftest import ON, VOTERS, acts, day, voter

pytestmark = pytest.mark.django_db
KINDS = ["review", "commit", "issue"]


def community(chance: random.Random) -> list[str]:
    """Eight people with up to two identities each, one of them merged away; project slugs."""
    projects = [factories.project() for _turn in range(2)]
    places = [factories.repository(chance.choice(projects)) for _turn in range(3)]
    people = [factories.person(is_bot=chance.random() < 0.2) for _turn in range(8)]
    for person in people:
        if chance.random() < 0.3:
            chance.choice(projects).maintainers.add(person)
        if chance.random() < 0.2:
            Person.objects.filter(pk=person.pk).update(is_active=False)
        for _turn in range(chance.randint(0, 2)):
            mine = factories.identity(person)
            for place in places:
                cells = {
                    (chance.choice([0, 1, 2, 6, 7, 8, 9, 30, 400]), chance.choice(KINDS))
                    for _turn in range(chance.randint(0, 5))
                }
                acts(mine, place, *((*one, chance.randint(1, 4)) for one in sorted(cells)))
    Person.objects.filter(pk=people[0].pk).update(merged_into=people[1])
    return [one.slug for one in projects]


def clause(chance: random.Random, slugs: list[str], depth: int = 0):
    """A random rule whose numbers lie where some meet them and some do not."""
    kinds = sorted(chance.sample(KINDS, chance.randint(1, 3)))
    window = {"kinds": kinds, "days": chance.choice([1, 2, 7, 8, 30, 365])}
    if chance.random() < 0.4:
        window["projects"] = [chance.choice(slugs)]
    caps = {cap: chance.randint(1, 6) for cap in ("per_day", "per_repository", "per_kind")}
    caps = {cap: most for cap, most in caps.items() if chance.random() < 0.5}
    leaves = [
        {"count": {**window, "at_least": chance.randint(1, 12), "caps": caps}},
        {"spread": {**window, "weeks": chance.randint(1, 3)}},
        {"spread": {**window, "repositories": chance.randint(1, 2), "weeks": 1}},
        {"tenure": {"days": chance.choice([1, 7, 8, 9, 30])}},
        {"member_of": {"project": chance.choice(slugs), "role": "maintainer"}},
        {"is_not": chance.choice([["bot"], ["suspended"], ["bot", "suspended"]])},
    ]
    if depth < 2 and chance.random() < 0.6:
        parts = [clause(chance, slugs, depth + 1) for _turn in range(2)]
        return chance.choice([{"all": parts}, {"any": parts}, {"not": parts[0]}])
    return chance.choice(leaves)


@pytest.mark.parametrize("seed", range(4))
def test_all_at_once_is_one_by_one(seed):
    chance = random.Random(seed)
    slugs = community(chance)
    people = list(Person.objects.present())
    rules = [clause(chance, slugs, depth) for depth in (0, 0, 0, 2, 2, 2, 2, 2, 2, 2)]

    for document in rules:
        one_by_one = {one.pk for one in people if explain(document, one, ON).verdict.holds}

        assert meeting(document, ON) == one_by_one, document


def test_who_was_merged_counts_as_one():
    kept = voter(reviews=1)
    acts(factories.identity(kept), factories.repository(), (3, "review", 1))

    assert meeting(VOTERS, ON) == {kept.pk}


def test_a_sunday_and_a_monday_are_two_weeks_in_the_database_too():
    person = factories.person()
    mine, place = factories.identity(person), factories.repository()
    sunday, monday = 3, 2
    assert (day(sunday).isoweekday(), day(monday).isoweekday()) == (7, 1)
    rule = {"spread": {"kinds": ["review"], "days": 90, "weeks": 2}}

    acts(mine, place, (sunday, "review", 1), (sunday + 6, "review", 1))
    one_week = meeting(rule, ON)
    acts(mine, place, (monday, "review", 1))

    assert (one_week, meeting(rule, ON)) == (frozenset(), {person.pk})


def test_bots_suspended_and_erased_people_do_not_vote():
    voter("robot", is_bot=True)
    voter("barred", is_active=False)
    voter("gone", erased_at="2026-01-01T00:00Z")
    meets = voter("ada")

    assert meeting(VOTERS, ON) == {meets.pk}
    assert meets.pk in everybody()


@pytest.mark.parametrize("size", [1, 3])
def test_it_takes_as_many_statements_for_many_people_as_for_one(size, connection_queries):
    for _turn in range(size):
        voter()

    with connection_queries as queries:
        assert len(meeting(VOTERS, ON)) == size

    assert len(queries) == 4


@pytest.fixture
def connection_queries():
    from django.db import connection

    return CaptureQueriesContext(connection)


def test_the_evidence_adds_up_to_the_number():
    person = voter(reviews=5)
    other = voter()

    found = explain(VOTERS, person, ON)

    count = found.verdict.leaves()[0]
    evidence = found.evidence[count.path]
    assert (count.measures[0].have, len(evidence.counted), len(evidence.left_out)) == (4, 4, 6)
    assert {cap for _pk, cap in evidence.left_out} == {"per_day"}
    assert [(one.kind, one.count) for one in evidence.rows] == [("review", 10)]
    theirs = {pk for pk, _cell in rows_of(VOTERS, other, ON)}
    assert theirs.isdisjoint(evidence.counted)


def test_the_ledger_and_the_day_counts_give_the_same_verdict():
    person = voter(reviews=5)

    facts = facts_of(person, Counter(cell for _pk, cell in rows_of(VOTERS, person, ON)), ON)

    assert facts.first_on == day(40)
    assert sorted(facts.acts.values()) == [5, 5]
    assert all(isinstance(one, Cell) for one in facts.acts)
    assert evaluate(VOTERS, facts, ON) == explain(VOTERS, person, ON).verdict


def test_what_was_deleted_at_the_source_is_no_evidence():
    person = factories.person()
    rows = acts(factories.identity(person), factories.repository(), (3, "review", 2))
    rows[0].deleted_at = rows[0].recorded_at
    rows[0].save()

    assert [pk for pk, _cell in rows_of(VOTERS, person, ON)] == [rows[1].pk]


@pytest.mark.parametrize(
    ("ago", "is_counted", "is_old"),
    [
        (0, False, False),
        (1, True, False),
        (29, True, False),
        (30, True, True),
        (31, False, True),
    ],
)
def test_windows_and_tenure_end_on_the_same_days_in_the_database(ago, is_counted, is_old):
    person = factories.person()
    acts(factories.identity(person), factories.repository(), (ago, "review", 1))
    count = {"count": {"kinds": ["review"], "days": 30, "at_least": 1}}

    assert (person.pk in meeting(count, ON)) is is_counted
    assert (person.pk in meeting({"tenure": {"days": 30}}, ON)) is is_old
