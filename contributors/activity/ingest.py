"""The one door into the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from django.db import transaction
from django.db.models import OuterRef, Subquery

from community.people.bulk import among, as_json, as_moment, plain_rows, upsert
from community.people.employers import note_first_acts
from community.people.identities import identify
from community.projects.models import Repository
from contributors.activity.deletions import mark_deleted, mark_present, revive_with
from contributors.activity.derive import REPLIES
from contributors.activity.models import Completeness, Contribution, Tombstone, WorkItem
from contributors.activity.records import Batch, CompletenessRecord, Ingested
from contributors.activity.rows import (
    CONTRIBUTIONS,
    WORK_ITEMS,
    Known,
    LinkedItem,
    RowKey,
    actors,
    contribution_row,
    newest,
    work_item_row,
)
from contributors.activity.settle import (
    Touched,
    change_deletion,
    day_of,
    days_of,
    lock,
    put_off,
    settle,
    tell,
)
from contributors.activity.upsert import Outcome, merge

__all__ = ["ingest", "ingest_unsettled", "mark_deleted", "mark_present", "record_completeness"]

_ITEM = CONTRIBUTIONS.columns.index("work_item_id")
_OCCURRED = CONTRIBUTIONS.columns.index("occurred_at")
_ACTOR = CONTRIBUTIONS.columns.index("identity_id")
_NUMBER = WORK_ITEMS.columns.index("number")
_STATE = WORK_ITEMS.columns.index("state")
_OPEN = WorkItem.State.OPEN.value
_TURNS = [WORK_ITEMS.columns.index(name) for name in ("opened_at", "closed_at", "merged_at")]


@dataclass(frozen=True, slots=True)
class _Visit:
    """One batch on its way in."""

    repository: Repository
    batch: Batch
    known: Known
    buried: Mapping[RowKey, datetime]
    touched: Touched
    at: datetime


@transaction.atomic(savepoint=False)
def ingest(*, repository: Repository, batch: Batch, at: datetime) -> Ingested:
    """Upsert a batch: identities, work items, contributions, then what derives from them.

    Idempotent: the same batch twice changes nothing. An older version of a row
    (by `updated_at`) never overwrites a newer one, so order does not matter.
    """
    ingested, touched = _take_in(repository, batch, at)
    settle(repository, touched)
    return ingested


@transaction.atomic(savepoint=False)
def ingest_unsettled(*, repository: Repository, batch: Batch, at: datetime) -> Ingested:
    """The same for one of many batches: what derives from them waits for `settle_waiting`."""
    ingested, touched = _take_in(repository, batch, at)
    put_off(repository, touched)
    return ingested


def _take_in(repository: Repository, batch: Batch, at: datetime) -> tuple[Ingested, Touched]:
    """Write the rows of a batch; what that touches."""
    lock(repository)
    known = Known(identify(actors(batch.work_items, batch.contributions), at=at))
    visit = _Visit(repository, batch, known, _buried(repository), Touched(), at)
    items = _store_work_items(visit)
    acts = _store_contributions(visit)
    ingested = Ingested(
        added=len(items.added) + len(acts.added),
        changed=len(items.changed) + len(acts.changed),
        unchanged=items.unchanged + acts.unchanged,
    )
    return ingested, visit.touched


@transaction.atomic
def record_completeness(
    *, repository: Repository, records: Sequence[CompletenessRecord], at: datetime
) -> None:
    """Note what each day should have given and what it gave, replacing earlier notes."""
    columns = ("expected", "received", "parts", "reason")
    known = {day: row for day, *row in repository.completeness.values_list("day", *columns)}
    latest = {record.day: record for record in records}.values()
    made = [_weighed(repository, record, at) for record in latest]
    fresh = [row for row in made if known.get(row.day) != [getattr(row, one) for one in columns]]
    rows = [
        (
            *(repository.pk, row.day.isoformat(), row.expected, row.received),
            *(as_json(row.parts), as_json(row.reason.as_json()), as_moment(at)),
        )
        for row in fresh
    ]
    upsert(Completeness._meta.db_table, ("repository_id", "day"), (*columns, "checked_at"), rows)
    if counted := {row.day for row in fresh if known.get(row.day, ())[:2] != _pair(row)}:
        tell(repository, counted)


def _weighed(repository: Repository, record: CompletenessRecord, at: datetime) -> Completeness:
    return Completeness(
        repository=repository,
        day=record.day,
        expected=max(record.expected, record.received),
        received=record.received,
        parts={kind: part.as_json() for kind, part in record.parts.items()},
        reason=record.reason,
        checked_at=at,
    )


def _pair(row: Completeness) -> list[int]:
    return [row.expected, row.received]


def _buried(repository: Repository) -> dict[RowKey, datetime]:
    rows = Tombstone.objects.filter(repository=repository)
    return {
        (external_id, kind): deleted_at
        for external_id, kind, deleted_at in rows.values_list("external_id", "kind", "deleted_at")
    }


def _store_work_items(visit: _Visit) -> Outcome:
    """Write the issues and change requests, then link what waited for them."""
    if not visit.batch.work_items:
        return Outcome()
    rows = {
        key: work_item_row(record, visit.known)
        for key, record in newest(visit.batch.work_items).items()
    }
    outcome = merge(WORK_ITEMS, visit.repository.pk, rows, buried=visit.buried, once={})
    turns = (row[place] for _, row in outcome.versions() for place in _TURNS)
    visit.touched.turned.update(days_of(turn for turn in turns if turn))
    if outcome.added:
        _link_waiting(visit, [row[_NUMBER] for row in outcome.added.values()])
        _note_opened(visit, outcome)
    if outcome.changed:
        _follow_changed(visit, outcome)
    return outcome


def _note_opened(visit: _Visit, outcome: Outcome) -> None:
    """Note which new work items may wait for an answer."""
    may_wait = {
        key for key, row in outcome.added.items() if row[_STATE] == _OPEN and row[-1] is None
    }
    if may_wait:
        rows = WorkItem.objects.filter(
            repository=visit.repository, external_id__in=among(key[0] for key in may_wait)
        )
        visit.touched.opened.update(rows.values_list("pk", flat=True))


def _link_waiting(visit: _Visit, numbers: list[int]) -> None:
    """Tie contributions that came before their work item to it."""
    waiting = Contribution.objects.filter(
        repository=visit.repository, work_item=None, work_item_number__in=among(numbers)
    )
    item = WorkItem.objects.filter(
        repository=OuterRef("repository"), number=OuterRef("work_item_number")
    )
    if not waiting.update(work_item=Subquery(item.values("pk")[:1])):
        return
    items = WorkItem.objects.filter(repository=visit.repository, number__in=among(numbers))
    for pk, deleted_at in items.values_list("pk", "deleted_at"):
        visit.touched.items.add(pk)
        if deleted_at is not None:
            rows = Contribution.objects.filter(work_item=pk, deleted_at=None)
            change_deletion(rows, deleted_at, visit.touched)


def _follow_changed(visit: _Visit, outcome: Outcome) -> None:
    """Derive changed work items anew; one that lives again revives what died with it."""
    died = {key: old[-1] for key, (old, new) in outcome.changed.items() if old[-1] and not new[-1]}
    ids = WorkItem.objects.filter(
        repository=visit.repository,
        external_id__in=among(key[0] for key in outcome.changed),
    )
    for pk, external_id, kind in ids.values_list("pk", "external_id", "kind"):
        visit.touched.items.add(pk)
        if (external_id, kind) in died:
            revive_with(pk, died[external_id, kind], visit.touched)


def _store_contributions(visit: _Visit) -> Outcome:
    """Write the counted acts, tied to the work items we have."""
    items = _items_by_number(visit.repository, visit.batch)
    rows = {
        key: contribution_row(record, visit.known, items)
        for key, record in newest(visit.batch.contributions).items()
    }
    outcome = merge(
        CONTRIBUTIONS,
        visit.repository.pk,
        rows,
        buried=visit.buried,
        once={"recorded_at": visit.at},
    )
    _note_touched(outcome, visit.touched)
    note_first_acts(_first_days(outcome))
    return outcome


def _note_touched(outcome: Outcome, touched: Touched) -> None:
    """The days, kinds and answered items of acts that came or changed."""
    days, items = touched.days, touched.items
    for (_id, kind), row in outcome.versions():
        touched.kinds.add(kind)
        days.add(day_of(row[_OCCURRED]))
        if kind in REPLIES and row[_ITEM] is not None:
            items.add(row[_ITEM])


def _first_days(outcome: Outcome) -> dict[int, date]:
    """On which UTC day each identity first acted, among the rows that were written."""
    firsts: dict[int, datetime] = {}
    fresh = chain(outcome.added.values(), (new for _, new in outcome.changed.values()))
    for row in fresh:
        actor, moment = row[_ACTOR], row[_OCCURRED]
        if actor is not None and (actor not in firsts or moment < firsts[actor]):
            firsts[actor] = moment
    return {actor: day_of(moment) for actor, moment in firsts.items()}


def _items_by_number(repository: Repository, batch: Batch) -> dict[int, LinkedItem]:
    named = (record.work_item for record in batch.contributions)
    numbers = {number for number in named if number is not None}
    if not numbers:
        return {}
    found = WorkItem.objects.filter(repository=repository, number__in=among(numbers))
    return {
        number: LinkedItem(pk, deleted_at and deleted_at.replace(tzinfo=UTC))
        for number, pk, deleted_at in plain_rows(found.values_list("number", "pk", "deleted_at"))
    }
