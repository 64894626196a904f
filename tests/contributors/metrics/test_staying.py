"""Who comes, comes back, stays away or goes further, on plain rows."""

from datetime import date, timedelta

import pytest

from contributors.metrics.definitions.crowd import new_contributors
from contributors.metrics.definitions.rows import Act, Period, months_after
from contributors.metrics.definitions.staying import (
    Close,
    Entry,
    conversion_rate,
    first_closes,
    inactive_contributors,
    new_contributors_closing_issues,
    occasional_contributors,
    retention,
)

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
DAY = date(2026, 3, 10)


def act(person: int | None = 1, day: date = DAY, **more) -> Act:
    return Act(person, "commit", day, **more)


def days(*offsets: int) -> list[date]:
    """Days so many after the first of March."""
    return [MARCH.start + timedelta(days=offset) for offset in offsets]


def test_the_period_before_a_month_is_the_month_before():
    assert (MARCH.before.start, MARCH.before.end) == (date(2026, 2, 1), date(2026, 3, 1))


def test_the_period_before_any_other_is_as_long():
    window = Period(date(2026, 3, 5), date(2026, 3, 15))

    assert (window.before.start, window.before.end) == (date(2026, 2, 23), date(2026, 3, 5))


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 1), -3, date(2025, 10, 1)),
        (date(2026, 12, 5), 1, date(2027, 1, 5)),
    ],
)
def test_months_are_counted_by_the_calendar(day, count, found):
    assert months_after(day, count) == found


def test_retention_is_the_share_of_the_period_before_who_are_still_there():
    acts = [act(1, date(2026, 2, 3)), act(2, date(2026, 2, 9)), act(1), act(3)]

    found = retention(acts, MARCH)

    assert (found.value, found.n, found.details) == (0.5, 2, {"kept": 1})


def test_retention_of_nobody_is_unknown_rather_than_zero():
    assert retention([act(1)], MARCH).value is None


def test_retention_is_unknown_where_the_period_before_was_not_tracked():
    tracked = Period(MARCH.start, MARCH.end, tracked_from=MARCH.start)

    assert retention([act(1)], tracked).value is None


def test_bots_and_nobody_known_are_not_retained():
    acts = [act(who, day, is_bot=who == 9) for who in (9, None) for day in (date(2026, 2, 3), DAY)]

    assert retention(acts, MARCH).n == 0


def test_an_occasional_contributor_was_quiet_for_three_months_before():
    requests = {1: [DAY], 2: [date(2025, 12, 1), DAY], 3: [date(2025, 11, 30), DAY]}

    found = occasional_contributors(requests, MARCH)

    assert (found.value, found.n, found.details["share"]) == (2, 3, 2 / 3)


def test_more_than_twelve_requests_in_all_are_not_occasional():
    early = [date(2024, 1, 1)]

    found = [
        occasional_contributors({1: early * number + [DAY]}, MARCH).value for number in (11, 12)
    ]

    assert found == [1, 0]


def test_what_was_asked_after_the_period_does_not_count_against_the_occasional():
    later = [DAY, *[date(2026, 6, 1)] * 20]

    assert occasional_contributors({1: later}, MARCH).value == 1


def test_the_thresholds_of_the_occasional_are_parameters():
    requests = {1: [date(2026, 1, 5), DAY]}

    found = [
        occasional_contributors(requests, MARCH, **more).value
        for more in ({}, {"quiet_months": 1}, {"quiet_months": 1, "most": 1})
    ]

    assert found == [0, 1, 0]


def test_who_is_occasional_is_unknown_while_the_months_before_are_not_tracked():
    tracked = Period(MARCH.start, MARCH.end, tracked_from=date(2026, 1, 1))

    found = occasional_contributors({1: [DAY]}, tracked)

    assert (found.value, found.details) == (None, {"since": "2026-01-01"})


def test_the_inactive_count_in_the_period_of_their_last_act():
    acts = [act(1), act(2), act(2, MARCH.end + timedelta(days=30))]

    found = inactive_contributors(acts, MARCH)

    assert (found.value, found.n) == (1, 2)


def test_who_returns_after_the_interval_leaves_the_figure_as_it_was():
    returned = [act(1), act(1, date(2027, 1, 1))]

    assert inactive_contributors(returned, MARCH) == inactive_contributors([act(1)], MARCH)


def test_a_silence_not_yet_long_enough_is_pending():
    seen = Period(MARCH.start, MARCH.end, known_until=date(2026, 6, 5))

    found = inactive_contributors([act(1, days(2)[0]), act(2, days(30)[0])], seen)

    assert (found.value, found.details["pending"]) == (1, 1)


def test_nobody_can_be_inactive_before_the_interval_has_passed():
    seen = Period(MARCH.start, MARCH.end, known_until=date(2026, 5, 1))

    assert inactive_contributors([act(1)], seen).value is None


def test_who_announced_leave_is_not_inactive():
    leaves = {1: [(date(2026, 4, 1), date(2026, 8, 1))], 2: [(date(2025, 1, 1), date(2025, 2, 1))]}

    found = inactive_contributors([act(1), act(2)], MARCH, leaves=leaves)

    assert (found.value, found.details["on_leave"]) == (1, 1)


def test_interval_and_least_activity_of_the_inactive_are_parameters():
    acts = [act(1, times=3), act(2), act(2, MARCH.end + timedelta(days=30))]

    found = [
        inactive_contributors(acts, MARCH, **more).value
        for more in ({"quiet_days": 14}, {"at_least": 2}, {"at_least": 4})
    ]

    assert found == [2, 1, 0]


def test_the_first_close_of_an_issue_makes_a_new_closer():
    closes = [Close(1, date(2026, 2, 1)), Close(1, DAY), Close(2, DAY), Close(None, DAY)]

    found = new_contributors_closing_issues(first_closes(closes), MARCH)

    assert (found.value, found.details["people"]) == (1, [2])


def test_what_a_merge_closed_was_closed_by_its_author():
    by_bot = Close(9, DAY, is_bot=True, merged_author=4)

    assert first_closes([by_bot, Close(9, DAY, is_bot=True)]) == {4: DAY}


def test_a_new_contributor_can_be_one_whose_first_change_request_was_merged():
    entries = {1: Entry(joined=date(2026, 1, 1), merged=DAY), 2: Entry(joined=DAY)}
    firsts = {who: entry.merged for who, entry in entries.items() if entry.merged}

    assert new_contributors(firsts, MARCH).details["people"] == [1]


def test_the_funnel_goes_from_visit_to_merge_by_the_cohort_of_entry():
    day, later = days(3, 20)
    entries = {
        1: Entry(visited=day),
        2: Entry(visited=day, joined=later),
        3: Entry(visited=day, joined=later, merged=later),
        4: Entry(visited=date(2026, 2, 1), joined=day),
    }

    found = conversion_rate(entries, MARCH)

    assert (found.value, found.n) == (1 / 3, 3)
    assert found.details == {
        "visited": 3,
        "joined": 2,
        "merged": 1,
        "joined_per_visited": 2 / 3,
        "merged_per_joined": 0.5,
        "pending": 0,
    }


def test_event_attendees_are_a_cohort_by_the_day_of_the_event():
    attended = {1: Entry(visited=DAY, joined=DAY), 2: Entry(visited=DAY)}

    assert conversion_rate(attended, MARCH).details["joined_per_visited"] == 0.5


def test_a_merge_without_a_word_before_counts_for_the_levels_below():
    assert conversion_rate({1: Entry(merged=DAY)}, MARCH).details["joined"] == 1


def test_without_visits_people_enter_by_joining_in_and_nobody_visited():
    entries = {1: Entry(joined=DAY, merged=DAY), 2: Entry(joined=DAY), 3: Entry(visited=DAY)}

    found = conversion_rate(entries, MARCH, with_visits=False)

    assert (found.value, found.details["visited"]) == (0.5, None)


def test_a_merge_long_after_entering_leaves_the_cohort_as_it_was():
    late = {1: Entry(joined=DAY, merged=DAY + timedelta(days=90))}

    assert conversion_rate(late, MARCH) == conversion_rate({1: Entry(joined=DAY)}, MARCH)


def test_newcomers_not_yet_seen_for_as_long_are_pending():
    seen = Period(MARCH.start, MARCH.end, known_until=DAY + timedelta(days=89))

    found = conversion_rate({1: Entry(joined=DAY)}, seen, with_visits=False)

    assert (found.value, found.details["pending"]) == (None, 1)
