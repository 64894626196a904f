from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.jobs.schedule import LONGEST_WAIT, Slot, backoff, next_slot, slot_start

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("attempt", "longest"), [(1, 15), (2, 60), (3, 240), (4, 960), (5, 3600), (500, 3600)]
)
def test_the_wait_grows_fourfold_up_to_an_hour(attempt, longest):
    assert backoff(attempt, lambda: 1.0) == timedelta(seconds=longest)


@given(attempt=st.integers(1, 1000), drawn=st.floats(0, 1))
def test_the_wait_is_anything_from_nothing_to_its_bound(attempt, drawn):
    wait = backoff(attempt, lambda: drawn)

    assert timedelta(0) <= wait <= LONGEST_WAIT


def test_jobs_that_failed_together_do_not_return_together():
    waits = {backoff(3) for _ in range(50)}

    assert len(waits) == 50


@given(offset=st.integers(-(10**9), 10**9), seconds=st.integers(1, 10**6))
def test_every_moment_lies_in_the_slot_it_is_given(offset, seconds):
    moment, every = NOON + timedelta(seconds=offset), timedelta(seconds=seconds)

    start = slot_start(moment, every)

    assert start <= moment < start + every


def test_weekly_slots_begin_on_monday():
    assert slot_start(NOON, timedelta(days=7)) == datetime(2026, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize("slot", [Slot(NOON), Slot(NOON, 3)])
def test_a_key_names_its_slot(slot):
    assert Slot.from_key(slot.key("activity.rebuild@night")) == slot


def test_a_slot_is_made_once():
    first = next_slot(None, at=NOON, every=FIVE)
    again = next_slot(first, at=NOON + timedelta(minutes=4, seconds=59), every=FIVE)
    following = next_slot(first, at=NOON + FIVE, every=FIVE)

    assert (first, again, following) == (Slot(NOON), None, Slot(NOON + FIVE))


def test_slots_missed_are_not_made_up_for():
    assert next_slot(Slot(NOON), at=NOON + 7 * FIVE, every=FIVE) == Slot(NOON + 7 * FIVE)


def test_a_clock_a_moment_behind_makes_no_slot():
    assert next_slot(Slot(NOON), at=NOON - timedelta(seconds=3), every=FIVE) is None


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_jump_neither_doubles_nor_stalls(jump):
    last, keys, quiet, longest = None, [], 0, 0
    for minute in range(240):
        at = NOON + timedelta(minutes=minute) + (jump if 63 <= minute < 147 else timedelta(0))
        slot = next_slot(last, at=at, every=FIVE)
        if slot:
            keys.append(slot.key("sync"))
            last = slot
        quiet = 0 if slot else quiet + 1
        longest = max(longest, quiet)

    assert len(keys) == len(set(keys))
    assert longest <= 5
    assert 48 <= len(keys) <= 51
