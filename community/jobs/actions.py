"""Verbs on jobs."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from community.jobs.models import Job
from community.jobs.registry import find


def enqueue(
    name: str,
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
