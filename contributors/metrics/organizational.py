"""Figures of organizations: of the community's acts, those of people who worked there on the day.

An organization has figures for each month in which it, or in
the month before which it, did anything.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from community.people.bulk import among
from contributors.metrics.buckets import Bucket, counted, joined, without_bots
from contributors.metrics.calendar import first_of_month, next_month
from contributors.metrics.definitions.crowd import NAMED, most_first
from contributors.metrics.definitions.rows import months_after
from contributors.metrics.employed import primary
from contributors.metrics.extents import Known
from contributors.metrics.kept import ORGANIZATIONAL
from contributors.metrics.ledger import Ledger
from contributors.metrics.ledger_reading import Sheets
from contributors.metrics.models import Figure, Scope
from contributors.metrics.registry import METRICS
from contributors.metrics.replacing import Whole, store
from contributors.metrics.rollups import PERSONAL, results, row_of, teller

Organizations = set[int] | None  # None: all
Touched = Mapping[date, set[int]] | None  # organizations by month
NOTHING_ELSE = {"commits": [()], "hours": [()], "touches": [()]}
METRICS_OF_ACTS = {key: METRICS[key] for key in ORGANIZATIONAL}


@dataclass(slots=True)
class Share:
    """What people of one organization did in a month."""

    bucket: Bucket
    repositories: Counter[int]  # acts of people in each


def shares_of(sheets: Sheets, month: date, only: Organizations) -> dict[int, Share]:
    """What was done in a month by organization."""
    acts: list[Sequence[Any]] = []
    commits: list[Sequence[Any]] = []
    for repository, part in sheets.acts(month):
        days, people, kinds, times, bots, places = part["acts"]
        if list in set(map(type, places)):
            places = [one if one.__class__ is int else primary(one) for one in places]
        # Of the day nothing is asked.
        acts.append((places, [1] * len(days), people, kinds, times, bots, [repository] * len(days)))
        if part["commits"][0]:
            employer = dict(zip(zip(days, people, strict=True), places, strict=True))
            authors = zip(*part["commits"][:2], strict=True)
            commits.append(([employer.get(one, 0) for one in authors], *part["commits"]))
    found: dict[int, Share] = {}
    for where, (*columns, times, bots, repositories) in parted(joined(acts, 7), only):
        bucket = Bucket(month)
        found[where] = Share(bucket, counted(*without_bots([repositories, times], bots)))
        bucket.take({"acts": [*columns, times, bots, [where] * len(times)], **NOTHING_ELSE})
    for where, columns in parted(joined(commits, 7), only):
        found[where].bucket.commits.append(columns)
    return found


def parted(
    columns: Sequence[Sequence[Any]], only: Organizations
) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """The columns behind the first, which tells organizations, in one part for each of those."""
    chosen = [
        place
        for place, where in enumerate(columns[0])
        if where > 0 and (only is None or where in only)
    ]
    chosen.sort(key=columns[0].__getitem__)
    places, *rest = [[column[place] for place in chosen] for column in columns]
    start, count = 0, len(places)
    while start < count:
        where = places[start]
        end = bisect_right(places, where, start)
        yield where, [column[start:end] for column in rest]
        start = end


def affected(community: Whole, touched: Touched) -> list[date]:
    """The months in which figures of organizations may say something else."""
    months = set(community.months)
    if touched is None:
        return sorted(months)
    acted = {month for month, organizations in touched.items() if organizations}
    return sorted(months.intersection(acted | {next_month(month) for month in acted}))


def make_organizational(community: Whole, touched: Touched, sheets: Sheets) -> None:
    """Make the monthly figures of those organizations that did something else in some months
    (None: of all)."""
    mine = Figure.objects.filter(scope=Scope.ORGANIZATION)
    if community.now.months is None:
        mine.delete()
        return
    first, last = community.now.months
    mine.exclude(month__range=(first, last)).delete()
    if community.was.tracked_from != community.now.tracked_from:
        touched = None
    only = None if touched is None else set().union(*touched.values())
    known: dict[date, dict[int, Share]] = {}  # of the month at hand and the one before
    for month in affected(community, touched):
        before = months_after(month, -1)
        known = {one: known.get(one) or shares_of(sheets, one, only) for one in (before, month)}
        acting = known[before].keys() | known[month].keys()
        store(
            (Scope.ORGANIZATION.value, pk, month.isoformat(), key, *row)
            for pk in sorted(acting)
            for key, row in rows_of(
                community.now, month, known[before].get(pk), known[month].get(pk)
            )
        )
        remove_others(month, acting, only)


def rows_of(
    known: Known, month: date, before: Share | None, now: Share | None
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Every metric of one organization in a month."""
    ledger, tell = Ledger(known), teller()
    for share in filter(None, (before, now)):
        ledger.buckets[share.bucket.start] = share.bucket
    for key, result in results(ledger, month, next_month(month), METRICS_OF_ACTS):
        more = {"repositories": repositories_named(now)} if key == PERSONAL else {}
        yield key, row_of(result._replace(details={**result.details, **more}), None, tell)


def repositories_named(share: Share | None) -> dict[str, int]:
    """The repositories in which most was done, by id as JSON has it."""
    ranked = most_first(share.repositories)[:NAMED] if share else []
    return {str(pk): times for pk, times in ranked if times}


def remove_others(month: date, acting: Collection[int], only: Organizations) -> None:
    """Take away the figures of organizations that have none in this month any longer."""
    mine = Figure.objects.filter(scope=Scope.ORGANIZATION, month=month)
    if only is not None:
        mine = mine.filter(scope_id__in=among(only))
    gone = sorted(set(mine.values_list("scope_id", flat=True).distinct()) - set(acting))
    for start in range(0, len(gone), 500):
        mine.filter(scope_id__in=gone[start : start + 500]).delete()


def filled(
    place_id: int,
    months: Sequence[date],
    found: Mapping[str, dict[date, Figure]],
    tracked_from: date,
    keys: Collection[str],
) -> None:
    """Put in what is not stored: months of which is known that the organization did nothing."""
    ledger = Ledger(Known(tracked_from))
    asked = {key: METRICS_OF_ACTS[key] for key in keys if key in METRICS_OF_ACTS}
    for month in months:
        if month < first_of_month(tracked_from) or all(month in found[key] for key in asked):
            continue
        for key, result in results(ledger, month, next_month(month), asked):
            if month not in found[key]:
                found[key][month] = Figure(
                    scope=Scope.ORGANIZATION,
                    scope_id=place_id,
                    metric=key,
                    month=month,
                    value=None if result.value is None else float(result.value),
                    n=result.n,
                    missing=result.missing,
                    details=result.details,
                    version=result.version,
                )
