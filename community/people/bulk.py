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
# What stands in the brackets after IN, where one parameter is a JSON list of all the values.
TEXTS = {
    "sqlite": "SELECT value FROM json_each(%s)",
    "postgresql": "SELECT json_array_elements_text(%s)",
}
NUMBERS = {
    "sqlite": "SELECT value FROM json_each(%s)",
    "postgresql": "SELECT json_array_elements_text(%s)::bigint",
}


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """These values in lists of at most so many."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def among(values: Iterable[int]) -> RawSQL:
    """Numbers for `__in` as one parameter, however many they are."""
    return RawSQL(NUMBERS[connection.vendor], [json.dumps(list(values))])  # noqa: S611 - constant


def among_texts(values: Iterable[str]) -> RawSQL:
    """Texts for `__in` as one parameter, however many they are."""
    return RawSQL(TEXTS[connection.vendor], [json.dumps(list(values))])  # noqa: S611 - constant


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
