"""What the databases know and hold while a reading fills tables."""

import pytest
from django.db import connection

from contributors.activity.ingest import ingest
from contributors.activity.models import Contribution
from contributors.activity.planning import (
    count_grown_tables,
    little_held,
    sorting_in_files,
)
from tests import factories
from tests.contributors.activity.test_properties import story
from tests.factories.activity import START, batch_of

TABLE = Contribution._meta.db_table
BLIND = "UPDATE pg_class SET reltuples = 0, relpages = 9 WHERE relname = %s"


def rows_known() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = to_regclass(%s)", [TABLE])
        return float(cursor.fetchone()[0])


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs TEST_DATABASE_URL=postgres://")
def test_a_table_that_was_empty_at_the_last_look_is_looked_at_again(db):
    ingest(repository=factories.repository(), batch=batch_of(*story()), at=START)
    with connection.cursor() as cursor:  # as a look by another transaction leaves it
        cursor.execute(BLIND, [TABLE])

    count_grown_tables()

    assert rows_known() == Contribution.objects.count() > 0


@pytest.mark.skipif(connection.vendor != "sqlite", reason="settings of SQLite")
@pytest.mark.parametrize(
    ("change", "name", "value"),
    [(little_held, "cache_size", -1_000), (sorting_in_files, "temp_store", 1)],
)
def test_what_a_reading_sets_is_as_it_was_afterwards(change, name, value, db):
    usual = setting(name)

    with change():
        changed = setting(name)

    assert (changed, setting(name)) == (value, usual)
    assert changed != usual


def setting(name: str) -> int:
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]
