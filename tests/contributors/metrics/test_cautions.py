"""Mistakes that others made with the same metrics, and that are not made here."""

from datetime import UTC, date, datetime, timedelta

from contributors.metrics.definitions.code import code_changes_lines
from contributors.metrics.definitions.crowd import (
    bot_share,
    elephant_factor,
    smallest_majority,
)
from contributors.metrics.definitions.durations import DAY, issue_response_time
from contributors.metrics.definitions.rows import Act, Commit, Item, Period

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
OPENED = datetime(2026, 3, 10, tzinfo=UTC)


def issue(days: float | None, read: datetime, **more) -> Item:
    answered = None if days is None else OPENED + timedelta(days=days)
    return Item("issue", OPENED, read, first_response_at=answered, **more)


def act(person: int, times: int, organization: int = 0, **more) -> Act:
    return Act(person, "commit", MARCH.start, times, organization, **more)


def test_opendigger_takes_now_for_an_answer_but_time_going_by_changes_nothing_here():
    early, late = datetime(2026, 6, 1, tzinfo=UTC), datetime(2029, 6, 1, tzinfo=UTC)

    found = [
        issue_response_time([issue(1, read), issue(None, read), issue(None, read)], MARCH)
        for read in (early, late)
    ]

    assert found[0] == found[1]
    assert (found[0].value, found[0].details["median"]) == (None, DAY)


def test_opendigger_takes_any_close_for_an_answer_but_the_authors_own_is_none_here():
    closed = issue(None, datetime(2026, 6, 1, tzinfo=UTC), closed_at=OPENED + timedelta(hours=1))

    found = issue_response_time([closed], MARCH)

    assert (found.details["answered"], found.details["unanswered"]) == (0, 1)


def test_opendigger_subtracts_what_was_removed_but_a_rewrite_is_work_here():
    assert code_changes_lines([Commit(1, MARCH.start, added=500, removed=500)], MARCH).value == 1000


def test_opendigger_rounds_activity_up_and_lfx_takes_51_percent_but_half_is_exact_here():
    # 51 % of 200 is 102, which the first alone does not reach; half is 100.
    assert smallest_majority([101, 50, 49]) == 1
    # Rounded up each count would be 1, and two of three the majority.
    assert smallest_majority([0.9, 0.2, 0.2]) == 1


def test_chaoss_once_had_it_inverted_but_a_low_elephant_factor_is_dependence_here():
    alone = elephant_factor([act(1, 98, 11), act(2, 1, 12), act(3, 1, 13)], MARCH)
    many = elephant_factor([act(who, 10, 10 + who) for who in range(1, 6)], MARCH)

    assert (alone.value, many.value) == (1, 3)


def test_augur_looks_for_bot_in_names_but_a_bot_is_who_is_flagged_here():
    acts = [act(1, 3), act(2, 1, is_bot=True)]

    assert (bot_share(acts, MARCH).value, "name" in Act._fields) == (0.25, False)
