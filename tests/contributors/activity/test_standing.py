"""How complete what we know is: never called whole while anything lacks or is open."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.lib.refusals import Sentence
from contributors.activity.standing import OpenReason, Weight, together

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
OPEN = OpenReason(1, "paused", Sentence("Reading is paused."))
counts = st.integers(0, 10**9)
weights = st.builds(
    lambda received, missing, is_read, is_open: Weight(
        received + missing, received, is_read, [OPEN] if is_open else []
    ),
    counts,
    st.one_of(st.just(0), st.integers(0, 3), counts),
    st.booleans(),
    st.booleans(),
)


@given(weights)
def test_a_hundred_percent_means_that_all_came_and_nothing_is_open(weight):
    is_known = weight.expected > 0 or weight.is_read
    is_whole = weight.expected == weight.received and not weight.reasons and is_known

    assert (weight.percent == 100) == (weight.share == 1) == weight.is_complete == is_whole


@given(weights)
def test_shares_are_rounded_down(weight):
    if weight.share is not None and weight.expected:
        assert weight.share <= weight.received / weight.expected
        assert weight.percent <= 100 * weight.share


@given(st.lists(weights, min_size=1, max_size=5))
def test_several_repositories_are_complete_only_where_each_of_them_is_not_short(several):
    whole = together(several)

    if whole.is_complete:
        assert all(one.received == one.expected and not one.reasons for one in several)


def test_an_empty_repository_is_known_once_it_was_read():
    assert [Weight(is_read=is_read).percent for is_read in (False, True)] == [None, 100]


@pytest.mark.parametrize(
    ("end", "concerned"), [(date(2026, 3, 14), False), (date(2026, 3, 15), True), (None, True)]
)
def test_what_began_later_says_nothing_of_earlier_days(end, concerned):
    reason = OpenReason(1, "stale", Sentence("Nothing has been read."), since=NOON.date())

    assert reason.concerns(end) is concerned


def test_a_reason_tells_when_the_next_try_is(time_machine):
    time_machine.move_to(NOON, tick=False)
    reason = OpenReason(1, "failed", Sentence("It failed."), next_at=NOON + timedelta(minutes=40))

    assert str(reason.said) == "It failed. Next try at 12:40 UTC."
