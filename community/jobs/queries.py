"""What the page of jobs shows above its table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count

from community.jobs.models import Job, WorkerBeat
from community.jobs.querysets import JobQuerySet

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SILENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class StateCount:
    """A state and how many jobs are in it."""

    value: str
    label: "str | _StrPromise"
    count: int


def counts_by_state(jobs: JobQuerySet) -> list[StateCount]:
    """Each state with its number of jobs, none left out."""
    found = dict(jobs.order_by().values_list("state").annotate(Count("pk")))
    return [StateCount(value, label, found.get(value, 0)) for value, label in Job.State.choices]


@dataclass(frozen=True, slots=True)
class Silence:
    """No worker has shown life for so many minutes; None: not ever."""

    minutes: int | None


def silence_at(moment: datetime) -> Silence | None:
    """Whether the workers are silent for so long that a maintainer should look."""
    newest = WorkerBeat.objects.newest()
    if newest is None:
        return Silence(None)
    quiet = moment - newest.seen_at
    return Silence(int(quiet.total_seconds() // 60)) if quiet >= SILENCE else None
