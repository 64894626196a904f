"""Jobs that keep sources in step."""

from datetime import timedelta

from django.utils import timezone

from community.jobs.actions import enqueue
from community.jobs.registry import task
from community.jobs.runner import RetryAt
from community.lib.refusals import Refused
from integrations.connections.models import Source
from integrations.connections.receiving import prune_deliveries
from integrations.connections.relisting import is_relisting_due
from integrations.connections.sync import sync_source

AGAIN = timedelta(minutes=1)


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
        slot = source.due_at or source.created_at
        enqueue(
            "connections.sync",
            unique_key=f"sync:{source.pk}:{slot}",
            source_id=source.pk,
            full=is_relisting_due(source, at=at),
        )


@task("connections.prune_deliveries", every=timedelta(days=1), is_chore=True)
def prune() -> None:
    """Drop the bodies of old deliveries."""
    prune_deliveries(at=timezone.now())
