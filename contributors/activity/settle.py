"""After rows changed: what derives from them is brought up to date and others are told."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from community.jobs.topics import publish
from community.projects.models import Repository
from contributors.activity.derive import DERIVED, MANY, derive_work_items, items_of_people
from contributors.activity.models import Contribution, Unsettled, WorkItem
from contributors.activity.planning import count_grown_tables
from contributors.activity.rollups import recount_days
from contributors.activity.unanswered import derive_waiting, derive_waiting_of


@dataclass(slots=True)
class Touched:
    """The work items of a repository, and the days and kinds, that have to be derived anew."""

    days: set[date] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    # Work items that are new, of which nobody can have said a word that is derived.
    opened: set[int] = field(default_factory=set)
    # Days on which a work item began or ended, before the change or after it.
    turned: set[date] = field(default_factory=set)

    def as_json(self) -> dict[str, list[Any]]:
        """As it is stored until it is settled."""
        return {
            "days": [day.isoformat() for day in self.days],
            "kinds": list(self.kinds),
            "items": list(self.items),
            "turned": [day.isoformat() for day in self.turned],
        }

    def take(self, stored: Mapping[str, list[Any]]) -> None:
        """Add what was stored."""
        self.days.update(map(date.fromisoformat, stored["days"]))
        self.kinds.update(stored["kinds"])
        self.items.update(stored["items"])
        self.turned.update(map(date.fromisoformat, stored["turned"]))


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


def put_off(repository: Repository, touched: Touched) -> None:
    """Remember what was touched until `settle_waiting`, or the next that settles."""
    Unsettled.objects.create(repository=repository, touched=touched.as_json())


@transaction.atomic(savepoint=False)
def settle_waiting(*, repository: Repository) -> None:
    """Derive what was put off; a repository that is behind in nothing is left alone.

    Within a transaction of the caller without a savepoint, for which SQLite would
    hold every page as it was.
    """
    lock(repository)
    settle(repository, Touched())


def settle(repository: Repository, touched: Touched) -> None:
    """Derive what was touched, and what was put off before; publish `activity.ingested`.

    The caller holds the repository's lock.
    """
    waiting = dict(Unsettled.objects.filter(repository=repository).values_list("pk", "touched"))
    for stored in waiting.values():
        touched.take(stored)
    Unsettled.objects.filter(pk__in=waiting).delete()
    if len(touched.days) >= MANY:
        count_grown_tables()
    derive_work_items(touched.items)
    derive_waiting(repository.pk, touched.items | touched.opened)
    recount_days(repository.pk, touched.days, touched.kinds)
    if touched.days or touched.items or touched.turned:
        tell(repository, touched.days | touched.turned, touched.items)


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
        derive_waiting(repository.pk, items[repository.pk])
        after = _derived(items[repository.pk])
        if changed := {row[0] for row in before ^ after}:
            opened = WorkItem.objects.filter(pk__in=changed).values_list("opened_at", flat=True)
            tell(repository, days_of(opened), changed)


def settle_project(project_id: int) -> None:
    """Note anew what waits in a project, whose maintainers may have answered it."""
    for repository in Repository.objects.filter(project=project_id).order_by("pk"):
        lock(repository)
        derive_waiting_of(repository.pk)


def _derived(ids: list[int]) -> set[tuple[Any, ...]]:
    rows = WorkItem.objects.filter(pk__in=ids)
    return set(rows.values_list("pk", *DERIVED))


def tell(repository: Repository, days: set[date], items: Collection[int] = ()) -> None:
    """Publish on which days something of a repository is no longer as it was, and which of its
    work items may have other answers."""
    publish(
        "activity.ingested",
        repository_id=repository.pk,
        days=sorted(day.isoformat() for day in days),
        months=sorted({f"{day:%Y-%m}-01" for day in days}),
        items=sorted(items),
    )


def days_of(moments: Iterable[datetime]) -> set[date]:
    """The UTC days of these moments."""
    return {day_of(one) for one in moments}


def day_of(moment: datetime) -> date:
    """The UTC day of a moment."""
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).date()
