"""What a work item owes to the ledger: when it was first answered, and who spoke last."""

from collections.abc import Iterable
from itertools import islice

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from community.people.models import Identity
from contributors.activity.models import Contribution, WorkItem

CHUNK = 1000
DERIVED = ("first_response_at", "first_response_by", "last_reply_at", "last_reply_by")
REPLIES = (
    Contribution.Kind.ISSUE_COMMENT,
    Contribution.Kind.REVIEW,
    Contribution.Kind.REVIEW_COMMENT,
)


def derive_work_items(ids: Iterable[int]) -> None:
    """Write the derived fields of these work items anew from the ledger.

    A first response is a comment or review by a known person who is neither the
    author nor a bot; the last reply may be the author's own.
    """
    rest = iter(sorted(ids))
    while chunk := list(islice(rest, CHUNK)):
        first = _responses().order_by("occurred_at", "external_id")
        last = _replies().order_by("-occurred_at", "-external_id")
        WorkItem.objects.filter(pk__in=chunk).update(
            first_response_at=Subquery(first.values("occurred_at")[:1]),
            first_response_by=Subquery(first.values("identity")[:1]),
            last_reply_at=Subquery(last.values("occurred_at")[:1]),
            last_reply_by=Subquery(last.values("identity")[:1]),
        )


def items_of_people(person_ids: Iterable[int]) -> QuerySet[WorkItem]:
    """The work items that these people opened or spoke on."""
    people = list(person_ids)
    spoken = Contribution.objects.filter(identity__person__in=people, kind__in=REPLIES)
    opened = Q(author__person__in=people)
    return WorkItem.objects.filter(opened | Q(pk__in=spoken.values("work_item")))


def _replies() -> QuerySet[Contribution]:
    """What known people who are not bots said on the outer work item."""
    return Contribution.objects.filter(
        work_item=OuterRef("pk"),
        kind__in=REPLIES,
        deleted_at=None,
        identity__is_bot=False,
        identity__person__is_bot=False,
    )


def _responses() -> QuerySet[Contribution]:
    """Replies by somebody else than the author under any identity."""
    by_author = Identity.objects.filter(
        pk=OuterRef(OuterRef("author_id")), person=OuterRef("identity__person")
    )
    return _replies().filter(~Exists(by_author))
