"""Finished figures made from ledgers: the same ledger gives the same figures."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from contributors.metrics.definitions.rows import Period, Result
from contributors.metrics.ledger import Ledger, day_after, first_of_month, months_of, next_month
from contributors.metrics.models import Figure, RecentFigure, Scope
from contributors.metrics.registry import METRICS, Metric

RECENT_DAYS = (30, 90, 365)
# The recent figures look back so far: twice the longest of them.
READ_DAYS = timedelta(days=2 * max(RECENT_DAYS))
PERSONAL = "contributions"
LONGEST = max(metric.follows for metric in METRICS.values())
EARLIEST = date(2, 1, 1)  # before which no day is reckoned back from


def results(
    ledger: Ledger, start: date, end: date, metrics: Mapping[str, Metric] = METRICS
) -> Iterator[tuple[str, Result]]:
    """What each of these metrics says, with rows that several take gathered once."""
    gathered: dict[tuple[str, date, date], Any] = {}
    for key, metric in metrics.items():
        period = ledger.period(metric.rows, start, end)
        wanted = (metric.rows, *metric.reach(period))
        if wanted not in gathered:
            gathered[wanted] = ledger.rows(*wanted)
        yield key, metric.compute(gathered[wanted], period)


def values_before(
    ledger: Ledger, start: date, end: date, read_from: date = date.min
) -> dict[str, float | None]:
    """The values of an earlier period; one only partly seen says nothing about change.

    Nor does a metric that needs rows from before `read_from`.
    """
    whole = {}
    for key, metric in METRICS.items():
        period = ledger.period(metric.rows, start, end)
        was_seen = period.tracked_from is not None and period.tracked_from <= start
        if was_seen and metric.reach(period)[0] >= read_from:
            whole[key] = metric
    return {key: result.value for key, result in results(ledger, start, end, whole)}


def changed_month(since: date, follows: int) -> date:
    """The first month that what happened from a day on can change, if followed for so long."""
    return first_of_month(max(since, EARLIEST) - timedelta(days=follows))


def monthly(scope: Scope, scope_id: int, ledger: Ledger, since: date | None) -> Iterator[Figure]:
    """Every metric of every month that what happened from `since` on can change,
    as far as the scope is known."""
    if ledger.tracked_from is None or ledger.observed_until is None:
        return
    start = (
        max(ledger.tracked_from, changed_month(since, LONGEST)) if since else ledger.tracked_from
    )
    for month in months_of(start, day_after(ledger.observed_until)):
        changed = {
            key: metric
            for key, metric in METRICS.items()
            if since is None or month >= changed_month(since, metric.follows)
        }
        end = next_month(month)
        completeness = ledger.completeness(Period(month, end))
        for key, result in results(ledger, month, end, changed):
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
    read_from = ends_on - READ_DAYS
    for days in RECENT_DAYS:
        length = timedelta(days=days)
        start = ends_on - length
        completeness = ledger.completeness(Period(start, ends_on))
        before = values_before(ledger, start - length, start, read_from)
        for key, result in results(ledger, start, ends_on):
            yield RecentFigure(
                scope=scope,
                scope_id=scope_id,
                metric=key,
                days=days,
                ends_on=ends_on,
                before=before.get(key),
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
