"""When things are done, and when more or less is done than usual."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from math import sqrt
from typing import NamedTuple

from contributors.metrics.definitions.rows import Finding, Period, defined, found_once, share

PERIODS_BEFORE = 12  # that the rolling mean takes in
FEWEST_BEFORE = 3  # without which it says nothing
WIDTH = 2.0  # standard deviations to either side, as Bollinger draws his bands


class Moment(NamedTuple):
    """`times` acts at a moment; the zone is None unless the person agreed to its use."""

    at: datetime
    times: int = 1
    zone_minutes: int | None = None
    is_bot: bool = False


class Hours(NamedTuple):
    """Acts by hour and by weekday, Monday first, and how many there are in all."""

    hours: list[int]
    weekdays: list[int]
    total: int


@found_once
def by_hour(moments: Sequence[Moment], period: Period, *, is_local: bool = False) -> Hours:
    """The moments of a period; in local time those whose zone was given for this use."""
    start, end = period.starts_at, period.ends_at
    found = [one for one in moments if not one.is_bot and start <= one.at < end]
    known = [one for one in found if one.zone_minutes is not None] if is_local else found
    hours, weekdays = [0] * 24, [0] * 7
    for one in known:
        told = one.at if one.at.tzinfo is UTC else one.at.astimezone(UTC)
        if is_local:
            told += timedelta(minutes=one.zone_minutes or 0)
        hours[told.hour] += one.times
        weekdays[told.weekday()] += one.times
    return Hours(hours, weekdays, sum(one.times for one in found))


@defined("count")
def activity_dates(moments: Sequence[Moment], period: Period, *, is_local: bool = False) -> Finding:
    """Acts by hour and weekday (Monday first), in UTC or in the author's own time.

    The value is the number of acts counted. Local time takes only those whose
    zone was given for this use; the others are `missing`. Nobody's own hours
    are told: the rows have no people.
    """
    told = by_hour(moments, period, is_local=True) if is_local else by_hour(moments, period)
    hours, weekdays, total = told
    number = sum(hours)
    details = {"hours": hours, "weekdays": weekdays, "zone": "local" if is_local else "utc"}
    return Finding(number, number, share(total - number, total), details)


@lru_cache(maxsize=4096)
def earlier_periods(period: Period, count: int) -> Sequence[Period]:
    """The periods before, the latest first, as far as they were wholly tracked."""
    found: list[Period] = []
    while len(found) < count:
        period = period.before
        if period.tracked_from is not None and period.start < period.tracked_from:
            break
        found.append(period)
    return found


class Totals(Counter[date]):
    """Numbers by day that are summed over many periods; not to change once they are."""

    def __init__(self) -> None:
        super().__init__()
        self._days: list[date] = []
        self._sums: list[int] = [0]

    def between(self, start: date, end: date) -> int:
        """The sum over the days from `start` to before `end`."""
        if len(self._days) != len(self):
            self._days = sorted(self)
            self._sums = [0, *accumulate(self[day] for day in self._days)]
        places = (bisect_left(self._days, day) for day in (end, start))
        return self._sums[next(places)] - self._sums[next(places)]


def total_of(totals: Mapping[date, int], period: Period) -> int:
    if isinstance(totals, Totals):
        return totals.between(period.start, period.end)
    length = (period.end - period.start).days
    return sum(totals.get(period.start + timedelta(days=offset), 0) for offset in range(length))


@defined("deviations")
def burstiness(
    totals: Mapping[date, int],
    period: Period,
    *,
    count: int = PERIODS_BEFORE,
    marks: Sequence[tuple[date, str]] = (),
) -> Finding:
    """How many standard deviations the acts of the period lie from the rolling mean before it.

    `is_burst` says whether they lie outside the band of two to either side.
    None while fewer than three periods before were tracked, while the period
    is not over, and when all before were equal, in which case any other
    number lies outside. `marks` are releases and events that may explain it.
    """
    before = [total_of(totals, one) for one in earlier_periods(period, count)]
    value = total_of(totals, period)
    is_over = period.known_by(period.end) == period.end
    told = [[day.isoformat(), words] for day, words in sorted(marks) if period.holds(day)]
    details = {"count": value, "marks": told, "is_burst": None}
    if len(before) < FEWEST_BEFORE or not is_over:
        return Finding(None, len(before), None, details)
    mean = sum(before) / len(before)
    deviation = sqrt(sum((one - mean) ** 2 for one in before) / len(before))
    low, high = mean - WIDTH * deviation, mean + WIDTH * deviation
    details |= {"mean": mean, "low": low, "high": high, "is_burst": not low <= value <= high}
    return Finding(share(value - mean, deviation), len(before), None, details)
