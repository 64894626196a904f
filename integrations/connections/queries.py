"""What pages show of sources, read across tables."""

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from community.jobs.models import Job
from contributors.activity.models import Completeness, Contribution
from integrations.connections.holders import is_gone
from integrations.connections.models import Source, SyncRun
from integrations.connections.querysets import SILENCE


def what_stays_and_goes(source: Source) -> dict[str, Any]:
    """What disconnecting keeps and what it forgets, counted."""
    acts = Contribution.objects.present().filter(repository=source.repository)
    connection = source.connection
    is_last = connection is not None and connection.sources.count() == 1
    return {
        "contributions": acts.count(),
        "people": acts.exclude(identity=None).values("identity__person").distinct().count(),
        "days": Completeness.objects.filter(repository=source.repository).count(),
        "runs": source.runs.count(),
        "is_last": is_last,
        "keys": connection.credentials.count() if connection is not None else 0,
    }


def under_way(sources: QuerySet[Source], at: datetime) -> list[dict[str, Any]]:
    """Each source with its last run, and whether it is being read or waits for a worker."""
    last = SyncRun.objects.filter(source=OuterRef("pk")).values("pk")[:1]
    rows = list(sources.annotate(last_run=Subquery(last)))
    runs = SyncRun.objects.in_bulk([row.last_run for row in rows if row.last_run])
    waiting = Job.objects.filter(
        task="connections.sync", state__in=[Job.State.WAITING, Job.State.RUNNING]
    )
    asked = {given.get("source_id") for given in waiting.values_list("arguments", flat=True)}
    found = []
    for row in rows:
        run = runs.get(row.last_run)
        is_running = is_alive(run, at)
        is_asked = row.pk in asked and not is_running
        found.append({"source": row, "run": run, "is_running": is_running, "is_asked": is_asked})
    return found


def is_alive(run: SyncRun | None, at: datetime) -> bool:
    """Whether a run is under way and its process is not known to be gone."""
    if run is None or run.state != SyncRun.State.RUNNING or run.touched_at <= at - SILENCE:
        return False
    return not is_gone(run.holder)
