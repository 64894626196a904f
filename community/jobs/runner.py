"""Runs a claimed job and writes down how it ended."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

import structlog
from django.db import connection, transaction

from community.jobs.clock import database_now
from community.jobs.leases import LeaseLost, fail, finish, park, postpone
from community.jobs.models import Job
from community.jobs.registry import Task, registered
from community.jobs.schedule import MAX_TRIES

log = structlog.get_logger(__name__)
_current: ContextVar[Job | None] = ContextVar("current job", default=None)


class RetryAt(Exception):
    """Raised by a task that has to wait for a known moment, such as a rate limit's reset.

    What the task wrote in its transaction is undone, the job waits until then,
    and no try is used up.
    """

    def __init__(self, moment: datetime, why: str = "") -> None:
        super().__init__(why or f"Wait until {moment:%Y-%m-%d %H:%M:%S %Z}.")
        if moment.tzinfo is None:
            raise ValueError("RetryAt needs a moment with a time zone.")
        self.moment = moment


class Interrupted(BaseException):
    """The worker has to stop now; the job in hand is given back."""


def confirm_lease() -> None:
    """Raise `LeaseLost` if this worker no longer holds the job that is running.

    For tasks that commit themselves: called inside each of their transactions,
    it keeps a worker that was taken over from committing. Does nothing outside
    a job.
    """
    job = _current.get()
    if job is None:
        return
    # Locked, so that nobody takes the job over between this look and the commit.
    if not Job.objects.held_as(job).select_for_update().exists():
        raise LeaseLost(str(job))


def execute(job: Job, *, clock: Callable[[], datetime] = database_now) -> None:
    """Run a claimed job; its outcome is in the table when this returns."""
    try:
        _attempt(job, clock)
    except LeaseLost:
        log.warning("job_lease_lost", job=job.pk, task=job.task)


def _attempt(job: Job, clock: Callable[[], datetime]) -> None:
    task = registered().get(job.task)
    if task is None:
        park(job, at=clock(), error=f"No task is called {job.task!r} in this version of the site.")
        return
    if job.attempts > MAX_TRIES:
        error = f"The worker died in the middle of each of {MAX_TRIES} tries.\n{job.error}"
        park(job, at=clock(), error=error)
        return
    try:
        with _marked_as_current(job):
            _run(task, job, clock)
    except LeaseLost:
        raise
    except RetryAt as later:
        postpone(job, until=later.moment, why=str(later))
    except Interrupted:
        postpone(job, until=clock(), why=job.error)
        raise
    except Exception:
        log.exception("job_failed", job=job.pk, task=job.task, attempt=job.attempts)
        _leave_broken_connection()
        fail(job, at=clock(), error=traceback.format_exc())


def _run(task: Task, job: Job, clock: Callable[[], datetime]) -> None:
    """Effect and mark commit together, unless the task commits by itself."""
    if task.commits_itself:
        task.run(**job.arguments)
        finish(job, at=clock())
        return
    with transaction.atomic():
        task.run(**job.arguments)
        finish(job, at=clock())


def _leave_broken_connection() -> None:
    """A task may have failed because the database went away; its outcome needs a live one."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


@contextmanager
def _marked_as_current(job: Job) -> Iterator[None]:
    token = _current.set(job)
    try:
        yield
    finally:
        _current.reset(token)
