"""Weeks and months with names."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contributors.digests.editions import Edition, Length, edition_named, edition_of, last_over

DAYS = st.dates(date(1970, 3, 1), date(2900, 1, 1))


@given(DAYS, st.sampled_from(Length))
def test_a_name_leads_back_to_its_period(day, length):
    edition = edition_of(length, day)

    assert edition_named(edition.name) == edition
    assert edition.start <= day < edition.end


@given(DAYS, st.sampled_from(Length))
def test_periods_follow_each_other_without_a_gap(day, length):
    edition = edition_of(length, day)

    assert edition.before.end == edition.start
    assert edition.before.after == edition
    assert last_over(length, edition.start) == edition.before


@pytest.mark.parametrize(
    "name",
    ["2026-W54", "2026-W00", "2026-13", "2026-00", "1969-12", "9999-12", "9999-W52", "2026-3", ""],
)
def test_what_names_no_period_is_none(name):
    assert edition_named(name) is None


def test_a_week_belongs_to_the_year_of_its_thursday():
    week = edition_of(Length.WEEK, date(2027, 1, 1))

    assert (week.name, week.start, week.end) == ("2026-W53", date(2026, 12, 28), date(2027, 1, 4))


@pytest.mark.parametrize(
    ("moment", "is_told"),
    [
        (datetime(2026, 3, 30, 5, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 30, 6, tzinfo=UTC), True),
        (datetime(2026, 4, 4, 23, 59, tzinfo=UTC), True),
        (datetime(2026, 4, 5, tzinfo=UTC), False),
    ],
)
def test_a_week_is_told_from_six_hours_to_six_days_after_its_end(moment, is_told):
    assert Edition(Length.WEEK, date(2026, 3, 23)).is_told_at(moment) is is_told
