"""What must hold of every metric whatever the rows."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contributors.metrics.definitions import code, forks, reviews, rhythm, staying
from contributors.metrics.definitions.crowd import first_days
from contributors.metrics.definitions.rows import Act, Commit, Item, Period, Reply, Touch
from contributors.metrics.registry import METRICS
from tests.trying import examples

START = date(2026, 1, 1)
EXAMPLES = examples(8, in_the_build=20)
# Wholly tracked, and followed for long enough after.
YEAR = Period(START, date(2027, 1, 1), tracked_from=date(2020, 1, 1))
UNREAD = {
    "review_cycle_duration": (reviews.review_cycle_duration, "courses"),
    "change_request_commits": (reviews.change_request_commits, "items"),
    "technical_forks": (forks.technical_forks, "forks"),
}
DEFINITIONS = {key: (one.compute, one.rows) for key, one in METRICS.items()} | UNREAD
ADDITIVE = [
    "contributions",
    "new_contributors",
    "issues_new",
    "issues_closed",
    "change_requests",
    "change_requests_accepted",
    "change_requests_declined",
    "code_changes_commits",
    "new_contributors_closing_issues",
    "activity_dates",
    "technical_forks",
]
# Their number of rows adds up where their value is a median.
COUNTED = ["time_to_close", "issue_resolution_duration", "change_request_duration"]
days = st.integers(0, 364).map(lambda offset: START + timedelta(days=offset))
people = st.one_of(st.none(), st.integers(1, 6))
acts = st.builds(
    Act,
    person=people,
    kind=st.sampled_from(["commit", "review"]),
    day=days,
    times=st.integers(1, 9),
    organization=st.integers(-1, 3),
    is_bot=st.booleans(),
    others=st.sampled_from([(), (4,), (4, 5)]),
)
lines = st.one_of(st.none(), st.integers(0, 99))
commits = st.builds(
    Commit,
    author=people,
    day=days,
    times=st.integers(1, 9),
    added=lines,
    removed=lines,
    is_merge=st.booleans(),
    is_bot=st.booleans(),
)
touches = st.builds(Touch, item=st.integers(1, 5), day=days, is_bot=st.booleans())
closed = st.builds(staying.Close, person=people, day=days, is_bot=st.booleans())
made_forks = st.builds(forks.Fork, days, st.one_of(st.none(), days), st.booleans())


def instant(day: date, seconds: int = 0) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC) + timedelta(seconds=seconds)


moments = st.builds(
    rhythm.Moment,
    at=st.builds(instant, days, st.integers(0, 86_399)),
    times=st.integers(1, 9),
    is_bot=st.booleans(),
)
steps = st.builds(
    reviews.Step,
    at=st.builds(instant, days),
    what=st.sampled_from(["submitted", "pushed", "forced", "requested", "reviewed", "ended"]),
    person=people,
)
courses = st.builds(
    reviews.Course,
    author=people,
    steps=st.lists(steps, max_size=6, unique_by=lambda step: step.at).map(tuple),
    observed_until=st.just(datetime(2027, 1, 1, tzinfo=UTC)),
)


@st.composite
def items(draw) -> Item:
    opened = instant(draw(days))
    lasting = st.one_of(st.none(), st.integers(0, 10_000_000))
    closed, answered = draw(lasting), draw(lasting)
    end = None if closed is None else opened + timedelta(seconds=closed)
    kind = draw(st.sampled_from(["issue", "change_request"]))
    replies = draw(st.lists(st.builds(Reply, st.builds(instant, days), people, st.just("review"))))
    return Item(
        kind=kind,
        opened_at=opened,
        observed_until=datetime(2027, 1, 1, tzinfo=UTC),
        closed_at=end,
        merged_at=end if kind == "change_request" and draw(st.booleans()) else None,
        first_response_at=None if answered is None else opened + timedelta(seconds=answered),
        is_bot=draw(st.booleans()),
        is_deleted=draw(st.booleans()),
        labels=draw(st.sampled_from([(), ("bug",), ("docs", "bug")])),
        replies=tuple(replies),
        commits=tuple(draw(st.lists(commits, max_size=2))),
    )


SOURCES = {
    "acts": acts,
    "commits": commits,
    "touches": touches,
    "moments": moments,
    "closed": closed,
    "items": items(),
    "courses": courses,
    "forks": made_forks,
}
# Which plain rows each kind of rows is made of.
MADE_OF = {
    "presence": "acts",
    "firsts": "acts",
    "entries": "acts",
    "requests": "acts",
    "totals": "acts",
    "closes": "closed",
    "standing": "items",
}


def history_of(key: str) -> st.SearchStrategy[list]:
    rows = DEFINITIONS[key][1]
    return st.lists(SOURCES[MADE_OF.get(rows, rows)], max_size=25)


def rows_for(key: str, found: list) -> object:
    """Plain rows as the definition takes them."""
    rows = DEFINITIONS[key][1]
    if rows == "firsts":
        return first_days(found)
    if rows == "closes":
        return staying.first_closes(found)
    if rows == "entries":
        return {who: staying.Entry(joined=day) for who, day in first_days(found).items()}
    if rows == "requests":
        known = [act for act in found if act.person]
        return {
            who: sorted(act.day for act in known if act.person == who)
            for who in {act.person for act in known}
        }
    if rows == "totals":
        return Counter(
            {day: sum(a.times for a in found if a.day == day) for day in {a.day for a in found}}
        )
    return found


@pytest.mark.parametrize("key", DEFINITIONS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data(), seed=st.integers())
def test_the_order_of_the_rows_changes_nothing(key, data, seed):
    compute, found = DEFINITIONS[key][0], data.draw(history_of(key))
    shuffled = Random(seed).sample(found, len(found))

    first, second = compute(rows_for(key, found), YEAR), compute(rows_for(key, shuffled), YEAR)

    assert first == second


def parts_at(cut: date) -> list[Period]:
    return [Period(YEAR.start, cut, YEAR.tracked_from), Period(cut, YEAR.end, YEAR.tracked_from)]


@pytest.mark.parametrize("key", ADDITIVE)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data(), cut=days)
def test_counts_of_two_parts_of_a_period_add_up(key, data, cut):
    compute, rows = DEFINITIONS[key][0], rows_for(key, data.draw(history_of(key)))

    whole = compute(rows, YEAR).value

    assert sum(compute(rows, part).value for part in parts_at(cut)) == whole


@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data(), cut=days)
def test_lines_of_two_parts_of_a_period_add_up(data, cut):
    rows = data.draw(history_of("code_changes_lines"))

    found = [code.code_changes_lines(rows, part).details for part in (*parts_at(cut), YEAR)]

    for name in ("added", "removed", "net"):
        assert found[0][name] + found[1][name] == found[2][name]


@pytest.mark.parametrize("key", COUNTED)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data(), cut=days)
def test_what_ended_in_two_parts_of_a_period_adds_up(key, data, cut):
    compute, rows = DEFINITIONS[key][0], rows_for(key, data.draw(history_of(key)))

    whole = compute(rows, YEAR).n

    assert sum(compute(rows, part).n for part in parts_at(cut)) == whole


@pytest.mark.parametrize("key", ["contributors", "committers", "issues_active"])
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data(), cut=days)
def test_distinct_numbers_of_two_parts_are_at_least_that_of_the_whole(key, data, cut):
    compute, rows = DEFINITIONS[key][0], rows_for(key, data.draw(history_of(key)))
    parts = [compute(rows, part).value for part in parts_at(cut)]

    whole = compute(rows, YEAR).value

    assert max(parts) <= whole <= sum(parts)


@pytest.mark.parametrize("key", DEFINITIONS)
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.data())
def test_shares_lie_between_none_and_all(key, data):
    compute = DEFINITIONS[key][0]

    result = compute(rows_for(key, data.draw(history_of(key))), YEAR)

    assert result.missing is None or 0 <= result.missing <= 1
    assert result.unit != "share" or result.value is None or 0 <= result.value <= 1


@pytest.mark.parametrize("key", DEFINITIONS)
def test_every_result_says_unit_rows_and_version(key):
    result = DEFINITIONS[key][0](rows_for(key, []), YEAR)

    assert result.unit in {"count", "seconds", "share", "ratio", "deviations"}
    assert (result.n >= 0, result.version >= 1, bool(result.details)) == (True, True, True)


@pytest.mark.parametrize("key", DEFINITIONS)
def test_before_tracking_began_every_metric_is_none_rather_than_zero(key):
    untracked = Period(YEAR.start, YEAR.end, tracked_from=YEAR.end)

    result = DEFINITIONS[key][0](rows_for(key, []), untracked)

    assert (result.value, result.n, result.missing, result.details) == (None, 0, None, {})


COUNTS = {
    *ADDITIVE,
    *("contributors", "committers", "issues_active", "code_changes_lines"),
    *("occasional_contributors", "inactive_contributors"),
}


@pytest.mark.parametrize("key", sorted(set(DEFINITIONS) - COUNTS))
def test_without_any_row_what_is_no_count_is_none_rather_than_zero(key):
    assert DEFINITIONS[key][0](rows_for(key, []), YEAR).value is None
