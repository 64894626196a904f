"""What a work item owes to the ledger: when it was first answered, and who spoke last."""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet

from community.people.bulk import DIFFERS, NUMBERS, chunks
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.planning import count_grown_tables

MANY = 100  # from which on a plan for tables that seem empty costs more than a look at them
DERIVED = ("first_response_at", "first_response_by", "last_reply_at", "last_reply_by")
REPLIES = (
    Contribution.Kind.ISSUE_COMMENT.value,
    Contribution.Kind.REVIEW.value,
    Contribution.Kind.REVIEW_COMMENT.value,
)

# What known people who are not bots said on work items: in one pass, with the place of each from
# the last, and from the first among answers and among the author's own.
_DERIVE = {
    vendor: f"""
WITH reply AS (
    SELECT c.work_item_id, c.occurred_at, c.identity_id, c.external_id,
        author.person_id IS NULL OR author.person_id <> i.person_id AS is_answer
    FROM activity_contribution c
        JOIN people_identity i ON i.id = c.identity_id
        JOIN people_person p ON p.id = i.person_id
        JOIN activity_workitem o ON o.id = c.work_item_id
        LEFT JOIN people_identity author ON author.id = o.author_id
    WHERE c.work_item_id {ids} AND c.deleted_at IS NULL AND NOT i.is_bot AND NOT p.is_bot
        AND c.kind IN ({", ".join(f"'{kind}'" for kind in REPLIES)})
), placed AS (
    SELECT *,
        row_number() OVER (PARTITION BY work_item_id
            ORDER BY occurred_at DESC, external_id DESC) AS from_last,
        CASE WHEN is_answer THEN row_number() OVER (PARTITION BY work_item_id, is_answer
            ORDER BY occurred_at, external_id) END AS from_first
    FROM reply
), said AS (
    SELECT work_item_id,
        max(CASE WHEN from_first = 1 THEN occurred_at END) AS answered_at,
        max(CASE WHEN from_first = 1 THEN identity_id END) AS answered_by,
        max(CASE WHEN from_last = 1 THEN occurred_at END) AS latest_at,
        max(CASE WHEN from_last = 1 THEN identity_id END) AS latest_by
    FROM (
        SELECT work_item_id, from_first, from_last, occurred_at, identity_id FROM placed
        UNION ALL
        SELECT id, NULL, NULL, NULL, NULL FROM activity_workitem WHERE id {ids}
    ) every
    GROUP BY work_item_id
)
UPDATE activity_workitem SET
    first_response_at = said.answered_at, first_response_by_id = said.answered_by,
    last_reply_at = said.latest_at, last_reply_by_id = said.latest_by
FROM said
WHERE activity_workitem.id = said.work_item_id
    AND (activity_workitem.first_response_at, activity_workitem.first_response_by_id,
        activity_workitem.last_reply_at, activity_workitem.last_reply_by_id)
    {DIFFERS[vendor]} (said.answered_at, said.answered_by, said.latest_at, said.latest_by)
"""  # noqa: S608 - of constants
    for vendor, ids in NUMBERS.items()
}


def derive_work_items(ids: Iterable[int]) -> None:
    """Write the derived fields of these work items anew from the ledger.

    A first response is a comment or review by a known person who is neither the
    author nor a bot; the last reply may be the author's own.
    """
    for chunk in chunks(sorted(ids)):
        if len(chunk) >= MANY:
            count_grown_tables()
        with connection.cursor() as cursor:
            cursor.execute(_DERIVE[connection.vendor], [json.dumps(chunk), json.dumps(chunk)])


def items_of_people(person_ids: Iterable[int]) -> QuerySet[WorkItem]:
    """The work items that these people opened or spoke on."""
    people = list(person_ids)
    spoken = Contribution.objects.filter(identity__person__in=people, kind__in=REPLIES)
    opened = Q(author__person__in=people)
    return WorkItem.objects.filter(opened | Q(pk__in=spoken.values("work_item")))
