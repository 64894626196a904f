"""What is counted of the columns of sheets equals what definitions find among their rows."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contributors.metrics.definitions.presence import Attendance, Presence
from contributors.metrics.definitions.rows import Period
from contributors.metrics.definitions.staying import active_in, last_days
from contributors.metrics.extents import Known
from contributors.metrics.kept import KEPT
from contributors.metrics.ledger import Ledger, dates_of
from contributors.metrics.sheets import columns, first_and_last
from tests.trying import examples

EXAMPLES = examples(60, in_the_build=200)
MONTHS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
CUT = date(2026, 2, 11)
COUNTED = [
    key for key, one in KEPT.items() if one.rows in {"acts", "commits", "moments", "touches"}
]
BY_PRESENCE = [key for key, one in KEPT.items() if one.rows == "presence"]

numbers = st.integers(1, 28)
bots = st.sampled_from([0, 0, 0, 1])
places = st.one_of(st.integers(-1, 3), st.lists(st.integers(-1, 3), min_size=2, unique=True))
acts = st.tuples(numbers, st.integers(0, 5), st.integers(0, 4), st.integers(1, 3), bots, places)
commits = st.tuples(
    *(numbers, st.integers(0, 5), bots, st.integers(1, 3), st.integers(0, 9), st.integers(0, 9))
)
hours = st.tuples(st.integers(24, 28 * 24 + 23), st.integers(1, 3))
touches = st.tuples(numbers, st.integers(1, 6), bots, bots)


def sheet_of(rows: dict[str, list]) -> dict[str, list]:
    widths = {"acts": 6, "commits": 6, "hours": 2, "touches": 4}
    return {
        name: columns(sorted(rows[name], key=lambda row: row[:5]), width)
        for name, width in widths.items()
    }


sheets = st.fixed_dictionaries(
    {
        "acts": st.lists(acts, max_size=12),
        "commits": st.lists(commits, max_size=6),
        "hours": st.lists(hours, max_size=6, unique_by=lambda row: row[0]),
        "touches": st.lists(touches, max_size=6),
    }
).map(sheet_of)
# Of each month the sheets of up to three repositories.
histories = st.tuples(*(st.lists(sheets, max_size=3) for _ in MONTHS))


def ledger_of(history, cuts=()) -> Ledger:
    ledger = Ledger(Known(date(2025, 1, 1)), cuts)
    for month, found in zip(MONTHS, history, strict=True):
        for sheet in found:
            ledger.take_acts(month, sheet)
    return ledger


PERIODS = [(MONTHS[1], MONTHS[2]), (CUT, MONTHS[2]), (MONTHS[0], CUT), (MONTHS[0], MONTHS[2])]


@pytest.mark.parametrize("key", COUNTED)
@settings(max_examples=EXAMPLES, deadline=None)
@given(histories, st.sampled_from(PERIODS))
def test_what_is_counted_of_columns_is_found_among_rows(key, history, span):
    ledger, metric = ledger_of(history, (CUT,)), KEPT[key]
    period = ledger.period(metric.rows, *span)
    rows = ledger.rows(metric.rows, *span)

    counted = metric.compute(rows, period)

    assert counted == metric.compute(list(rows), period)


@pytest.mark.parametrize("key", BY_PRESENCE)
@settings(max_examples=EXAMPLES, deadline=None)
@given(histories)
def test_who_was_there_is_found_alike_in_columns_and_rows(key, history):
    ledger, metric = ledger_of(history), KEPT[key]
    period = ledger.period(metric.rows, MONTHS[1], MONTHS[2])
    rows = ledger.rows(metric.rows, *metric.reach(period))

    found = metric.compute(rows, period)

    assert found == metric.compute(list(rows), period)


@settings(max_examples=EXAMPLES, deadline=None)
@given(histories)
def test_first_and_last_days_tell_as_much_of_who_came_and_went_as_all_acts(history):
    whole, ends = ledger_of(history), Ledger(Known(date(2025, 1, 1)))
    for month, found in zip(MONTHS, history, strict=True):
        for sheet in found:
            people = columns(first_and_last(list(zip(*sheet["acts"], strict=True))), 3)
            ends.take_people(month, people)

    for key in BY_PRESENCE:
        metric = KEPT[key]
        period = whole.period(metric.rows, MONTHS[1], MONTHS[2])
        rows = [one.rows(metric.rows, *metric.reach(period)) for one in (whole, ends)]
        assert metric.compute(rows[0], period) == metric.compute(rows[1], period)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(st.tuples(numbers, st.integers(0, 5)), max_size=20), numbers, numbers)
def test_any_days_are_told_of_as_by_rows(found, one, other):
    start, end = (MONTHS[0] + timedelta(days=number - 1) for number in sorted((one, other)))
    month = Attendance(dates_of(MONTHS[0]))
    month.take(*columns(sorted(found), 2))
    presence = Presence([month])
    rows = list(presence)

    assert active_in(presence, start, end) == active_in(rows, start, end)
    assert last_days(presence, {1, 2, 3}, end) == last_days(rows, {1, 2, 3}, end)


def test_rows_are_made_only_when_somebody_looks_at_them():
    ledger = ledger_of(
        [
            [],
            [sheet_of({"acts": [(3, 7, 1, 2, 0, 5)], "commits": [], "hours": [], "touches": []})],
            [],
        ]
    )
    rows = ledger.rows("acts", MONTHS[1], MONTHS[2])

    KEPT["contributions"].compute(rows, Period(MONTHS[1], MONTHS[2]))
    before = rows.is_made

    assert (before, len(rows), rows.is_made) == (False, 1, True)
