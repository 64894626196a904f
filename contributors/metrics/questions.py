"""What a reader asks of the finished figures: which metric, of whom, when, and how grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _

from contributors.metrics.formats import month_name
from contributors.metrics.ledger import first_of_month, months_of
from contributors.metrics.models import Scope
from contributors.metrics.periods import EARLIEST, LATEST, Extent, Window, day_or_none
from contributors.metrics.queries import COMMUNITY, Place, extent_of
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.rollups import PERSONAL
from contributors.metrics.series import place_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.functional import _StrPromise

    from community.people.models import Person

    Viewer = Person | AnonymousUser

USUAL = "12"  # the last twelve months
CHOSEN = "months"  # those between `from` and `to`
MOST_MONTHS = 120
GROUPINGS: dict[str, "_StrPromise"] = {
    "month": _("Month"),
    "project": _("Project"),
    "repository": _("Repository"),
    "kind": _("Kind"),
}
VERSUS: dict[str, "_StrPromise"] = {
    "": _("Nothing"),
    "before": _("The period before"),
    "year": _("The same months a year ago"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A metric of a scope over whole months; the same words always give the same address."""

    metric: Metric
    place: Place
    slug: str  # of the scope in addresses
    extent: Extent | None  # None: nothing is known of the scope
    months: Sequence[date]
    period: str = USUAL
    group: str = "month"
    versus: str = ""

    @property
    def name(self) -> str:
        return self.place.name or settings.COMMUNITY_NAME

    @property
    def window(self) -> Window:
        """Its months as a period of days."""
        start, end = self.months[0], shifted(self.months[-1], 1)
        first, last = month_name(start), month_name(self.months[-1])
        return Window(start, end, first if start == self.months[-1] else f"{first} – {last}")

    @property
    def before(self) -> Sequence[date]:
        """As many months as ended when its first began."""
        return [shifted(month, -len(self.months)) for month in self.months]

    @property
    def year_ago(self) -> Sequence[date]:
        return [shifted(month, -12) for month in self.months]

    @property
    def choice(self) -> dict[str, str]:
        """The part of an address that asks this again, whatever day it is."""
        given = {
            "metric": self.metric.key,
            "scope": self.slug,
            "from": f"{self.window.start:%Y-%m}",
            "to": f"{self.window.end:%Y-%m}",
            "group": "" if self.group == "month" else self.group,
            "with": self.versus,
        }
        return {key: value for key, value in given.items() if value}


def shifted(month: date, count: int) -> date:
    """The first day of the month so many months later or, if negative, earlier."""
    year, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(year, index + 1, 1)


def question_of(query: QueryDict | Mapping[str, str], viewer: "Viewer") -> Question:
    """What the address asks; 404 for a metric or scope that is not there or not shown."""
    metric = METRICS.get(query.get("metric") or PERSONAL)
    slug = query.get("scope") or "community"
    if metric is None:
        raise Http404
    place = place_of(slug, viewer)
    extent = extent_of(COMMUNITY if place.scope == Scope.PERSON else place)
    period, months = months_asked(query, extent)
    group = query.get("group") or ""
    versus = query.get("with") or ""
    return Question(
        metric,
        place,
        slug,
        extent,
        months,
        period,
        group if group in groupings(metric, place) else "month",
        versus if versus in VERSUS else "",
    )


def groupings(metric: Metric, place: Place) -> list[str]:
    """How the figures of this metric and scope can be parted."""
    inner = {Scope.COMMUNITY: ["project", "repository"], Scope.PROJECT: ["repository"]}
    kinds = ["kind"] if metric.key == PERSONAL else []
    return ["month", *inner.get(place.scope, []), *kinds]


def months_asked(
    query: QueryDict | Mapping[str, str], extent: Extent | None
) -> tuple[str, Sequence[date]]:
    """The months between `from` and `to`, of a year, or the last twelve that are over."""
    period = query.get("period") or CHOSEN
    if period.isascii() and period.isdecimal() and len(period) == 4 and period >= "1970":
        year = min(int(period), LATEST.year)
        return period, months_of(date(year, 1, 1), date(year + 1, 1, 1))
    start, end = day_or_none(query.get("from")), day_or_none(query.get("to"))
    if period == CHOSEN and start and end and EARLIEST <= start < end <= LATEST:
        months = months_of(first_of_month(start), end)
        if len(months) <= MOST_MONTHS:
            return CHOSEN, months
    return USUAL, last_finished(extent)


def last_finished(extent: Extent | None) -> Sequence[date]:
    """The last twelve months that are over; up to the only one known where none is."""
    last = extent.months[-1] if extent else EARLIEST.replace(month=12)
    if extent and shifted(last, 1) > extent.end and last > first_of_month(extent.start):
        last = shifted(last, -1)
    return [shifted(last, offset) for offset in range(-11, 1)]
