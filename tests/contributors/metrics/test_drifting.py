"""Who falls below their own pattern, and who does not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contributors.metrics.definitions.drifting import (
    FALL,
    FLOOR,
    LONGEST,
    Fall,
    day_of,
    enough,
    fall_of,
    is_away,
    number_of,
    returned_on,
)

UNTIL = date(2026, 10, 1)  # September is the last whole month


def months(*counts: int, until: date = UNTIL) -> dict[date, int]:
    """Whole months up to `until`, the last one last."""
    first = number_of(until) - len(counts)
    return {day_of(first + at): times for at, times in enumerate(counts)}


def test_who_stops_after_a_steady_year_is_found():
    found = fall_of(months(*[20] * 12, 0, 0, 0), until=UNTIL)

    assert found == Fall(20.0, 0.0, date(2026, 7, 1), 3, "stopped")
    assert (found.below, found.version) == (1.0, 1)


def test_who_does_a_fifth_of_what_they_did_is_found():
    found = fall_of(months(*[20] * 12, 5, 4, 3), until=UNTIL)

    assert found == Fall(20.0, 4.0, date(2026, 7, 1), 3, "fell")
    assert found.below == pytest.approx(0.8)


def test_the_quiet_months_before_the_last_three_are_part_of_it():
    found = fall_of(months(*[20] * 12, 2, 2, 0, 0, 0), until=UNTIL)

    assert (found.since, found.quiet_months) == (date(2026, 5, 1), 5)


@pytest.mark.parametrize(
    "counts",
    [
        [20] * 15,
        [20] * 12 + [8, 8, 8],  # exactly 40 %
        [20] * 12 + [0, 0, 20],  # back already
        [20] * 12 + [20, 3, 3],  # the three together are not quiet yet
        [20] * 5 + [0, 0, 0],  # too short a history
        [3] * 12 + [0, 0, 0],  # too little to fall from
        [20, 0, 0] * 4 + [0, 0, 0],  # comes now and then
        [20] * 12 + [0] * 13,  # gone for more than a year
        [],
        [0] * 12,
    ],
    ids=str,
)
def test_who_has_no_pattern_or_keeps_to_it_is_not_named(counts):
    assert fall_of(months(*counts), until=UNTIL) is None


def test_after_twelve_quiet_months_somebody_is_still_named():
    found = fall_of(months(*[20] * 15, *[0] * 12), until=UNTIL)

    assert (found.since, found.quiet_months) == (date(2025, 10, 1), 12)


def test_one_busy_month_does_not_make_a_usual_level():
    found = fall_of(months(*[10] * 11, 400, 0, 0, 0), until=UNTIL)

    assert found.usual == 10


def test_the_pause_of_every_summer_is_no_drift():
    year = [20, 20, 20, 20, 20, 20, 0, 0, 0, 20, 20, 20]  # from January

    assert fall_of(months(*year, *year[:9]), until=UNTIL) is None


def test_who_was_quiet_before_the_summer_is_found_in_spite_of_it():
    year = [20, 20, 20, 20, 20, 20, 0, 0, 0, 20, 20, 20]

    found = fall_of(months(*year, 20, 20, 20, 1, 1, 1, 0, 0, 0), until=UNTIL)

    assert (found.recent, found.since, found.quiet_months) == (1.0, date(2026, 4, 1), 3)


def test_months_of_leave_do_not_count():
    counts = months(*[20] * 12, 0, 0, 0)
    leave = (date(2026, 7, 1), date(2026, 10, 1))

    assert fall_of(counts, until=UNTIL, leaves=[leave]) is None
    assert fall_of(counts, until=UNTIL, leaves=[(date(2027, 1, 1), None)]) is not None


def test_who_is_on_leave_is_never_named():
    counts = months(*[20] * 12, 0, 0, 0)

    assert fall_of(counts, until=UNTIL, leaves=[(date(2026, 9, 30), None)]) is None


@pytest.mark.parametrize(("last", "found"), [(15, False), (16, True)])
def test_a_month_is_left_out_from_half_of_it_on(last, found):
    leave = (date(2026, 6, 1), date(2026, 6, last))

    assert is_away(number_of(date(2026, 6, 1)), [leave]) is found


def test_who_is_back_this_month_is_not_named():
    counts = months(*[20] * 12, 0, 0, 0)

    assert fall_of({**counts, date(2026, 10, 1): 7}, until=date(2026, 10, 20)) is not None
    assert fall_of({**counts, date(2026, 10, 1): 8}, until=date(2026, 10, 20)) is None


def test_the_month_that_still_runs_speaks_against_nobody():
    assert fall_of(months(*[20] * 12), until=date(2026, 10, 31)) is None


@pytest.mark.parametrize(("usual", "wanted"), [(4, 2), (20, 8), (21, 9), (1, 1)])
def test_active_again_means_two_fifths_of_a_usual_month(usual, wanted):
    assert enough(usual) == wanted


def test_somebody_returns_on_the_day_that_makes_it_enough():
    start = date(2026, 6, 1)
    days = {start + timedelta(days=offset): 2 for offset in (-1, 0, 5, 20, 23, 40)}

    assert returned_on(days, after=start, wanted=1) == start + timedelta(days=5)
    assert returned_on(days, after=start, wanted=6) == start + timedelta(days=23)
    assert returned_on(days, after=start, wanted=7) is None


def test_a_trickle_over_months_is_no_return():
    start = date(2026, 1, 1)
    days = {start + timedelta(days=31 * step): 1 for step in range(1, 12)}

    assert returned_on(days, after=start, wanted=2) is None


histories = st.lists(st.integers(0, 60), max_size=30)


@given(histories, st.randoms())
def test_the_order_of_the_months_changes_nothing(counts, random):
    rows = list(months(*counts).items())
    random.shuffle(rows)

    assert fall_of(dict(rows), until=UNTIL) == fall_of(months(*counts), until=UNTIL)


@given(histories)
def test_whoever_is_named_is_far_below_a_usual_level_of_their_own(counts):
    found = fall_of(months(*counts), until=UNTIL)

    if found:
        assert found.usual >= FLOOR
        assert 0 <= found.recent < FALL * found.usual
        assert 1 <= found.quiet_months <= LONGEST
        assert found.since < UNTIL
        assert (found.reason == "stopped") is (found.recent == 0)


@given(histories, st.integers(1, 60))
def test_doing_more_lately_never_makes_somebody_drift(counts, more):
    before = fall_of(months(*counts), until=UNTIL)
    after = fall_of(months(*counts[:-1], (counts or [0])[-1] + more), until=UNTIL)

    assert before is not None or after is None


@given(st.integers(1, 500), st.integers(1, 40))
def test_who_does_the_same_every_month_never_drifts(times, length):
    assert fall_of(months(*[times] * length), until=UNTIL) is None


@given(histories, st.integers(1, 5))
def test_years_later_the_same_history_says_the_same(counts, years):
    later = date(UNTIL.year + years, UNTIL.month, 1)
    now, then = (
        fall_of(months(*counts), until=UNTIL),
        fall_of(months(*counts, until=later), until=later),
    )

    assert (now is None) == (then is None)
    if now and then:
        assert (now.usual, now.recent, now.quiet_months) == (
            then.usual,
            then.recent,
            then.quiet_months,
        )


@given(st.dictionaries(st.integers(-5, 90), st.integers(0, 9)), st.integers(1, 20))
def test_a_return_is_the_first_day_of_enough(offsets, wanted):
    start = date(2026, 1, 1)
    days = {start + timedelta(days=offset): times for offset, times in offsets.items()}

    found = returned_on(days, after=start, wanted=wanted)

    if found:
        seen = {day: times for day, times in days.items() if day < found}
        assert found > start
        assert returned_on(seen, after=start, wanted=wanted) is None
