"""Weeks, months, quarters and years by their names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contributors.metrics.definitions.rows import Period
from contributors.metrics.periods import Extent, Window, chosen_window, day_or_none, window_of
from contributors.metrics.steps import MONTH, QUARTER, STEPS, WEEK, YEAR, last_over, named

pytestmark = pytest.mark.alike
DAYS = st.dates(date(1971, 2, 1), date(2900, 1, 1))
KNOWN = Extent(date(2024, 3, 1), date(2026, 5, 12))


@given(DAYS, st.sampled_from(list(STEPS.values())))
def test_a_name_leads_back_to_its_period(day, step):
    start = step.first(day)

    assert named(step.code(start)) == (step, start)
    assert start <= day < step.shifted(start, 1)


@given(DAYS, st.sampled_from(list(STEPS.values())))
def test_periods_follow_each_other_without_a_gap(day, step):
    start = step.first(day)

    assert step.first(step.shifted(start, 1)) == step.shifted(start, 1)
    assert step.shifted(step.shifted(start, 7), -7) == start
    assert Period(start, step.shifted(start, 1)).before.start == step.shifted(start, -1)


@given(DAYS)
def test_a_week_is_that_of_iso_8601(day):
    year, week, _day = day.isocalendar()

    assert WEEK.code(WEEK.first(day)) == f"{year}-W{week:02}"


@pytest.mark.parametrize(
    ("name", "a_year_before"),
    [
        ("2026-W12", "2025-W12"),
        ("2026-W01", "2025-W01"),
        ("2026-W53", "2025-W52"),
        ("2027-W52", "2026-W52"),
        ("2026-03", "2025-03"),
        ("2026-Q4", "2025-Q4"),
        ("2026", "2025"),
    ],
)
def test_the_same_period_a_year_before_has_the_same_number(name, a_year_before):
    step, start = named(name)

    assert step.code(step.year_ago(start)) == a_year_before


@pytest.mark.parametrize(
    "name",
    [
        *("2026-W54", "2025-W53", "2026-W00", "2026-Q5", "2026-Q0", "2026-13", "2026-00", "1969"),
        *("0999", "9999-12", "2026-", "2026-X1", "²026", "2026-W", ""),
    ],
)
def test_what_names_no_period_is_none(name):
    assert named(name) is None


def test_the_weeks_of_a_year_are_those_of_the_iso_year():
    weeks = WEEK.of_year(2026)

    assert (len(weeks), weeks[0], WEEK.code(weeks[-1])) == (53, date(2025, 12, 29), "2026-W53")


@pytest.mark.parametrize(
    ("step", "code"), [(WEEK, "2026-W19"), (MONTH, "2026-04"), (QUARTER, "2026-Q1"), (YEAR, "2025")]
)
def test_the_last_one_over_ends_with_what_is_known(step, code):
    assert step.code(last_over(step, KNOWN.end, KNOWN.start)) == code


def test_the_only_one_known_is_the_last_even_where_it_is_not_over():
    assert last_over(YEAR, date(2026, 5, 12), date(2026, 3, 1)) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("query", "start", "end", "choice"),
    [
        ("2026-W12", date(2026, 3, 16), date(2026, 3, 23), "period=2026-W12"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 4, 1), "period=2026-Q1"),
        ("2025", date(2025, 1, 1), date(2026, 1, 1), "period=2025"),
        ("2026-03", date(2026, 3, 1), date(2026, 4, 1), "month=2026-03"),
        ("quarter", date(2026, 1, 1), date(2026, 4, 1), "period=2026-Q1"),
        ("week", date(2026, 5, 4), date(2026, 5, 11), "period=2026-W19"),
    ],
)
def test_the_address_names_a_period(query, start, end, choice):
    window = window_of({"period": query}, KNOWN)

    assert (window.start, window.end, window.choice) == (start, end, choice)


@pytest.mark.parametrize("query", ["2023-Q4", "2026-W54", "soon", "1999"])
def test_a_period_of_which_nothing_is_known_is_read_as_the_usual(query):
    assert window_of({"period": query}, KNOWN).days == 90


def window(name: str) -> Window:
    return window_of({"period": name}, KNOWN)


def test_a_quarter_is_held_against_the_quarter_before_and_that_of_a_year_ago():
    one = window("2026-Q1")

    assert one.before == (date(2025, 10, 1), date(2026, 1, 1))
    assert one.year_ago == (date(2025, 1, 1), date(2025, 4, 1))


def test_chosen_days_are_held_against_the_same_days_a_year_before():
    leap = chosen_window(date(2024, 2, 28), date(2024, 2, 29))

    assert leap.year_ago == (date(2023, 2, 28), date(2023, 3, 1))
    assert leap.before == (date(2024, 2, 27), date(2024, 2, 28))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-W12", date(2026, 3, 16)),
        ("2026-Q2", date(2026, 4, 1)),
        ("2026", date(2026, 1, 1)),
        ("2026-03", date(2026, 3, 1)),
        ("2026-03-09", date(2026, 3, 9)),
        ("2026-W99", None),
        ("", None),
    ],
)
def test_a_day_may_be_written_as_what_it_begins(text, day):
    assert day_or_none(text) == day
