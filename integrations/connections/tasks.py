"""Jobs that keep sources in step."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from community.jobs.actions import enqueue
from community.jobs.models import Job
from community.jobs.registry import task
from community.jobs.runner import RetryAt
from community.lib.refusals import Refused, Sentence
from integrations.connections.models import Source
from integrations.connections.receiving import prune_deliveries
from integrations.connections.relisting import is_relisting_due
from integrations.connections.sync import AFTER_A_FAILURE, sync_source

AGAIN = timedelta(minutes=1)
OVER = (Job.State.DONE, Job.State.PARKED, Job.State.DROPPED)
DIED = _("The worker died in the middle of every try; the page of jobs tells of it.")


@task("connections.sync", commits_itself=True)
def sync(source_id: int, full: bool = False) -> None:  # noqa: FBT001, FBT002 - a job's keyword
    """One run over one source; waits while another one, which may be dead, holds it."""
    source = Source.objects.filter(pk=source_id).first()
    if source is None:
        return
    try:
        sync_source(source=source, full=full)
    except Refused as refusal:
        if refusal.code == "already_running":
            raise RetryAt(timezone.now() + AGAIN, str(refusal)) from refusal


@task("connections.sync_due", every=timedelta(minutes=1))
def sync_due() -> None:
    """One job per due source, so that a bad one does not hold up the rest."""
    at = timezone.now()
    for source in Source.objects.due_at(at):
        ask(source, at=at)


def ask(source: Source, *, at: datetime) -> None:
    """Ask for the run that is due; for another moment where that one was in vain."""
    job = enqueue(
        "connections.sync",
        unique_key=f"sync:{source.pk}:{source.due_at or source.created_at}",
        source_id=source.pk,
        full=is_relisting_due(source, at=at),
    )
    if job.state in OVER:
        ask_later(source, job, at=at)


def has_come_further(source: Source, *, since: datetime) -> bool:
    """Whether a run stored anything: then not the reading is to blame that its worker died."""
    return source.runs.filter(started_at__gte=since).exclude(counts={}).exists()


def ask_later(source: Source, job: Job, *, at: datetime) -> None:
    """The job for this moment is over and did not end its reading, so another moment is needed.

    Nothing is changed where a run has moved the source on meanwhile.
    """
    has_died, due = job.state == Job.State.PARKED, Source.objects.filter(due_at=source.due_at)
    if has_died and has_come_further(source, since=job.created_at):
        due.filter(pk=source.pk).update(due_at=at)
        return
    problem = {"problem": Sentence(DIED)} if has_died else {}
    due.filter(pk=source.pk).update(due_at=at + AFTER_A_FAILURE, **problem)


@task("connections.prune_deliveries", every=timedelta(days=1), is_chore=True)
def prune() -> None:
    """Drop the bodies of old deliveries."""
    prune_deliveries(at=timezone.now())
