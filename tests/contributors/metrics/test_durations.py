"""How long things take, with the unended counted as such."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contributors.metrics.definitions.durations import (
    DAY,
    Span,
    answered_within,
    change_request_duration,
    issue_response_time,
    kaplan_meier_median,
    percentile,
    spread,
    time_to_first_response,
)
from contributors.metrics.definitions.rows import Item, Period

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
OPENED = datetime(2026, 3, 10, tzinfo=UTC)
LONG_AFTER = datetime(2026, 9, 1, tzinfo=UTC)


def issue(days: float | None, **more) -> Item:
    """An issue answered after so many days, or never."""
    answered = None if days is None else OPENED + timedelta(days=days)
    return Item(
        **{
            "kind": "issue",
            "opened_at": OPENED,
            "observed_until": LONG_AFTER,
            "first_response_at": answered,
            **more,
        }
    )


def merged(days: float, **more) -> Item:
    end = OPENED + timedelta(days=days)
    return Item(
        **{
            "kind": "change_request",
            "opened_at": OPENED,
            "observed_until": LONG_AFTER,
            "closed_at": end,
            "merged_at": end,
            **more,
        }
    )


def test_percentiles_are_interpolated_as_percentile_cont_does():
    values = [10.0, 20.0, 30.0, 40.0]

    found = [percentile(values, part) for part in (0, 0.15, 0.5, 0.85, 1)]

    assert found == [10.0, 14.5, 25.0, 35.5, 40.0]


def test_a_percentile_of_nothing_is_unknown():
    assert percentile([], 0.5) is None


def test_without_censoring_the_kaplan_meier_median_is_a_value_that_half_have_reached():
    spans = [Span(value, has_ended=True) for value in (1, 2, 3, 4)]

    assert kaplan_meier_median(spans) == 2


def test_censored_spans_stay_at_risk_until_they_were_last_seen():
    # Survival: 1: 4/5, 3: 4/5 * 2/3 = 8/15, 4: 8/15 * 1/2 = 4/15.
    spans = [
        Span(1, has_ended=True),
        Span(2, has_ended=False),
        Span(3, has_ended=True),
        Span(4, has_ended=True),
        Span(9, has_ended=False),
    ]

    assert kaplan_meier_median(spans) == 4


def test_an_end_counts_before_a_censoring_at_the_same_moment():
    spans = [Span(5, has_ended=True), Span(5, has_ended=False)]

    assert kaplan_meier_median(spans) == 5


def test_the_median_is_unknown_while_fewer_than_half_have_ended():
    spans = [Span(1, has_ended=True), Span(9, has_ended=False), Span(9, has_ended=False)]

    assert kaplan_meier_median(spans) is None


def test_the_median_of_nothing_is_unknown():
    assert kaplan_meier_median([]) is None


def test_the_answered_share_leaves_out_what_was_not_seen_long_enough():
    spans = [
        Span(0.5 * DAY, has_ended=True),
        Span(2 * DAY, has_ended=True),
        Span(5 * DAY, has_ended=False),
        Span(1 * DAY, has_ended=False),
    ]

    assert answered_within(spans, 3) == {"share": 2 / 3, "n": 3}


def test_mean_median_and_percentiles_stand_together():
    assert spread([40.0, 10.0, 30.0, 20.0]) == {
        "mean": 25.0,
        "median": 25.0,
        "p15": 14.5,
        "p85": 35.5,
    }


def test_unanswered_issues_are_censored_and_counted_beside():
    response = issue_response_time([issue(1), issue(2), issue(None)], MARCH)

    assert (response.value, response.n) == (2 * DAY, 3)
    assert (response.details["answered"], response.details["unanswered"]) == (2, 1)
    assert response.details["within"]["1"] == {"share": 1 / 3, "n": 3}


def test_when_most_are_unanswered_the_median_is_unknown_not_the_age_until_now():
    response = issue_response_time([issue(1), issue(None), issue(None)], MARCH)

    assert (response.value, response.details["median"]) == (None, DAY)


def test_a_close_is_no_answer():
    closed = issue(None, closed_at=OPENED + timedelta(hours=1))

    response = issue_response_time([closed], MARCH)

    assert (response.value, response.details["unanswered"]) == (None, 1)


def test_an_answer_long_after_the_period_leaves_its_figure_as_it_was():
    early = issue_response_time([issue(None), issue(2)], MARCH)
    late = issue_response_time([issue(90), issue(2)], MARCH)

    assert early == late


def test_what_the_source_has_not_shown_yet_is_not_taken_for_unanswered():
    unseen = issue(None, observed_until=OPENED + timedelta(hours=6))

    response = issue_response_time([unseen, issue(0.5)], MARCH)

    assert response.details["within"]["1"] == {"share": 1.0, "n": 1}


def test_issue_response_time_leaves_change_requests_to_time_to_first_response():
    request = issue(3, kind="change_request")

    found = [
        define([issue(1), request], MARCH).n
        for define in (issue_response_time, time_to_first_response)
    ]

    assert found == [1, 2]


def test_issues_opened_by_bots_or_gone_at_the_source_wait_for_nobody():
    rows = [issue(1), issue(None, is_bot=True), issue(None, is_deleted=True)]

    response = issue_response_time(rows, MARCH)

    assert (response.n, response.details["bots"], response.missing) == (1, 1, 1 / 3)


def test_only_merged_requests_have_a_duration_counted_in_the_month_of_the_merge():
    declined = merged(1, merged_at=None)
    later = merged(40)

    duration = change_request_duration([merged(2), merged(4), declined, later], MARCH)

    assert (duration.value, duration.n, duration.details["mean"]) == (3 * DAY, 2, 3 * DAY)


def test_a_duration_of_nothing_is_unknown():
    duration = change_request_duration([], MARCH)

    assert (duration.value, duration.n, duration.details["p85"]) == (None, 0, None)


@pytest.mark.parametrize(
    ("days", "place"), [(1 / 24, 0), (0.1, 1), (0.4, 2), (1, 3), (2, 4), (6, 5), (14, 6), (29, 7)]
)
def test_each_duration_falls_into_the_class_that_ends_at_or_above_it(days, place):
    hours = issue_response_time([issue(days)], MARCH).details["hours"]

    assert hours == [int(at == place) for at in range(9)]


def test_what_is_said_after_the_merge_does_not_make_it_longer():
    late = merged(2, first_response_at=OPENED + timedelta(days=30))

    assert change_request_duration([late], MARCH).value == 2 * DAY
