"""Statements about many rows at once, over which an ORM takes longer than the database."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, islice
from typing import Any, TypeVar

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

CHUNK = 1000
RECORDS = 500  # that PostgreSQL is given as JSON at once; the driver copies them some times
SQLITE_VALUES = 999  # that every SQLite takes in one statement
SQLITE_ROWS = 40  # of at most 24 columns: every SQLite takes 999 values in one statement
SQLITE_LENGTHS = (SQLITE_ROWS, 8, 1)
T = TypeVar("T")
# What stands behind a column, where one parameter is a JSON list of all the values. PostgreSQL
# makes an array of them first: joined, they lead it to read a growing table again for each one.
TEXTS = {
    "sqlite": "IN (SELECT value FROM json_each(%s))",
    "postgresql": "= ANY(ARRAY(SELECT json_array_elements_text(%s)))",
}
NUMBERS = {
    "sqlite": "IN (SELECT value FROM json_each(%s))",
    "postgresql": "= ANY(ARRAY(SELECT json_array_elements_text(%s)::bigint))",
}
# Between two rows, nulls being alike: rows that would stay as they are need not be written.
DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}
_LIST = "SELECT value FROM json_each(%s)"


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """These values in lists of at most so many."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def among(values: Iterable[T]) -> RawSQL | list[T]:
    """Numbers or texts for `__in`, however many they are; SQLite takes few parameters."""
    found = list(values)
    if connection.vendor != "sqlite":
        return found
    return RawSQL(_LIST, [in_json(found)])  # noqa: S611 - constant


def plain_rows(query: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """What a query of values answers, as the driver gives it: for numbers, texts and nulls."""
    try:
        sql, parameters = query.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def in_json(values: Iterable[object]) -> str:
    """Values as a JSON list."""
    return orjson.dumps(list(values)).decode()


def as_json(value: object) -> object:
    """A list or an object as the bulk statements take it for a JSON column."""
    return orjson.dumps(value).decode() if connection.vendor == "sqlite" else value


def as_moment(value: datetime) -> datetime | str:
    """A moment as the bulk statements take it."""
    return utc_text(value) if connection.vendor == "sqlite" else value


@lru_cache(maxsize=4096)  # what is opened, changed and closed at once is written alike
def utc_text(value: datetime) -> str:
    """A moment as SQLite keeps it: in UTC, without the zone it ends in."""
    return str(value if value.tzinfo is UTC else value.astimezone(UTC))[:-6]


def insert(blank: Model, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[int]:
    """Insert copies of an unsaved model that differ in these columns; their ids, in order.

    Values of `columns` are texts, numbers and truth values, which every driver takes as they are.
    """
    fields = [one for one in blank._meta.concrete_fields if not one.primary_key]
    names = [one.attname for one in fields]
    common = [one.get_db_prep_save(getattr(blank, one.attname), connection) for one in fields]
    places = [names.index(name) for name in columns]
    size = SQLITE_VALUES // len(names) if connection.vendor == "sqlite" else CHUNK
    ids: list[int] = []
    with connection.cursor() as cursor:
        for chunk in chunks(rows, size):
            values = [_placed(common, places, row) for row in chunk]
            statement = _insert(blank._meta.db_table, tuple(names), len(values))
            cursor.execute(statement, list(chain.from_iterable(values)))
            ids += [pk for (pk,) in cursor.fetchall()]
    return ids


def _placed(common: Sequence[Any], places: Sequence[int], row: Sequence[Any]) -> list[Any]:
    values = list(common)
    for place, value in zip(places, row, strict=True):
        values[place] = value
    return values


@lru_cache(maxsize=64)
def _insert(table: str, names: tuple[str, ...], rows: int) -> str:
    quote = connection.ops.quote_name
    one = "(" + ", ".join(["%s"] * len(names)) + ")"
    return (
        f"INSERT INTO {quote(table)} ({', '.join(map(quote, names))}) "  # noqa: S608
        f"VALUES {', '.join([one] * rows)} RETURNING id"
    )


def rewrite(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write these columns of rows that are there; each row is its id, then the values.

    Names come from our own models.
    """
    if not rows:
        return
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            changes = ", ".join(f"{quote(name)} = r.{quote(name)}" for name in columns)
            given = f"json_populate_recordset(NULL::{quote(table)}, %s) r"
            update = f"UPDATE {quote(table)} t SET {changes} FROM {given} WHERE t.id = r.id"  # noqa: S608
            for chunk in chunks(rows):
                cursor.execute(update, [_records(("id", *columns), chunk)])
            return
        changes = ", ".join(f"{quote(name)} = %s" for name in columns)
        update = f"UPDATE {quote(table)} SET {changes} WHERE id = %s"  # noqa: S608
        cursor.executemany(update, [(*values, pk) for pk, *values in rows])


def _records(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows as a JSON list of objects, which PostgreSQL reads as rows of a table."""
    return orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode()


def upsert(
    table: str,
    key: Sequence[str],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    once: Sequence[str] = (),
) -> None:
    """Insert rows of `key`, `columns`, `once`; where the key is known, write the columns only.

    Names come from our own models. No key may come twice.
    """
    _put(table, (tuple(key), tuple(columns), (*key, *columns, *once)), rows)


def insert_new(
    table: str, key: Sequence[str], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Insert rows of `names`, but for those whose key is known; how many were inserted."""
    return _put(table, (tuple(key), (), tuple(names)), rows)


def _put(
    table: str,
    kinds: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
    rows: Iterable[Sequence[Any]],
) -> int:
    """Write rows by key, columns to write where it is known, and names of all; how many."""
    written, names = 0, kinds[-1]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for chunk in chunks(rows, RECORDS):
                cursor.execute(_upsert_records(table, *kinds), [_records(names, chunk)])
                written += cursor.rowcount
            return written
        # Not one row at a time: within a transaction SQLite notes for each how to undo it.
        by_length: defaultdict[int, list[list[Any]]] = defaultdict(list)
        for chunk in chunks(rows, SQLITE_ROWS):
            # In few lengths, since a statement is compiled and kept for each.
            size = next(size for size in SQLITE_LENGTHS if size <= len(chunk))
            for part in chunks(chunk, size):
                length = len(part) if len(part) == size else 1
                for some in chunks(part, length):
                    by_length[length].append(list(chain.from_iterable(some)))
        for length, lists in by_length.items():
            cursor.executemany(_upsert_values(table, *kinds, length), lists)
            written += cursor.rowcount
    return written


def _upsert(
    table: str,
    key: tuple[str, ...],
    columns: tuple[str, ...],
    names: tuple[str, ...],
    source: str,
) -> str:
    quote = connection.ops.quote_name
    updates = ", ".join(f"{quote(c)} = excluded.{quote(c)}" for c in columns)
    return (
        f"INSERT INTO {quote(table)} ({', '.join(map(quote, names))}) {source} "
        f"ON CONFLICT ({', '.join(map(quote, key))}) "
        f"DO {f'UPDATE SET {updates}' if updates else 'NOTHING'}"
    )


@lru_cache(maxsize=64)
def _upsert_records(
    table: str, key: tuple[str, ...], columns: tuple[str, ...], names: tuple[str, ...]
) -> str:
    quote = connection.ops.quote_name
    read = f"json_populate_recordset(NULL::{quote(table)}, %s)"
    source = f"SELECT {', '.join(map(quote, names))} FROM {read}"  # noqa: S608
    return _upsert(table, key, columns, names, source)


@lru_cache(maxsize=256)
def _upsert_values(
    table: str, key: tuple[str, ...], columns: tuple[str, ...], names: tuple[str, ...], rows: int
) -> str:
    one = "(" + ", ".join(["%s"] * len(names)) + ")"
    return _upsert(table, key, columns, names, f"VALUES {', '.join([one] * rows)}")
