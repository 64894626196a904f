"""The heat table of completeness: a row per month, a cell per day."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contributors.activity.models import Completeness
    from contributors.activity.querysets import CompletenessQuerySet


@dataclass(frozen=True, slots=True)
class Cell:
    """One day: `level` 0 is complete, 4 lacks half or more; None where nothing was expected."""

    day: date | None = None
    row: "Completeness | None" = None
    is_known: bool = True  # whether somebody has read this day
    is_open: bool = False  # may lack more than anybody knows

    @property
    def level(self) -> int | None:
        if self.row is None or not self.row.expected:
            return None
        missing = 1 - self.row.received / self.row.expected
        return max(sum(missing > bound for bound in (0, 0.05, 0.2, 0.5)), self.is_open)

    @property
    def percent(self) -> int:
        """The share that came, rounded down: only what is complete is 100."""
        if self.row is None or not self.row.expected:
            return 0
        return min(self.row.received * 100 // self.row.expected, 99 if self.is_open else 100)


@dataclass(frozen=True, slots=True)
class Month:
    """A row of the table, always 31 cells wide."""

    first: date
    cells: Sequence[Cell]


def years_of(rows: "CompletenessQuerySet") -> list[int]:
    """The years for which anything was expected."""
    return [day.year for day in rows.dates("day", "year")]


def year_asked(asked: str, years: Sequence[int], otherwise: int) -> int:
    """The year an address names, if there is any; else the latest."""
    latest = years[-1] if years else otherwise
    return next((one for one in years if str(one) == asked), latest)


def heat_of(
    rows: "CompletenessQuerySet",
    year: int,
    *,
    known_until: date | None = None,
    open_from: date | None = None,
) -> list[Month]:
    """The months of a year, each day with what came of what was expected."""
    bound = known_until or date.min
    found = {row.day: row for row in rows.filter(day__year=year)}
    opens = open_from or date.max
    return (
        [
            Month(
                date(year, month, 1),
                [
                    Cell(day, found.get(day), day <= bound, day >= opens) if day else Cell()
                    for day in _days(year, month)
                ],
            )
            for month in range(1, 13)
        ]
        if found
        else []
    )


def _days(year: int, month: int) -> list[date | None]:
    length = calendar.monthrange(year, month)[1]
    days = [date(year, month, number) for number in range(1, length + 1)]
    return [*days, *[None] * (31 - length)]
