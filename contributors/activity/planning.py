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

# Two megabytes of the file, and what is sorted beyond them in a file of its own.
SMALL = {"cache_size": -2_000, "temp_store": 1}


@contextmanager
def little_held() -> Iterator[None]:
    """Let SQLite hold little in this process, while a reading writes all over its file.

    The system holds what was read lately as well, and gives it up where memory is short.
    """
    if connection.vendor != "sqlite":
        yield
        return
    usual = {name: _pragma(name) for name in SMALL}
    for name, value in SMALL.items():
        _pragma(name, value)
    try:
        yield
    finally:
        for name, value in usual.items():
            _pragma(name, value)


def _pragma(name: str, value: int | None = None) -> int:
    """A setting of this connection to SQLite, set first where a value is given."""
    with connection.cursor() as cursor:
        if value is not None:
            cursor.execute(f"PRAGMA {name} = {value}")
        cursor.execute(f"PRAGMA {name}")
        return int(cursor.fetchone()[0])


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
