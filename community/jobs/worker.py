"""Workers: take ready jobs one after the other, in a process, a thread or under Celery."""

import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import structlog
from django.db import Error, close_old_connections, connection

from community.jobs.actions import plan_slots
from community.jobs.bell import ring, rung
from community.jobs.clock import database_now
from community.jobs.heartbeat import kept, show_life
from community.jobs.leases import LeaseLost, claim, postpone
from community.jobs.models import Job
from community.jobs.runner import Interrupted, execute

log = structlog.get_logger(__name__)
POLL_SECONDS = 1.0
TEND_SECONDS = 5.0
SWEEP_ROWS = 200
EMBEDDED_THREADS = 2


def process_name(kind: str) -> str:
    """A name for a worker that says where it runs."""
    return f"{kind}-{socket.gethostname()[:30]}-{os.getpid()}"


class Worker:
    """Runs ready jobs until told to stop."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.current: Job | None = None
        self._stopping = threading.Event()
        self._tended_at = -TEND_SECONDS

    def run(self) -> None:
        """Work and rest in turn until `stop`."""
        while not self._stopping.is_set():
            if not self._step_or_recover():
                rung.wait(POLL_SECONDS)
                rung.clear()

    def drain(self) -> int:
        """Work until nothing is ready; how many jobs ran."""
        ran = 0
        while not self._stopping.is_set() and self.step():
            ran += 1
        return ran

    def step(self) -> bool:
        """Run one ready job; whether there was one."""
        self._tend()
        job = claim(worker=self.name, at=database_now())
        if job is None:
            return False
        self.current = job
        try:
            with kept(job, worker=self.name):
                execute(job)
        finally:
            self.current = None
        return True

    def stop(self) -> None:
        """Take no further job; the one in hand is finished."""
        self._stopping.set()
        rung.set()

    def interrupt(self) -> None:
        """Called from a signal in the worker's own thread: give the job in hand back now."""
        self.stop()
        if self.current is not None:
            raise Interrupted

    def release(self) -> None:
        """Called from another thread at the end: let the next worker have the job in hand.

        Not so on SQLite while the job's own transaction holds the write lock;
        then it ends with the process, and the lease runs out.
        """
        if job := self.current:
            with suppress(LeaseLost, Error):
                _wait_little()
                postpone(job, until=database_now(), why=job.error)

    def _step_or_recover(self) -> bool:
        """A database that is busy or away for a while must not end the worker."""
        try:
            return self.step()
        except Exception:
            log.exception("worker_stumbled", worker=self.name)
            connection.close()
            return False

    def _tend(self) -> None:
        """Every few seconds: show life, and make the periodic jobs that are due."""
        close_old_connections()
        if monotonic() < self._tended_at + TEND_SECONDS:
            return
        now = database_now()
        show_life(worker=self.name, at=now)
        plan_slots(at=now)
        self._tended_at = monotonic()


def start_embedded_worker() -> Callable[[], None]:
    """Work in threads beside the web server; call what is returned to stop.

    Two threads, so that a long sync does not hold up everything else. A job
    that is not finished within seconds of the stop goes back to the table.
    """
    workers = [Worker(f"{process_name('web')}.{n}") for n in range(1, EMBEDDED_THREADS + 1)]
    threads = [
        threading.Thread(target=_run_embedded, args=(worker,), name=worker.name, daemon=True)
        for worker in workers
    ]
    for thread in threads:
        thread.start()

    def stop() -> None:
        for worker in workers:
            worker.stop()
        for worker, thread in zip(workers, threads, strict=True):
            thread.join(timeout=3)
            worker.release()

    return stop


def _run_embedded(worker: Worker) -> None:
    try:
        worker.run()
    finally:
        connection.close()


def _wait_little() -> None:
    """Somebody waits for the process to end, so wait for a lock no longer than they would."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 500")


def run_by_id(job_id: int) -> None:
    """What a Celery worker does with a message: run this job if it is still free."""
    name = process_name("celery")
    job = claim(worker=name, at=database_now(), only=job_id)
    if job is None:
        return
    with kept(job, worker=name):
        execute(job)


def sweep() -> None:
    """What Celery's beat asks for: make due slots, and ring for jobs whose bell was not heard."""
    now = database_now()
    show_life(worker=process_name("celery"), at=now)
    plan_slots(at=now)
    ready = Job.objects.ready_at(now).by_urgency()
    for job_id, is_chore in ready.values_list("pk", "is_chore")[:SWEEP_ROWS]:
        ring(job_id, is_chore=is_chore)
