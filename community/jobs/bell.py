"""Tells workers that a job is there; the table remembers, so a bell nobody hears loses nothing."""

import threading
from functools import partial
from time import monotonic

import structlog
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)
RUN_TASK = "jobs.run"
# A message older than this is thrown away by the broker; the sweep rings again.
FORGET_AFTER = 60.0
QUIET_AFTER_FAILURE = 5.0
# Priorities on Redis: what has the lowest number is heard first.
FIRST, FOR_CHORES = 0, 9

rung = threading.Event()
_quiet_until = 0.0


def ring_on_commit(job_id: int, *, is_chore: bool = False) -> None:
    """Ring once the caller's transaction has committed."""
    transaction.on_commit(partial(ring, job_id, is_chore=is_chore), robust=True)


def ring(job_id: int, *, is_chore: bool = False) -> None:
    """Wake the workers of this process, and a Celery worker where there is a broker."""
    rung.set()
    if settings.REDIS_URL and monotonic() >= _quiet_until:
        _tell_celery(job_id, FOR_CHORES if is_chore else FIRST)


def _tell_celery(job_id: int, priority: int) -> None:
    """Send the id; a broker that is away is left in peace for a while, and logged."""
    global _quiet_until  # noqa: PLW0603 - one process, one broker
    from celery import current_app

    try:
        current_app.send_task(
            RUN_TASK,
            args=[job_id],
            priority=priority,
            ignore_result=True,
            retry=False,
            expires=FORGET_AFTER,
        )
    except (OperationalError, OSError):
        # The job is safe in the table, and the sweep finds it there.
        log.warning("job_bell_silent", job=job_id, exc_info=True)
        _quiet_until = monotonic() + QUIET_AFTER_FAILURE
