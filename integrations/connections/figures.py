"""What the ledger holds of one repository, as `manage.py sync --json` prints it."""

from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from community.projects.models import Repository
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.standing import weight_of
from integrations.connections.models import SyncRun

KINDS = {
    "issue_comments": Contribution.Kind.ISSUE_COMMENT,
    "reviews": Contribution.Kind.REVIEW,
    "review_comments": Contribution.Kind.REVIEW_COMMENT,
    "commits": Contribution.Kind.COMMIT,
}


def figures(run: SyncRun) -> dict[str, Any]:
    """Totals now in the ledger, and what this run cost."""
    repository = run.source.repository
    items = WorkItem.objects.present().filter(repository=repository)
    acts = Contribution.objects.present().filter(repository=repository)
    seconds = (run.finished_at or run.touched_at) - run.started_at
    return {
        "repository": repository.name,
        **items.aggregate(
            issues=Count("pk", filter=Q(kind=WorkItem.Kind.ISSUE)),
            change_requests=Count("pk", filter=Q(kind=WorkItem.Kind.CHANGE_REQUEST)),
        ),
        **acts.aggregate(
            **{name: Count("pk", filter=Q(kind=kind)) for name, kind in KINDS.items()}
        ),
        "people": people(repository),
        "requests": {
            name: run.requests.get(name, 0) for name in ("rest", "graphql", "not_modified")
        },
        "seconds": round(seconds.total_seconds(), 3),
        "completeness": completeness(repository),
    }


def people(repository: Repository) -> int:
    """Distinct people, bots apart, with anything counted in this repository."""
    acts = Contribution.objects.present().filter(repository=repository)
    human = acts.filter(identity__is_bot=False, identity__person__is_bot=False)
    return human.values("identity__person").distinct().count()


def completeness(repository: Repository) -> float | None:
    """Received of expected, 0..1, rounded down; 1 only where nothing lacks and nothing is open."""
    return weight_of(repository, timezone.now()).share
