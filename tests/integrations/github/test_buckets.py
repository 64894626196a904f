"""Where two counts over the same times part."""

import random
from bisect import bisect_left

import pytest

from integrations.github.buckets import short


def asked(there: list[str], log: list[int]):
    """GitHub's side: how many are there at each moment or later."""

    def ask(moments):
        log.append(len(moments))
        return [len(there) - bisect_left(there, moment) for moment in moments]

    return ask


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("gone", [0, 1, 7, 40])
def test_every_vanished_one_lies_in_a_stretch_that_is_named(seed, gone):
    chance = random.Random(seed)
    here = sorted(f"{chance.randrange(3_000):06}" for _ in range(2_000))
    lost = set(chance.sample(range(2_000), gone))
    there = [time for place, time in enumerate(here) if place not in lost]
    log: list[int] = []

    found = short(here, asked(there, log), enough=250)

    named = {place for one in found for place in one}
    times = {here[place] for place in named}
    assert {here[place] for place in lost} <= times
    assert len(log) <= 3
    assert max(log) <= 150


def test_one_of_forty_thousand_is_found_among_few_with_two_questions():
    here = [f"{place:06}" for place in range(40_000)]
    there = [time for time in here if time != "012345"]
    log: list[int] = []

    found = short(here, asked(there, log), enough=250)

    assert (12_345 in found[0], len(found), len(log)) == (True, 1, 2)
    assert len(found[0]) <= 20


def test_what_all_happened_within_one_second_is_not_cut():
    here = ["000001"] * 600
    log: list[int] = []

    found = short(here, asked(here[1:], log), enough=250)

    assert (found, len(log)) == ([range(600)], 1)
