"""The period that a dashboard shows, read from the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors.metrics.formats import day_name, month_name
from contributors.metrics.ledger import first_of_month, months_of, next_month
from contributors.metrics.rollups import RECENT_DAYS

USUAL_DAYS = 90
LONGEST = timedelta(days=3660)
# Beyond these the period before, or the month after, has no date.
EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Extent:
    """The days of which anything is known: [start, end)."""

    start: date
    end: date

    @property
    def months(self) -> list[date]:
        return months_of(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open period with its name, and how its figures are found.

    `days` names one of the recent periods, `month` a calendar month; neither
    means that the reader chose the ends, and the figures are computed.
    """

    start: date
    end: date
    label: str
    days: int | None = None
    month: date | None = None

    @property
    def query(self) -> str:
        """The part of an address that leads to the rows of this period."""
        return f"from={self.start.isoformat()}&to={self.end.isoformat()}"

    @property
    def choice(self) -> str:
        """The part of an address that asks for this period again."""
        if self.days:
            return f"days={self.days}"
        return f"month={self.month:%Y-%m}" if self.month else self.query

    @property
    def before(self) -> tuple[date, date]:
        """The period of equal length, or the month, that ended when this one began."""
        if self.month:
            return first_of_month(self.month - timedelta(days=1)), self.month
        return self.start - (self.end - self.start), self.start


def recent_window(days: int, extent: Extent) -> Window:
    label = ngettext("Last %(count)s day", "Last %(count)s days", days) % {"count": days}
    return Window(extent.end - timedelta(days=days), extent.end, label, days=days)


def month_window(month: date) -> Window:
    return Window(month, next_month(month), month_name(month), month=month)


def chosen_window(start: date, end: date) -> Window:
    if start.day == 1 and end == next_month(start):
        return month_window(start)
    last = end - timedelta(days=1)
    label = _("%(first)s to %(last)s") % {"first": day_name(start), "last": day_name(last)}
    return Window(start, end, label)


def window_of(query: Mapping[str, str], extent: Extent) -> Window:
    """The period that the address asks for; the last 90 days where it makes no sense."""
    if query.get("month"):
        month = day_or_none(f"{query['month']}-01")
        if month in extent.months:
            return month_window(month)
    start, end = day_or_none(query.get("from")), day_or_none(query.get("to"))
    if start and end and EARLIEST <= start < end <= LATEST and end - start <= LONGEST:
        return chosen_window(start, end)
    days = query.get("days", "")
    known = {str(one): one for one in RECENT_DAYS}
    return recent_window(known.get(days, USUAL_DAYS), extent)


def day_or_none(text: str | None) -> date | None:
    """A day written as 2026-01-31, or a month written as 2026-01."""
    if not text:
        return None
    try:
        return date.fromisoformat(text if len(text) > 7 else f"{text}-01")
    except ValueError:
        return None
