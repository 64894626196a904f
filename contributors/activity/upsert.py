"""Compares rows with the ledger and writes those that differ."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection

from community.people.bulk import TEXTS, upsert, utc_text
from contributors.activity.rows import Row, RowKey, Table, is_older, survives

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
    wanted = json.dumps(list({external_id for external_id, _ in keys}))
    with connection.cursor() as cursor:
        cursor.execute(_look_up(table, connection.vendor), [repository_id, wanted])
        read = _from_text if connection.vendor == "sqlite" else _from_driver
        return {(row[0], row[1]): read(table, row[2:]) for row in cursor.fetchall()}


@cache
def _look_up(table: Table, vendor: str) -> str:
    quote = connection.ops.quote_name
    # SQLite keeps moments as text, of which its driver would make moments slowly.
    columns = [
        f"CAST({quote(name)} AS text)"
        if vendor == "sqlite" and place in table.moments
        else quote(name)
        for place, name in enumerate(table.columns)
    ]
    return (
        f"SELECT external_id, kind, {', '.join(columns)} "  # noqa: S608 - our own names
        f"FROM {quote(table.name)} WHERE repository_id = %s AND external_id {TEXTS[vendor]}"
    )


def _from_text(table: Table, row: Row) -> Row:
    values = list(row)
    for place in table.moments:
        if values[place] is not None:
            values[place] = datetime.fromisoformat(f"{values[place]}+00:00")
    for place in table.lists:
        values[place] = json.loads(values[place])
    return tuple(values)


def _from_driver(table: Table, row: Row) -> Row:
    if not table.lists:
        return row
    values = list(row)
    for place in table.lists:
        values[place] = json.loads(values[place])
    return tuple(values)


def _write(
    table: Table,
    repository_id: int,
    rows: Mapping[RowKey, Row],
    once: Mapping[str, datetime],
) -> None:
    moments = list(once.values())
    if connection.vendor == "sqlite":
        more = [utc_text(value) for value in moments]
        values = ((repository_id, *key, *_plain(table, row), *more) for key, row in rows.items())
    else:
        values = ((repository_id, *key, *row, *moments) for key, row in rows.items())
    upsert(table.name, KEY, table.columns, values, once=tuple(once))


def _plain(table: Table, row: Row) -> list[Any]:
    """Values as SQLite keeps them: moments and lists as text."""
    values = list(row)
    for place in table.moments:
        if values[place] is not None:
            values[place] = utc_text(values[place])
    for place in table.lists:
        values[place] = json.dumps(values[place])
    return values
