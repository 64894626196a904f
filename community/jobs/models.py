"""Durable jobs: the table remembers what has to be done, whoever executes it."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community.jobs.querysets import JobQuerySet, WorkerBeatQuerySet
from community.lib.text import spelled_out


class Job(models.Model):
    """One thing to do, written in the transaction of whoever wants it done."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        PARKED = "parked", _("Parked")
        DROPPED = "dropped", _("Dropped")

    task = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    unique_key = models.CharField(max_length=200, unique=True, null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # Something nobody waits for: claimed after everything else that is due.
    is_chore = models.BooleanField(default=False)
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_by = models.CharField(max_length=80, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["state", "is_chore", "run_at"], name="job_state_chore_run_at"),
            models.Index(fields=["state", "leased_until"], name="job_state_lease"),
            models.Index(fields=["task", "-id"], name="job_task_newest"),
        ]
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.task} #{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("jobs:detail", args=[self.pk])

    @property
    def shown_arguments(self) -> list[tuple[str, str]]:
        """Names and values for people to read."""
        return spelled_out(self.arguments)

    @property
    def last_words(self) -> str:
        """The line of the error that says what happened."""
        return (self.error.strip().splitlines() or [""])[-1]


class WorkerBeat(models.Model):
    """When a worker last showed that it lives."""

    worker = models.CharField(max_length=80, unique=True)
    seen_at = models.DateTimeField()
    objects = WorkerBeatQuerySet.as_manager()

    def __str__(self) -> str:
        return self.worker
