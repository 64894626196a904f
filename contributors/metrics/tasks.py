"""Jobs that keep the figures in step."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from community.jobs.actions import enqueue
from community.jobs.registry import task
from contributors.metrics.absences import mark_leave_stale, mark_leaves_stale
from contributors.metrics.actions import (
    SLOT,
    mark_items_stale,
    mark_people_stale,
    mark_stale,
    refresh_figures,
    refresh_recent,
)

TOOK = "metrics:recent-took"  # seconds, by the last time
SHARE = 20  # the last days are made anew for at most one part of so many of the time


def await_recent(*, at: datetime) -> None:
    """Have the last days made anew, the sooner the less time it takes."""
    slot = max(SLOT.total_seconds(), SHARE * (cache.get(TOOK) or 0))
    number = int(at.timestamp() // slot) + 1
    enqueue(
        "metrics.refresh_recent",
        run_at=datetime.fromtimestamp(number * slot, UTC),
        unique_key=f"metrics.refresh_recent:{number}",
    )


@task("metrics.note_activity")
def note_activity(
    repository_id: int, days: list[str], items: list[int] | None = None, **facts: Any
) -> None:
    """Have the figures follow what was ingested into a repository."""
    at = timezone.now()
    mark_stale(repository_ids=[repository_id], days=map(date.fromisoformat, days), at=at)
    if items:
        mark_items_stale(repository_id=repository_id, items=items, at=at)


@task("metrics.note_people")
def note_people(**facts: Any) -> None:
    """Have the figures follow a merge, a split, a new employer or a bot found."""
    found = [fact if isinstance(fact, list) else [fact] for fact in facts.values()]
    ids = [pk for group in found for pk in group if isinstance(pk, int)]
    mark_people_stale(person_ids=ids, at=timezone.now())
    mark_leaves_stale(person_ids=ids, at=timezone.now())


@task("metrics.note_leave")
def note_leave(person_id: int, starts_on: str, ends_on: str | None, **facts: Any) -> None:
    """Have the figures follow an announced leave, or one that was taken back."""
    start, end = date.fromisoformat(starts_on), date.fromisoformat(ends_on) if ends_on else None
    mark_leave_stale(person_ids=[person_id], starts_on=start, ends_on=end, at=timezone.now())


@task("metrics.refresh", every=timedelta(minutes=10))
def refresh() -> None:
    """Work off what changed; the periodic run catches what a lost job left behind."""
    if refresh_figures(at=timezone.now()):
        await_recent(at=timezone.now())


@task("metrics.refresh_recent", every=timedelta(minutes=10))
def refresh_last_days() -> None:
    """Have the figures of the last days follow."""
    begin = perf_counter()
    refresh_recent(at=timezone.now())
    cache.set(TOOK, perf_counter() - begin, None)
