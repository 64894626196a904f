"""Everything that follows from the ledger, made anew with identical results."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from community.projects.models import Repository
from contributors.activity.derive import derive_work_items
from contributors.activity.models import DayCount, WorkItem
from contributors.activity.rollups import recount_days
from contributors.activity.settle import lock
from contributors.activity.unanswered import count_waiting, derive_waiting

CHUNK = 500
_rebuilds: dict[str, Callable[[], None]] = {}


def register_rebuild(name: str, function: Callable[[], None]) -> None:
    """Have something else that follows from the ledger rebuilt with it."""
    _rebuilds[name] = function


def rebuild_repository(repository: Repository) -> None:
    """Derive every work item and count every day of a repository anew.

    A chunk at a time in its own transaction, so that memory is bounded and
    ingest may go on between; killed and repeated it ends the same.
    """
    for ids in _chunks(repository.work_items.values_list("pk", flat=True).order_by("pk")):
        with transaction.atomic():
            lock(repository)
            derive_work_items(ids)
            derive_waiting(repository.pk, ids)
    with transaction.atomic():
        lock(repository)
        count_waiting(repository.pk)
    acts = repository.contributions.present().dates("occurred_at", "day")
    counted = DayCount.objects.filter(repository=repository)
    days = sorted({*acts, *counted.values_list("day", flat=True).distinct()})
    for start in range(0, len(days), CHUNK):
        with transaction.atomic():
            lock(repository)
            recount_days(repository.pk, days[start : start + CHUNK])


def rebuild_others() -> None:
    """What other apps registered, in the order of their names."""
    for _, function in sorted(_rebuilds.items()):
        function()


def _chunks(ids: QuerySet[WorkItem, int]) -> Iterator[list[int]]:
    rest = iter(ids.iterator())
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def rebuild(repositories: Iterable[Repository], tell: Callable[[Repository], None]) -> None:
    """Rebuild these repositories one after the other, then what follows from all."""
    for repository in repositories:
        rebuild_repository(repository)
        tell(repository)
    rebuild_others()
