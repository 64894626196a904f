"""People and organizations behind the acts, on plain rows."""

from datetime import date

import pytest

from contributors.metrics.definitions.crowd import (
    bot_share,
    contributions,
    contributor_absence_factor,
    contributors,
    elephant_factor,
    first_days,
    new_contributors,
    smallest_majority,
)
from contributors.metrics.definitions.rows import INDEPENDENT, UNKNOWN, Act, Period

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
DAY = date(2026, 3, 10)


def act(person: int | None = 1, times: int = 1, **more) -> Act:
    return Act(**{"person": person, "kind": "commit", "day": DAY, "times": times, **more})


def test_the_worked_example_of_the_absence_factor_is_two():
    counts = [1000, 433, 343, 332, 202, 90, 42, 33]
    acts = [act(who, times) for who, times in enumerate(counts, start=1)]

    factor = contributor_absence_factor(acts, MARCH)

    assert (factor.value, factor.n) == (2, 8)
    assert factor.details == {"people": [[1, 1000], [2, 433]], "total": 2475, "tied": 1}


@pytest.mark.parametrize(
    ("counts", "fewest"),
    [([], None), ([5], 1), ([5, 5], 2), ([6, 5], 1), ([1, 1, 1, 1], 3), ([2, 1, 1], 2)],
)
def test_exactly_half_is_not_more_than_half(counts, fewest):
    assert smallest_majority(counts) == fewest


def test_a_tie_at_the_cut_is_told_and_broken_by_id():
    factor = contributor_absence_factor([act(9, 3), act(4, 3), act(7, 3)], MARCH)

    assert factor.details == {"people": [[4, 3], [7, 3]], "total": 9, "tied": 3}


def test_nobody_active_has_no_absence_factor():
    factor = contributor_absence_factor([act(1, 5, is_bot=True)], MARCH)

    assert (factor.value, factor.n) == (None, 0)


def test_contributors_are_distinct_people_whatever_they_did():
    acts = [act(1, 4), act(1, kind="review"), act(2, kind="issue"), act(3, is_bot=True)]

    people = contributors(acts, MARCH)

    assert (people.value, people.details) == (2, {"kinds": {"commit": 1, "issue": 1, "review": 1}})


def test_acts_of_nobody_known_are_missing_from_the_people():
    people = contributors([act(1, 3), act(None, 1)], MARCH)

    assert (people.value, people.missing) == (1, 0.25)


def test_contributions_count_each_act_once_and_tell_the_kinds_apart():
    acts = [act(1, 4), act(None, 2), act(2, kind="review"), act(5, 9, is_bot=True)]

    found = contributions(acts, MARCH)

    assert (found.value, found.details) == (7, {"kinds": {"commit": 6, "review": 1}})


def test_acts_outside_the_half_open_period_do_not_count():
    days = (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))

    found = contributions([act(day=day) for day in days], MARCH)

    assert found.value == 2


def test_a_new_contributor_is_new_once():
    firsts = first_days([act(1, day=date(2026, 2, 1)), act(1), act(2), act(3, is_bot=True)])

    new = new_contributors(firsts, MARCH)

    assert (new.value, new.details) == (1, {"people": [2], "since": None})


def test_new_contributors_tell_since_when_anybody_was_seen():
    period = Period(MARCH.start, MARCH.end, tracked_from=date(2026, 3, 5))

    new = new_contributors({1: DAY}, period)

    assert new.details["since"] == "2026-03-05"


def test_the_newest_contributors_come_first():
    firsts = {1: date(2026, 3, 2), 2: date(2026, 3, 20), 3: date(2026, 3, 20)}

    assert new_contributors(firsts, MARCH).details["people"] == [2, 3, 1]


def test_the_elephant_factor_never_takes_unknown_or_independent_for_a_company():
    acts = [
        act(1, 50, organization=UNKNOWN),
        act(2, 30, organization=INDEPENDENT),
        act(3, 12, organization=11),
        act(4, 8, organization=12),
    ]

    factor = elephant_factor(acts, MARCH)

    assert (factor.value, factor.n, factor.missing) == (1, 2, 0.5)
    assert factor.details == {
        "organizations": [[11, 12], [12, 8]],
        "affiliated": 0.2,
        "independent": 0.3,
        "unknown": 0.5,
        "total": 100,
    }


def test_the_elephant_factor_follows_the_employer_at_the_time_of_the_act():
    acts = [act(1, 3, organization=11), act(1, 4, organization=12), act(2, 4, organization=13)]

    assert elephant_factor(acts, MARCH).value == 2


def test_without_any_organization_there_is_no_elephant_factor():
    factor = elephant_factor([act(1, organization=INDEPENDENT)], MARCH)

    assert (factor.value, factor.details["affiliated"]) == (None, 0.0)


def test_bots_have_a_share_of_all_acts():
    share = bot_share([act(1, 3), act(2, 1, is_bot=True)], MARCH)

    assert (share.value, share.n, share.details) == (0.25, 4, {"bots": 1})


def test_nothing_done_has_no_bot_share():
    assert bot_share([], MARCH).value is None


@pytest.mark.parametrize("define", [contributions, contributors, elephant_factor, bot_share])
def test_before_tracking_began_nothing_is_known_rather_than_zero(define):
    untracked = Period(MARCH.start, MARCH.end, tracked_from=MARCH.end)

    assert define([], untracked).value is None
