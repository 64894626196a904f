"""Half-open spans of days; None is without limit."""

from datetime import date


def overlap(
    starts: date | None, ends: date | None, other_starts: date | None, other_ends: date | None
) -> bool:
    """Whether two spans share a day."""
    begins_in_time = other_ends is None or starts is None or starts < other_ends
    lasts_long_enough = ends is None or other_starts is None or other_starts < ends
    return begins_in_time and lasts_long_enough
