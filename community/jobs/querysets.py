"""Reads on jobs, named as phrases."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When

if TYPE_CHECKING:
    from community.jobs.models import Job, WorkerBeat


class JobQuerySet(models.QuerySet["Job"]):
    def ready_at(self, moment: datetime) -> Self:
        """Due and free, or held by a worker whose lease ran out.

        A lease that ends further off than any can be given is left from before
        the clock was set back; it counts as run out.
        """
        return self.filter(
            Q(state="waiting", run_at__lte=moment)
            | Q(state="running", leased_until__lte=moment)
            | Q(state="running", leased_until__gt=moment + 2 * settings.JOB_LEASE)
        )

    def by_urgency(self) -> Self:
        """What is due longest first, chores after everything else."""
        return self.order_by("is_chore", "run_at", "pk")

    def held_as(self, job: "Job") -> Self:
        """The row, if it is still in the hands of the worker that claimed this copy of it."""
        return self.filter(
            pk=job.pk, state="running", leased_by=job.leased_by, attempts=job.attempts
        )

    def slots_of(self, task: str) -> Self:
        """The jobs made for the slots of a periodic task, newest first."""
        return self.filter(task=task, unique_key__startswith=f"{task}@").order_by("-pk")

    def parked(self) -> Self:
        """Given up after their last try; a maintainer decides."""
        return self.filter(state="parked")

    def over_before(self, moment: datetime) -> Self:
        """Done or dropped before this moment, so nobody misses them."""
        return self.filter(state__in=["done", "dropped"], finished_at__lt=moment)

    def failures_first(self) -> Self:
        """Parked, then running, then failed and waiting, then the rest; newest first."""
        rank = Case(
            When(state="parked", then=0),
            When(state="running", then=1),
            When(~Q(error="") & Q(state="waiting"), then=2),
            When(state="waiting", then=3),
            default=4,
        )
        return self.order_by(rank, "-pk")


class WorkerBeatQuerySet(models.QuerySet["WorkerBeat"]):
    def newest(self) -> "WorkerBeat | None":
        """The worker that was last seen alive."""
        return self.order_by("-seen_at").first()
