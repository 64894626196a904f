"""What must hold of every metric whatever the rows."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contributors.metrics.definitions.crowd import first_days
from contributors.metrics.definitions.rows import Act, Item, Period
from contributors.metrics.registry import METRICS

START = date(2026, 1, 1)
YEAR = Period(START, date(2027, 1, 1))
ADDITIVE = [
    "contributions",
    "new_contributors",
    "issues_new",
    "issues_closed",
    "change_requests",
    "change_requests_accepted",
    "change_requests_declined",
]
days = st.integers(0, 364).map(lambda offset: START + timedelta(days=offset))
acts = st.builds(
    Act,
    person=st.one_of(st.none(), st.integers(1, 6)),
    kind=st.sampled_from(["commit", "review"]),
    day=days,
    times=st.integers(1, 9),
    organization=st.integers(-1, 3),
    is_bot=st.booleans(),
)


@st.composite
def items(draw) -> Item:
    opened = datetime.combine(draw(days), datetime.min.time(), UTC)
    lasting = st.one_of(st.none(), st.integers(0, 10_000_000))
    closed, answered = draw(lasting), draw(lasting)
    end = None if closed is None else opened + timedelta(seconds=closed)
    kind = draw(st.sampled_from(["issue", "change_request"]))
    return Item(
        kind=kind,
        opened_at=opened,
        observed_until=datetime(2027, 1, 1, tzinfo=UTC),
        closed_at=end,
        merged_at=end if kind == "change_request" and draw(st.booleans()) else None,
        first_response_at=None if answered is None else opened + timedelta(seconds=answered),
        is_bot=draw(st.booleans()),
        is_deleted=draw(st.booleans()),
    )


histories = st.tuples(st.lists(acts, max_size=25), st.lists(items(), max_size=25))


def rows_for(kind: str, history: tuple[list[Act], list[Item]]) -> object:
    found, work = history
    return {"acts": found, "items": work, "firsts": first_days(found)}[kind]


@pytest.mark.parametrize("key", METRICS)
@settings(max_examples=25, deadline=None)
@given(history=histories, seed=st.integers())
def test_the_order_of_the_rows_changes_nothing(key, history, seed):
    metric = METRICS[key]
    shuffled = tuple(Random(seed).sample(rows, len(rows)) for rows in history)

    first = metric.compute(rows_for(metric.rows, history), YEAR)
    second = metric.compute(rows_for(metric.rows, shuffled), YEAR)

    assert first == second


@pytest.mark.parametrize("key", ADDITIVE)
@settings(max_examples=25, deadline=None)
@given(history=histories, cut=days)
def test_counts_of_two_parts_of_a_period_add_up(key, history, cut):
    metric = METRICS[key]
    rows = rows_for(metric.rows, history)
    parts = [Period(YEAR.start, cut), Period(cut, YEAR.end)]

    whole = metric.compute(rows, YEAR).value

    assert sum(metric.compute(rows, part).value for part in parts) == whole


@pytest.mark.parametrize("key", METRICS)
@settings(max_examples=25, deadline=None)
@given(history=histories)
def test_shares_lie_between_none_and_all(key, history):
    metric = METRICS[key]

    result = metric.compute(rows_for(metric.rows, history), YEAR)

    assert result.missing is None or 0 <= result.missing <= 1
    assert metric.unit != "share" or result.value is None or 0 <= result.value <= 1
