"""The time zones that a person can choose."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> frozenset[str]:
    """The names of all time zones, read once: listing them takes longer than most pages."""
    return frozenset(available_timezones())
