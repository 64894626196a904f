"""Statements about many rows at once, over which an ORM takes longer than the database."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import connection
from django.db.models.expressions import RawSQL

CHUNK = 1000
SQLITE_ROWS = 40  # of at most 24 columns: every SQLite takes 999 values in one statement
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
    return RawSQL(_LIST, [json.dumps(found)])  # noqa: S611 - constant


def rewrite(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write these columns of rows that are there; each row is its id, then the values.

    Names come from our own models.
    """
    if not rows:
        return
    quote = connection.ops.quote_name
    changes = ", ".join(f"{quote(name)} = %s" for name in columns)
    update = f"UPDATE {quote(table)} SET {changes} WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(update, [(*values, pk) for pk, *values in rows])


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
    names = (*key, *columns, *once)
    # Not one row at a time: within a transaction SQLite notes for each statement how to undo it.
    size = SQLITE_ROWS if connection.vendor == "sqlite" else CHUNK
    by_length: defaultdict[int, list[list[Any]]] = defaultdict(list)
    for chunk in chunks(rows, size):
        by_length[len(chunk)].append(list(chain.from_iterable(chunk)))
    with connection.cursor() as cursor:
        for length, lists in by_length.items():
            cursor.executemany(_upsert(table, tuple(key), tuple(columns), names, length), lists)


@lru_cache(maxsize=256)
def _upsert(
    table: str, key: tuple[str, ...], columns: tuple[str, ...], names: tuple[str, ...], rows: int
) -> str:
    quote = connection.ops.quote_name
    one = "(" + ", ".join(["%s"] * len(names)) + ")"
    updates = ", ".join(f"{quote(c)} = excluded.{quote(c)}" for c in columns)
    return (
        f"INSERT INTO {quote(table)} ({', '.join(map(quote, names))}) "  # noqa: S608
        f"VALUES {', '.join([one] * rows)} "
        f"ON CONFLICT ({', '.join(map(quote, key))}) DO UPDATE SET {updates}"
    )
