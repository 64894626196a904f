"""People by the month of their first act: what a month says, and the groups made of it."""

from datetime import date

import pytest

from contributors.metrics.definitions.cohorts import (
    FOLLOWED,
    Group,
    Returns,
    groups_of,
    returning,
    together,
)
from contributors.metrics.definitions.rows import Act, Period, months_after

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
IN_MARCH = Period(MARCH, date(2026, 4, 1))


def act(person: int | None, day: date = date(2026, 3, 10), **more) -> Act:
    return Act(person, "commit", day, **more)


def seen(**months: dict[str, int]) -> dict[date, dict[str, int]]:
    """What months of 2026 say of the groups."""
    numbers = {"jan": 1, "feb": 2, "mar": 3, "apr": 4}
    return {date(2026, numbers[name], 1): groups for name, groups in months.items()}


def test_whoever_acted_before_the_period_and_in_it_is_returning():
    firsts = {1: date(2026, 1, 20), 2: date(2026, 3, 10)}

    found = returning(Returns([act(1), act(2), act(3)], firsts), IN_MARCH)

    assert (found.value, found.n) == (2, 3)
    assert found.details == {"cohorts": {"2026-01": 1, "2026-03": 1}, "earlier": 1}


def test_bots_and_people_no_longer_known_belong_to_no_group():
    firsts = {1: date(2026, 3, 10), 2: date(2026, 3, 10)}

    found = returning(Returns([act(1), act(2, is_bot=True), act(None)], firsts), IN_MARCH)

    assert (found.value, found.n, found.details["cohorts"]) == (0, 1, {"2026-03": 1})


def test_many_acts_of_a_person_count_once():
    acts = [act(1, times=5), act(1, date(2026, 3, 20))]

    assert returning(Returns(acts, {1: JANUARY}), IN_MARCH).details["cohorts"] == {"2026-01": 1}


def test_acts_outside_the_period_say_nothing():
    acts = [act(1, date(2026, 2, 28)), act(1, date(2026, 4, 1))]

    assert returning(Returns(acts, {1: JANUARY}), IN_MARCH).n == 0


@pytest.mark.parametrize(
    ("first", "groups", "earlier"),
    [(date(2025, 3, 1), {"2025-03": 1}, 0), (date(2025, 2, 28), {}, 1)],
)
def test_who_began_more_than_twelve_months_before_is_followed_no_longer(first, groups, earlier):
    found = returning(Returns([act(1)], {1: first}), IN_MARCH)

    assert found.details == {"cohorts": groups, "earlier": earlier}


@pytest.mark.parametrize(("tracked_from", "value"), [(date(2026, 2, 28), 0), (MARCH, None)])
def test_nobody_is_known_to_return_while_nothing_before_is_tracked(tracked_from, value):
    period = Period(MARCH, date(2026, 4, 1), tracked_from)

    found = returning(Returns([act(1)], {1: date(2026, 3, 10)}), period)

    assert (found.value, found.n) == (value, 1)


def test_before_tracking_there_is_no_group():
    period = Period(MARCH, date(2026, 4, 1), date(2026, 5, 1))

    assert returning(Returns([act(1)], {1: MARCH}), period).details == {}


def test_a_group_tells_how_many_were_active_in_each_later_month():
    months = seen(jan={"2026-01": 8}, feb={"2026-01": 4}, mar={"2026-01": 6})

    (found,) = groups_of(months, date(2026, 4, 1))

    assert (found.month, found.people) == (JANUARY, 8)
    assert found.again == (4, 6, *[None] * 10)
    assert found.shares == (0.5, 0.75, *[None] * 10)


@pytest.mark.parametrize(
    ("known_until", "again"), [(date(2026, 3, 31), None), (date(2026, 4, 1), 6)]
)
def test_a_month_that_is_not_over_says_nothing(known_until, again):
    months = seen(jan={"2026-01": 8}, feb={"2026-01": 4}, mar={"2026-01": 6})

    assert groups_of(months, known_until)[0].again[1] == again


def test_where_nobody_came_back_it_is_zero_rather_than_unknown():
    months = seen(jan={"2026-01": 8}, feb={"2026-02": 1})

    first, second = groups_of(months, date(2026, 3, 1))

    assert (first.again[0], first.shares[0]) == (0, 0)
    assert (second.month, second.again[0]) == (FEBRUARY, None)


def test_a_month_of_which_nothing_is_known_is_no_zero():
    months = seen(jan={"2026-01": 8}, mar={"2026-01": 2})

    assert groups_of(months, date(2026, 4, 1))[0].again[:2] == (None, 2)


def test_a_month_without_newcomers_has_no_group():
    months = seen(jan={"2026-01": 8}, feb={"2026-01": 4})

    assert [one.month for one in groups_of(months, date(2026, 4, 1))] == [JANUARY]


@pytest.mark.parametrize(("people", "share"), [(4, None), (5, 0.4)])
def test_a_group_of_few_has_counts_but_no_shares(people, share):
    group = Group(JANUARY, people, (2, *[None] * 11))

    assert (group.again[0], group.shares[0]) == (2, share)


def test_a_group_is_followed_for_twelve_months():
    months = {months_after(JANUARY, at): {"2026-01": 8} for at in range(20)}

    (found,) = groups_of({**months, JANUARY: {"2026-01": 8}}, date(2030, 1, 1))

    assert found.again == (8,) * FOLLOWED


def test_all_groups_together_are_those_of_which_a_month_is_known():
    groups = [
        Group(JANUARY, 10, (5, 2, *[None] * 10)),
        Group(FEBRUARY, 30, (3, *[None] * 11)),
    ]

    assert together(groups) == [(8, 40), (2, 10), *[(0, 0)] * 10]


def test_without_groups_nothing_is_said():
    assert (groups_of({}, MARCH), together([])) == ([], [(0, 0)] * FOLLOWED)
