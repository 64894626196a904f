"""Compares rows with the ledger and writes those that differ, a thousand at a time."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

from contributors.activity.rows import Row, RowKey, Table, is_older, moment, survives

CHUNK = 1000
T = TypeVar("T")
KEY = ("repository_id", "external_id", "kind")


@dataclass(slots=True)
class Outcome:
    """What became of the rows of a batch; `changed` holds the old row and the new one."""

    added: dict[RowKey, Row] = field(default_factory=dict)
    changed: dict[RowKey, tuple[Row, Row]] = field(default_factory=dict)
    unchanged: int = 0

    def versions(self) -> Iterator[tuple[RowKey, Row]]:
        """Every row as it is now and, where it changed, as it was."""
        yield from self.added.items()
        for key, (old, new) in self.changed.items():
            yield key, old
            yield key, new


def merge(
    table: Table,
    repository_id: int,
    rows: Mapping[RowKey, Row],
    *,
    buried: Mapping[RowKey, datetime],
    once: Mapping[str, datetime],
) -> Outcome:
    """Write the rows that are new or newer; `once` fills columns of new rows only.

    The caller holds the repository's lock, so nothing changes between the look
    and the write.
    """
    outcome = Outcome()
    stored = _stored(table, repository_id, rows)
    for key, row in rows.items():
        _judge(key, row, stored.get(key), buried.get(key), outcome)
    fresh = {**outcome.added, **{key: new for key, (_, new) in outcome.changed.items()}}
    _write(table, repository_id, fresh, once)
    return outcome


def _judge(
    key: RowKey, row: Row, old: Row | None, buried_at: datetime | None, outcome: Outcome
) -> None:
    """Sort one row into the outcome."""
    updated_at = row[-2]
    if old is None:
        outcome.added[key] = row if survives(buried_at, updated_at) else _dead(row, buried_at)
        return
    if is_older(updated_at, old[-2]):
        outcome.unchanged += 1
        return
    if not survives(old[-1], updated_at):
        row = _dead(row, old[-1])
    if row == old:
        outcome.unchanged += 1
    else:
        outcome.changed[key] = (old, row)


def _dead(row: Row, deleted_at: datetime | None) -> Row:
    return (*row[:-1], deleted_at)


def _stored(table: Table, repository_id: int, keys: Iterable[RowKey]) -> dict[RowKey, Row]:
    """What the table already holds of these keys."""
    wanted = {external_id for external_id, _ in keys}
    found: dict[RowKey, Row] = {}
    for chunk in _chunks(wanted):
        rows = table.model._default_manager.filter(
            repository_id=repository_id, external_id__in=chunk
        ).values_list("external_id", "kind", *table.columns)
        found.update({(row[0], row[1]): row[2:] for row in rows})
    return found


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _write(
    table: Table,
    repository_id: int,
    rows: Mapping[RowKey, Row],
    once: Mapping[str, datetime],
) -> None:
    if not rows:
        return
    columns = [*KEY, *table.columns, *once]
    # SQLite keeps moments as text without their zone; PostgreSQL reads it.
    end = -6 if connection.vendor == "sqlite" else None
    more = [moment(value)[:end] for value in once.values()]
    values = [(repository_id, *key, *_plain(row, end), *more) for key, row in rows.items()]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(_statement(table, columns, 1), values)
            return
        for chunk in _chunks(values):
            flat = [value for row in chunk for value in row]
            cursor.execute(_statement(table, columns, len(chunk)), flat)


def _plain(row: Row, end: int | None) -> list[Any]:
    """Values as the drivers take them fastest: moments and lists as text."""
    return [
        moment(value)[:end]
        if isinstance(value, datetime)
        else json.dumps(value)
        if isinstance(value, list)
        else value
        for value in row
    ]


def _statement(table: Table, columns: Sequence[str], rows: int) -> str:
    """INSERT ... ON CONFLICT UPDATE for so many rows; names come from our models only."""
    quote = connection.ops.quote_name
    name = quote(table.model._meta.db_table)
    one = "(" + ", ".join(["%s"] * len(columns)) + ")"
    updates = ", ".join(f"{quote(c)} = excluded.{quote(c)}" for c in table.columns)
    values = ", ".join([one] * rows)
    return (
        f"INSERT INTO {name} ({', '.join(map(quote, columns))}) VALUES {values} "  # noqa: S608
        f"ON CONFLICT ({', '.join(map(quote, KEY))}) DO UPDATE SET {updates}"
    )
