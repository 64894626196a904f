"""Issues and change requests that came and went, on plain rows."""

from datetime import UTC, date, datetime

import pytest

from contributors.metrics.definitions.flow import (
    acceptance_ratio,
    change_requests,
    change_requests_accepted,
    change_requests_declined,
    issues_closed,
    issues_new,
)
from contributors.metrics.definitions.rows import Item, Period

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


def at(month: int, day: int, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


IN_MARCH = at(3, 10)


def item(kind: str = "issue", opened: datetime = IN_MARCH, **more) -> Item:
    return Item(kind, opened, at(6, 1), **more)


def test_new_issues_are_those_opened_from_the_first_day_up_to_but_not_including_the_end():
    items = [
        item(opened=at(2, 28, 23)),
        item(opened=at(3, 1)),
        item(opened=at(3, 31, 23)),
        item(opened=at(4, 1)),
    ]

    assert issues_new(items, MARCH).value == 2


def test_change_requests_are_not_new_issues():
    assert issues_new([item(), item("change_request")], MARCH).value == 1


def test_a_reopened_issue_is_not_a_new_one():
    reopened = item(opened=at(2, 1), closed_at=None)

    assert issues_new([reopened], MARCH).value == 0


def test_reopening_voids_the_close():
    before = issues_closed([item(closed_at=at(3, 12))], MARCH)
    after = issues_closed([item(closed_at=None)], MARCH)

    assert (before.value, after.value) == (1, 0)


def test_closed_issues_are_split_by_reason_and_compared_with_those_opened():
    items = [
        item(closed_at=at(3, 12), reason="completed"),
        item(opened=at(1, 5), closed_at=at(3, 12), reason="not_planned"),
        item(opened=at(1, 5), closed_at=at(3, 13), reason="duplicate"),
        item(opened=at(1, 5), closed_at=at(3, 14)),
        item(),
    ]

    closed = issues_closed(items, MARCH)

    assert (closed.value, closed.details) == (
        4,
        {
            "bots": 0,
            "reasons": {"completed": 1, "duplicate": 1, "not_planned": 1, "unstated": 1},
            "per_opened": 2.0,
            "per_all": 0.8,
        },
    )


def test_what_bots_opened_is_left_out_but_told():
    new = issues_new([item(), item(is_bot=True), item(is_bot=True)], MARCH)

    assert (new.value, new.n, new.details) == (1, 1, {"bots": 2})


def test_what_is_gone_at_the_source_is_missing_rather_than_zero():
    new = issues_new([item(), item(), item(), item(is_deleted=True)], MARCH)

    assert (new.value, new.missing) == (3, 0.25)


def test_drafts_count_unless_told_otherwise():
    items = [item("change_request"), item("change_request", is_draft=True)]

    found = change_requests(items, MARCH), change_requests(items, MARCH, with_drafts=False)

    assert [(one.value, one.details["drafts"]) for one in found] == [(2, 1), (1, 1)]


def test_a_merged_change_request_was_accepted_and_not_declined():
    merged = item("change_request", opened=at(2, 1), closed_at=at(3, 5), merged_at=at(3, 5))
    declined = item("change_request", opened=at(2, 1), closed_at=at(3, 6))

    found = [
        define([merged, declined], MARCH).value
        for define in (change_requests_accepted, change_requests_declined)
    ]

    assert found == [1, 1]


def test_the_acceptance_ratio_is_merged_to_declined_with_the_share_of_both_beside():
    merged = [item("change_request", closed_at=at(3, 5), merged_at=at(3, 5))] * 3
    declined = [item("change_request", closed_at=at(3, 6))]

    ratio = acceptance_ratio([*merged, *declined], MARCH)

    assert (ratio.value, ratio.n, ratio.details["share"]) == (3.0, 4, 0.75)


def test_an_acceptance_ratio_without_declined_requests_is_unknown_rather_than_infinite():
    merged = [item("change_request", closed_at=at(3, 5), merged_at=at(3, 5))]

    ratio = acceptance_ratio(merged, MARCH)

    assert (ratio.value, ratio.details["share"]) == (None, 1.0)


def test_an_acceptance_ratio_of_nothing_is_unknown():
    ratio = acceptance_ratio([], MARCH)

    assert (ratio.value, ratio.details["share"]) == (None, None)


@pytest.mark.parametrize(
    "define",
    [issues_new, issues_closed, change_requests, change_requests_accepted, acceptance_ratio],
)
def test_before_tracking_began_nothing_is_known_rather_than_zero(define):
    untracked = Period(MARCH.start, MARCH.end, tracked_from=MARCH.end)

    assert define([], untracked).value is None


def test_a_month_in_which_tracking_began_counts_what_was_seen():
    began = Period(MARCH.start, MARCH.end, tracked_from=date(2026, 3, 31))

    assert issues_new([], began).value == 0


def test_a_result_carries_unit_and_version():
    new = issues_new([], MARCH)

    assert (new.unit, new.version, new.missing) == ("count", 1, None)
