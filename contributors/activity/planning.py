"""What the databases do with tables that a reading fills: plans, and memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from community.people.models import Identity, Person
from contributors.activity.models import Contribution, DayCount, WorkItem

_TABLES = [model._meta.db_table for model in (Contribution, WorkItem, DayCount, Identity, Person)]
_GROWN = """
SELECT relname FROM pg_class
WHERE oid = ANY(ARRAY(SELECT to_regclass(name) FROM unnest(%s) AS name))
    AND (pg_relation_size(oid) / 8192 > 4 * greatest(relpages, 1) OR reltuples = 0 AND relpages > 0)
"""

SMALL_CACHE = -1_000  # kB, half of what SQLite takes by itself
IN_FILES = 1  # as SQLite numbers the places for what is sorted


@contextmanager
def little_held() -> Iterator[None]:
    """Let SQLite hold little of its file in this process, while a reading writes all over it.

    The system holds what was read lately as well, and gives it up where memory is short.
    """
    with _set("cache_size", SMALL_CACHE):
        yield


@contextmanager
def sorting_in_files() -> Iterator[None]:
    """Let SQLite sort in a file what does not fit into its share of memory.

    Not while pages are stored: what one statement may have to undo would go there, too.
    """
    with _set("temp_store", IN_FILES):
        yield


@contextmanager
def _set(name: str, value: int) -> Iterator[None]:
    """A setting of this connection, where it is to SQLite, and in the end its usual value."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        usual = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA {name} = {value}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA {name} = {usual}")


def count_grown_tables() -> None:
    """Have PostgreSQL look again at tables four times as large as when it last did, or then empty.

    It plans by that look and takes its own only once a minute, blind to what a
    transaction under way has written; until then a table that fills quickly seems
    empty, and is read whole for each batch.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [_TABLES])
        for (name,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
