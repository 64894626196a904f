"""Runs jobs inside a test."""

from django.utils import timezone

from community.jobs.leases import claim
from community.jobs.models import Job
from community.jobs.runner import execute


def drain(*, allow_failures: bool = False) -> list[str]:
    """Run all ready jobs, and those they make, until none is left; names the tasks that ran.

    A job that fails fails the test, unless failures are what it is about.
    """
    ran = []
    while job := claim(worker="drain", at=timezone.now()):
        execute(job, clock=timezone.now)
        job.refresh_from_db()
        assert allow_failures or not job.error, job.error
        ran.append(job.task)
    return ran


def waiting() -> list[tuple[str, dict]]:
    """The tasks and arguments of the jobs that wait, oldest first."""
    rows = Job.objects.filter(state=Job.State.WAITING).order_by("pk")
    return list(rows.values_list("task", "arguments"))
