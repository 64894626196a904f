"""When a job runs next: retries and the slots of periodic tasks, as arithmetic."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

MAX_TRIES = 5
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=1)
_EPOCH = datetime(2000, 1, 3, tzinfo=UTC)  # a Monday, so that weekly slots begin on one


def backoff(attempt: int, draw: Callable[[], float] = random.random) -> timedelta:
    """How long to wait after the given try (1, 2, ...) failed.

    Anything from nothing to 15 s, 1 min, 4 min, 16 min, 1 h with equal chance
    ("full jitter"), so that jobs that failed together do not return together.
    """
    growth: int = 4 ** (min(attempt, 10) - 1)
    return min(LONGEST_WAIT, FIRST_WAIT * growth) * draw()


@dataclass(frozen=True, slots=True)
class Slot:
    """One turn of a periodic task.

    The generation goes up when the clock is set back, so that turns of the
    hour that is lived through twice have keys of their own.
    """

    starts_at: datetime
    generation: int = 0

    def key(self, task: str) -> str:
        """The unique key of the job for this turn."""
        suffix = f"~{self.generation}" if self.generation else ""
        return f"{task}@{self.starts_at.astimezone(UTC).isoformat()}{suffix}"

    @classmethod
    def from_key(cls, key: str) -> Self:
        """The turn that a key names."""
        moment, _, generation = key.rpartition("@")[2].partition("~")
        return cls(datetime.fromisoformat(moment), int(generation or 0))


def slot_start(moment: datetime, every: timedelta) -> datetime:
    """The beginning of the slot in which a moment lies."""
    return _EPOCH + (moment - _EPOCH) // every * every


def next_slot(last: Slot | None, *, at: datetime, every: timedelta) -> Slot | None:
    """The turn to make now, or nothing when it was made already.

    Turns missed while no worker ran, or jumped over by the clock, are not made
    up for: one run catches up. A last turn more than one interval ahead means
    that the clock was set back.
    """
    start = slot_start(at, every)
    if last is None:
        return Slot(start)
    if start > last.starts_at:
        return Slot(start, last.generation)
    if last.starts_at - at > every:
        return Slot(start, last.generation + 1)
    return None
