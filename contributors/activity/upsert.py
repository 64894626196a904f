"""Compares rows with the ledger and writes those that differ."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import orjson
from django.db import connection

from community.people.bulk import TEXTS, in_json, insert_new, upsert, utc_text
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
    if rows and not _holds_some(table, repository_id, rows):
        outcome.added = _insert(table, repository_id, _with_buried(rows, buried), once)
    rest = {key: row for key, row in rows.items() if key not in outcome.added}
    if rest:
        stored = _stored(table, repository_id, rest)
        for key, row in rest.items():
            _judge(key, row, stored.get(key), buried.get(key), outcome)
        fresh = {key: outcome.added[key] for key in rest if key in outcome.added}
        fresh |= {key: new for key, (_, new) in outcome.changed.items()}
        values = _values(table, repository_id, fresh, once)
        upsert(table.name, KEY, table.columns, values, once=tuple(once))
    return outcome


def _holds_some(table: Table, repository_id: int, rows: Mapping[RowKey, Row]) -> bool:
    """Whether the table holds some of these rows, judged by a few."""
    keys = list(rows)
    few = {keys[place][0] for place in (0, len(keys) // 3, len(keys) * 2 // 3, -1)}
    with connection.cursor() as cursor:
        cursor.execute(_look_up(table, connection.vendor), [repository_id, in_json(few)])
        return cursor.fetchone() is not None


def _with_buried(
    rows: Mapping[RowKey, Row], buried: Mapping[RowKey, datetime]
) -> Mapping[RowKey, Row]:
    """Rows as they are added: dead where the deletion that waits for them is newer."""
    if not buried:
        return rows
    return {
        key: row if survives(buried.get(key), row[-2]) else _dead(row, buried[key])
        for key, row in rows.items()
    }


def _insert(
    table: Table, repository_id: int, rows: Mapping[RowKey, Row], once: Mapping[str, datetime]
) -> dict[RowKey, Row]:
    """Insert rows that are new as it seems; those that were, the others are left as they are."""
    names, last = (*KEY, *table.columns, *once), _last_id(table)
    values = _values(table, repository_id, rows, once)
    if insert_new(table.name, KEY, names, values) == len(rows):
        return dict(rows)
    return {key: rows[key] for key in _keys_behind(table, repository_id, last)}


def _last_id(table: Table) -> int:
    """The last id given so far; what is inserted from now on gets a greater one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {connection.ops.quote_name(table.name)}")  # noqa: S608
        return int(cursor.fetchone()[0] or 0)


def _keys_behind(table: Table, repository_id: int, last: int) -> list[RowKey]:
    """The keys of what was inserted into a repository since an id was the last."""
    name = connection.ops.quote_name(table.name)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT external_id, kind FROM {name} WHERE repository_id = %s AND id > %s",  # noqa: S608
            [repository_id, last],
        )
        return list(cursor.fetchall())


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
    wanted = in_json({external_id for external_id, _ in keys})
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
        values[place] = orjson.loads(values[place])
    return tuple(values)


def _from_driver(table: Table, row: Row) -> Row:
    if not table.lists:
        return row
    values = list(row)
    for place in table.lists:
        values[place] = orjson.loads(values[place])
    return tuple(values)


def _values(
    table: Table,
    repository_id: int,
    rows: Mapping[RowKey, Row],
    once: Mapping[str, datetime],
) -> Iterator[Row]:
    """The rows as they are written, by `KEY`, the columns of the table and `once`."""
    moments = list(once.values())
    if connection.vendor == "sqlite":
        more = [utc_text(value) for value in moments]
        return ((repository_id, *key, *_plain(table, row), *more) for key, row in rows.items())
    return ((repository_id, *key, *row, *moments) for key, row in rows.items())


def _plain(table: Table, row: Row) -> list[Any]:
    """Values as SQLite keeps them: moments and lists as text."""
    values = list(row)
    for place in table.moments:
        if values[place] is not None:
            values[place] = utc_text(values[place])
    for place in table.lists:
        values[place] = in_json(values[place])
    return values
