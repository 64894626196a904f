"""Each clause at its edges, what caps leave, and what no order of rows changes."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contributors.criteria.evaluating import (
    Cell,
    Facts,
    Measure,
    counted,
    evaluate,
    left_out,
    week_of,
)

ON = date(2026, 7, 1)


def cell(days_ago=1, kind="review", repository=1, project="atlas"):
    return Cell(ON - timedelta(days=days_ago), kind, repository, project)


def holds(document, on=ON, **facts):
    return evaluate(document, Facts(**facts), on).holds


def numbers(document, **facts):
    return [(one.have, one.needed) for one in evaluate(document, Facts(**facts), ON).measures]


@pytest.mark.parametrize(("have", "is_met"), [(49, False), (50, True), (51, True)])
def test_at_least_fifty_is_met_by_fifty(have, is_met):
    rule = {"count": {"kinds": ["review"], "days": 365, "at_least": 50}}

    assert holds(rule, acts={cell(): have}) is is_met


@pytest.mark.parametrize(
    ("days_ago", "is_met"), [(-1, False), (0, False), (1, True), (30, True), (31, False)]
)
def test_the_window_begins_so_many_days_before_and_ends_before_the_day(days_ago, is_met):
    rule = {"count": {"kinds": ["review"], "days": 30, "at_least": 1}}

    assert holds(rule, acts={cell(days_ago): 1}) is is_met


def test_other_kinds_and_other_projects_do_not_count():
    rule = {"count": {"kinds": ["review"], "days": 9, "at_least": 1, "projects": ["atlas"]}}
    acts = {cell(): 2, cell(kind="commit"): 4, cell(project="other", repository=2): 8}

    assert numbers(rule, acts=acts) == [(2, 1)]


@pytest.mark.parametrize(
    ("caps", "left"),
    [
        ({}, 16 + 5 + 11),
        ({"per_day": 5}, (5 + 5 + 2) + 5 + 5),
        ({"per_repository": 10}, 10 + 5 + 10),
        ({"per_kind": 12}, 12 + 11),
        ({"per_day": 5, "per_repository": 12}, 12 + 5 + 5),
        ({"per_day": 5, "per_repository": 11}, 11 + 5 + 5),
        ({"per_day": 5, "per_repository": 8, "per_kind": 12}, 12 + 5),
        ({"per_day": 1, "per_repository": 1, "per_kind": 1}, 1 + 1),
    ],
)
def test_caps_apply_from_the_day_to_the_repository_to_the_kind(caps, left):
    first = {cell(1): 8, cell(2): 6, cell(3): 2}
    second, commits = {cell(1, repository=2): 5}, {cell(1, kind="commit"): 11}

    assert counted({**first, **second, **commits}, caps) == left


def test_cells_of_one_room_stand_together():
    """Two projects cannot part what one repository did: the room is the repository."""
    acts = {cell(): 4, cell(project="moved"): 4}

    assert counted(acts, {"per_day": 5}) == 5


@pytest.mark.parametrize(
    ("first", "second", "are_one"),
    [
        (date(2026, 6, 22), date(2026, 6, 28), True),  # Monday and Sunday
        (date(2026, 6, 28), date(2026, 6, 29), False),
        (date(2025, 12, 29), date(2026, 1, 4), True),  # one ISO week in two years
    ],
)
def test_weeks_are_those_of_iso(first, second, are_one):
    assert (week_of(first) == week_of(second)) is are_one
    assert (first.isocalendar()[:2] == second.isocalendar()[:2]) is are_one


def test_a_spread_asks_for_weeks_and_repositories_at_once():
    rule = {"spread": {"kinds": ["review"], "days": 90, "weeks": 2, "repositories": 2}}
    here, there = cell(1), cell(8, repository=2)

    assert numbers(rule, acts={here: 50}) == [(1, 2), (1, 2)]
    assert numbers(rule, acts={here: 1, cell(8): 1}) == [(2, 2), (1, 2)]
    assert holds(rule, acts={here: 1, there: 1}) is True
    assert numbers(rule, acts={here: 1, there: 0}) == [(1, 2), (1, 2)]


@pytest.mark.parametrize(
    ("first_on", "have"),
    [(None, 0), (ON + timedelta(days=5), 0), (date(2026, 6, 2), 29), (date(2026, 6, 1), 30)],
)
def test_tenure_counts_days_since_the_first_act(first_on, have):
    rule = {"tenure": {"days": 30}}

    assert numbers(rule, first_on=first_on) == [(have, 30)]
    assert holds(rule, first_on=first_on) is (have == 30)


def test_members_and_exclusions():
    member = {"member_of": {"project": "atlas", "role": "maintainer"}}
    barred = {"is_not": ["bot", "suspended"]}

    assert [holds(member), holds(member, maintains=frozenset(["atlas"]))] == [False, True]
    assert evaluate(barred, Facts(flags=frozenset(["suspended"])), ON).measures == (
        Measure("bot", 1, 1),
        Measure("suspended", 0, 1),
    )
    assert [holds(barred), holds(barred, flags=frozenset(["bot"]))] == [True, False]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("second", [True, False])
def test_groups_join_what_they_hold(first, second):
    yes = {"is_not": ["bot"]}
    parts = [yes if one else {"not": yes} for one in (first, second)]

    assert holds({"all": parts}) is (first and second)
    assert holds({"any": parts}) is (first or second)
    assert holds({"not": {"any": parts}}) is not (first or second)


def test_a_verdict_names_the_path_of_each_part():
    verdict = evaluate({"all": [{"not": {"tenure": {"days": 3}}}]}, Facts(), ON)

    assert [one.path for one in verdict.leaves()] == ["all[0].not.tenure"]


CELLS = st.builds(
    cell,
    days_ago=st.integers(0, 12),
    kind=st.sampled_from(["review", "commit"]),
    repository=st.integers(1, 3),
)
ACTS = st.lists(CELLS, max_size=40)
CAPS = st.fixed_dictionaries(
    {},
    optional={
        "per_day": st.integers(1, 4),
        "per_repository": st.integers(1, 8),
        "per_kind": st.integers(1, 12),
    },
)


@settings(max_examples=40, deadline=None)
@given(acts=ACTS, caps=CAPS, seed=st.integers(0, 99))
def test_no_order_of_rows_changes_the_number_and_what_is_left_out_adds_up(acts, caps, seed):
    shuffled = random.Random(seed).sample(acts, len(acts))

    number = counted(Counter(acts), caps)

    assert counted(Counter(shuffled), caps) == number
    for order in (acts, shuffled):
        assert len(acts) - len(left_out(enumerate(order), caps)) == number


@settings(max_examples=40, deadline=None)
@given(acts=ACTS, caps=CAPS, more=CELLS)
def test_one_more_act_never_makes_the_number_smaller(acts, caps, more):
    before, after = counted(Counter(acts), caps), counted(Counter([*acts, more]), caps)

    assert before <= after <= before + 1


def test_of_one_room_the_first_acts_count():
    acts = [("a", cell(3)), ("b", cell(3)), ("c", cell(2)), ("d", cell(1))]

    out = left_out(acts, {"per_day": 1, "per_repository": 2})

    assert out == {"b": "per_day", "d": "per_repository"}
