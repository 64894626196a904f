"""A figure on a page: its words, its change, and the way to its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors.metrics.charts import sparkline
from contributors.metrics.formats import phrase, quantity, share
from contributors.metrics.periods import Window
from contributors.metrics.queries import Measure, Place
from contributors.metrics.registry import METRICS
from contributors.metrics.trends import Board

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CONTRIBUTIONS, WORK_ITEMS = "activity:contributions", "activity:work_items"
# Which page, and which of its filters, shows the rows behind a metric.
ROWS = {
    "contributions": (CONTRIBUTIONS, ""),
    "contributors": (CONTRIBUTIONS, ""),
    "new_contributors": (CONTRIBUTIONS, ""),
    "contributor_absence_factor": (CONTRIBUTIONS, ""),
    "elephant_factor": (CONTRIBUTIONS, ""),
    "bot_share": (CONTRIBUTIONS, "bots=only&"),
    "issues_new": (WORK_ITEMS, "kind=issue&"),
    "issues_closed": (WORK_ITEMS, "kind=issue&by=closed&"),
    "issue_response_time": (WORK_ITEMS, "kind=issue&"),
    "time_to_first_response": (WORK_ITEMS, ""),
    "change_requests": (WORK_ITEMS, "kind=change_request&"),
    "change_requests_accepted": (WORK_ITEMS, "kind=change_request&state=merged&by=merged&"),
    "change_requests_declined": (WORK_ITEMS, "kind=change_request&state=closed&by=closed&"),
    "acceptance_ratio": (WORK_ITEMS, "kind=change_request&by=closed&"),
    "change_request_duration": (WORK_ITEMS, "kind=change_request&state=merged&by=merged&"),
    "issues_active": (CONTRIBUTIONS, "kind=issue_comment&"),
    "issue_age": (WORK_ITEMS, "kind=issue&state=open&"),
    "issue_resolution_duration": (WORK_ITEMS, "kind=issue&by=closed&"),
    "time_to_close": (WORK_ITEMS, "by=closed&"),
    "defect_resolution_duration": (WORK_ITEMS, "kind=issue&by=closed&"),
    "change_request_reviews": (WORK_ITEMS, "kind=change_request&"),
    "code_changes_commits": (CONTRIBUTIONS, "kind=commit&"),
    "code_changes_lines": (CONTRIBUTIONS, "kind=commit&"),
    "committers": (CONTRIBUTIONS, "kind=commit&"),
    "new_contributors_closing_issues": (WORK_ITEMS, "kind=issue&by=closed&"),
    "occasional_contributors": (CONTRIBUTIONS, "kind=change_request&"),
    "inactive_contributors": (CONTRIBUTIONS, ""),
    "conversion_rate": (CONTRIBUTIONS, ""),
    "retention": (CONTRIBUTIONS, ""),
    "organizational_diversity": (CONTRIBUTIONS, ""),
    "activity_dates": (CONTRIBUTIONS, ""),
    "burstiness": (CONTRIBUTIONS, ""),
}


@dataclass(frozen=True, slots=True)
class FigureCard:
    """What `parts/_figure.html` shows."""

    label: "str | _StrPromise"
    value: str | None
    unit: str = ""
    change: Mapping[str, str] | None = None
    year_change: Mapping[str, str] | None = None
    spark: SafeString | str = ""
    completeness: float | None = None
    note: str = ""
    rows_url: str = ""
    gap_url: str = ""
    gap_reason: str = ""


def address(name: str, *args: object) -> str:
    """The address of a page, or nothing where the site has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def rows_url(key: str, place: Place, window: Window) -> str:
    """Where the rows behind a metric of a scope and period are listed."""
    page, filters = ROWS[key]
    found = address(page) if place.has_rows else ""
    return f"{found}?{place.filters}{filters}{window.query}" if found else ""


def change_of(value: float | None, before: float | None, unit: str) -> dict[str, str] | None:
    """How a value stands to the one before, in an arrow and a word."""
    if value is None or before is None:
        return None
    now, then = phrase(value, unit), phrase(before, unit)
    if now == then:
        return {"direction": "same", "text": _("as in the period before")}
    if value > before:
        return {"direction": "up", "text": _("up from %(before)s") % {"before": then}}
    return {"direction": "down", "text": _("down from %(before)s") % {"before": then}}


def change_of_year(value: float | None, year_ago: float | None, unit: str) -> dict[str, str] | None:
    """How a value stands to that of the same period a year before."""
    change = change_of(value, year_ago, unit)
    if change is None:
        return None
    words = {
        "same": _("as a year ago"),
        "up": _("up from %(before)s a year ago"),
        "down": _("down from %(before)s a year ago"),
    }
    return {**change, "text": words[change["direction"]] % {"before": phrase(year_ago, unit)}}


def card(key: str, board: Board, place: Place, window: Window) -> FigureCard:
    """One metric of a scope in a period, with the line of its last months."""
    metric, found, gap = METRICS[key], board.measures[key], board.gap
    value, unit = (None, "") if found.value is None else quantity(found.value, metric.unit)
    return FigureCard(
        label=metric.label,
        value=value,
        unit=unit,
        change=change_of(found.value, found.before, metric.unit),
        year_change=change_of_year(found.value, found.year_ago, metric.unit),
        spark=sparkline(board.values(key)),
        completeness=gap.share(found.completeness) if gap else found.completeness,
        note=note_of(key, found),
        rows_url=rows_url(key, place, window) if found.is_tracked else "",
        gap_url=gap.url if gap else "",
        gap_reason=str(gap.said) if gap else "",
    )


def note_of(key: str, found: Measure) -> str:
    """What has to stand beside a number so that it is not misread."""
    details = found.details
    if not found.is_tracked:
        return _("Not tracked here")
    if key == "time_to_first_response" or key == "issue_response_time":
        return answered_note(found)
    if key == "acceptance_ratio" and details.get("share") is not None:
        return _("%(share)s of those decided were merged") % {"share": share(details["share"])}
    if key == "elephant_factor" and found.missing:
        return _("%(share)s by people whose employer is unknown") % {"share": share(found.missing)}
    if key == "contributors" and found.missing:
        return _("%(share)s of the acts have no known author") % {"share": share(found.missing)}
    return ""


def answered_note(found: Measure) -> str:
    """The share answered in three days, and how many still wait."""
    within = found.details.get("within", {}).get("3", {})
    if within.get("share") is None:
        return ""
    words = _("%(share)s answered within 3 days") % {"share": share(within["share"])}
    still = found.details.get("unanswered", 0)
    if not still:
        return words
    rest = ngettext("%(count)s unanswered", "%(count)s unanswered", still) % {"count": still}
    return f"{words} · {rest}"
