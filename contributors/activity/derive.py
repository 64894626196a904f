"""What a work item owes to the ledger: when it was first answered, and who spoke last."""

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet

from community.people.bulk import DIFFERS, NUMBERS, chunks
from contributors.activity.models import Contribution, WorkItem

DERIVED = ("first_response_at", "first_response_by", "last_reply_at", "last_reply_by")
REPLIES = (
    Contribution.Kind.ISSUE_COMMENT.value,
    Contribution.Kind.REVIEW.value,
    Contribution.Kind.REVIEW_COMMENT.value,
)

# What known people who are not bots said on a work item.
_REPLY = f"""
SELECT c.id FROM activity_contribution c
    JOIN people_identity i ON i.id = c.identity_id
    JOIN people_person p ON p.id = i.person_id
WHERE c.work_item_id = w.id AND c.deleted_at IS NULL AND NOT i.is_bot AND NOT p.is_bot
    AND c.kind IN ({", ".join(f"'{kind}'" for kind in REPLIES)})
"""  # noqa: S608 - of constants
_DERIVE = {
    vendor: f"""
UPDATE activity_workitem SET
    first_response_at = answer.occurred_at, first_response_by_id = answer.identity_id,
    last_reply_at = latest.occurred_at, last_reply_by_id = latest.identity_id
FROM (
    SELECT w.id,
        ({_REPLY} AND (author.person_id IS NULL OR author.person_id <> i.person_id)
            ORDER BY c.occurred_at, c.external_id LIMIT 1) AS answer_id,
        ({_REPLY} ORDER BY c.occurred_at DESC, c.external_id DESC LIMIT 1) AS latest_id
    FROM activity_workitem w LEFT JOIN people_identity author ON author.id = w.author_id
    WHERE w.id {NUMBERS[vendor]}
) said
    LEFT JOIN activity_contribution answer ON answer.id = said.answer_id
    LEFT JOIN activity_contribution latest ON latest.id = said.latest_id
WHERE activity_workitem.id = said.id
    AND (activity_workitem.first_response_at, activity_workitem.first_response_by_id,
        activity_workitem.last_reply_at, activity_workitem.last_reply_by_id)
    {DIFFERS[vendor]} (answer.occurred_at, answer.identity_id, latest.occurred_at,
        latest.identity_id)
"""  # noqa: S608 - of constants
    for vendor in NUMBERS
}


def derive_work_items(ids: Iterable[int]) -> None:
    """Write the derived fields of these work items anew from the ledger.

    A first response is a comment or review by a known person who is neither the
    author nor a bot; the last reply may be the author's own.
    """
    for chunk in chunks(sorted(ids)):
        with connection.cursor() as cursor:
            cursor.execute(_DERIVE[connection.vendor], [json.dumps(chunk)])


def items_of_people(person_ids: Iterable[int]) -> QuerySet[WorkItem]:
    """The work items that these people opened or spoke on."""
    people = list(person_ids)
    spoken = Contribution.objects.filter(identity__person__in=people, kind__in=REPLIES)
    opened = Q(author__person__in=people)
    return WorkItem.objects.filter(opened | Q(pk__in=spoken.values("work_item")))
