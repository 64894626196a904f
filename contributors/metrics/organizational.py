"""Figures of organizations: of the community's acts, those of people who worked there on the day.

An organization has figures for each month in which it, or in
the month before which it, did anything.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress, count
from typing import Any

from community.people.bulk import among, plain_rows
from contributors.metrics.buckets import Bucket, counted, joined, without_bots
from contributors.metrics.calendar import first_of_month, next_month
from contributors.metrics.definitions.crowd import NAMED, most_first
from contributors.metrics.definitions.rows import months_after
from contributors.metrics.employed import Differing, primaries
from contributors.metrics.extents import Known
from contributors.metrics.kept import ORGANIZATIONAL
from contributors.metrics.ledger import Ledger
from contributors.metrics.ledger_reading import Sheets
from contributors.metrics.models import Figure, Scope
from contributors.metrics.registry import METRICS
from contributors.metrics.replacing import Whole, store
from contributors.metrics.rollups import PERSONAL, results, row_of, teller

Organizations = Collection[int] | None  # None: all
Touched = Mapping[date, Differing] | None  # organizations by month
NOTHING_ELSE = {"commits": [()], "hours": [()], "touches": [()]}
METRICS_OF_ACTS = {key: METRICS[key] for key in ORGANIZATIONAL}


@dataclass(slots=True)
class Share:
    """What people of one organization did in a month."""

    bucket: Bucket
    repositories: Counter[int] = field(default_factory=Counter)  # acts of people in each


Shares = dict[int, Share]


def shares_of(sheets: Sheets, month: date, only: Organizations) -> Shares:
    """What was done in a month by organization, but for commits."""
    acts: list[Sequence[Any]] = []
    for repository, part in sheets.acts(month):
        _, *columns, places = part["acts"]
        acts.append((primaries(places), *columns, [repository] * len(places)))
    found: Shares = {}
    for where, (*columns, times, bots, repositories) in parted(joined(acts, 6), only):
        found[where] = Share(Bucket(month), counted(*without_bots([repositories, times], bots)))
        # Of the day nothing is asked.
        rows = [[1] * len(times), *columns, times, bots, [where] * len(times)]
        found[where].bucket.take({"acts": rows, **NOTHING_ELSE})
    return found


def add_commits(shares: Shares, sheets: Sheets, month: date) -> None:
    """Put the commits to what these organizations did."""
    commits: list[Sequence[Any]] = []
    for _, part in sheets.acts(month):
        if part["commits"][0]:
            days, people, *_, places = part["acts"]
            employer = dict(zip(zip(days, people, strict=True), primaries(places), strict=True))
            authors = zip(*part["commits"][:2], strict=True)
            commits.append(([employer.get(one, 0) for one in authors], *part["commits"]))
    for where, columns in parted(joined(commits, 7), shares.keys()):
        shares[where].bucket.commits.append(columns)


def members_of(sheets: Sheets, month: date, only: Organizations) -> Shares:
    """Who did anything in a month by organization, and no more; of bots only that some did."""
    pairs: set[tuple[int, int]] = set()
    for _, (_, *columns) in sheets.people(month):
        pairs.update(zip(*columns, strict=True))
    people: defaultdict[int, list[int]] = defaultdict(list)
    for person, where in pairs:
        people[where].append(person)
    found: Shares = {}
    for where, members in people.items():
        if where > 0 and (only is None or where in only):
            found[where] = Share(Bucket(month))
            found[where].bucket.presence.take([1] * len(members), members)
    return found


def parted(
    columns: Sequence[Sequence[Any]], only: Organizations
) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    """The columns behind the first, which tells organizations, in one part for each of those."""
    wanted = {one for one in set(columns[0]) if one > 0 and (only is None or one in only)}
    chosen = list(compress(count(), map(wanted.__contains__, columns[0])))
    chosen.sort(key=columns[0].__getitem__)
    places, *rest = [list(map(column.__getitem__, chosen)) for column in columns]
    start = 0
    while start < len(places):
        where = places[start]
        end = bisect_right(places, where, start)
        yield where, [column[start:end] for column in rest]
        start = end


def affected(months: Collection[date], touched: Touched) -> list[date]:
    """The months in which figures of organizations may say something else."""
    if touched is None:
        return sorted(months)
    acted = {month for month, differing in touched.items() if differing}
    return sorted((acted | {next_month(month) for month in acted}).intersection(months))


def with_new_months(community: Whole, touched: Mapping[date, Differing], sheets: Sheets) -> Touched:
    """The same with those who have figures in a month that is new for what they did before it."""
    known = community.was.months
    found = dict(touched)
    for month in community.months:
        if known and month > known[1]:
            before = members_of(sheets, months_after(month, -1), None)
            found[month] = {**{pk: set() for pk in before}, **found.get(month, {})}
    return found


def make_organizational(community: Whole, touched: Touched, sheets: Sheets) -> None:
    """Make the monthly figures of those organizations that did something else in some months
    (None: of all)."""
    mine = Figure.objects.filter(scope=Scope.ORGANIZATION)
    if community.now.months is None:
        mine.delete()
        return
    if community.was.months != community.now.months:
        mine.exclude(month__range=community.now.months).delete()
    if touched is not None and community.was.tracked_from == community.now.tracked_from:
        touched = with_new_months(community, touched, sheets)
    else:
        touched = None
    only = None if touched is None else set[int]().union(*touched.values())
    known: dict[date, Shares] = {}  # of the month at hand and the one before
    for month in affected(community.months, touched):
        before = months_after(month, -1)
        # Of the month before no more matters than who was there.
        earlier = known.get(before) or members_of(sheets, before, only)
        is_new = touched is None or bool(touched.get(month))
        shares = (shares_of if is_new else members_of)(sheets, month, only)
        known = {month: shares}
        acting = earlier.keys() | shares.keys()
        kept = remove_others(month, acting, only)
        keys = {pk: keys_of(pk, month, touched if pk in kept else None) for pk in sorted(acting)}
        if is_new and any("committers" in asked for asked in keys.values()):
            add_commits(shares, sheets, month)
        store(
            (Scope.ORGANIZATION.value, pk, month.isoformat(), key, *row)
            for pk, asked in keys.items()
            for key, row in rows_of(community.now, month, (earlier.get(pk), shares.get(pk)), asked)
        )


def keys_of(organization: int, month: date, touched: Touched) -> Collection[str]:
    """Which figures of an organization that has some in a month may say something else;
    all, where nobody knows what was touched."""
    if touched is None:
        return ORGANIZATIONAL
    now, before = (touched.get(one, {}) for one in (month, months_after(month, -1)))
    rows = set(now.get(organization, ()))
    if "acts" in rows or "acts" in before.get(organization, ()):
        rows.add("presence")  # who came back
    return [key for key in ORGANIZATIONAL if METRICS[key].rows in rows]


def rows_of(
    known: Known, month: date, shares: tuple[Share | None, Share | None], keys: Collection[str]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """These metrics of one organization in a month, by what it did in the one before and then."""
    ledger, tell = Ledger(known), teller()
    for share in filter(None, shares):
        ledger.buckets[share.bucket.start] = share.bucket
    asked = {key: METRICS_OF_ACTS[key] for key in keys}
    for key, result in results(ledger, month, next_month(month), asked):
        more = {"repositories": repositories_named(shares[1])} if key == PERSONAL else {}
        yield key, row_of(result._replace(details={**result.details, **more}), None, tell)


def repositories_named(share: Share | None) -> dict[str, int]:
    """The repositories in which most was done, by id as JSON has it."""
    ranked = most_first(share.repositories)[:NAMED] if share else []
    return {str(pk): times for pk, times in ranked if times}


def remove_others(month: date, acting: Collection[int], only: Organizations) -> set[int]:
    """Take away the figures of organizations that have none in this month any longer; answer
    which have some."""
    mine = Figure.objects.filter(scope=Scope.ORGANIZATION, month=month)
    if only is not None:
        mine = mine.filter(scope_id__in=among(only))
    have = {pk for (pk,) in plain_rows(mine.order_by().values_list("scope_id").distinct())}
    gone = sorted(have.difference(acting))
    for start in range(0, len(gone), 500):
        mine.filter(scope_id__in=gone[start : start + 500]).delete()
    return have


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
