"""Counts reviews from the ledger, repository by repository."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from community.projects.models import Repository
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.querysets import OPEN, WorkItemQuerySet
from contributors.attention.models import ReviewState

DAYS = 90
MOST_KEPT = 100  # change requests without a review that are named
PEOPLE = Q(author=None) | Q(author__person__is_bot=False)


def state_of(repository: Repository, at: datetime) -> ReviewState:
    """How the reviews of a repository stand at a moment."""
    since = at - timedelta(days=DAYS)
    requests = WorkItem.objects.present().filter(
        PEOPLE, repository=repository, kind=WorkItem.Kind.CHANGE_REQUEST
    )
    waiting = requests.filter(state=OPEN, is_draft=False)
    unreviewed = without_review(waiting).order_by("opened_at", "pk")
    return ReviewState(
        repository=repository,
        reviewers=reviewers_of(repository, since, at),
        opened=requests.filter(opened_at__gte=since, opened_at__lt=at).count(),
        open_requests=waiting.count(),
        unreviewed=unreviewed.count(),
        oldest=[
            [opened_at.isoformat(), pk]
            for opened_at, pk in unreviewed.values_list("opened_at", "pk")[:MOST_KEPT]
        ],
        until=at,
    )


def reviewers_of(repository: Repository, since: datetime, at: datetime) -> list[list[int]]:
    """Each person's reviews of what others wrote, those with the most first."""
    rows = (
        Contribution.objects.present()
        .between(since, at)
        .filter(repository=repository, kind=Contribution.Kind.REVIEW)
        .filter(identity__person__is_bot=False)
        .exclude(identity__person=F("work_item__author__person"))
        .values("identity__person")
        .annotate(reviews=Count("pk"), requests=Count("work_item", distinct=True))
        .order_by("-reviews", "identity__person")
    )
    return [list(row) for row in rows.values_list("identity__person", "reviews", "requests")]


def without_review(rows: WorkItemQuerySet) -> WorkItemQuerySet:
    """Those that nobody but their author, and no person, reviewed yet."""
    reviews = (
        Contribution.objects.present()
        .filter(work_item=OuterRef("pk"), kind=Contribution.Kind.REVIEW)
        .filter(identity__person__is_bot=False)
        .exclude(identity__person=F("work_item__author__person"))
    )
    return rows.filter(~Exists(reviews))
