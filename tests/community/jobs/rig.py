"""Real processes around the job table, each guard with a switch to turn it off.

`python -m tests.community.jobs.rig` carries out `run DATABASE COMMAND [ARGUMENT ...]
[--without-GUARD]`, see `tests.nursery`; with a command of its own it carries out that one.
"""

import multiprocessing
import os
import sys
import threading
import time
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import django
from django.db import connection, connections
from django.utils import timezone

from tests.nursery import serve, use


def leave_effect(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO rig_effect VALUES (%s)", [number])


def hang_the_first_time(number: int, marker: str) -> None:
    """Write, then hang until killed; the second time go through."""
    leave_effect(number)
    if not Path(marker).exists():
        Path(marker).touch()
        time.sleep(60)


def fail(number: int) -> None:
    raise ValueError("poison")


def register_tasks() -> None:
    from community.jobs import registry

    registry._tasks.clear()
    registry.task("rig.effect")(leave_effect)
    registry.task("rig.hang")(hang_the_first_time)
    registry.task("rig.pages", commits_itself=True)(hang_the_first_time)
    registry.task("rig.poison")(fail)


def create_table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS rig_effect (number integer)")


# Guards


def without_fence() -> None:
    """Effect and mark no longer commit together."""
    from community.jobs import runner

    def run(task, job, clock):
        task.run(**job.arguments)
        runner.finish(job, at=clock())

    runner._run = run


def without_claim() -> None:
    """Look and take are two steps that anybody may come between."""
    from community.jobs import worker
    from community.jobs.models import Job
    from community.jobs.querysets import JobQuerySet

    def claim(*, worker, at, only=None):
        job = Job.objects.ready_at(at).order_by("run_at", "pk").first()
        if job:
            time.sleep(0.002)
            job.state, job.leased_by, job.leased_until = "running", worker, at
            job.leased_until += timedelta(minutes=1)
            job.save()
        return job

    worker.claim = claim
    JobQuerySet.held_as = lambda rows, job: rows.filter(pk=job.pk)


def without_key() -> None:
    """Each process has a key of its own for a slot."""
    from community.jobs.schedule import Slot

    Slot.key = lambda slot, task: f"{task}@{slot.starts_at.isoformat()}~{os.getpid()}"


# Commands


def fill(number: int) -> None:
    """Enqueue jobs that leave an effect each."""
    from community.jobs.actions import enqueue

    create_table()
    for one in range(int(number)):
        enqueue("rig.effect", number=one)


def poison(number: int) -> None:
    """Enqueue jobs that always fail."""
    from community.jobs.actions import enqueue

    for one in range(int(number)):
        enqueue("rig.poison", number=one)


def hang(marker: str) -> None:
    """Enqueue a job that hangs the first time, and work."""
    fill_hanging(marker)
    work()


def fill_hanging(marker: str, task: str = "rig.hang") -> None:
    """Enqueue a job that hangs the first time."""
    from community.jobs.actions import enqueue

    create_table()
    enqueue(task, number=1, marker=marker)


def work() -> None:
    """Work until killed."""
    from community.jobs.worker import Worker

    Worker(f"rig-{os.getpid()}").run()


def command(grace: str) -> None:
    """Work as `manage.py worker` does."""
    from django.core.management import call_command

    call_command("worker", grace=float(grace))


def embedded() -> None:
    """Work in threads beside something else, until that is over."""
    from community.jobs.models import Job
    from community.jobs.worker import start_embedded_worker

    stop = start_embedded_worker()
    while Job.objects.filter(state="waiting").exists():
        time.sleep(0.05)
    stop()


def work_through() -> None:
    """Work until no job waits or runs."""
    from community.jobs.models import Job
    from community.jobs.worker import Worker

    worker = Worker(f"rig-{os.getpid()}")
    while Job.objects.filter(state__in=["waiting", "running"]).exists():
        if not worker._step_or_recover():
            time.sleep(0.02)


def delay(seconds: str) -> None:
    """Have an effect wait, in the table, and work until killed."""
    from community.jobs.actions import enqueue

    create_table()
    enqueue("rig.effect", run_at=timezone.now() + timedelta(seconds=float(seconds)), number=1)
    work()


def delay_in_memory(seconds: str) -> None:
    """Have an effect wait in this process alone, and work until killed."""
    create_table()
    threading.Timer(float(seconds), leave_effect, [1]).start()
    work()


def compete() -> None:
    """Three processes work through the table."""
    fork(work_through)


def beat(seconds: str) -> None:
    """Three processes make the slots of one task that is due each half second."""
    from community.jobs import registry

    registry.task("rig.periodic", every=timedelta(seconds=0.5))(time.time)
    fork(plan, float(seconds), multiprocessing.get_context("fork").Barrier(3))


def plan(seconds: float, start: Barrier) -> None:
    """From when all three are there, however long each took to begin."""
    from community.jobs.actions import plan_slots

    connection.ensure_connection()
    start.wait()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        plan_slots(at=timezone.now())
        time.sleep(0.001)


def fork(target, *arguments) -> None:
    connections.close_all()
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=target, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]


def load() -> None:
    """Import what the processes forked from here need."""
    from community.jobs import actions, models, schedule, topics, worker  # noqa: F401


def run(database: str, *arguments: str) -> None:
    use(database)
    main(*arguments)


def main(command: str, *arguments: str) -> None:
    from community.jobs import schedule

    schedule.FIRST_WAIT = timedelta(seconds=0.02)
    register_tasks()
    for option in arguments:
        if option.startswith("--"):
            globals()[option.removeprefix("--").replace("-", "_")]()
    globals()[command](*(a for a in arguments if not a.startswith("--")))


if __name__ == "__main__":
    django.setup()
    load()
    main(*sys.argv[1:]) if sys.argv[1:] else serve({"run": run})
