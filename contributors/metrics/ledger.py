"""What is known of one scope, as the plain rows that the definitions take."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any

from contributors.metrics.definitions.rhythm import Moment
from contributors.metrics.definitions.rows import Act, Commit, Item, Period, Touch
from contributors.metrics.definitions.staying import Entry

# Rows that only sources of issues and change requests give.
OF_ITEMS = frozenset({"items", "standing", "touches", "requests", "closes", "entries"})
# Rows that say nothing of one person alone.
OF_MANY = frozenset({"touches", "totals", "moments"})


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def day_after(moment: datetime) -> date:
    """The end of the half-open period whose last day holds this moment.

    Midnight itself belongs to the day before: nothing of the new day is known.
    """
    return (moment - timedelta(microseconds=1)).date() + timedelta(days=1)


def months_of(start: date, end: date) -> list[date]:
    """The first days of the months that [start, end) touches."""
    found, month = [], first_of_month(start)
    while month < end:
        found.append(month)
        month = next_month(month)
    return found


def by_month() -> defaultdict[date, list[Any]]:
    return defaultdict(list)


@dataclass(slots=True)
class Ledger:
    """All that is known of one scope.

    What stands by month begins on some day; what stands by person, and the
    totals, reach back to the first act whatever that day.
    """

    acts: defaultdict[date, list[Act]] = field(default_factory=by_month)
    presence: defaultdict[date, list[Act]] = field(
        default_factory=by_month
    )  # one act per person and day
    commits: defaultdict[date, list[Commit]] = field(default_factory=by_month)
    touches: defaultdict[date, list[Touch]] = field(default_factory=by_month)
    moments: defaultdict[date, list[Moment]] = field(
        default_factory=by_month
    )  # acts of people by hour
    # An item stands in each month in which something ended or began for it,
    items: defaultdict[date, list[Item]] = field(default_factory=by_month)
    # and in each month at whose end it was open.
    standing: defaultdict[date, list[Item]] = field(default_factory=by_month)
    firsts: dict[int, date] = field(default_factory=dict)
    closes: dict[int, date] = field(default_factory=dict)  # first close of an issue
    entries: dict[int, Entry] = field(default_factory=dict)
    requests: dict[int, list[date]] = field(default_factory=dict)  # days, in order
    totals: Counter[date] = field(default_factory=Counter)  # acts of people by day
    received: dict[date, tuple[int, int]] = field(default_factory=dict)  # day: received, expected
    tracked_from: date | None = None
    observed_until: datetime | None = None
    # From when issues and change requests are known; None where no source knows any.
    items_from: date | None = None

    def period(self, kind: str, start: date, end: date) -> Period:
        """These days with the beginning of what a metric of such rows is given."""
        until = day_after(self.observed_until) if self.observed_until else None
        if kind in OF_ITEMS:
            return Period(start, end, self.items_from or date.max, until)
        return Period(start, end, self.tracked_from, until)

    def rows(self, kind: str, start: date, end: date) -> Any:
        """What a metric is given for [start, end): at least all that lies in it."""
        if kind in {"firsts", "closes", "entries", "totals"}:
            return getattr(self, kind)
        months = months_of(start, end)
        if kind == "requests":
            # Whoever asked in the period, with all they ever did.
            return {
                person: days
                for person, days in self.requests.items()
                if bisect_left(days, start) < bisect_left(days, end)
            }
        if kind == "items":
            return unlike(item for month in months for item in self.items.get(month, ()))
        if kind == "standing":
            touched = (item for month in months for item in self.items.get(month, ()))
            return unlike(chain(touched, self.standing.get(months[-1], ())))
        found = getattr(self, kind)
        return [row for month in months for row in found.get(month, ())]

    def completeness(self, period: Period) -> float | None:
        """Received of expected over the days of a period; None when nothing was expected."""
        received = expected = 0
        for offset in range((period.end - period.start).days):
            got, due = self.received.get(period.start + timedelta(days=offset), (0, 0))
            received, expected = received + got, expected + due
        return received / expected if expected else None

    def of_person(self, person: int) -> "Ledger":
        """What one person did, as far as the same sources are known; see `OF_MANY`."""
        mine = Ledger(received=self.received)
        for name in ("acts", "presence"):
            for month, acts in getattr(self, name).items():
                getattr(mine, name)[month] = [act for act in acts if act.person == person]
        for month, commits in self.commits.items():
            mine.commits[month] = [one for one in commits if one.author == person]
        for name in ("items", "standing"):
            for month, items in getattr(self, name).items():
                getattr(mine, name)[month] = [item for item in items if item.author == person]
        for name in ("firsts", "closes", "entries", "requests"):
            if person in (found := getattr(self, name)):
                getattr(mine, name)[person] = found[person]
        mine.track(self.tracked_from, self.observed_until)
        mine.items_from = self.items_from
        return mine

    def add(self, other: "Ledger") -> None:
        """Take in what another scope knows."""
        for name in ("acts", "presence", "commits", "moments", "touches", "items", "standing"):
            for month, rows in getattr(other, name).items():
                getattr(self, name)[month].extend(rows)
        self.add_people(other)
        self.totals.update(other.totals)
        for day, (received, expected) in other.received.items():
            known = self.received.get(day, (0, 0))
            self.received[day] = (known[0] + received, known[1] + expected)
        self.track(other.tracked_from, other.observed_until)
        if other.items_from is not None:
            self.items_from = min(other.items_from, self.items_from or other.items_from)

    def add_people(self, other: "Ledger") -> None:
        """Take in what another scope knows of each person."""
        for name in ("firsts", "closes"):
            days = getattr(self, name)
            for person, day in getattr(other, name).items():
                days[person] = min(day, days.get(person, day))
        for person, entry in other.entries.items():
            mine = self.entries.get(person)
            self.entries[person] = earlier(entry, mine) if mine else entry
        for person, asked in other.requests.items():
            known = self.requests.get(person)
            self.requests[person] = sorted([*known, *asked]) if known else asked

    def track(self, earliest: date | None, latest: datetime | None) -> None:
        """Widen what is known to reach from `earliest` to `latest`."""
        if earliest is not None:
            self.tracked_from = min(earliest, self.tracked_from or earliest)
        if latest is not None:
            self.observed_until = max(latest, self.observed_until or latest)


def unlike(items: Iterable[Item]) -> list[Item]:
    """Each item once, however many months it stands in."""
    return list({id(item): item for item in items}.values())


def earlier(one: Entry, other: Entry) -> Entry:
    """The earlier day of each level."""
    pairs = zip(one, other, strict=True)
    return Entry(*(min((day for day in pair if day), default=None) for pair in pairs))


def united(ledgers: Iterable[Ledger]) -> Ledger:
    """What several scopes know together."""
    whole = Ledger()
    for ledger in ledgers:
        whole.add(ledger)
    return whole
