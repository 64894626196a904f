"""When things are done, when more is done than usual, and forks; on plain rows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contributors.metrics.definitions.crowd import organizational_diversity
from contributors.metrics.definitions.forks import Fork, technical_forks
from contributors.metrics.definitions.rhythm import Moment, activity_dates, burstiness
from contributors.metrics.definitions.rows import INDEPENDENT, UNKNOWN, Act, Period, months_after

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
SUNDAY_LATE = datetime(2026, 3, 8, 23, 30, tzinfo=UTC)


def months(*counts: int) -> dict[date, int]:
    """Totals of the months up to and with March, the last number being March's."""
    return {
        months_after(MARCH.start, at - len(counts) + 1): count for at, count in enumerate(counts)
    }


def test_acts_fall_into_hours_and_weekdays_in_utc():
    found = activity_dates([Moment(SUNDAY_LATE, 3, zone_minutes=60)], MARCH)

    assert (found.value, found.details["hours"][23], found.details["weekdays"][6]) == (3, 3, 3)


def test_local_time_takes_only_the_zones_given_for_it():
    moments = [Moment(SUNDAY_LATE, 3, zone_minutes=60), Moment(SUNDAY_LATE)]

    found = activity_dates(moments, MARCH, is_local=True)

    assert (found.value, found.missing) == (3, 0.25)
    assert (found.details["hours"][0], found.details["weekdays"][0]) == (3, 3)


def test_the_rows_of_hours_know_nobody():
    assert not {"person", "author", "identity"} & set(Moment._fields)


def test_bots_and_other_months_have_no_hours_here():
    moments = [Moment(SUNDAY_LATE, is_bot=True), Moment(MARCH.ends_at)]

    assert activity_dates(moments, MARCH).value == 0


def test_the_band_is_two_standard_deviations_around_the_rolling_mean():
    found = burstiness(months(10, 14, 10, 14, 20), MARCH, count=4)

    assert found.value == 4.0
    assert found.details == {
        "count": 20,
        "marks": [],
        "is_burst": True,
        "mean": 12.0,
        "low": 8.0,
        "high": 16.0,
    }


def test_the_edge_of_the_band_is_no_burst():
    assert burstiness(months(10, 14, 10, 14, 16), MARCH, count=4).details["is_burst"] is False


def test_unusual_silence_lies_below_the_band():
    found = burstiness(months(10, 14, 10, 14, 0), MARCH, count=4)

    assert (found.value, found.details["is_burst"]) == (-6.0, True)


def test_after_equal_months_there_is_no_number_but_a_burst():
    found = burstiness(months(10, 10, 10, 11), MARCH, count=3)

    assert (found.value, found.details["is_burst"]) == (None, True)


def test_with_fewer_than_three_months_tracked_nothing_is_usual():
    tracked = Period(MARCH.start, MARCH.end, tracked_from=date(2026, 1, 1))

    found = burstiness(months(10, 10, 50), tracked)

    assert (found.value, found.details["is_burst"]) == (None, None)


def test_a_month_that_is_not_over_is_not_judged():
    seen = Period(MARCH.start, MARCH.end, known_until=date(2026, 3, 20))

    assert burstiness(months(10, 14, 10, 14, 0), seen, count=4).details["is_burst"] is None


def test_releases_and_events_mark_a_burst():
    marks = [(date(2026, 3, 9), "Release 2"), (date(2026, 4, 1), "Release 3")]

    found = burstiness(months(1, 2, 3, 9), MARCH, marks=marks)

    assert found.details["marks"] == [["2026-03-09", "Release 2"]]


def test_forks_contribute_when_a_change_request_came_from_them():
    forks = [Fork(MARCH.start, date(2026, 5, 1)), Fork(MARCH.start), Fork(MARCH.end)]

    found = technical_forks(forks, MARCH)

    assert (found.value, found.details["contributing"]) == (2, 1)
    assert found.details["contributing_share"] == 0.5


def test_a_deleted_fork_was_made_but_what_it_gave_is_missing():
    found = technical_forks([Fork(MARCH.start, is_deleted=True), Fork(MARCH.start)], MARCH)

    assert (found.value, found.missing, found.details["deleted"]) == (2, 0.5, 1)


def test_no_fork_has_no_contributing_share():
    assert technical_forks([], MARCH).details["contributing_share"] is None


def act(times: int, organization: int, *others: int) -> Act:
    return Act(1, "commit", date(2026, 3, 10), times, organization, others=others)


def test_two_equal_organizations_are_as_diverse_as_two():
    found = organizational_diversity([act(5, 11), act(5, 12)], MARCH)

    assert (found.value, found.details["hhi"]) == (2.0, 0.5)
    assert found.details["shannon"] == pytest.approx(0.693147, abs=1e-6)


def test_one_organization_is_as_diverse_as_one():
    found = organizational_diversity([act(5, 11)], MARCH)

    assert (found.value, found.details["shannon"]) == (1.0, 0.0)


def test_an_act_of_somebody_who_works_in_several_places_is_split_among_them():
    found = organizational_diversity([act(3, 11, 12, 13)], MARCH)

    assert found.details["organizations"] == [[11, 1 / 3], [12, 1 / 3], [13, 1 / 3]]


def test_unknown_and_independent_people_are_no_organization_of_the_diverse():
    found = organizational_diversity([act(2, UNKNOWN), act(1, INDEPENDENT), act(1, 11)], MARCH)

    assert (found.value, found.n, found.missing, found.details["independent"]) == (1, 1, 0.5, 0.25)


def test_without_an_organization_there_is_no_diversity():
    found = organizational_diversity([act(2, UNKNOWN)], MARCH)

    assert (found.value, found.details["hhi"], found.details["shannon"]) == (None, None, None)


def test_windows_of_any_length_are_compared_with_windows_as_long():
    window = Period(date(2026, 3, 11), date(2026, 3, 21))
    totals = {
        window.start - timedelta(days=10 * back): count for back, count in enumerate((9, 1, 2, 3))
    }

    found = burstiness(totals, window, count=3)

    assert (found.details["mean"], found.details["is_burst"]) == (2.0, True)
