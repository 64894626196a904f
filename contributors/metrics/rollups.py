"""Finished figures made from ledgers: the same ledger gives the same figures."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from contributors.metrics.definitions.rows import Period, Result
from contributors.metrics.ledger import Ledger, first_of_month, months_of, next_month
from contributors.metrics.models import Figure, RecentFigure, Scope
from contributors.metrics.registry import METRICS, Metric

RECENT_DAYS = (30, 90, 365)
PERSONAL = "contributions"


def day_after(moment: datetime) -> date:
    """The end of the half-open period whose last day holds this moment.

    Midnight itself belongs to the day before: nothing of the new day is known.
    """
    return (moment - timedelta(microseconds=1)).date() + timedelta(days=1)


def result_of(metric: Metric, ledger: Ledger, start: date, end: date) -> Result:
    """What a metric says of a scope from `start` up to but not including `end`."""
    period = ledger.period(metric.rows, start, end)
    return metric.compute(ledger.rows(metric.rows, period), period)


def before_of(metric: Metric, ledger: Ledger, start: date, end: date) -> float | None:
    """The value of an earlier period; one that was only partly seen says nothing about change."""
    tracked_from = ledger.period(metric.rows, start, end).tracked_from
    if tracked_from is None or start < tracked_from:
        return None
    return result_of(metric, ledger, start, end).value


def monthly(scope: Scope, scope_id: int, ledger: Ledger, since: date | None) -> Iterator[Figure]:
    """Every metric of every month from `since` on, as far as the scope is known."""
    if ledger.tracked_from is None or ledger.observed_until is None:
        return
    start = max(ledger.tracked_from, first_of_month(since)) if since else ledger.tracked_from
    for month in months_of(start, day_after(ledger.observed_until)):
        end = next_month(month)
        completeness = ledger.completeness(Period(month, end))
        for key, metric in METRICS.items():
            yield Figure(
                scope=scope,
                scope_id=scope_id,
                metric=key,
                month=month,
                completeness=completeness,
                **columns(result_of(metric, ledger, month, end)),
            )


def recent(scope: Scope, scope_id: int, ledger: Ledger, ends_on: date) -> Iterator[RecentFigure]:
    """Every metric of the last 30, 90 and 365 days, beside the days before them."""
    if ledger.tracked_from is None:
        return
    for days in RECENT_DAYS:
        length = timedelta(days=days)
        start = ends_on - length
        completeness = ledger.completeness(Period(start, ends_on))
        for key, metric in METRICS.items():
            yield RecentFigure(
                scope=scope,
                scope_id=scope_id,
                metric=key,
                days=days,
                ends_on=ends_on,
                before=before_of(metric, ledger, start - length, start),
                completeness=completeness,
                **columns(result_of(metric, ledger, start, ends_on)),
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
