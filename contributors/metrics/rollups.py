"""Finished figures made from ledgers: the same ledger gives the same figures."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import compress
from typing import Any

import orjson
from django.db import connection

from community.people.models import Leave
from contributors.metrics.buckets import Columns, counted, dates_of, joined, without_bots
from contributors.metrics.calendar import first_of_month, next_month
from contributors.metrics.definitions.rows import Period, Result
from contributors.metrics.definitions.staying import Leaves
from contributors.metrics.kept import KEPT
from contributors.metrics.ledger import Ledger
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.sheets import KINDS

RECENT_DAYS = (30, 90, 365)
# The recent figures look back so far: twice the longest of them.
READ_DAYS = timedelta(days=2 * max(RECENT_DAYS))
PERSONAL = "contributions"
LONGEST = max(metric.follows for metric in METRICS.values())
COLUMNS = ("value", "n", "missing", "completeness", "details", "version")
Row = tuple[Any, ...]
EARLIEST = date(2, 1, 1)  # before which no day is reckoned back from


def results(
    ledger: Ledger, start: date, end: date, metrics: Mapping[str, Metric] = METRICS
) -> Iterator[tuple[str, Result]]:
    """What each of these metrics says, with rows that several take gathered once."""
    gathered: dict[tuple[str, Any], Any] = {}
    for key, metric in metrics.items():
        period = ledger.period(metric.rows, start, end)
        wanted = (metric.rows, metric.reach)
        if wanted not in gathered:
            gathered[wanted] = ledger.rows(metric.rows, *metric.reach(period))
        more = {"leaves": leaves_of(ledger)} if metric.minds_leave else {}
        yield key, metric.compute(gathered[wanted], period, **more)


def leaves_of(ledger: Ledger) -> Leaves:
    """Announced leave of everybody, asked for once; that without an end goes on."""
    if ledger.leaves is None:
        found: defaultdict[int, list[tuple[date, date]]] = defaultdict(list)
        rows = Leave.objects.order_by("pk").values_list("person", "starts_on", "ends_on")
        for person, starts_on, ends_on in rows:
            found[person].append((starts_on, ends_on or date.max))
        ledger.leaves = dict(found)
    return ledger.leaves


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


def monthly(ledger: Ledger, month: date, keys: Collection[str]) -> Iterator[Row]:
    """The month, name and row of these metrics of a month."""
    if not keys:
        return
    tell, end, text = teller(), next_month(month), month.isoformat()
    completeness = ledger.completeness(ledger.period("acts", month, end))
    asked = {key: KEPT[key] for key in keys}
    for key, result in results(ledger, month, end, asked):
        yield (text, key, *row_of(result, completeness, tell))


def recent(ledger: Ledger, ends_on: date) -> Iterator[tuple[int, str, Row, float | None]]:
    """Every metric of the last 30, 90 and 365 days, with the value of the days before them."""
    read_from, tell = ends_on - READ_DAYS, teller()
    for days in RECENT_DAYS:
        length = timedelta(days=days)
        start = ends_on - length
        completeness = ledger.completeness(Period(start, ends_on))
        before = values_before(ledger, start - length, start, read_from)
        for key, result in results(ledger, start, ends_on):
            yield days, key, row_of(result, completeness, tell), before.get(key)


def row_of(result: Result, completeness: float | None, tell: Callable[[Any], Any]) -> Row:
    """A result as the columns that every kind of figure has, in the order of `COLUMNS`."""
    details = tell(result.details)
    return (result.value, result.n, result.missing, completeness, details, result.version)


def as_text(details: Mapping[str, Any]) -> str:
    """Details as SQLite keeps them."""
    return orjson.dumps(details).decode()


def teller() -> Callable[[Any], Any]:
    """What makes of details what the bulk statements take."""
    return as_text if connection.vendor == "sqlite" else dict


def personal(
    month: date, sheets: Iterable[Columns], people: frozenset[int] | None
) -> dict[int, Row]:
    """What each of these people (None: everybody) did in a month, out of its sheets."""
    version, tell = METRICS[PERSONAL].version, teller()
    dates = [day.isoformat() for day in dates_of(month)]
    kinds: defaultdict[int, dict[int, int]] = defaultdict(dict)
    days: defaultdict[int, dict[int, int]] = defaultdict(dict)
    when, who, what, times = acts_of(sheets, people)
    for (person, kind), number in counted(zip(who, what, strict=True), times).items():
        kinds[person][kind] = number
    for (person, day), number in counted(zip(who, when, strict=True), times).items():
        days[person][day] = number
    found = {}
    kinds.pop(0, None)  # nobody who is known
    for person, counts in kinds.items():
        total = sum(counts.values())
        details = {
            "kinds": dict(sorted((KINDS[kind], times) for kind, times in counts.items())),
            "days": {dates[day]: times for day, times in sorted(days[person].items())},
        }
        found[person] = (total, total, 0.0, None, tell(details), version)
    return found


def acts_of(sheets: Iterable[Columns], people: frozenset[int] | None) -> Sequence[Sequence[Any]]:
    """Days, people, kinds and times of what these people (None: everybody) did, bots left out."""
    parts = []
    for sheet in sheets:
        *columns, bots, _ = sheet["acts"]
        if people is not None:
            kept = list(map(people.__contains__, columns[1]))
            *columns, bots = (list(compress(column, kept)) for column in (*columns, bots))
        if bots:
            parts.append(without_bots(columns, bots))
    return joined(parts, 4)
