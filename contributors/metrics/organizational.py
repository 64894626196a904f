"""Figures of organizations: of the community's acts, those of people who worked there on the day.

An organization has figures for each month in which it, or in
the month before which it, did anything.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from community.people.bulk import among
from contributors.metrics.calendar import first_of_month, next_month
from contributors.metrics.definitions.crowd import NAMED, most_first
from contributors.metrics.definitions.rows import months_after
from contributors.metrics.employed import primary
from contributors.metrics.extents import Known
from contributors.metrics.kept import ORGANIZATIONAL
from contributors.metrics.ledger import Bucket, Ledger, count_up
from contributors.metrics.ledger_reading import parts_read
from contributors.metrics.models import Figure, Scope
from contributors.metrics.registry import METRICS
from contributors.metrics.replacing import Whole, store
from contributors.metrics.rollups import PERSONAL, results, row_of, teller

Organizations = set[int] | None  # None: all
Touched = Mapping[date, set[int]] | None  # organizations by month
METRICS_OF_ACTS = {key: METRICS[key] for key in ORGANIZATIONAL}


@dataclass(slots=True)
class Share:
    """What people of one organization did in a month."""

    bucket: Bucket
    repositories: Counter[int] = field(default_factory=Counter)  # acts of people in each


def shares_of(month: date, only: Organizations) -> dict[int, Share]:
    """What was done in a month by organization."""
    found: defaultdict[int, Share] = defaultdict(lambda: Share(Bucket(month)))
    acts: Counter[tuple[int, int, int, int]] = Counter()
    for repository, _, part in parts_read("acts", [month], None):
        _, people, kinds, times, bots, places = part["acts"]
        places = [one if one.__class__ is int else primary(one) for one in places]
        count_up(acts, zip(places, people, kinds, bots, strict=True), times)
        by_people: Counter[tuple[int, int]] = Counter()
        count_up(by_people, zip(places, bots, strict=True), times)
        for (where, bot), number in by_people.items():
            if is_one(where, only) and not bot:
                found[where].repositories[repository] += number
        for where, row in commits_placed(part, places):
            if is_one(where, only):
                found[where].bucket.take_commit(row)
    for key, number in acts.items():
        if is_one(key[0], only):
            found[key[0]].bucket.take_act(*key, number)
    return found


def commits_placed(
    part: Mapping[str, Any], places: Sequence[int]
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The commits of a sheet, each with the organization of its author on the day."""
    days, people = part["acts"][:2]
    employer = dict(zip(zip(days, people, strict=True), places, strict=True))
    for row in zip(*part["commits"], strict=True):
        yield employer.get(row[:2], 0), row


def is_one(where: int, only: Organizations) -> bool:
    """Whether an act counts for one of these organizations."""
    return where > 0 and (only is None or where in only)


def affected(community: Whole, touched: Touched) -> list[date]:
    """The months in which figures of organizations may say something else."""
    months = set(community.months)
    if touched is None:
        return sorted(months)
    acted = {month for month, organizations in touched.items() if organizations}
    return sorted(months.intersection(acted | {next_month(month) for month in acted}))


def make_organizational(community: Whole, touched: Touched) -> None:
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
        known = {one: known.get(one) or shares_of(one, only) for one in (before, month)}
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
