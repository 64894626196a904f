"""Jobs that keep the figures in step."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from community.jobs.registry import task
from contributors.metrics.actions import (
    mark_people_stale,
    mark_stale,
    refresh_figures,
)


@task("metrics.note_activity")
def note_activity(repository_id: int, days: list[str], **facts: Any) -> None:
    """Have the figures follow what was ingested into a repository."""
    since = min((date.fromisoformat(day) for day in days), default=timezone.now().date())
    mark_stale(repository_ids=[repository_id], since=since, at=timezone.now())


@task("metrics.note_people")
def note_people(**facts: Any) -> None:
    """Have the figures follow a merge, a split, a new employer or a bot found."""
    found = [fact if isinstance(fact, list) else [fact] for fact in facts.values()]
    ids = [pk for group in found for pk in group if isinstance(pk, int)]
    mark_people_stale(person_ids=ids, at=timezone.now())


@task("metrics.refresh", every=timedelta(minutes=10))
def refresh() -> None:
    """Work off what changed; the periodic run catches what a lost job left behind."""
    refresh_figures(at=timezone.now())
