"""Records as adapters hand them in, and the ledger written down for comparison."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from community.projects.models import Repository
from contributors.activity.models import Contribution, DayCount, Waiting, WorkItem
from contributors.activity.records import Actor, Batch, ContributionRecord, WorkItemRecord

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
_numbers = count(1)


def actor(number: int = 1, **more: Any) -> Actor:
    """A GitHub account."""
    return Actor(**{"provider": "github", "uid": str(number), "login": f"user-{number}", **more})


def contribution(external_id: str = "", **more: Any) -> ContributionRecord:
    """A comment at START by account 1."""
    fields: dict[str, Any] = {
        "source": "github",
        "kind": "issue_comment",
        "external_id": external_id or f"act-{next(_numbers)}",
        "actor": actor(),
        "occurred_at": START,
    }
    return ContributionRecord(**{**fields, **more})


def work_item(number: int = 1, **more: Any) -> WorkItemRecord:
    """An open issue of account 1."""
    fields: dict[str, Any] = {
        "source": "github",
        "kind": "issue",
        "external_id": f"item-{number}",
        "number": number,
        "title": f"Issue {number}",
        "author": actor(),
        "state": "open",
        "opened_at": START,
        "updated_at": START,
    }
    return WorkItemRecord(**{**fields, **more})


def batch_of(*records: ContributionRecord | WorkItemRecord) -> Batch:
    """A batch of these records."""
    return Batch(
        work_items=[one for one in records if isinstance(one, WorkItemRecord)],
        contributions=[one for one in records if isinstance(one, ContributionRecord)],
    )


def hours(number: float) -> datetime:
    """So many hours after START."""
    return START + timedelta(hours=number)


def canonical(repository: Repository | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Everything the ledger says, without row numbers and without when we wrote it."""
    only = {"repository": repository} if repository else {}
    place = ("repository__provider", "repository__external_id")
    item_columns = ("source", "kind", "external_id", "number", "title", "url", "state")
    item_columns += ("state_reason", "is_draft", "milestone", "opened_at", "closed_at")
    item_columns += ("merged_at", "updated_at", "first_response_at", "last_reply_at", "deleted_at")
    item_columns += ("author__uid", "closed_by__uid", "first_response_by__uid")
    item_columns += ("last_reply_by__uid", "waits_since")
    act_columns = ("source", "kind", "external_id", "identity__provider", "identity__uid")
    act_columns += ("work_item_number", "work_item__external_id", "occurred_at", "zone_minutes")
    act_columns += ("title", "url", "outcome", "is_merge", "lines_added", "lines_removed")
    act_columns += ("updated_at", "deleted_at")
    day_columns = ("day", "identity__uid", "kind", "count", "lines_added", "lines_removed")
    return {
        "work_items": _sorted(WorkItem.objects.filter(**only), *place, *item_columns),
        "contributions": _sorted(Contribution.objects.filter(**only), *place, *act_columns),
        "waiting": _sorted(Waiting.objects.filter(count__gt=0, **only), *place, "count"),
        "days": _sorted(DayCount.objects.filter(**only), *place, *day_columns),
    }


def _sorted(rows: Any, *columns: str) -> list[tuple[Any, ...]]:
    return sorted(rows.values_list(*columns), key=repr)
