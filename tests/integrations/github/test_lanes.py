"""Readings side by side: handed on together, never far ahead, ended when nobody listens."""

from collections import Counter
from datetime import UTC, datetime
from itertools import count
from threading import Event
from time import monotonic, sleep

import pytest

from community.lib.refusals import Refused
from contributors.activity.records import Batch, ContributionRecord
from integrations.connections.protocol import Page
from integrations.github.cursor import Cursor
from integrations.github.lanes import AHEAD, AT_ONCE, Lane, Lanes, Step, joined

MOMENT = datetime(2026, 3, 14, tzinfo=UTC)
NOBODY = ContributionRecord("github", "issue_comment", "1", None, MOMENT)


def page(rows: int = 1, **more) -> Page:
    return Page(Batch(contributions=[NOBODY] * rows), {}, "issues", **more)


def lane(name: str, *pages: Page, until: Event | None = None) -> Lane:
    def read(cursor):
        for number, one in enumerate(pages, start=1):
            cursor.phase(name)["page"] = number
            yield one
        if until is not None:
            until.wait(5)

    return Lane(Cursor({}).of([name]), read)


def test_what_several_lanes_bring_is_one_step_with_the_cursor_of_each():
    steps = [
        Step(page(2, counts={"issues": 2}), {"issues": {"page": 1}}),
        Step(page(1, counts={"issues": 1}), {"issues": {"page": 2}}),
        Step(page(3, counts={"reviews": 3}), {"pulls": {"page": 1}}),
    ]

    step = joined(steps)

    assert step.parts == {"issues": {"page": 2}, "pulls": {"page": 1}}
    assert (step.rows, step.page.counts) == (6, Counter(issues=3, reviews=3))


def test_how_long_each_list_was_is_told_of_all_lanes():
    steps = [
        Step(page(facts={"lists": {"issues": {"total": 8}}, "labels": 3}), {}),
        Step(page(facts={"lists": {"releases": {"total": 2}}}), {}),
    ]

    facts = joined(steps).page.facts

    assert facts == {"lists": {"issues": {"total": 8}, "releases": {"total": 2}}, "labels": 3}


def test_every_lane_is_heard_to_its_end_and_stored_no_more_than_is_worth_a_transaction():
    lanes = Lanes([lane("a", *[page(300)] * 9), lane("b", *[page(200)] * 7), lane("c", page(50))])

    steps = list(lanes.steps(iter(())))
    lanes.close()

    assert sum(step.rows for step in steps) == 9 * 300 + 7 * 200 + 50
    assert max(step.rows for step in steps) < AT_ONCE + AHEAD + 300
    ends: dict = {}
    for step in steps:
        ends |= step.parts
    assert ends == {"a": {"page": 9}, "b": {"page": 7}, "c": {"page": 1}}


def test_a_lane_waits_for_the_writer_when_it_is_far_ahead():
    made = count()
    is_far = Event()

    def read(cursor):
        for number in made:
            if number * 100 > 2 * AHEAD:
                is_far.set()
            yield page(100)

    lanes = Lanes([Lane(Cursor({}), read)])
    steps = lanes.steps(iter(()))
    next(steps)

    went_on = is_far.wait(0.3)
    lanes.close()

    assert not went_on
    assert next(made) * 100 <= 2 * AHEAD + 200


def test_closing_ends_lanes_that_wait_for_the_writer():
    lanes = Lanes([lane(name, *[page(AHEAD)] * 5) for name in "ab"])
    next(lanes.steps(iter(())))

    lanes.close()

    assert all(one.is_over for one in lanes.lanes)


def test_a_fault_ends_its_own_lane_and_is_raised_when_the_others_are_over():
    def broken(cursor):
        yield page(7)
        raise Refused("no_access", "No.")

    lanes = Lanes([Lane(Cursor({}), broken), lane("b", page(1), page(2))])
    found: list[Step] = []

    with pytest.raises(Refused):
        found.extend(lanes.steps(iter(())))

    assert sum(step.rows for step in found) == 10


def test_what_may_be_done_meanwhile_is_done_while_the_lanes_wait():
    until = Event()

    def meanwhile():
        yield Step(page(40), {"commits": {"page": 1}})
        until.set()

    lanes = Lanes([lane("a", page(1), until=until)])

    steps = list(lanes.steps(meanwhile()))
    lanes.close()

    assert sum(step.rows for step in steps) == 41


def test_what_may_be_done_meanwhile_is_done_between_what_lanes_bring():
    lanes = Lanes([lane("a", *[page(AT_ONCE)] * 4)])
    commits = (Step(page(1), {"commits": {"page": number}}) for number in range(3))

    found = []

    for step in lanes.steps(commits):
        found.append(step.rows)
        sleep(0.05)  # storing takes longer than reading
    lanes.close()

    assert sorted(found) == [1] * 3 + [AT_ONCE] * 4
    assert found[-1] == AT_ONCE


def test_the_end_of_all_lanes_is_heard_at_once(monkeypatch):
    monkeypatch.setattr("integrations.github.lanes.A_LOOK", 30)

    def meanwhile():
        while not lanes._is_over():
            yield None

    lanes = Lanes([lane("a", page(1))])
    began = monotonic()

    list(lanes.steps(meanwhile()))
    lanes.close()

    assert monotonic() - began < 15
