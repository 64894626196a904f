"""What is known of one scope, as the plain rows that the definitions take."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import chain, compress, pairwise, repeat
from operator import ne, not_
from typing import Any

from contributors.metrics.calendar import first_of_month, months_of, next_month
from contributors.metrics.definitions.cohorts import FOLLOWED, Returns
from contributors.metrics.definitions.rhythm import Moment, Totals
from contributors.metrics.definitions.rows import (
    Act,
    Commit,
    Item,
    Once,
    Period,
    Touch,
    months_after,
)
from contributors.metrics.definitions.staying import Entry, Leaves
from contributors.metrics.employed import parts_by_organization
from contributors.metrics.extents import Known
from contributors.metrics.sheets import KINDS

Columns = Mapping[str, Any]  # name: columns, each in the order of the first
# Rows that only sources of issues and change requests give.
OF_ITEMS = frozenset({"items", "standing", "touches", "requests", "closes", "entries"})
# Rows that say nothing of one person alone.
OF_MANY = frozenset({"touches", "totals", "moments"})
# Rows that are kept by month; those of the others reach back to the first act.
WEEK = 7 * 24  # hours
BY_MONTH = frozenset({"acts", "presence", "commits", "moments", "touches", "returns"})


@lru_cache(maxsize=4096)
def dates_of(month: date) -> tuple[date, ...]:
    """The days of a month, to be looked up by number; that of zero serves nobody."""
    count = (next_month(month) - month).days
    return (month, *(month + timedelta(days=number) for number in range(count)))


@lru_cache(maxsize=512)
def hours_of(month: date) -> Sequence[datetime]:
    """The hours of a month, by number; the first day has the number one."""
    begin = datetime.combine(month, time.min, UTC) - timedelta(days=1)
    return [begin + timedelta(hours=number) for number in range(24 * len(dates_of(month)))]


class Bucket:
    """What was done in some days of a month that no period cuts, as little as the
    definitions need."""

    __slots__ = ("_present", "acts", "commits", "dates", "moments", "presence", "start", "touches")

    def __init__(self, start: date) -> None:
        self.start = start
        self.dates = dates_of(start.replace(day=1))
        # By person (0: not known), kind, whether a bot did it, and organizations: how often.
        self.acts: Counter[tuple[int, int, int, Any]] = Counter()
        # People by the day of the month on which they did anything.
        self.presence: defaultdict[int, set[int]] = defaultdict(set)
        self._present: list[Act] | None = None  # looked at for several months
        # By author, whether a bot, and whether lines are known: commits, lines added, removed.
        self.commits: dict[tuple[int, int, bool], tuple[int, int, int]] = {}
        self.moments: Counter[int] = Counter()  # by hour of the month
        self.touches: set[tuple[int, int, int]] = set()  # item, whether a bot, whether gone

    def take(self, columns: Columns) -> None:
        """What a sheet says of these days."""
        _, *columns_of_acts, places = columns["acts"]
        if list in set(map(type, places)):
            places = [tuple(place) if type(place) is list else place for place in places]
        people, kinds, times, bots = columns_of_acts
        count_up(self.acts, zip(people, kinds, bots, places, strict=True), times)
        self.take_presence(columns)
        for row in zip(*columns["commits"], strict=True):
            self.take_commit(row)
        count_up(self.moments, *columns["hours"])
        self.touches.update(zip(*columns["touches"][1:], strict=True))

    def take_act(self, place: int, person: int, kind: int, bot: int, times: int) -> None:
        """What somebody did on some day of the month; of the day nothing is asked."""
        self.acts[person, kind, bot, place] += times
        if not bot:
            self.presence[1].add(person)

    def take_commit(self, row: tuple[int, ...]) -> None:
        _, author, bot, times, added, removed = row
        # Without any line it is empty, or its source tells no lines.
        key = (author, bot, bool(added or removed))
        known = self.commits.get(key, (0, 0, 0))
        self.commits[key] = (known[0] + times, known[1] + added, known[2] + removed)

    def take_presence(self, columns: Columns) -> None:
        """On which of these days people did anything."""
        days, people, _, _, bots, _ = columns["acts"]
        if any(bots):
            kept = list(map(not_, bots))
            days, people = list(compress(days, kept)), list(compress(people, kept))
        start, count = 0, len(days)
        while start < count:  # they are in the order of days
            day = days[start]
            end = bisect_right(days, day, start)
            self.presence[day].update(people[start:end])
            start = end

    def acts_found(self) -> Iterator[Act]:
        """All acts, each with the first day of the bucket."""
        for (person, kind, bot, place), times in self.acts.items():
            if place.__class__ is int:
                yield Act(person or None, KINDS[kind], self.start, times, place, bool(bot))
            else:
                where, *others = place
                yield Act(
                    person or None, KINDS[kind], self.start, times, where, bool(bot), tuple(others)
                )

    def presence_found(self) -> list[Act]:
        """For each person an act on the first day in the bucket, and one on the last."""
        if self._present is None:
            first: dict[int, int] = {}
            last: dict[int, int] = {}
            for day in sorted(self.presence):
                last.update(dict.fromkeys(self.presence[day], day))
            for day in sorted(self.presence, reverse=True):
                first.update(dict.fromkeys(self.presence[day], day))
            dates, ends = self.dates, {*first.items(), *last.items()}
            self._present = [Act(person, "", dates[day]) for person, day in ends if person]
        return self._present

    def commits_found(self) -> Iterator[Commit]:
        for (author, bot, has_lines), (times, *lines) in self.commits.items():
            added, removed = lines if has_lines else (None, None)
            yield Commit(author or None, self.start, times, added, removed, is_bot=bool(bot))

    def moments_found(self) -> Iterator[Moment]:
        """All moments, each in the first week of the bucket that has its weekday."""
        first, hours = 24 * self.start.day, hours_of(self.dates[0])
        week: Counter[int] = Counter()
        for hour, times in self.moments.items():
            week[first + (hour - first) % WEEK] += times
        for hour, times in week.items():
            yield Moment(hours[hour], times)

    def touches_found(self) -> Iterator[Touch]:
        for item, bot, gone in self.touches:
            yield Touch(item, self.start, bool(bot), bool(gone))


def count_up(counts: Counter[Any], keys: Iterable[Any], times: Sequence[int]) -> None:
    """Add so many times of each key; most are done once."""
    if sum(times) == len(times):
        counts.update(keys)
        return
    found = list(keys)
    counts.update(found)
    for key, number in compress(zip(found, times, strict=True), map(ne, times, repeat(1))):
        counts[key] += number - 1


def cut_out(columns: Columns, first: int, last: int) -> Columns:
    """The rows of the days of a month from one number to another, both included."""
    found = {}
    for name, given in columns.items():
        # Each is in the order of its first column, a day or an hour.
        low, high = (24 * first, 24 * last + 23) if name == "hours" else (first, last)
        start, end = bisect_left(given[0], low), bisect_right(given[0], high)
        found[name] = [column[start:end] for column in given]
    return found


@dataclass(slots=True)
class Ledger:
    """All that is known of one scope; `cuts` are days, beside the first of each
    month, on which a period may begin or end."""

    known: Known = field(default_factory=Known)
    cuts: Sequence[date] = ()
    organization: int | None = None  # None: what anybody did is taken in
    buckets: dict[date, Bucket] = field(default_factory=dict)
    # An item stands in each month in which something ended or began for it,
    items: defaultdict[date, list[Item]] = field(default_factory=lambda: defaultdict(list))
    # and an issue in each month at whose end it was open.
    standing: defaultdict[date, list[Item]] = field(default_factory=lambda: defaultdict(list))
    # By day, or by the first of each month where no period cuts one.
    totals: Totals = field(default_factory=Totals)  # acts of people
    received: Totals = field(default_factory=Totals)
    expected: Totals = field(default_factory=Totals)
    asks: defaultdict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    askers: defaultdict[date, set[int]] = field(default_factory=lambda: defaultdict(set))
    asked: dict[int, int] = field(default_factory=dict)  # change requests ever, of who asked
    # What began in each month, by person.
    firsts: defaultdict[date, dict[int, date]] = field(default_factory=lambda: defaultdict(dict))
    closes: defaultdict[date, dict[int, date]] = field(default_factory=lambda: defaultdict(dict))
    entries: defaultdict[date, dict[int, Entry]] = field(default_factory=lambda: defaultdict(dict))
    leaves: Leaves | None = None  # of people who announced to be away; None: not asked for yet
    periods: dict[tuple[bool, date, date], Period] = field(default_factory=dict)

    # --- taking in

    def take_presence(self, month: date, columns: Columns) -> None:
        """On which days people did anything, of a month that no period cuts."""
        self.bucket(month).take_presence(columns)

    def take_acts(self, month: date, columns: Columns) -> None:
        """Who did what, in which hours, and which issues were touched."""
        if self.organization is not None:
            columns = parts_by_organization(columns, {self.organization}).get(self.organization, {})
            if not columns:
                return
        starts = self.starts_in(month)
        if len(starts) == 1:
            self.bucket(month).take(columns)
            return
        for start, until in pairwise([*starts, next_month(month)]):
            last = (until - timedelta(days=1)).day
            self.bucket(start).take(cut_out(columns, start.day, last))

    def starts_in(self, month: date) -> Sequence[date]:
        """The days on which the buckets of a month begin."""
        if not self.cuts:
            return (month,)
        return (month, *(cut for cut in self.cuts if month < cut < next_month(month)))

    def bucket(self, start: date) -> Bucket:
        found = self.buckets.get(start)
        if found is None:
            found = self.buckets[start] = Bucket(start)
        return found

    def take_totals(self, month: date, part: Columns) -> None:
        days = dates_of(month)
        for day, times in part["totals"]:
            self.totals[days[day]] += times

    def take_received(self, month: date, part: Columns) -> None:
        days = dates_of(month)
        for day, received, expected in part["received"]:
            self.received[days[day]] += received
            self.expected[days[day]] += expected

    def take_sums(self, month: date, total: int, received: int, expected: int) -> None:
        """Acts of people and completeness of a month that no period cuts."""
        self.totals[month] += total
        self.received[month] += received
        self.expected[month] += expected

    def take_asks(self, month: date, part: Columns) -> None:
        days = dates_of(month)
        for person, day, times in zip(*part["asks"], strict=True):
            self.asks[person].extend([days[day]] * times)
            self.askers[month].add(person)

    def begin(self, person: int, first: date | None, entry: Entry, closed: date | None) -> None:
        """When a person first did anything, joined in, and closed an issue."""
        if first:
            self.firsts[first_of_month(first)][person] = first
        if entered := min((day for day in entry if day), default=None):
            self.entries[first_of_month(entered)][person] = entry
        if closed:
            self.closes[first_of_month(closed)][person] = closed

    def begin_anew(self) -> None:
        """Forget what anybody began."""
        for held in (self.firsts, self.closes, self.entries):
            held.clear()

    # --- giving

    def period(self, kind: str, start: date, end: date) -> Period:
        """These days with the beginning of what a metric of such rows is given."""
        key = (kind in OF_ITEMS, start, end)
        found = self.periods.get(key)
        if found is None:
            known = self.known
            start_of_all = (known.items_from or date.max) if key[0] else known.tracked_from
            found = self.periods[key] = Period(start, end, start_of_all, known.ends_on)
        return found

    def rows(self, kind: str, start: date, end: date) -> Any:
        """What a metric is given for [start, end): at least all that lies in it."""
        if kind == "totals":
            return self.totals
        if kind == "returns":
            since = months_after(start, -FOLLOWED)
            return Returns(self.rows("presence", start, end), self.rows("firsts", since, end))
        months: Sequence[date] = months_of(start, end)
        if kind in {"firsts", "closes", "entries"}:
            by_month = getattr(self, kind)
            return dict(chain.from_iterable(by_month[m].items() for m in months if m in by_month))
        if kind == "requests":
            return self.requests(months, start, end)
        if kind == "items":
            return Once(self.touched(months))
        if kind == "standing":
            began = datetime.combine(months[0], time.min, UTC)
            older = [one for one in self.standing.get(months[-1], ()) if one.opened_at < began]
            return Once([*self.touched(months), *older])
        # A period that ends within a bucket, as what follows others may, is given all of it.
        first = months[0] if kind == "presence" else start
        starts = [at for month in months for at in self.starts_in(month) if first <= at < end]
        within = [self.buckets[at] for at in starts if at in self.buckets]
        found = [getattr(bucket, f"{kind}_found")() for bucket in within]
        return Once(chain.from_iterable(found))

    def touched(self, months: Sequence[date]) -> Sequence[Item]:
        """The items for which something began or ended in these months, each once."""
        if len(months) == 1:
            return self.items.get(months[0], ())
        return unlike(item for month in months for item in self.items.get(month, ()))

    def forget(self, kind: str, before: date) -> None:
        """Drop rows of earlier months that nothing will ask for: acts, items or standing."""
        held = self.buckets if kind == "acts" else getattr(self, kind)
        for month in [one for one in held if one < before]:
            del held[month]

    def requests(self, months: Sequence[date], start: date, end: date) -> dict[int, list[date]]:
        """The days of all change requests of whoever opened one in [start, end), in order.

        Of those before what was read only the number is known.
        """
        found = {}
        for person in {who for month in months for who in self.askers.get(month, ())}:
            days = self.asks[person]
            days.sort()
            if bisect_left(days, start) < bisect_left(days, end):
                earlier = self.asked.get(person, 0) - len(days)
                found[person] = [*([date.min] * earlier), *days]
        return found

    def completeness(self, period: Period) -> float | None:
        """Received of expected over the days of a period; None when nothing was expected."""
        expected = self.expected.between(period.start, period.end)
        return self.received.between(period.start, period.end) / expected if expected else None


def unlike(items: Iterable[Item]) -> list[Item]:
    """Each item once, however many months it stands in."""
    return list({id(item): item for item in items}.values())
