"""What was done in some days of a month: columns of sheets, counted when a definition asks."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, compress
from operator import add, not_
from typing import Any

from contributors.metrics.calendar import next_month
from contributors.metrics.definitions.backlog import Touched
from contributors.metrics.definitions.code import Counted, Lines
from contributors.metrics.definitions.crowd import Tally
from contributors.metrics.definitions.presence import Attendance
from contributors.metrics.definitions.rhythm import Hours, Moment
from contributors.metrics.definitions.rows import Act, Commit, Touch
from contributors.metrics.employed import primaries
from contributors.metrics.sheets import KINDS

Columns = Mapping[str, Any]  # name: columns, each in the order of the first
Parts = Sequence[Sequence[Sequence[Any]]]  # the same columns of several sheets
DAY, WEEK = 24, 7  # hours, days


@lru_cache(maxsize=4096)
def dates_of(month: date) -> tuple[date, ...]:
    """The days of a month, to be looked up by number; that of zero serves nobody."""
    count = (next_month(month) - month).days
    return (month, *(month + timedelta(days=number) for number in range(count)))


@lru_cache(maxsize=512)
def hours_of(month: date) -> Sequence[datetime]:
    """The hours of a month, by number; the first day has the number one."""
    begin = datetime.combine(month, time.min, UTC) - timedelta(days=1)
    return [begin + timedelta(hours=number) for number in range(DAY * len(dates_of(month)))]


class Bucket:
    """What was done in some days of a month that no period cuts.

    What is counted of it equals what the definitions find among its rows.
    """

    __slots__ = ("acts", "commits", "dates", "hours", "presence", "start", "touches")

    def __init__(self, start: date) -> None:
        self.start = start
        self.dates = dates_of(start.replace(day=1))
        self.presence = Attendance(self.dates)
        # As sheets hold them, in the same order.
        self.acts: list[Sequence[Sequence[Any]]] = []
        self.commits: list[Sequence[Sequence[int]]] = []
        self.hours: list[Sequence[Sequence[int]]] = []
        self.touches: list[Sequence[Sequence[int]]] = []

    def take(self, columns: Columns) -> None:
        """What a sheet says of these days."""
        days, people, _, _, bots, _ = columns["acts"]
        self.presence.take(*without_bots([days, people], bots))
        for held, name in (
            (self.acts, "acts"),
            (self.commits, "commits"),
            (self.hours, "hours"),
            (self.touches, "touches"),
        ):
            if columns[name][0]:
                held.append(columns[name])

    # --- as rows

    def acts_found(self) -> Iterator[Act]:
        """All acts, each with the first day of the bucket."""
        for columns in self.acts:
            for _, person, kind, times, bot, place in zip(*columns, strict=True):
                where, *others = [place] if place.__class__ is int else place
                yield Act(
                    person or None, KINDS[kind], self.start, times, where, bool(bot), tuple(others)
                )

    def commits_found(self) -> Iterator[Commit]:
        for columns in self.commits:
            for _, author, bot, times, added, removed in zip(*columns, strict=True):
                # Without any line it is empty, or its source tells no lines.
                has_lines = added or removed
                yield Commit(
                    author or None,
                    self.start,
                    times,
                    added if has_lines else None,
                    removed if has_lines else None,
                    is_bot=bool(bot),
                )

    def moments_found(self) -> Iterator[Moment]:
        hours = hours_of(self.dates[0])
        for columns in self.hours:
            for hour, times in zip(*columns, strict=True):
                yield Moment(hours[hour], times)

    def touches_found(self) -> Iterator[Touch]:
        for columns in self.touches:
            for _, item, bot, gone in zip(*columns, strict=True):
                yield Touch(item, self.start, bool(bot), bool(gone))


def joined(parts: Parts, width: int) -> Sequence[Sequence[Any]]:
    """The columns of several sheets as one."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return [()] * width
    return [list(chain.from_iterable(columns)) for columns in zip(*parts, strict=True)]


def without_bots(columns: Sequence[Sequence[Any]], bots: Sequence[int]) -> Sequence[Any]:
    """The rows of these columns that no bot did."""
    if not any(bots):
        return columns
    kept = list(map(not_, bots))
    return [list(compress(column, kept)) for column in columns]


def counted(keys: Iterable[Any], times: Sequence[int]) -> Counter[Any]:
    """So many times of each key."""
    if sum(times) == len(times):  # each once, as most are
        return Counter(keys)
    counts: dict[Any, int] = {}
    before = counts.get
    for key, number in zip(keys, times, strict=True):
        counts[key] = before(key, 0) + number
    return Counter(counts)


def tallied(parts: Parts) -> Tally:
    """What `tally` finds among acts, out of their columns."""
    *columns, bots, places = joined(parts, 6)
    all_times = sum(columns[3])
    _, people, kinds, times, places = without_bots([*columns, places], bots)
    pairs = (kind for kind, person in set(zip(kinds, people, strict=True)) if person)
    by_kind = {KINDS[kind]: number for kind, number in Counter(pairs).items()}
    shared: Counter[tuple[int, ...]] = Counter()
    whole, places = places, primaries(places)
    if whole is not places:
        several = [place.__class__ is list for place in whole]
        shared = counted(map(tuple, compress(whole, several)), list(compress(times, several)))
    known = counted(people, times)
    known.pop(0, None)
    told = Counter({KINDS[kind]: number for kind, number in counted(kinds, times).items()})
    total = told.total()
    return Tally(told, known, by_kind, counted(places, times), shared, total, all_times - total)


Written = tuple[Counted, Lines, tuple[set[int], Counted]]


def written(parts: Parts) -> Written:
    """The same of commits: all, their lines, and who wrote them."""
    _, authors, bots, times, added, removed = joined(parts, 6)
    all_times = sum(times)
    authors, times, added, removed = without_bots([authors, times, added, removed], bots)
    total = sum(times)
    nobody = sum(compress(times, map(not_, authors))) if 0 in authors else 0
    found = Counted(total, nobody, all_times - total)
    # Where both are none there are no lines, or nobody knows them.
    lines = list(map(add, added, removed))
    seen = sum(compress(times, lines))
    known = Lines(total, seen, sum(added), sum(removed), 0)
    return found, known, (set(authors) - {0}, found)


def by_hours(buckets: Iterable[Bucket]) -> Hours:
    """The same of moments."""
    hours, weekdays = [0] * DAY, [0] * WEEK
    for bucket in buckets:
        # The first day has the number one.
        before = bucket.dates[0].weekday() - 1
        for columns in bucket.hours:
            for hour, times in zip(*columns, strict=True):
                hours[hour % DAY] += times
                weekdays[(before + hour // DAY) % WEEK] += times
    return Hours(hours, weekdays, sum(hours))


def touched(parts: Parts) -> Touched:
    """The same of touches."""
    _, items, bots, gone = joined(parts, 4)
    lost = set(compress(items, gone)) if any(gone) else set[int]()
    there, active = set(items), set(items)
    if lost or any(bots):
        rows = list(zip(items, bots, gone, strict=True))
        there = {item for item, _, is_gone in rows if not is_gone}
        active = {item for item, is_bot, is_gone in rows if not is_bot and not is_gone}
    return Touched(len(active), len(there - active), len(lost))


def cut_out(columns: Columns, first: int, last: int) -> Columns:
    """The rows of the days of a month from one number to another, both included."""
    found = {}
    for name, given in columns.items():
        # Each is in the order of its first column, a day or an hour.
        low, high = (24 * first, 24 * last + 23) if name == "hours" else (first, last)
        start, end = bisect_left(given[0], low), bisect_right(given[0], high)
        found[name] = [column[start:end] for column in given]
    return found
