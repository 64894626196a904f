"""After rows changed: what derives from them is brought up to date and others are told."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import QuerySet

from community.jobs.topics import publish
from community.projects.models import Repository
from contributors.activity.derive import DERIVED, derive_work_items, items_of_people
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.rollups import recount_days


@dataclass(slots=True)
class Touched:
    """The work items of a repository, and the days and kinds, that have to be derived anew."""

    days: set[date] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    # Days on which a work item began or ended, before the change or after it.
    turned: set[date] = field(default_factory=set)


def lock(repository: Repository) -> None:
    """Let one batch of a repository in at a time; SQLite writers wait anyway."""
    Repository.objects.select_for_update(no_key=True).only("pk").get(pk=repository.pk)


def change_deletion(
    rows: QuerySet[Contribution], deleted_at: datetime | None, touched: Touched
) -> int:
    """Bury or revive contributions, noting what they touch."""
    found = rows.values_list("occurred_at", "kind", "work_item_id")
    for occurred_at, kind, item in found.iterator():
        touched.days.add(occurred_at.astimezone(UTC).date())
        touched.kinds.add(kind)
        if item is not None:
            touched.items.add(item)
    return rows.update(deleted_at=deleted_at)


def settle(repository: Repository, touched: Touched) -> None:
    """Derive what was touched and publish `activity.ingested`."""
    derive_work_items(touched.items)
    recount_days(repository.pk, touched.days, touched.kinds)
    if touched.days or touched.items or touched.turned:
        tell(repository, touched.days | touched.turned)


def settle_people(person_ids: Iterable[int]) -> None:
    """Derive what these people opened or spoke on anew, and tell where that changed anything."""
    found = items_of_people(person_ids).order_by("pk")
    items: defaultdict[int, list[int]] = defaultdict(list)
    for pk, repository_id in found.values_list("pk", "repository_id"):
        items[repository_id].append(pk)
    for repository in Repository.objects.filter(pk__in=items).order_by("pk"):
        lock(repository)
        before = _derived(items[repository.pk])
        derive_work_items(items[repository.pk])
        after = _derived(items[repository.pk])
        if changed := {row[0] for row in before ^ after}:
            opened = WorkItem.objects.filter(pk__in=changed).values_list("opened_at", flat=True)
            tell(repository, days_of(opened))


def _derived(ids: list[int]) -> set[tuple[Any, ...]]:
    rows = WorkItem.objects.filter(pk__in=ids)
    return set(rows.values_list("pk", *DERIVED))


def tell(repository: Repository, days: set[date]) -> None:
    """Publish on which days something of a repository is no longer as it was."""
    publish(
        "activity.ingested",
        repository_id=repository.pk,
        days=sorted(day.isoformat() for day in days),
        months=sorted({f"{day:%Y-%m}-01" for day in days}),
    )


def days_of(moments: Iterable[datetime]) -> set[date]:
    """The UTC days of these moments."""
    return {(one if one.tzinfo is UTC else one.astimezone(UTC)).date() for one in moments}
