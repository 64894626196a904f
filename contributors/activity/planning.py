"""What PostgreSQL knows of the tables that a reading fills."""

from django.db import connection

from community.people.models import Identity, Person
from contributors.activity.models import Contribution, DayCount, WorkItem

_TABLES = [model._meta.db_table for model in (Contribution, WorkItem, DayCount, Identity, Person)]
_GROWN = """
SELECT relname FROM pg_class
WHERE oid = ANY(ARRAY(SELECT to_regclass(name) FROM unnest(%s) AS name))
    AND pg_relation_size(oid) / 8192 > 4 * greatest(relpages, 1)
"""


def count_grown_tables() -> None:
    """Have PostgreSQL look again at tables four times as large as when it last did.

    It plans by that look and takes its own only once a minute; until then a
    table that fills quickly seems empty, and is read whole for each batch.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [_TABLES])
        for (name,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
