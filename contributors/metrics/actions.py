"""Keeping the finished figures in step with the ledger."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain

from django.db import transaction
from django.db.models import F, Min, Q
from django.db.models.functions import Least

from community.jobs.actions import enqueue
from community.projects.models import Repository
from contributors.activity.models import DayCount
from contributors.metrics.ledger import Ledger, fill_ledgers, first_of_month, open_ledgers, united
from contributors.metrics.models import Figure, Reading, RecentFigure, Scope
from contributors.metrics.rollups import RECENT_DAYS, day_after, monthly, personal, recent

# Changes that arrive within one slot are worked off together.
SLOT = timedelta(seconds=10)
# An item opened up to two months before a change may still have been followed then.
FOLLOWED_DAYS = 62


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
    rows = DayCount.objects.filter(identity__person__in=list(person_ids)).order_by()
    touched = dict(rows.values("repository_id").values_list("repository_id", Min("day")))
    for pk, day in touched.items():
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
    since = min(changed_from(reading) for reading in stale)
    replace_figures(touched=[reading.repository_id for reading in stale], since=since, at=at)
    return len(stale)


@transaction.atomic
def rebuild_figures(*, at: datetime) -> None:
    """Make every figure anew from the whole ledger."""
    known = set(Reading.objects.select_for_update().values_list("repository_id", flat=True))
    everything = list(Repository.objects.order_by("pk").values_list("pk", flat=True))
    Reading.objects.bulk_create(Reading(repository_id=pk) for pk in everything if pk not in known)
    replace_figures(touched=everything, since=None, at=at)


def changed_from(reading: Reading) -> date:
    """The first month whose figures may differ after a change.

    What was unanswered when the figures were last made has been watched for
    longer since, so they are made anew from there on as well.
    """
    days = [reading.stale_from or date.max]
    if reading.observed_until is not None:
        days.append(reading.observed_until.date())
    return first_of_month(max(min(days), date(1, 4, 1)) - timedelta(days=FOLLOWED_DAYS))


def replace_figures(*, touched: Sequence[int], since: date | None, at: datetime) -> None:
    """Put new figures in the place of those of the touched scopes from `since` on."""
    owners = dict(Repository.objects.order_by("pk").values_list("pk", "project_id"))
    ledgers = open_ledgers(list(owners))
    fill_ledgers(ledgers, earliest_needed(ledgers.values(), since))
    community = united(ledgers.values())
    projects = {owners[pk] for pk in touched}
    scopes: list[tuple[Scope, int, Ledger]] = [(Scope.COMMUNITY, 0, community)]
    for project in sorted(set(owners.values())):
        ledger = united(ledgers[pk] for pk, owner in owners.items() if owner == project)
        scopes.append((Scope.PROJECT, project, ledger))
    scopes.extend((Scope.REPOSITORY, pk, ledger) for pk, ledger in ledgers.items())
    changed = [
        (scope, pk, ledger)
        for scope, pk, ledger in scopes
        if scope == Scope.COMMUNITY
        or (scope == Scope.PROJECT and pk in projects)
        or (scope == Scope.REPOSITORY and pk in touched)
    ]
    store_monthly(changed, community, since)
    store_recent(scopes, community)
    for pk in touched:
        Reading.objects.filter(repository_id=pk).update(
            stale_from=None, observed_until=ledgers[pk].observed_until, refreshed_at=at
        )


def earliest_needed(ledgers: Iterable[Ledger], since: date | None) -> date | None:
    """From which day acts must be read: the recent figures look back twice their length."""
    known = [ledger.observed_until.date() for ledger in ledgers if ledger.observed_until]
    if since is None or not known:
        return None
    return min(since, max(known) - timedelta(days=2 * max(RECENT_DAYS)))


def store_monthly(
    changed: Sequence[tuple[Scope, int, Ledger]], community: Ledger, since: date | None
) -> None:
    """Replace the monthly figures of the changed scopes and of all people."""
    old = Figure.objects.all()
    if since is not None:
        old = old.filter(month__gte=first_of_month(since))
        mine = Q(scope=Scope.PERSON)
        for scope, pk, _ in changed:
            mine |= Q(scope=scope, scope_id=pk)
        old = old.filter(mine)
    old.delete()
    made: Iterator[Figure] = chain(
        chain.from_iterable(monthly(scope, pk, ledger, since) for scope, pk, ledger in changed),
        personal(community, since),
    )
    Figure.objects.bulk_create(made, batch_size=1000)


def store_recent(scopes: Sequence[tuple[Scope, int, Ledger]], community: Ledger) -> None:
    """Replace the figures of the last days, which move on with the whole community."""
    RecentFigure.objects.all().delete()
    if community.observed_until is None:
        return
    ends_on = day_after(community.observed_until)
    RecentFigure.objects.bulk_create(
        chain.from_iterable(recent(scope, pk, ledger, ends_on) for scope, pk, ledger in scopes),
        batch_size=1000,
    )
