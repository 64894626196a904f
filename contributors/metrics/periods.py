"""The period that a dashboard shows, read from the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors.metrics.calendar import months_of, next_month
from contributors.metrics.definitions.rows import Period, months_after
from contributors.metrics.formats import day_name
from contributors.metrics.rollups import RECENT_DAYS
from contributors.metrics.steps import EARLIEST, LATEST, MONTH, STEPS, Step, last_over, named

USUAL_DAYS = 90
LONGEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Extent:
    """The days of which anything is known: [start, end)."""

    start: date
    end: date

    @property
    def months(self) -> Sequence[date]:
        return months_of(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open period with its name, and how its figures are found.

    `days` names one of the recent periods, `step` a week, month, quarter or year;
    neither means that the reader chose the ends. The figures of months and of the
    recent periods are finished, those of all others are computed.
    """

    start: date
    end: date
    label: str
    days: int | None = None
    step: Step | None = None

    @property
    def month(self) -> date | None:
        """The calendar month that it is, if it is one."""
        return self.start if self.step is MONTH else None

    @property
    def code(self) -> str:
        """Its name in addresses, if it has one."""
        return self.step.code(self.start) if self.step else ""

    @property
    def query(self) -> str:
        """The part of an address that leads to the rows of this period."""
        return f"from={self.start.isoformat()}&to={self.end.isoformat()}"

    @property
    def choice(self) -> str:
        """The part of an address that asks for this period again."""
        if self.days:
            return f"days={self.days}"
        if self.month:
            return f"month={self.code}"
        return f"period={self.code}" if self.step else self.query

    @property
    def before(self) -> tuple[date, date]:
        """The week, months or as many days that ended when this one began."""
        return Period(self.start, self.end).before.start, self.start

    @property
    def year_ago(self) -> tuple[date, date]:
        """The same week, month, quarter or year, or the same days, a year before."""
        if self.step:
            start = self.step.year_ago(self.start)
            return start, self.step.shifted(start, 1)
        start, end = months_after(self.start, -12), months_after(self.end, -12)
        return start, max(end, start + timedelta(days=1))


def recent_window(days: int, extent: Extent) -> Window:
    label = ngettext("Last %(count)s day", "Last %(count)s days", days) % {"count": days}
    return Window(extent.end - timedelta(days=days), extent.end, label, days=days)


def step_window(step: Step, start: date) -> Window:
    return Window(start, step.shifted(start, 1), step.name(start), step=step)


def month_window(month: date) -> Window:
    return step_window(MONTH, month)


def chosen_window(start: date, end: date) -> Window:
    if start.day == 1 and end == next_month(start):
        return month_window(start)
    last = end - timedelta(days=1)
    label = _("%(first)s to %(last)s") % {"first": day_name(start), "last": day_name(last)}
    return Window(start, end, label)


def named_window(text: str, extent: Extent) -> Window | None:
    """A period by its name (2026-W12, 2026-03, 2026-Q1, 2026), or by what it is the last of
    that is over (week, month, quarter, year); None where nothing is known of it."""
    if text in STEPS:
        step = STEPS[text]
        return step_window(step, last_over(step, extent.end, extent.start))
    found = named(text)
    if found is None:
        return None
    window = step_window(*found)
    return window if window.start < extent.end and extent.start < window.end else None


def window_of(query: Mapping[str, str], extent: Extent) -> Window:
    """The period that the address asks for; the last 90 days where it makes no sense."""
    if query.get("month"):
        month = day_or_none(f"{query['month']}-01")
        if month is not None and month in extent.months:
            return month_window(month)
    if window := named_window(query.get("period", ""), extent):
        return window
    start, end = day_or_none(query.get("from")), day_or_none(query.get("to"))
    if start and end and EARLIEST <= start < end <= LATEST and end - start <= LONGEST:
        return chosen_window(start, end)
    days = query.get("days", "")
    known = {str(one): one for one in RECENT_DAYS}
    return recent_window(known.get(days, USUAL_DAYS), extent)


def day_or_none(text: str | None) -> date | None:
    """A day written as 2026-01-31, or the first of what is written as 2026-01, -W05 or -Q1."""
    if not text:
        return None
    if found := named(text):
        return found[1]
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return None
