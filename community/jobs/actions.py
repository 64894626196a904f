"""Verbs on jobs."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from community.audit.actions import record
from community.jobs.bell import ring_on_commit
from community.jobs.models import Job, WorkerBeat
from community.jobs.registry import find, registered
from community.jobs.rules import why_not_drop, why_not_run_again
from community.jobs.schedule import Slot, next_slot

if TYPE_CHECKING:
    from community.people.models import Person

KEEP_JOBS = timedelta(days=30)
KEEP_BEATS = timedelta(days=1)


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
    is_chore = find(name).is_chore
    now = timezone.now()
    due = run_at or now
    fields: dict[str, Any] = {"task": name, "arguments": arguments, "is_chore": is_chore}
    fields |= {"run_at": due, "created_at": now}
    if unique_key is None:
        job, is_new = Job.objects.create(**fields), True
    else:
        job, is_new = Job.objects.get_or_create(unique_key=unique_key, defaults=fields)
    if is_new and due <= now:
        ring_on_commit(job.pk, is_chore=is_chore)
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


@transaction.atomic
def run_again(*, job: Job, actor: "Person", at: datetime) -> Job:
    """Give a job five fresh tries, the first one now. Raises `Refused`."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if refusal := why_not_run_again(job, at=at):
        raise refusal
    job.state, job.run_at, job.attempts = Job.State.WAITING, at, 0
    job.finished_at = None
    job.save()
    record(verb="jobs.run_again", subject=job, actor=actor, at=at, task=job.task)
    ring_on_commit(job.pk)
    return job


@transaction.atomic
def drop_job(*, job: Job, actor: "Person", at: datetime) -> Job:
    """Never run this job again; a worker that has it in hand cannot commit. Raises `Refused`."""
    job = Job.objects.select_for_update().get(pk=job.pk)
    if refusal := why_not_drop(job):
        raise refusal
    job.state, job.finished_at = Job.State.DROPPED, at
    job.leased_until = None
    job.save()
    record(verb="jobs.dropped", subject=job, actor=actor, at=at, task=job.task)
    return job


def prune_jobs(*, at: datetime) -> None:
    """Delete jobs over for 30 days; parked ones stay until somebody decides."""
    Job.objects.over_before(at - KEEP_JOBS).delete()
    WorkerBeat.objects.filter(seen_at__lt=at - KEEP_BEATS).delete()
