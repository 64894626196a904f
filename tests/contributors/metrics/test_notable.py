"""Months that were not as usual."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contributors.metrics.definitions.notable import Notable, Point, falls, outside
from contributors.metrics.questions import shifted

START = date(2025, 1, 1)


def points(*values: float | None) -> list[Point]:
    return [Point(shifted(START, at), value) for at, value in enumerate(values)]


def test_a_month_above_the_band_is_notable():
    found = outside(points(10, 12, 10, 12, 10, 12, 20))

    assert found == [Notable(date(2025, 7, 1), "above", 20, 11, 9)]


def test_a_month_below_the_band_is_notable():
    found = outside(points(10, 12, 10, 12, 10, 12, 2))

    assert [(one.kind, one.deviations) for one in found] == [("below", -9)]


@pytest.mark.parametrize("value", [9, 11, 13])
def test_the_edge_of_the_band_lies_within_it(value):
    assert outside(points(10, 12, 10, 12, 10, 12, value)) == []


def test_fewer_than_six_months_before_say_nothing():
    assert outside(points(10, 12, 10, 12, 10, 500)) == []


def test_months_without_a_value_are_no_history():
    assert outside(points(None, 10, 12, None, 10, 12, 10, 500)) == []


def test_where_all_months_before_were_equal_any_other_lies_outside():
    found = outside(points(*[3] * 6, 4))

    assert found == [Notable(date(2025, 7, 1), "above", 4, 3, None)]


def test_equal_shares_are_equal_in_spite_of_rounding():
    assert outside(points(*[0.1] * 12)) == []


def test_the_mean_takes_in_twelve_months_and_no_more():
    found = outside(points(1000, *[5] * 12, 6))

    assert [(one.month, one.usual) for one in found] == [(date(2026, 2, 1), 5)]


def test_a_factor_that_falls_is_notable_against_the_last_known_month():
    found = falls(points(3, 3, None, 2, 4, 1))

    assert found == [
        Notable(date(2025, 4, 1), "fell", 2, 3, None),
        Notable(date(2025, 6, 1), "fell", 1, 4, None),
    ]


def test_nothing_is_notable_where_nothing_is_known():
    assert (outside([]), falls([]), falls(points(None, 1))) == ([], [], [])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(points(10, 12, 10, None, 12, 10, 12, 20, 3)))
def test_the_order_of_the_months_changes_nothing(mixed):
    ordered = sorted(mixed, key=lambda point: point.month)

    assert (outside(mixed), falls(mixed)) == (outside(ordered), falls(ordered))
