"""Weeks (ISO 8601), months, quarters and years: periods that have names of their own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from contributors.metrics.formats import month_name, short_month, year_name

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WEEK_LENGTH = timedelta(days=7)
NAMED = re.compile(r"(?P<year>[12][0-9]{3})(?:-(?P<sign>[WQ]?)(?P<number>[0-9]{1,2}))?")
# No period begins before; up to the last, the one after it still has a date.
EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Step:
    """One length of calendar periods; each is known by its first day."""

    key: str
    months: int  # 0: an ISO week, from Monday to Sunday
    usual: int  # how many are shown where nobody says more
    most: int
    label: "_StrPromise"
    last: "_StrPromise"  # the usual ones, in words

    def first(self, day: date) -> date:
        """The first day of the one in which a day lies."""
        if not self.months:
            return day - timedelta(days=day.weekday())
        return date(day.year, (day.month - 1) // self.months * self.months + 1, 1)

    def shifted(self, start: date, count: int) -> date:
        """The first day of the one so many later or, if negative, earlier."""
        if not self.months:
            return start + count * WEEK_LENGTH
        year, index = divmod(start.year * 12 + start.month - 1 + count * self.months, 12)
        return date(year, index + 1, 1)

    def year_ago(self, start: date) -> date:
        """The same one a year before; where that year has no week 53, its last."""
        if self.months:
            return self.shifted(start, -12 // self.months)
        year, week, _day = start.isocalendar()
        last = date(year - 1, 12, 28).isocalendar().week
        return date.fromisocalendar(year - 1, min(week, last), 1)

    def between(self, start: date, end: date) -> Sequence[date]:
        """The first days of those that [start, end) touches."""
        found, one = [], self.first(start)
        while one < end:
            found.append(one)
            one = self.shifted(one, 1)
        return found

    def of_year(self, year: int) -> Sequence[date]:
        """Those of a calendar year; weeks are those of the ISO year."""
        if self.months:
            return self.between(date(year, 1, 1), date(year + 1, 1, 1))
        return self.between(date.fromisocalendar(year, 1, 1), date.fromisocalendar(year + 1, 1, 1))

    def code(self, start: date) -> str:
        """As addresses have it: 2026-W12, 2026-03, 2026-Q1 or 2026."""
        if not self.months:
            year, week, _day = start.isocalendar()
            return f"{year}-W{week:02}"
        if self.months == 3:
            return f"{start.year}-Q{quarter_of(start)}"
        return f"{start:%Y-%m}" if self.months == 1 else f"{start.year}"

    def name(self, start: date) -> str:
        return named_in(get_language(), self, start)

    def short(self, start: date) -> str:
        """Below an axis: the year in the place of the first of each year."""
        if self.months == 1:
            return short_month(start)
        year, week, _day = start.isocalendar()
        if not self.months and week > 1:
            return pgettext("week below an axis", "W%(number)s") % {"number": week}
        if self.months == 3 and start.month > 1:
            return pgettext("quarter below an axis", "Q%(number)s") % {"number": quarter_of(start)}
        return year_name(year if not self.months else start.year)


@lru_cache(maxsize=2048)
def named_in(_language: str | None, step: Step, start: date) -> str:
    """What a period is called; a page says it dozens of times."""
    if step.months == 1:
        return month_name(start)
    if step.months == 12:
        return year_name(start.year)
    year, week, _day = start.isocalendar()
    if not step.months:
        return _("Week %(number)s, %(year)s") % {"number": week, "year": year}
    return _("Q%(number)s %(year)s") % {"number": quarter_of(start), "year": start.year}


def quarter_of(day: date) -> int:
    return (day.month + 2) // 3


WEEK = Step(
    *("week", 0, 26, 106),
    pgettext_lazy("length of a period", "Week"),
    gettext_lazy("Last 26 weeks"),
)
MONTH = Step(
    *("month", 1, 12, 120),
    pgettext_lazy("length of a period", "Month"),
    gettext_lazy("Last 12 months"),
)
QUARTER = Step(
    *("quarter", 3, 8, 40),
    pgettext_lazy("length of a period", "Quarter"),
    gettext_lazy("Last 8 quarters"),
)
YEAR = Step(
    *("year", 12, 5, 10),
    pgettext_lazy("length of a period", "Year"),
    gettext_lazy("Last 5 years"),
)
STEPS = {step.key: step for step in (WEEK, MONTH, QUARTER, YEAR)}
BY_SIGN = {"W": WEEK, "Q": QUARTER, "": MONTH}


def named(text: str) -> tuple[Step, date] | None:
    """The period of which this is the name; None where it names none."""
    found = NAMED.fullmatch(text)
    if found is None:
        return None
    year, number = int(found["year"]), found["number"]
    try:
        if number is None:
            step, start = YEAR, date(year, 1, 1)
        else:
            step = BY_SIGN[found["sign"]]
            start = start_of(step, year, int(number))
    except ValueError:
        return None
    return (step, start) if EARLIEST <= start <= LATEST else None


def start_of(step: Step, year: int, number: int) -> date:
    """The first day of a numbered week, month or quarter; ValueError where there is none."""
    if not step.months:
        return date.fromisocalendar(year, number, 1)
    return date(year, (number - 1) * step.months + 1, 1)


def last_over(step: Step, end: date, first: date) -> date:
    """The last one that is over where days up to `end` are known, else the one of `first`."""
    current = step.first(end - timedelta(days=1))
    if step.shifted(current, 1) <= end or current <= step.first(first):
        return current
    return step.shifted(current, -1)
