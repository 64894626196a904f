"""Finished figures made from ledgers: the same ledger gives the same figures."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from contributors.metrics.definitions.rows import Period, Result
from contributors.metrics.ledger import Ledger, first_of_month, months_of, next_month
from contributors.metrics.models import Figure, RecentFigure, Scope
from contributors.metrics.registry import METRICS

RECENT_DAYS = (30, 90, 365)
PERSONAL = "contributions"


def day_after(moment: datetime) -> date:
    """The end of the half-open period whose last day holds this moment.

    Midnight itself belongs to the day before: nothing of the new day is known.
    """
    return (moment - timedelta(microseconds=1)).date() + timedelta(days=1)


def monthly(scope: Scope, scope_id: int, ledger: Ledger, since: date | None) -> Iterator[Figure]:
    """Every metric of every month from `since` on, as far as the scope is known."""
    if ledger.tracked_from is None or ledger.observed_until is None:
        return
    start = max(ledger.tracked_from, first_of_month(since)) if since else ledger.tracked_from
    for month in months_of(start, day_after(ledger.observed_until)):
        period = Period(month, next_month(month), ledger.tracked_from)
        completeness = ledger.completeness(period)
        for key, metric in METRICS.items():
            result = metric.compute(ledger.rows(metric.rows, period), period)
            yield Figure(
                scope=scope,
                scope_id=scope_id,
                metric=key,
                month=month,
                completeness=completeness,
                **columns(result),
            )


def recent(scope: Scope, scope_id: int, ledger: Ledger, ends_on: date) -> Iterator[RecentFigure]:
    """Every metric of the last 30, 90 and 365 days, beside the days before them."""
    if ledger.tracked_from is None:
        return
    for days in RECENT_DAYS:
        length = timedelta(days=days)
        period = Period(ends_on - length, ends_on, ledger.tracked_from)
        earlier = Period(period.start - length, period.start, ledger.tracked_from)
        completeness = ledger.completeness(period)
        for key, metric in METRICS.items():
            result = metric.compute(ledger.rows(metric.rows, period), period)
            before = None
            # A period that was only partly seen says nothing about change.
            if earlier.start >= ledger.tracked_from:
                before = metric.compute(ledger.rows(metric.rows, earlier), earlier).value
            yield RecentFigure(
                scope=scope,
                scope_id=scope_id,
                metric=key,
                days=days,
                ends_on=ends_on,
                before=before,
                completeness=completeness,
                **columns(result),
            )


def columns(result: Result) -> dict[str, object]:
    """A result as the columns that every kind of figure has."""
    return {
        "value": result.value,
        "n": result.n,
        "missing": result.missing,
        "details": dict(result.details),
        "version": result.version,
    }


def personal(ledger: Ledger, since: date | None) -> Iterator[Figure]:
    """What each person did, month by month; months without an act have no row."""
    version = METRICS[PERSONAL].version
    for month, acts in ledger.acts.items():
        if since and month < first_of_month(since):
            continue
        kinds: defaultdict[int, Counter[str]] = defaultdict(Counter)
        days: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for act in acts:
            if act.person is not None and not act.is_bot:
                kinds[act.person][act.kind] += act.times
                days[act.person][act.day.isoformat()] += act.times
        completeness = ledger.completeness(Period(month, next_month(month)))
        for person, counts in kinds.items():
            yield Figure(
                scope=Scope.PERSON,
                scope_id=person,
                metric=PERSONAL,
                month=month,
                value=counts.total(),
                n=counts.total(),
                missing=0.0,
                completeness=completeness,
                details={
                    "kinds": dict(sorted(counts.items())),
                    "days": dict(sorted(days[person].items())),
                },
                version=version,
            )
