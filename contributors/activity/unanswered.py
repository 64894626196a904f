"""Since when each work item waits for an answer, and how many do, noted beside the ledger."""

from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Coalesce

from community.people.bulk import among, chunks
from contributors.activity.models import Waiting, WorkItem

LAST_WORD = Coalesce("last_reply_at", "opened_at")
AT_ONCE = 5_000  # putting the statement together takes longer than a thousand rows


def derive_waiting(repository_id: int, ids: Iterable[int]) -> None:
    """Write anew since when these work items of a repository wait; the caller holds its lock.

    What is derived from their replies has to be right already.
    """
    changed = 0
    for chunk in chunks(sorted(ids), AT_ONCE):
        rows = WorkItem.objects.filter(pk__in=among(chunk))
        unanswered = rows.unanswered()
        noted = rows.filter(waits_since__isnull=False)
        changed += noted.exclude(pk__in=unanswered.values("pk")).update(waits_since=None)
        differs = Q(waits_since=None) | ~Q(waits_since=LAST_WORD)
        changed += unanswered.filter(differs).update(waits_since=LAST_WORD)
    if changed:
        count_waiting(repository_id)


def count_waiting(repository_id: int) -> None:
    """Count what waits in a repository anew."""
    count = WorkItem.objects.filter(repository=repository_id).waiting().count()
    Waiting.objects.update_or_create(repository_id=repository_id, defaults={"count": count})


def derive_waiting_of(repository_id: int) -> None:
    """The same of whatever in a repository may wait or is noted to."""
    rows = WorkItem.objects.filter(repository=repository_id)
    found = rows.unanswered().values_list("pk", flat=True)
    derive_waiting(repository_id, {*found, *rows.waiting().values_list("pk", flat=True)})
