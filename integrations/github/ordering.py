"""What of a delivery is news: deliveries come in any order, late, and again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from community.people.models import Identity
from community.projects.models import Repository
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.records import Actor, Batch, ContributionRecord, WorkItemRecord

R = TypeVar("R", ContributionRecord, WorkItemRecord)
Key = tuple[str, str]  # external id, kind
SHOWN = ("title", "state", "state_reason", "is_draft", "labels", "milestone", "closed_at")


@dataclass(frozen=True, slots=True)
class News:
    """What is newer than what we hold, and whether something as old differs from it."""

    batch: Batch
    is_contested: bool


def news_of(repository: Repository, batch: Batch) -> News:
    """Leave out what is older than the ledger, or as old; the caller holds the repository's lock.

    Within one second nobody can tell which of two deliveries came first, and a
    reading of GitHub may have seen the last of them: what is held stays, and
    where they differ GitHub has to be asked.
    """
    items = _items(repository, batch)
    acts = _acts(repository, batch)
    contested = any(
        (held := items.get(_key(record))) is not None and _differs(record, held)
        for record in batch.work_items
    )
    fresh = Batch(
        work_items=[
            _closed_by_kept(record, items.get(_key(record)))
            for record in _newer(batch.work_items, {k: row.updated_at for k, row in items.items()})
        ],
        contributions=[
            *_newer(batch.contributions, {key: row.updated_at for key, row in acts.items()}),
            *(one for one in batch.contributions if _is_dismissal(one, acts.get(_key(one)))),
        ],
    )
    return News(fresh, contested)


def _items(repository: Repository, batch: Batch) -> dict[Key, WorkItem]:
    wanted = {record.external_id for record in batch.work_items}
    rows = WorkItem.objects.filter(repository=repository, external_id__in=wanted)
    return {(row.external_id, row.kind): row for row in rows}


def _acts(repository: Repository, batch: Batch) -> dict[Key, Contribution]:
    wanted = {record.external_id for record in batch.contributions}
    rows = Contribution.objects.filter(repository=repository, external_id__in=wanted)
    return {(row.external_id, row.kind): row for row in rows}


def _key(record: ContributionRecord | WorkItemRecord) -> Key:
    return record.external_id, record.kind


def _newer(records: Iterable[R], held: Mapping[Key, datetime | None]) -> list[R]:
    """Those that we do not hold yet or that are younger than what we hold."""
    return [record for record in records if _is_newer(record.updated_at, held, _key(record))]


def _is_newer(moment: datetime | None, held: Mapping[Key, datetime | None], key: Key) -> bool:
    if key not in held:
        return True
    known = held[key]
    return moment is not None and (known is None or moment > known)


def _differs(record: WorkItemRecord, held: WorkItem) -> bool:
    """Whether two versions of the same second tell different things."""
    if record.updated_at != held.updated_at:
        return False
    return any(_plain(getattr(record, name)) != _plain(getattr(held, name)) for name in SHOWN)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, list | tuple) else value


def _is_dismissal(record: ContributionRecord, held: Contribution | None) -> bool:
    """A dismissal leaves the time of a review as it was, and is never taken back."""
    return (
        held is not None
        and record.outcome == "dismissed"
        and held.outcome != "dismissed"
        and record.updated_at == held.updated_at
    )


def _closed_by_kept(record: WorkItemRecord, held: WorkItem | None) -> WorkItemRecord:
    """Only the delivery of the closing itself says who closed; later ones leave it out."""
    if record.closed_by is not None or record.closed_at is None or held is None:
        return record
    if held.closed_at != record.closed_at or held.closed_by_id is None:
        return record
    closer = Identity.objects.get(pk=held.closed_by_id)
    return record._replace(closed_by=Actor(provider=closer.provider, uid=closer.uid))
