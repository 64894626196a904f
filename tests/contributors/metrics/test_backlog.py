"""What is open, what moved, and how long it took until it was closed, on plain rows."""

from datetime import UTC, date, datetime, timedelta

from contributors.metrics.definitions.backlog import (
    defect_resolution_duration,
    issue_age,
    issue_resolution_duration,
    issues_active,
    time_to_close,
)
from contributors.metrics.definitions.durations import DAY
from contributors.metrics.definitions.flow import issues_closed, issues_new
from contributors.metrics.definitions.rows import Item, Period, Touch

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
IN_MARCH = date(2026, 3, 10)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def issue(opened: datetime, closed: datetime | None = None, **more) -> Item:
    observed = more.pop("observed_until", at(9, 1))
    return Item(more.pop("kind", "issue"), opened, observed, closed_at=closed, **more)


def test_an_issue_touched_twice_was_active_once():
    active = issues_active([Touch(1, IN_MARCH), Touch(1, IN_MARCH), Touch(2, IN_MARCH)], MARCH)

    assert (active.value, active.n) == (2, 2)


def test_what_only_bots_touched_was_not_active_but_is_told():
    active = issues_active([Touch(1, IN_MARCH, is_bot=True), Touch(2, IN_MARCH)], MARCH)

    assert (active.value, active.details) == (1, {"bots": 1})


def test_a_person_among_bots_makes_an_issue_active():
    active = issues_active([Touch(1, IN_MARCH, is_bot=True), Touch(1, IN_MARCH)], MARCH)

    assert (active.value, active.details) == (1, {"bots": 0})


def test_touches_outside_the_period_and_of_issues_gone_are_none():
    touches = [Touch(1, MARCH.end), Touch(2, IN_MARCH, is_deleted=True), Touch(3, IN_MARCH)]

    active = issues_active(touches, MARCH)

    assert (active.value, active.missing) == (1, 0.5)


def test_the_age_is_that_at_the_end_of_the_period_whatever_came_after():
    closed_later = issue(at(3, 22), at(5, 1))

    age = issue_age([closed_later], MARCH)

    assert (age.value, age.n) == (10 * DAY, 1)


def test_an_issue_closed_before_the_end_has_no_age():
    assert issue_age([issue(at(3, 1), at(3, 20))], MARCH).value is None


def test_an_issue_that_was_closed_at_the_end_and_reopened_later_was_not_open():
    reopened = issue(at(3, 1), None, reopenings=((at(3, 20), at(4, 10)),))

    found = [
        issue_age([reopened], month).n for month in (MARCH, Period(MARCH.end, date(2026, 5, 1)))
    ]

    assert found == [0, 1]


def test_the_age_goes_no_further_than_the_source_was_read():
    age = issue_age([issue(at(3, 1), observed_until=at(3, 5))], MARCH)

    assert age.value == 4 * DAY


def test_the_age_has_a_median_with_both_percentiles_beside_the_mean():
    age = issue_age([issue(at(3, day)) for day in (22, 27, 31)], MARCH)

    assert age.details == {
        "bots": 0,
        "mean": 16 / 3 * DAY,
        "median": 5 * DAY,
        "p15": 190_080.0,
        "p85": 8.5 * DAY,
    }


def test_resolution_goes_by_the_last_close():
    reopened = issue(at(1, 1), at(3, 2), reopenings=((at(1, 5), at(2, 1)),))

    resolution = issue_resolution_duration([reopened], MARCH)

    assert (resolution.value, resolution.n) == (60 * DAY, 1)


def test_what_is_still_open_stands_beside_the_resolved_rather_than_dropped():
    items = [
        issue(at(3, 1), at(3, 5)),
        issue(at(3, 2)),
        issue(at(3, 12)),
        issue(at(2, 1), at(4, 2)),
    ]

    resolution = issue_resolution_duration(items, MARCH)

    assert (resolution.value, resolution.n) == (4 * DAY, 1)
    assert (resolution.details["open"], resolution.details["open_median"]) == (3, 30 * DAY)


def test_resolution_by_opening_censors_what_is_still_open():
    items = [issue(at(3, 1), at(3, 5)), issue(at(3, 2)), issue(at(2, 1), at(3, 2))]

    resolution = issue_resolution_duration(items, MARCH, by_opening=True)

    assert (resolution.value, resolution.n, resolution.details["open"]) == (4 * DAY, 2, 1)


def test_most_being_open_there_is_no_median_by_opening_rather_than_an_age():
    items = [issue(at(3, 1), at(3, 5)), issue(at(3, 2)), issue(at(3, 3))]

    assert issue_resolution_duration(items, MARCH, by_opening=True).value is None


def test_the_time_to_close_tells_the_first_close_from_the_final_one():
    reopened = issue(at(3, 1), at(3, 21), reopenings=((at(3, 3), at(3, 4)),))

    close = time_to_close([reopened], MARCH)

    assert (close.value, close.details["first_median"]) == (20 * DAY, 2 * DAY)


def test_the_time_to_close_covers_issues_and_change_requests():
    merged = issue(at(3, 1), None, kind="change_request", merged_at=at(3, 3))

    close = time_to_close([merged, issue(at(3, 1), at(3, 9))], MARCH)

    assert close.details["kinds"] == {
        "change_request": {"median": 2 * DAY, "n": 1},
        "issue": {"median": 8 * DAY, "n": 1},
    }


def test_the_time_to_close_stands_by_label_the_most_frequent_first():
    items = [
        issue(at(3, 1), at(3, 3), labels=("docs",)),
        issue(at(3, 1), at(3, 5), labels=("bug", "docs", "docs")),
    ]

    close = time_to_close(items, MARCH)

    assert list(close.details["labels"].items()) == [
        ("docs", {"median": 3 * DAY, "n": 2}),
        ("bug", {"median": 4 * DAY, "n": 1}),
    ]


def test_a_figure_keeps_no_more_than_five_labels():
    items = [issue(at(3, 1), at(3, 3), labels=(f"label-{number}",)) for number in range(20)]

    assert len(time_to_close(items, MARCH).details["labels"]) == 5


def test_a_defect_is_resolved_when_its_fix_is_merged():
    fixed = issue(at(3, 1), at(3, 12), labels=("Bug",), landed_at=at(3, 9), reason="completed")

    defects = defect_resolution_duration([fixed], MARCH)

    assert (defects.value, defects.details["fixed"]) == (8 * DAY, 1)


def test_a_rejected_defect_is_resolved_by_its_close():
    rejected = issue(at(3, 1), at(3, 3), labels=("bug",), reason="not_planned")

    defects = defect_resolution_duration([rejected], MARCH)

    assert (defects.value, defects.details["rejected"], defects.details["fixed"]) == (2 * DAY, 1, 0)


def test_issues_without_a_label_of_defects_are_none():
    defects = defect_resolution_duration([issue(at(3, 1), at(3, 3), labels=("idea",))], MARCH)

    assert (defects.value, defects.n) == (None, 0)


def test_each_repository_may_call_a_defect_by_its_own_word():
    items = [
        issue(at(3, 1), at(3, 3), labels=("broken",), repository=7),
        issue(at(3, 1), at(3, 5), labels=("broken",), repository=8),
        issue(at(3, 1), at(3, 9), labels=("bug",), repository=7),
    ]

    defects = defect_resolution_duration(items, MARCH, by_repository={7: {"broken"}})

    assert (defects.value, defects.n) == (2 * DAY, 1)


def test_open_defects_stand_beside_the_resolved():
    items = [issue(at(3, 1), labels=("bug",)), issue(at(3, 1), labels=("idea",))]

    assert defect_resolution_duration(items, MARCH).details["open"] == 1


def test_a_reopening_counts_as_new_only_where_it_is_told_to():
    reopened = issue(at(1, 1), None, reopenings=((at(2, 1), at(3, 3)),))

    found = [issues_new([reopened], MARCH, with_reopened=told).value for told in (False, True)]

    assert found == [0, 1]


def test_an_earlier_close_counts_only_where_a_reopened_issue_is_new():
    reopened = issue(at(1, 1), at(5, 1), reopenings=((at(3, 5), at(3, 9)),))

    found = [issues_closed([reopened], MARCH, with_reopened=told).value for told in (False, True)]

    assert found == [0, 1]


def test_closed_issues_are_compared_with_all_that_were_open_in_the_period():
    items = [issue(at(1, 1), at(3, 5)), issue(at(1, 2)), issue(at(3, 2)), issue(at(1, 1), at(2, 1))]

    assert issues_closed(items, MARCH).details["per_all"] == 1 / 3


def test_clocks_that_disagree_give_no_negative_duration():
    skewed = issue(at(3, 10), at(3, 10) - timedelta(minutes=3))

    assert issue_resolution_duration([skewed], MARCH).value == 0
