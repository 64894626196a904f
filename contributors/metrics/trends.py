"""The charts of a dashboard, each made from the figures of a scope."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from contributors.metrics.charts import (
    Axis,
    Chart,
    Mark,
    Series,
    Table,
    histogram_bars,
    line_chart,
    stacked_bars,
)
from contributors.metrics.definitions.durations import CLASSES
from contributors.metrics.formats import DAY, count, day_name, month_name, short_month
from contributors.metrics.periods import Extent
from contributors.metrics.queries import Measure, Monthly

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from contributors.metrics.wholeness import Gap

MONTHS = 12
# Charts of issues and change requests, which not every source knows.
OF_ITEMS = ("change-requests", "issues", "response")
# Charts on which releases are marked, and those that name them; names weigh.
MARKED, NAMING = ("contributions", "change-requests"), ("contributions",)
# What people do, in the order in which it is stacked; the colors follow.
GROUPS: tuple[tuple["_StrPromise", tuple[str, ...]], ...] = (
    (gettext_lazy("Commits"), ("commit", "co_authored", "committed", "signed_off")),
    (gettext_lazy("Change requests"), ("change_request",)),
    (gettext_lazy("Reviews"), ("review", "review_comment")),
    (gettext_lazy("Issues"), ("issue",)),
    (gettext_lazy("Comments"), ("issue_comment",)),
    (gettext_lazy("Releases"), ("release",)),
)


@dataclass(frozen=True, slots=True)
class Board:
    """The figures that charts of one scope are drawn from."""

    slug: str  # of the scope in addresses: community, project:atlas, person:mira
    extent: Extent
    months: Sequence[date]
    monthly: Monthly
    measures: dict[str, Measure]
    gap: "Gap | None" = None  # why the figures of that period are not complete
    releases: Sequence[Mark] = ()  # one for each month, or none at all
    choice: str = ""  # the part of an address that asks for the period of `measures`

    def values(self, key: str, scale: float = 1) -> list[float | None]:
        """A metric month by month; None where it is not known."""
        rows = self.monthly.get(key, {})
        return [
            None if (row := rows.get(month)) is None or row.value is None else row.value / scale
            for month in self.months
        ]

    def kinds(self, kinds: Iterable[str]) -> list[float | None]:
        """How often any of these kinds was done, month by month."""
        rows = self.monthly.get("contributions", {})
        wanted = list(kinds)
        return [
            sum(row.details.get("kinds", {}).get(kind, 0) for kind in wanted)
            if (row := rows.get(month))
            else None
            for month in self.months
        ]

    @property
    def knows_items(self) -> bool:
        """Whether a source of the scope knows issues and change requests."""
        return any(row.details for row in self.monthly.get("issues_new", {}).values())

    @property
    def note(self) -> str:
        """Say when the last month is not over, and when tracking began within the chart."""
        said = []
        last = self.months[-1]
        if self.extent.end < next_after(last):
            day = day_name(self.extent.end - timedelta(days=1))
            said.append(_("The last month is counted up to %(day)s.") % {"day": day})
        if self.extent.start > self.months[0]:
            month = month_name(self.extent.start)
            said.append(_("Tracking begins in %(month)s.") % {"month": month})
        return " ".join(said)


def next_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def over_months(
    board: Board,
    name: str,
    title: "str | _StrPromise",
    series: Sequence[Series],
    *,
    unit: str = "",
    is_stacked: bool = False,
    is_whole: bool = True,
) -> Chart:
    """A chart of series over the months of a board, with table and downloads."""
    marks = board.releases if name in NAMING else numbers_of(board.releases, name)
    axis = Axis(
        [short_month(month) for month in board.months],
        [month_name(month) for month in board.months],
        unit,
        marks,
    )
    key = f"chart-{name}"
    drawn = [one for one in series if any(one.values)]
    is_known = board.knows_items or name not in OF_ITEMS
    svg = (
        stacked_bars(key, title, series, axis)
        if is_stacked
        else line_chart(key, title, series, axis, is_whole=is_whole)
    )
    legend = [
        {"index": at, "label": one.label}
        for at, one in enumerate(series, start=1)
        if one in drawn and (is_stacked or len(series) > 4)
    ]
    rows = list(zip(board.months, *(one.values for one in series), strict=True))
    has_releases = bool(drawn) and any(mark.number for mark in marks)
    return Chart(
        title=title,
        svg=svg if drawn else "",
        table=table_of(series, rows, marks if has_releases and name in NAMING else ()),
        has_releases=has_releases,
        data=Table(["month", *(str(one.label) for one in series)], rows),
        unit=unit,
        legend=legend,
        note=board.note if is_known else _("Not tracked here"),
        csv_url=reverse("metrics:series", args=[board.slug, name, "csv"]),
        json_url=reverse("metrics:series", args=[board.slug, name, "json"]),
    )


def numbers_of(marks: Sequence[Mark], name: str) -> list[Mark]:
    """The releases of each month without their names; none where they are not marked."""
    return [Mark(mark.number, "") for mark in marks] if name in MARKED else []


def table_of(
    series: Sequence[Series], rows: Sequence[Sequence[Any]], marks: Sequence[Mark]
) -> Table:
    """The numbers for people, with what was released where anything was."""
    header: list[object] = [_("Month"), *(one.label for one in series)]
    shown = [
        [month_name(row[0]), *("–" if v is None else short(v) for v in row[1:])] for row in rows
    ]
    if marks:
        header.append(_("Released"))
        shown = [[*row, mark.words or "–"] for row, mark in zip(shown, marks, strict=True)]
    return Table(header, shown)


def short(value: float) -> str:
    return count(value, 0 if value == int(value) else 1)


def contributions_chart(board: Board) -> Chart:
    series = [Series(label, board.kinds(kinds)) for label, kinds in GROUPS]
    title = _("Contributions by kind")
    return over_months(board, "contributions", title, series, is_stacked=True)


def people_chart(board: Board) -> Chart:
    series = [
        Series(pgettext("line of a chart", "Active"), board.values("contributors")),
        Series(pgettext("line of a chart", "New"), board.values("new_contributors")),
    ]
    return over_months(board, "people", _("People active and new"), series, unit=_("people"))


def requests_chart(board: Board) -> Chart:
    series = [
        Series(pgettext("line of a chart", "Opened"), board.values("change_requests")),
        Series(pgettext("line of a chart", "Merged"), board.values("change_requests_accepted")),
        Series(pgettext("line of a chart", "Declined"), board.values("change_requests_declined")),
    ]
    return over_months(board, "change-requests", _("Change requests"), series)


def issues_chart(board: Board) -> Chart:
    series = [
        Series(pgettext("line of a chart", "Opened"), board.values("issues_new")),
        Series(pgettext("line of a chart", "Closed"), board.values("issues_closed")),
    ]
    return over_months(board, "issues", _("Issues"), series)


def response_chart(board: Board) -> Chart:
    series = [
        Series(
            pgettext("line of a chart", "Response"), board.values("time_to_first_response", DAY)
        ),
        Series(pgettext("line of a chart", "Merge"), board.values("change_request_duration", DAY)),
    ]
    title = _("Days until half were answered or merged")
    return over_months(board, "response", title, series, unit=_("days"), is_whole=False)


def class_labels() -> list[str]:
    """The upper ends of the classes of a histogram, hours below a day."""
    hours = [end for end in CLASSES if end < 24]
    days = [end // 24 for end in CLASSES if end >= 24]
    found = [pgettext("hours on an axis", "%(count)s h") % {"count": one} for one in hours]
    found += [pgettext("days on an axis", "%(count)s d") % {"count": one} for one in days]
    return [*found, f"> {found[-1]}"]


def waiting_chart(board: Board) -> Chart:
    """How long the first response took in the chosen period, class by class."""
    found = board.measures.get("time_to_first_response")
    counts = list(found.details.get("hours", [])) if found else []
    title = _("Time to first response, how it spreads")
    labels = class_labels()
    names = [_("up to %(length)s") % {"length": one} for one in labels[:-1]]
    names.append(_("longer than %(length)s") % {"length": labels[-2]})
    rows = list(zip(names, counts, strict=False))
    has_any = any(counts)
    return Chart(
        title=title,
        svg=histogram_bars("chart-spread", title, counts, Axis(labels, names)) if has_any else "",
        table=Table([_("Answered within"), _("Issues and change requests")], rows),
        data=Table(["within", "count"], list(zip(labels, counts, strict=False))),
        n=found.details.get("answered") if found else None,
        note="" if found is None or found.is_tracked else _("Not tracked here"),
        csv_url=reverse("metrics:series", args=[board.slug, "spread", "csv"]) + f"?{board.choice}",
        json_url=reverse("metrics:series", args=[board.slug, "spread", "json"])
        + f"?{board.choice}",
    )


CHARTS: dict[str, Callable[[Board], Chart]] = {
    "contributions": contributions_chart,
    "people": people_chart,
    "change-requests": requests_chart,
    "issues": issues_chart,
    "response": response_chart,
    "spread": waiting_chart,
}
