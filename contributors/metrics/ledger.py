"""What is known of one scope, as the plain rows that the definitions take."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, pairwise
from typing import Any

from contributors.metrics.buckets import (
    Bucket,
    Columns,
    by_hours,
    cut_out,
    dates_of,
    tallied,
    touched,
    written,
)
from contributors.metrics.calendar import first_of_month, months_of, next_month
from contributors.metrics.definitions import backlog, code
from contributors.metrics.definitions.cohorts import FOLLOWED, Returns
from contributors.metrics.definitions.crowd import tally
from contributors.metrics.definitions.presence import Presence
from contributors.metrics.definitions.rhythm import Totals, by_hour
from contributors.metrics.definitions.rows import Item, Once, Period, months_after
from contributors.metrics.definitions.staying import Entry, Leaves
from contributors.metrics.employed import parts_by_organization
from contributors.metrics.extents import Known

# Rows that only sources of issues and change requests give.
OF_ITEMS = frozenset({"items", "standing", "touches", "requests", "closes", "entries"})
# Rows that say nothing of one person alone.
OF_MANY = frozenset({"touches", "totals", "moments"})
# Rows that are kept by month; those of the others reach back to the first act.
BY_MONTH = frozenset({"acts", "presence", "commits", "moments", "touches", "returns"})


def sums_of(kind: str, within: Sequence[Bucket]) -> dict[Callable[..., Any], Any]:
    """What definitions ask of rows of a kind first, counted without making rows."""
    if kind == "acts":
        return {tally: tallied([part for one in within for part in one.acts])}
    if kind == "commits":
        found = written([part for one in within for part in one.commits])
        return dict(zip((code.counted, code.lines_of, code.authors_of), found, strict=True))
    if kind == "moments":
        return {by_hour: by_hours(within)}
    return {backlog.touched: touched([part for one in within for part in one.touches])}


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

    def take_people(self, month: date, columns: Sequence[Sequence[int]]) -> None:
        """Who did anything, of a month that no period cuts."""
        days, people, _ = columns
        self.bucket(month).presence.take(days, people)

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
        if entered := min(filter(None, entry), default=None):
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
        if kind == "presence":
            return Presence([bucket.presence for bucket in within])
        made = (getattr(bucket, f"{kind}_found")() for bucket in within)
        found = {(ask, start, end): told for ask, told in sums_of(kind, within).items()}
        return Once(chain.from_iterable(made), found)

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
