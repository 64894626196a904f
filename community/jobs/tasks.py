"""The table's own upkeep."""

from datetime import timedelta

from django.utils import timezone

from community.jobs.actions import prune_jobs
from community.jobs.registry import task


@task("jobs.prune", every=timedelta(days=1))
def prune() -> None:
    """Forget jobs that were over long ago, and workers long gone."""
    prune_jobs(at=timezone.now())
