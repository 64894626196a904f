"""Records turned into the rows of the two big tables, ready to compare and to write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from community.lib.text import storable
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.records import Actor, ContributionRecord, WorkItemRecord

Row = tuple[Any, ...]
RowKey = tuple[str, str]  # external_id, kind: unique within a repository
MOST = 2**31 - 1
R = TypeVar("R", ContributionRecord, WorkItemRecord)


@dataclass(frozen=True, slots=True)
class Table:
    """A table that a source fills: the columns that follow the source, in row order.

    The last two are `updated_at` and `deleted_at`.
    """

    name: str
    columns: tuple[str, ...]
    moments: tuple[int, ...]  # places of the columns that hold times
    lists: tuple[int, ...]  # and of those that hold lists


def _table(model: type[models.Model], columns: tuple[str, ...]) -> Table:
    kinds = {field.attname: type(field) for field in model._meta.concrete_fields}
    return Table(
        name=model._meta.db_table,
        columns=columns,
        moments=_places(columns, kinds, models.DateTimeField),
        lists=_places(columns, kinds, models.JSONField),
    )


def _places(
    columns: tuple[str, ...], kinds: Mapping[str, type[Any]], wanted: type[Any]
) -> tuple[int, ...]:
    return tuple(place for place, name in enumerate(columns) if kinds[name] is wanted)


CONTRIBUTIONS = _table(
    Contribution,
    (
        *("source", "identity_id", "work_item_id", "work_item_number", "occurred_at"),
        *("zone_minutes", "title", "url", "outcome", "is_merge", "lines_added", "lines_removed"),
        *("updated_at", "deleted_at"),
    ),
)
WORK_ITEMS = _table(
    WorkItem,
    (
        *("source", "number", "title", "url", "author_id", "state", "state_reason", "is_draft"),
        *("labels", "milestone", "opened_at", "closed_at", "merged_at", "closed_by_id"),
        *("updated_at", "deleted_at"),
    ),
)


class Known:
    """The ids of identities by actor; nobody stays nobody."""

    def __init__(self, ids: Mapping[tuple[str, str], int]) -> None:
        self._ids = ids

    def __call__(self, actor: Actor | None) -> int | None:
        return None if actor is None else self._ids[actor.provider, actor.uid]


@dataclass(frozen=True, slots=True)
class LinkedItem:
    """A work item that contributions name by its number."""

    pk: int
    deleted_at: datetime | None


def newest(records: Iterable[R]) -> dict[RowKey, R]:
    """One record per key: the newest by the source's clock, the last of equals."""
    found: dict[RowKey, R] = {}
    for record in records:
        key = (record.external_id, record.kind)
        if key not in found or not is_older(record.updated_at, found[key].updated_at):
            found[key] = record
    return found


def is_older(one: datetime | None, other: datetime | None) -> bool:
    """Whether a version is behind another; one without a date is behind any with one."""
    if other is None:
        return False
    return one is None or one < other


def survives(deleted_at: datetime | None, updated_at: datetime | None) -> bool:
    """Whether a record is newer than the deletion we know of, so that it lives again.

    A record without a date is seen only in lists of what exists.
    """
    return deleted_at is None or updated_at is None or updated_at > deleted_at


def work_item_row(record: WorkItemRecord, known: Known) -> Row:
    """The columns of `WORK_ITEMS`, `deleted_at` still open."""
    return (
        record.source,
        record.number,
        storable(record.title, 500),
        storable(record.url, 500),
        known(record.author),
        record.state,
        record.state_reason,
        record.is_draft,
        [storable(label, 255) for label in record.labels],
        storable(record.milestone, 255),
        record.opened_at,
        record.closed_at,
        record.merged_at,
        known(record.closed_by),
        record.updated_at,
        None,
    )


def contribution_row(
    record: ContributionRecord, known: Known, items: Mapping[int, LinkedItem]
) -> Row:
    """The columns of `CONTRIBUTIONS`; what belongs to a deleted work item is deleted too."""
    # Taken apart at once: by name each field would be looked up for each of many rows.
    (source, _kind, _id, actor, occurred_at, number, zone, title, url, outcome, is_merge, added,
     removed, updated_at) = record  # fmt: skip
    item = None if number is None else items.get(number)
    return (
        source,
        None if actor is None else known(actor),
        None if item is None else item.pk,
        number,
        occurred_at,
        zone,
        title and storable(title, 300),
        url and storable(url, 500),
        outcome,
        is_merge,
        None if added is None else _count(added),
        None if removed is None else _count(removed),
        updated_at,
        None if item is None else item.deleted_at,
    )


def actors(
    items: Sequence[WorkItemRecord], contributions: Sequence[ContributionRecord]
) -> list[Actor]:
    """Everybody these records name, each version of them once."""
    named = dict.fromkeys([record.actor for record in contributions])
    named |= dict.fromkeys([record.author for record in items])
    named |= dict.fromkeys([record.closed_by for record in items])
    return [actor for actor in named if actor is not None]


def _count(value: int) -> int:
    return min(max(value, 0), MOST)
