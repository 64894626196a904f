"""New figures in the place of old ones, for the scopes that a change touched."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import chain

from django.db.models import Q

from community.projects.models import Repository
from contributors.metrics.definitions.rows import months_after
from contributors.metrics.ledger import Ledger, day_after, first_of_month, united
from contributors.metrics.ledger_reading import fill_ledgers, open_ledgers
from contributors.metrics.models import Figure, Reading, RecentFigure, Scope
from contributors.metrics.rollups import READ_DAYS, monthly, personal, recent


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
    """From which day acts must be read: a month looks back at the one before it, and
    the recent figures twice their length."""
    known = [ledger.observed_until.date() for ledger in ledgers if ledger.observed_until]
    if since is None or not known:
        return None
    return min(months_after(first_of_month(since), -1), max(known) - READ_DAYS)


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
