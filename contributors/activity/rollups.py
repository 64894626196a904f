"""Day counts: how often one identity did one kind of thing on one UTC day."""

import json
from collections.abc import Iterable
from datetime import date

from django.db import connection

from community.people.bulk import TEXTS, chunks
from contributors.activity.models import Contribution

_INTO = """
INSERT INTO activity_daycount
    (day, repository_id, identity_id, kind, count, lines_added, lines_removed)
"""
_GROUPS = """
c.repository_id, c.identity_id, c.kind, count(*) AS count,
    coalesce(sum(c.lines_added), 0) AS added, coalesce(sum(c.lines_removed), 0) AS removed
"""
_OUT = {
    vendor: f"""DELETE FROM activity_daycount
        WHERE repository_id = %s AND day {days} AND kind {TEXTS[vendor]}"""  # noqa: S608 - of constants
    for vendor, days in {
        "sqlite": "IN (SELECT value FROM json_each(%s))",
        "postgresql": "= ANY(ARRAY(SELECT json_array_elements_text(%s)::date))",
    }.items()
}
# Both look each day up in the index by repository and moment rather than read the table.
_IN = {
    # Moments are text here, so the bounds of a day compare as text.
    "sqlite": f"""{_INTO} SELECT d.day, {_GROUPS}
        FROM (SELECT value AS day FROM json_each(%s)) d CROSS JOIN activity_contribution c
        WHERE c.repository_id = %s AND c.deleted_at IS NULL
            AND c.kind {TEXTS["sqlite"]}
            AND c.occurred_at >= d.day AND c.occurred_at < date(d.day, '+1 day')
        GROUP BY d.day, c.identity_id, c.kind""",  # noqa: S608 - of constants
    "postgresql": f"""{_INTO} SELECT d.day, g.*
        FROM (SELECT value::date AS day FROM json_array_elements_text(%s)) d
        CROSS JOIN LATERAL (
            SELECT {_GROUPS} FROM activity_contribution c
            WHERE c.repository_id = %s AND c.deleted_at IS NULL
                AND c.kind {TEXTS["postgresql"]}
                AND c.occurred_at >= d.day::timestamp AT TIME ZONE 'UTC'
                AND c.occurred_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
            GROUP BY c.repository_id, c.identity_id, c.kind
        ) g""",  # noqa: S608 - of constants
}


def recount_days(
    repository_id: int, days: Iterable[date], kinds: Iterable[str] = tuple(Contribution.Kind.values)
) -> None:
    """Count these kinds on these days of a repository anew from the ledger."""
    named = json.dumps(sorted(kinds))
    for chunk in chunks(sorted(days)):
        dates = json.dumps([day.isoformat() for day in chunk])
        with connection.cursor() as cursor:
            cursor.execute(_OUT[connection.vendor], [repository_id, dates, named])
            cursor.execute(_IN[connection.vendor], [dates, repository_id, named])
