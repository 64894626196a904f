"""What a costly set-up wrote, kept in memory: the next test gets the same rows for little."""

import itertools
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection
from django.db.models import Model

M = TypeVar("M", bound=Model)
Row = tuple[Any, ...]
Rows = dict[str, list[Row]]
MOST_VALUES = 900  # in one statement
ROOM = itertools.count(10_000, 10_000)


def once(build: Callable[[], M]) -> Callable[[], M]:
    """Like `build`, which runs in the first test that asks; for the others its rows are written
    again, with the same keys. What it returns is read anew each time."""
    kept: list[tuple[type[M], object, Rows]] = []

    @wraps(build)
    def again() -> M:
        if kept:
            model, key, rows = kept[0]
            write(rows)
        else:
            leave_room()
            before = stored()
            made = build()
            model, key = type(made), made.pk
            kept.append((model, key, added(before)))
        return model._base_manager.get(pk=key)

    return again


def tables() -> Iterator[tuple[str, str]]:
    """Each of our tables with its columns, quoted."""
    quote = connection.ops.quote_name
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            columns = [quote(str(field.column)) for field in model._meta.local_concrete_fields]
            yield quote(model._meta.db_table), ", ".join(columns)


def stored() -> Rows:
    """What is in the tables, as the database tells it."""
    found = {}
    with connection.cursor() as cursor:
        for table, columns in tables():
            cursor.execute(f"SELECT {columns} FROM {table}")
            found[table] = cursor.fetchall()
    return found


def added(before: Rows) -> Rows:
    """The rows that came since; a set-up that changes others cannot be kept."""
    after, new = stored(), {}
    for table, rows in after.items():
        old = set(before[table])
        assert old <= set(rows), f"something of {table} was changed"
        if found := [row for row in rows if row not in old]:
            new[table] = found
    assert '"audit_event"' not in new, "each event is chained to the one before it"
    return new


def write(rows: Rows) -> None:
    columns = dict(tables())
    with connection.cursor() as cursor:
        for table, found in rows.items():
            width = len(found[0])
            one = f"({', '.join(['%s'] * width)})"
            for part in parts(found, MOST_VALUES // width):
                values = ", ".join([one] * len(part))
                cursor.execute(
                    f"INSERT INTO {table} ({columns[table]}) VALUES {values}",
                    list(itertools.chain.from_iterable(part)),
                )


def parts(rows: list[Row], size: int) -> Iterator[list[Row]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def leave_room() -> None:
    """SQLite numbers rows anew in each test: keep clear of what other fixtures write."""
    if connection.vendor != "sqlite":
        return
    first = next(ROOM)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sqlite_sequence")
        cursor.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT name, %s FROM sqlite_master"
            " WHERE type = 'table' AND sql LIKE '%%AUTOINCREMENT%%'",
            [first],
        )
