"""Who may work on a job, and until when.

Each claim has a token of its own. Whatever a worker writes about a job is
conditional on still holding that token, so a worker that lost its lease, being
stopped or cut off for too long, changes nothing any more.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from community.jobs.models import Job
from community.jobs.schedule import MAX_TRIES, backoff

ERROR_LENGTH = 20_000


class LeaseLost(Exception):
    """Another worker holds the job now, or somebody dropped it."""


def claim(*, worker: str, at: datetime, only: int | None = None) -> Job | None:
    """Take the job that is due longest, chores last, or the one asked for if it is free.

    The first look is a plain read: an idle worker takes no write lock. The
    update repeats the condition, since on SQLite the row is not locked between.
    """
    ready = Job.objects.ready_at(at) if only is None else Job.objects.ready_at(at).filter(pk=only)
    if not ready.exists():
        return None
    with transaction.atomic():
        job = ready.by_urgency().select_for_update(skip_locked=True).first()
        if job is None:
            return None
        taken: dict[str, Any] = {
            "state": Job.State.RUNNING,
            "attempts": job.attempts + 1,
            "leased_by": f"{worker[:60]}/{secrets.token_hex(8)}",
            "leased_until": at + settings.JOB_LEASE,
            "started_at": at,
        }
        if not ready.filter(pk=job.pk, attempts=job.attempts).update(**taken):
            return None
    for name, value in taken.items():
        setattr(job, name, value)
    return job


def extend(job: Job, *, at: datetime) -> bool:
    """Whether the worker still holds the job, now for another lease."""
    return bool(Job.objects.held_as(job).update(leased_until=at + settings.JOB_LEASE))


def finish(job: Job, *, at: datetime) -> None:
    """Mark the job done in the current transaction; raises `LeaseLost`."""
    _write(job, state=Job.State.DONE, finished_at=at, leased_until=None, error="")


def postpone(job: Job, *, until: datetime, why: str = "") -> None:
    """Give the job back without using up a try; raises `LeaseLost`."""
    _write(
        job,
        state=Job.State.WAITING,
        run_at=until,
        attempts=job.attempts - 1,
        leased_until=None,
        error=why[-ERROR_LENGTH:],
    )


def fail(job: Job, *, at: datetime, error: str) -> None:
    """Plan the next try, or park the job after its last; raises `LeaseLost`."""
    if job.attempts >= MAX_TRIES:
        park(job, at=at, error=error)
        return
    wait: timedelta = backoff(job.attempts)
    _write(
        job,
        state=Job.State.WAITING,
        run_at=at + wait,
        leased_until=None,
        error=error[-ERROR_LENGTH:],
    )


def park(job: Job, *, at: datetime, error: str) -> None:
    """Put the job aside until a maintainer decides; raises `LeaseLost`."""
    _write(
        job,
        state=Job.State.PARKED,
        finished_at=at,
        attempts=min(job.attempts, MAX_TRIES),
        leased_until=None,
        error=error[-ERROR_LENGTH:],
    )


def _write(job: Job, **fields: Any) -> None:
    if not Job.objects.held_as(job).update(**fields):
        raise LeaseLost(str(job))
