"""New figures in the place of old ones, for the scopes that a change touched."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain, groupby
from operator import attrgetter

from django.db.models import Q

from community.projects.models import Repository
from contributors.metrics.definitions.rows import months_after
from contributors.metrics.ledger import Ledger, day_after, first_of_month, united
from contributors.metrics.ledger_reading import fill_ledgers, open_ledgers
from contributors.metrics.models import Figure, Reading, RecentFigure, Scope
from contributors.metrics.registry import METRICS
from contributors.metrics.rollups import (
    LONGEST,
    READ_DAYS,
    changed_month,
    monthly,
    personal,
    recent,
)

follows_of = attrgetter("follows")


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
    store_recent(changed if since else scopes, scopes, community)
    for pk in touched:
        Reading.objects.filter(repository_id=pk).update(
            stale_from=None, observed_until=ledgers[pk].observed_until, refreshed_at=at
        )


def earliest_needed(ledgers: Iterable[Ledger], since: date | None) -> date | None:
    """From which day acts must be read: the first month that can change looks back at
    the one before it, and the recent figures twice their length."""
    known = [ledger.observed_until.date() for ledger in ledgers if ledger.observed_until]
    if since is None or not known:
        return None
    return min(months_after(changed_month(since, LONGEST), -1), max(known) - READ_DAYS)


def store_monthly(
    changed: Sequence[tuple[Scope, int, Ledger]], community: Ledger, since: date | None
) -> None:
    """Replace the monthly figures of the changed scopes and of all people."""
    if since is None:
        Figure.objects.all().delete()
    else:
        delete_monthly([(scope, pk) for scope, pk, _ in changed], since)
    made: Iterator[Figure] = chain(
        chain.from_iterable(monthly(scope, pk, ledger, since) for scope, pk, ledger in changed),
        personal(community, since),
    )
    Figure.objects.bulk_create(made, batch_size=1000)


def delete_monthly(changed: Sequence[tuple[Scope, int]], since: date) -> None:
    """Take away the figures that what happened from `since` on can change."""
    mine = Q()
    for scope, pk in changed:
        mine |= Q(scope=scope, scope_id=pk)
    for follows, metrics in groupby(sorted(METRICS.values(), key=follows_of), key=follows_of):
        keys = [metric.key for metric in metrics]
        late = Figure.objects.filter(month__gte=changed_month(since, follows), metric__in=keys)
        late.filter(mine).delete()
    Figure.objects.filter(month__gte=first_of_month(since), scope=Scope.PERSON).delete()


def store_recent(
    changed: Sequence[tuple[Scope, int, Ledger]],
    scopes: Sequence[tuple[Scope, int, Ledger]],
    community: Ledger,
) -> None:
    """Replace the figures of the last days: of what changed, or of all once they end later."""
    if community.observed_until is None:
        RecentFigure.objects.all().delete()
        return
    ends_on = day_after(community.observed_until)
    old = RecentFigure.objects.all()
    if changed is not scopes and not old.exclude(ends_on=ends_on).exists():
        mine = Q(pk__in=())
        for scope, pk, _ in changed:
            mine |= Q(scope=scope, scope_id=pk)
        scopes, old = changed, old.filter(mine)
    old.delete()
    RecentFigure.objects.bulk_create(
        chain.from_iterable(recent(scope, pk, ledger, ends_on) for scope, pk, ledger in scopes),
        batch_size=1000,
    )
