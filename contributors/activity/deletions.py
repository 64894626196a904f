"""What vanished at a source: marked, never removed, and taken back when it turns up again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from community.projects.models import Repository
from contributors.activity.models import Contribution, Tombstone, WorkItem
from contributors.activity.settle import Touched, change_deletion, days_of, lock, settle


@transaction.atomic
def mark_deleted(
    *, repository: Repository, kind: str, external_ids: Iterable[str], at: datetime
) -> int:
    """Say that rows are gone at the source; a work item takes along what hangs on it.

    Rows that have not come yet are remembered and die on arrival. A row written
    after `at` stays. Answers how many contributions it took.
    """
    lock(repository)
    gone = set(external_ids)
    touched = Touched()
    named = Q(kind=kind, external_id__in=gone, deleted_at=None)
    not_newer = Q(updated_at=None) | Q(updated_at__lte=at)
    items = WorkItem.objects.filter(named & not_newer, repository=repository)
    ids = list(items.values_list("pk", flat=True))
    note_turns(items, touched)
    WorkItem.objects.filter(pk__in=ids).update(deleted_at=at)
    dying = (named & not_newer) | Q(work_item__in=ids, deleted_at=None)
    rows = Contribution.objects.filter(dying, repository=repository)
    count = change_deletion(rows, at, touched)
    _remember(repository, kind, gone, at)
    touched.items.update(ids)
    settle(repository, touched)
    return count


@transaction.atomic
def mark_present(*, repository: Repository, kind: str, external_ids: Iterable[str]) -> int:
    """Take a deletion back, with everything that went along. Answers how many revived."""
    lock(repository)
    back = set(external_ids)
    touched = Touched()
    named = Q(repository=repository, kind=kind, external_id__in=back)
    Tombstone.objects.filter(named).delete()
    count = 0
    for item in WorkItem.objects.filter(named, deleted_at__isnull=False):
        count += revive_with(item.pk, item.deleted_at, touched)
        touched.items.add(item.pk)
    note_turns(WorkItem.objects.filter(named), touched)
    WorkItem.objects.filter(named).update(deleted_at=None)
    rows = Contribution.objects.filter(named, deleted_at__isnull=False)
    count += change_deletion(rows, None, touched)
    settle(repository, touched)
    return count


def note_turns(items: QuerySet[WorkItem], touched: Touched) -> None:
    """Note the days on which these work items began or ended."""
    for turns in items.values_list("opened_at", "closed_at", "merged_at"):
        touched.turned.update(days_of(turn for turn in turns if turn))


def revive_with(item_id: int, deleted_at: datetime | None, touched: Touched) -> int:
    """Revive what died with a work item, at the same moment."""
    rows = Contribution.objects.filter(
        work_item=item_id, deleted_at=deleted_at, deleted_at__isnull=False
    )
    return change_deletion(rows, None, touched)


def _remember(repository: Repository, kind: str, gone: set[str], at: datetime) -> None:
    """Tombstones for rows that have not come yet."""
    named = Q(repository=repository, kind=kind, external_id__in=gone)
    have = set(Contribution.objects.filter(named).values_list("external_id", flat=True))
    if kind in WorkItem.Kind.values:
        have &= set(WorkItem.objects.filter(named).values_list("external_id", flat=True))
    Tombstone.objects.bulk_create(
        (
            Tombstone(repository=repository, kind=kind, external_id=one, deleted_at=at)
            for one in sorted(gone - have)
        ),
        ignore_conflicts=True,
    )
