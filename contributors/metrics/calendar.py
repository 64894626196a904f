"""Months as the figures count them: in UTC, each by its first day."""

from datetime import date, datetime, timedelta
from functools import lru_cache


@lru_cache(maxsize=16384)
def first_of_month(day: date) -> date:
    return day.replace(day=1)


@lru_cache(maxsize=4096)
def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def day_after(moment: datetime) -> date:
    """The end of the half-open period whose last day holds this moment.

    Midnight itself belongs to the day before: nothing of the new day is known.
    """
    return (moment - timedelta(microseconds=1)).date() + timedelta(days=1)


@lru_cache(maxsize=4096)
def months_of(start: date, end: date) -> tuple[date, ...]:
    """The first days of the months that [start, end) touches."""
    found, month = [], first_of_month(start)
    while month < end:
        found.append(month)
        month = next_month(month)
    return tuple(found)
