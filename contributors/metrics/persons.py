"""A person's own record: twelve months by kind, and every day of the year."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from community.people.models import Person
from contributors.metrics.calendar_strip import calendar_strip
from contributors.metrics.cards import FigureCard, rows_url
from contributors.metrics.formats import count, month_name
from contributors.metrics.models import Scope
from contributors.metrics.periods import Window
from contributors.metrics.queries import (
    COMMUNITY,
    Monthly,
    Place,
    extent_of,
    last_months,
    monthly_figures,
)
from contributors.metrics.rollups import PERSONAL
from contributors.metrics.trends import MONTHS, Board, contributions_chart, next_after

REVIEWS = ("review", "review_comment")


def person_board(person: Person) -> dict[str, Any] | None:
    """The activity of a person over the last twelve months; None when there is none."""
    extent = extent_of(COMMUNITY)
    if extent is None:
        return None
    place = Place(Scope.PERSON, person.pk, handle=person.handle)
    # Thirteen months hold the 53 weeks of the calendar; the figures take the last twelve.
    months = last_months(extent, MONTHS + 1)
    monthly = monthly_figures(place, months, [PERSONAL])
    if not monthly[PERSONAL]:
        return None
    board = Board(f"person:{person.handle}", extent, months[1:], monthly, {})
    window = Window(months[1], next_after(months[-1]), _("Last 12 months"))
    return {
        "figures": personal_cards(board, place, window),
        "chart": contributions_chart(board),
        "calendar": calendar_strip(day_counts(monthly), until=extent.end, key="year"),
        "since": month_name(extent.start),
    }


def day_counts(monthly: Monthly) -> dict[date, int]:
    """How much was done on each day, out of the monthly figures."""
    return {
        date.fromisoformat(day): times
        for row in monthly[PERSONAL].values()
        for day, times in row.details.get("days", {}).items()
    }


def personal_cards(board: Board, place: Place, window: Window) -> list[FigureCard]:
    """Contributions, reviews, active days and months of the last twelve months."""
    rows = [row for month, row in board.monthly[PERSONAL].items() if month in board.months]
    kinds = [row.details.get("kinds", {}) for row in rows]
    reviews = sum(found.get(kind, 0) for found in kinds for kind in REVIEWS)
    days = sum(len(row.details.get("days", {})) for row in rows)
    total = sum(int(row.value or 0) for row in rows)
    url = rows_url("contributions", place, window)
    return [
        FigureCard(_("Contributions"), count(total), note=window.label, rows_url=url),
        FigureCard(_("Reviews"), count(reviews), note=window.label),
        FigureCard(_("Active days"), count(days), note=window.label),
        FigureCard(_("Active months"), count(len(rows)), unit=_("of 12"), note=window.label),
    ]
