"""Who was there on which days, where what they did does not matter."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any

from contributors.metrics.definitions.rows import Act


class Attendance:
    """Who was there in days of one month, bots left out."""

    __slots__ = ("_everybody", "dates", "parts")

    def __init__(self, dates: Sequence[date]) -> None:
        self.dates = dates  # of the month, by number
        # Numbers of days, in their order, and who was there (0: not known).
        self.parts: list[tuple[Sequence[int], Sequence[int]]] = []
        self._everybody: set[int] | None = None  # looked at for several months

    def take(self, days: Sequence[int], people: Sequence[int]) -> None:
        if days:
            self.parts.append((days, people))
            self._everybody = None

    def number(self, day: date) -> int:
        """The number of a day in the month; of any before it 0, of any after it 32."""
        first = self.dates[1]
        return 0 if day < first else min((day - first).days + 1, 32)

    def between(self, start: date, end: date) -> set[int]:
        """Who was there from `start` to before `end`; not to change."""
        low, high = self.number(start), self.number(end)
        if low <= 1 and high >= len(self.dates):
            return self.everybody
        cut = (
            people[bisect_left(days, low) : bisect_left(days, high)] for days, people in self.parts
        )
        return set().union(*cut) - {0}

    @property
    def everybody(self) -> set[int]:
        if self._everybody is None:
            self._everybody = set().union(*(people for _, people in self.parts)) - {0}
        return self._everybody

    def last_days(self, whose: set[int], end: date) -> dict[int, date]:
        """The last day before `end` on which each of these people was there."""
        until, found = self.number(end), dict[int, int]()
        for days, people in self.parts if until and whose else ():
            rows = zip(people[: bisect_left(days, until)], days, strict=False)
            last = {person: day for person, day in rows if person in whose}
            found.update((one, max(day, found.get(one, 0))) for one, day in last.items())
        return {person: self.dates[day] for person, day in found.items()}

    def acts(self) -> Iterator[Act]:
        """An act for each day and person."""
        for days, people in self.parts:
            for day, person in set(zip(days, people, strict=True)):
                yield Act(person or None, "", self.dates[day])


class Presence(Sequence[Act]):
    """Acts of which no more is asked than who was there on which day, by month and in order."""

    def __init__(self, months: Sequence[Attendance]) -> None:
        self.months = months

    def between(self, start: date, end: date) -> set[int]:
        """Who was there from `start` to before `end`; not to change."""
        found = [month.between(start, end) for month in self.months]
        return found[0] if len(found) == 1 else set().union(*found)

    def last_days(self, whose: set[int], end: date) -> dict[int, date]:
        """The last day before `end` on which each of these people was there."""
        found: dict[int, date] = {}
        for month in self.months:
            found |= month.last_days(whose, end)
        return found

    def __iter__(self) -> Iterator[Act]:
        return chain.from_iterable(month.acts() for month in self.months)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, at: Any) -> Any:
        return list(self)[at]
