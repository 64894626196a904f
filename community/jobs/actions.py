"""Verbs on jobs."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from community.jobs.models import Job
from community.jobs.registry import find, registered
from community.jobs.schedule import Slot, next_slot


def enqueue(
    name: str,
    /,
    *,
    run_at: datetime | None = None,
    unique_key: str | None = None,
    **arguments: Any,
) -> Job:
    """Write a job into the caller's transaction.

    With a `unique_key` a second call answers the first one's row. Raises
    KeyError for a name nobody registered.
    """
    find(name)
    now = timezone.now()
    fields = {
        "task": name,
        "arguments": arguments,
        "run_at": run_at or now,
        "created_at": now,
    }
    if unique_key is None:
        return Job.objects.create(**fields)
    job, _ = Job.objects.get_or_create(unique_key=unique_key, defaults=fields)
    return job


def plan_slots(*, at: datetime) -> list[Job]:
    """Make the jobs of the periodic tasks that are due; several workers make each one once."""
    made = []
    for task in registered().values():
        if task.every is None:
            continue
        newest = Job.objects.slots_of(task.name).first()
        last = Slot.from_key(newest.unique_key) if newest and newest.unique_key else None
        if slot := next_slot(last, at=at, every=task.every):
            made.append(enqueue(task.name, run_at=at, unique_key=slot.key(task.name)))
    return made
