"""Day counts: how often one identity did one kind of thing on one UTC day."""

import json
from collections.abc import Iterable
from datetime import date
from itertools import islice

from django.db import connection

from contributors.activity.models import DayCount

CHUNK = 1000
_COUNTS = """
INSERT INTO activity_daycount
    (repository_id, day, identity_id, kind, count, lines_added, lines_removed)
SELECT c.repository_id, d.day, c.identity_id, c.kind, count(*),
    coalesce(sum(c.lines_added), 0), coalesce(sum(c.lines_removed), 0)
FROM {days} activity_contribution c
WHERE c.repository_id = %s AND c.deleted_at IS NULL
    AND c.occurred_at >= {start} AND c.occurred_at < {end}
GROUP BY c.repository_id, d.day, c.identity_id, c.kind
"""
_STATEMENTS = {
    # Moments are text here, so the bounds of a day compare as text; CROSS JOIN makes
    # SQLite look days up in the index rather than read the table.
    "sqlite": _COUNTS.format(
        days="(SELECT value AS day FROM json_each(%s)) d CROSS JOIN",
        start="d.day",
        end="date(d.day, '+1 day')",
    ),
    "postgresql": _COUNTS.format(
        days="(SELECT value::date AS day FROM json_array_elements_text(%s)) d CROSS JOIN",
        start="d.day::timestamp AT TIME ZONE 'UTC'",
        end="(d.day + 1)::timestamp AT TIME ZONE 'UTC'",
    ),
}


def recount_days(repository_id: int, days: Iterable[date]) -> None:
    """Count these days of a repository anew from the ledger."""
    rest = iter(sorted(days))
    while chunk := list(islice(rest, CHUNK)):
        DayCount.objects.filter(repository_id=repository_id, day__in=chunk).delete()
        dates = json.dumps([day.isoformat() for day in chunk])
        with connection.cursor() as cursor:
            cursor.execute(_STATEMENTS[connection.vendor], [dates, repository_id])
