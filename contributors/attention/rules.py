"""What is one visit, and when it is worth a note."""

from datetime import datetime, timedelta

NOTED_EVERY = timedelta(hours=1)
PAUSE = timedelta(hours=6)  # after which a view begins another visit


def is_worth_a_note(seen_at: datetime, at: datetime) -> bool:
    """Whether so much time passed since the last note that the moment is written again."""
    return at - seen_at >= NOTED_EVERY


def begins_another(seen_at: datetime, at: datetime) -> bool:
    """Whether a view is of another visit than the one seen last."""
    return at - seen_at >= PAUSE


def held_against(seen_at: datetime, before_at: datetime | None, at: datetime) -> datetime | None:
    """The visit that a view at this moment is held against; None: there was none before."""
    return seen_at if begins_another(seen_at, at) else before_at
