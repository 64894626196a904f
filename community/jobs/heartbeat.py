"""Keeps the lease of a running job, and shows that its worker lives."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from django.conf import settings
from django.db import Error, connection

from community.jobs.clock import database_now
from community.jobs.leases import extend
from community.jobs.models import Job, WorkerBeat

log = structlog.get_logger(__name__)


def show_life(*, worker: str, at: datetime) -> None:
    """Write down that this worker is there."""
    WorkerBeat.objects.bulk_create(
        [WorkerBeat(worker=worker, seen_at=at)],
        update_conflicts=True,
        unique_fields=["worker"],
        update_fields=["seen_at"],
    )


@contextmanager
def kept(job: Job, *, worker: str) -> Iterator[None]:
    """Extend the lease from a thread of its own for as long as the block runs."""
    over = threading.Event()
    thread = threading.Thread(
        target=_keep, args=(job, worker, over), name=f"lease of {job}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=settings.JOB_LEASE.total_seconds())


def _keep(job: Job, worker: str, over: threading.Event) -> None:
    """Extend three times per lease, on a connection that opens only for a long job."""
    try:
        while not over.wait(settings.JOB_LEASE.total_seconds() / 3):
            if not _beat(job, worker):
                return
    finally:
        connection.close()


def _beat(job: Job, worker: str) -> bool:
    """Whether there is any point in going on."""
    try:
        now = database_now()
        if not extend(job, at=now):
            return False
        show_life(worker=worker, at=now)
    except Error:
        # On SQLite the job's own transaction may hold the only write lock. Then
        # nobody else can claim the job either, so a missed beat costs nothing.
        log.info("job_heartbeat_missed", job=job.pk)
        connection.close()
    return True
