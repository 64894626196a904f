"""What the databases know and hold while a reading fills tables."""

import pytest
from django.db import connection

from contributors.activity.ingest import ingest
from contributors.activity.models import Contribution
from contributors.activity.planning import count_grown_tables, little_held
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
def test_a_reading_holds_little_and_leaves_the_settings_as_they_were(db):
    usual = settings_of_sqlite()

    with little_held():
        held = settings_of_sqlite()

    assert (held, settings_of_sqlite()) == ({"cache_size": -2_000, "temp_store": 1}, usual)
    assert held != usual


def settings_of_sqlite() -> dict[str, int]:
    with connection.cursor() as cursor:
        return {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("cache_size", "temp_store")
        }
