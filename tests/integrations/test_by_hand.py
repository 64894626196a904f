"""Figures on pages equal what SQL written by hand says of the ledger's own rows."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection, transaction

from contributors.metrics.formats import count
from contributors.metrics.registry import METRICS
from integrations.demo.actions import load_demo

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 15, 30, tzinfo=UTC)
ACTS = """
FROM activity_contribution c
    LEFT JOIN people_identity i ON i.id = c.identity_id
    LEFT JOIN people_person p ON p.id = i.person_id
WHERE c.deleted_at IS NULL AND c.occurred_at >= %s AND c.occurred_at < %s
"""
ITEMS = """
FROM activity_workitem w
    LEFT JOIN people_identity i ON i.id = w.author_id
    LEFT JOIN people_person p ON p.id = i.person_id
WHERE w.deleted_at IS NULL AND (p.is_bot IS NULL OR NOT p.is_bot)
"""
MAJORITY = f"""
WITH counts AS (SELECT p.id, count(*) AS n {ACTS} AND NOT p.is_bot GROUP BY p.id),
    ranked AS (SELECT sum(n) OVER (ORDER BY n DESC, id) AS running, sum(n) OVER () AS total
        FROM counts)
SELECT count(*) + 1 FROM ranked WHERE 2 * running <= total
"""
BY_HAND = {
    "contributions": f"SELECT count(*) {ACTS} AND (p.is_bot IS NULL OR NOT p.is_bot)",
    "contributors": f"SELECT count(DISTINCT p.id) {ACTS} AND NOT p.is_bot",
    "contributor_absence_factor": MAJORITY,
    "issues_new": f"SELECT count(*) {ITEMS} AND w.kind = 'issue' "
    "AND w.opened_at >= %s AND w.opened_at < %s",
    "change_requests_accepted": f"SELECT count(*) {ITEMS} AND w.kind = 'change_request' "
    "AND w.merged_at >= %s AND w.merged_at < %s",
    "new_contributors": """SELECT count(*) FROM (
        SELECT p.id FROM activity_contribution c JOIN people_identity i ON i.id = c.identity_id
            JOIN people_person p ON p.id = i.person_id
        WHERE c.deleted_at IS NULL AND NOT p.is_bot GROUP BY p.id
        HAVING min(c.occurred_at) >= %s AND min(c.occurred_at) < %s) newcomers""",
}
OF_COMMITS = {
    **{key: BY_HAND[key] for key in ("contributions", "contributors", "new_contributors")},
    "contributor_absence_factor": MAJORITY,
    "code_changes_commits": f"SELECT count(*) {ACTS} AND c.kind = 'commit'",
    "code_changes_lines": f"SELECT sum(lines_added + lines_removed) {ACTS} AND c.kind = 'commit'",
    "committers": f"SELECT count(DISTINCT p.id) {ACTS} AND c.kind = 'commit' AND NOT p.is_bot",
}


def said(sql: str, month: date) -> int:
    end = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(sql, [month.isoformat(), end.isoformat()])
        return int(cursor.fetchone()[0])


def shown(client, address: str, month: date) -> dict[str, str]:
    """The cards of a dashboard by metric, as the page has them."""
    context = client.get(f"{address}?month={month:%Y-%m}").context
    labels = {str(metric.label): key for key, metric in METRICS.items()}
    cards = [*context["figures"], *context["more_figures"], *context["factors"]]
    return {labels[str(one.label)]: one.value for one in cards if str(one.label) in labels}


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_demo(seed=3, people=10, at=AT)
        transaction.set_rollback(True)


@pytest.mark.parametrize("month", [date(2026, 3, 1), date(2026, 10, 1)])
def test_the_front_page_of_the_demo_says_what_sql_says(client, demo, month):
    found = shown(client, "/", month)
    by_hand = {key: said(sql, month) for key, sql in BY_HAND.items()}

    assert {key: found[key] for key in BY_HAND} == {k: count(n) for k, n in by_hand.items()}
    assert by_hand["contributions"] > 0
