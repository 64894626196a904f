"""Keeping the finished figures in step with the ledger."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Max, Min
from django.db.models.functions import Least

from community.jobs.actions import enqueue
from community.projects.models import Repository
from contributors.activity.models import DayCount, WorkItem
from contributors.metrics.models import Reading
from contributors.metrics.replacing import replace_figures

# Changes that arrive within one slot are worked off together.
SLOT = timedelta(seconds=10)


@transaction.atomic
def mark_stale(*, repository_ids: Iterable[int], since: date, at: datetime) -> None:
    """Note that the ledger of some repositories changed from a day on, and have it worked off."""
    since = min(since, at.date())
    for pk in sorted(set(repository_ids)):
        _, is_new = Reading.objects.get_or_create(repository_id=pk, defaults={"stale_from": since})
        if not is_new:
            mine = Reading.objects.filter(repository_id=pk)
            mine.filter(stale_from=None).update(stale_from=since)
            mine.update(stale_from=Least(F("stale_from"), since))
    slot = int(at.timestamp() // SLOT.total_seconds()) + 1
    enqueue(
        "metrics.refresh",
        run_at=datetime.fromtimestamp(slot * SLOT.total_seconds(), UTC),
        unique_key=f"metrics.refresh:{slot}",
    )


@transaction.atomic
def mark_people_stale(*, person_ids: Iterable[int], at: datetime) -> None:
    """Note that all these people ever did may count differently now."""
    people = list(person_ids)
    rows = DayCount.objects.filter(identity__person__in=people).order_by()
    items = WorkItem.objects.filter(author__person__in=people).order_by()
    closed = WorkItem.objects.filter(closed_by__person__in=people, closed_at__isnull=False)
    opened = items.values("repository_id").values_list("repository_id", Min("opened_at"))
    ended = closed.order_by().values("repository_id").values_list("repository_id", Min("closed_at"))
    touched = list(rows.values("repository_id").values_list("repository_id", Min("day")))
    touched += [(pk, moment.date()) for found in (opened, ended) for pk, moment in found]
    for pk, day in sorted(touched):
        mark_stale(repository_ids=[pk], since=day, at=at)


@transaction.atomic
def refresh_figures(*, at: datetime) -> int:
    """Make the figures anew that follow from what changed; answer how many repositories did.

    The readings are locked first, so that a change that arrives meanwhile
    waits and is worked off by the next job.
    """
    stale = list(Reading.objects.select_for_update().exclude(stale_from=None))
    if not stale:
        return 0
    touched = [reading.repository_id for reading in stale]
    replace_figures(touched=touched, since=_changed_from(stale), at=at)
    return len(stale)


@transaction.atomic
def rebuild_figures(*, at: datetime) -> None:
    """Make every figure anew from the whole ledger."""
    known = set(Reading.objects.select_for_update().values_list("repository_id", flat=True))
    everything = list(Repository.objects.order_by("pk").values_list("pk", flat=True))
    Reading.objects.bulk_create(Reading(repository_id=pk) for pk in everything if pk not in known)
    replace_figures(touched=everything, since=None, at=at)


def _changed_from(stale: Sequence[Reading]) -> date:
    """The first day after which figures may differ after what changed.

    What was unanswered when the figures were last made has been watched for
    longer since, and months may have passed of which no scope had figures: so
    they are made anew from where each touched scope ended.
    """
    days = [reading.stale_from for reading in stale if reading.stale_from]
    days += [reading.observed_until.date() for reading in stale if reading.observed_until]
    read = Reading.objects.exclude(observed_until=None).order_by()
    ends = read.filter(repository__project__repositories__in=[one.repository_id for one in stale])
    by_project = ends.values("repository__project").annotate(end=Max("observed_until"))
    days += [end.date() for end in by_project.values_list("end", flat=True)]
    whole = read.aggregate(end=Max("observed_until"))["end"]
    days += [whole.date()] if whole else []
    return min(days)
