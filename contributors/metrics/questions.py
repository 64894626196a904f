"""What a reader asks of the finished figures: which metric, of whom, when, and how parted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _

from contributors.metrics.kept import LABELED, ORGANIZATIONAL
from contributors.metrics.models import Scope
from contributors.metrics.periods import Extent, Window, day_or_none
from contributors.metrics.queries import Place, extent_of
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.rollups import PERSONAL
from contributors.metrics.series import place_of
from contributors.metrics.steps import EARLIEST, LATEST, MONTH, STEPS, YEAR, Step, last_over, named

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.functional import _StrPromise

    from community.people.models import Person

    Viewer = Person | AnonymousUser

USUAL = "12"  # the last of them that are over: twelve months, 26 weeks, ...
CHOSEN = "months"  # those between `from` and `to`
GROUPINGS: dict[str, "_StrPromise"] = {
    "month": _("Nothing"),
    "project": _("Project"),
    "repository": _("Repository"),
    "organization": _("Organization"),
    "kind": _("Kind"),
}
VERSUS: dict[str, "_StrPromise"] = {
    "": _("Nothing"),
    "before": _("The period before"),
    "year": _("The same period a year ago"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """A metric of a scope step by step; the same words always give the same address."""

    metric: Metric
    place: Place
    slug: str  # of the scope in addresses
    extent: Extent | None  # None: nothing is known of the scope
    starts: Sequence[date]  # the first day of each week, month, quarter or year
    step: Step = MONTH
    period: str = USUAL
    group: str = "month"
    versus: str = ""

    @property
    def name(self) -> str:
        return self.place.name or settings.COMMUNITY_NAME

    @property
    def window(self) -> Window:
        """All its steps as a period of days."""
        start, end = self.starts[0], self.step.shifted(self.starts[-1], 1)
        first, last = self.step.name(start), self.step.name(self.starts[-1])
        return Window(start, end, first if start == self.starts[-1] else f"{first} – {last}")

    @property
    def before(self) -> Sequence[date]:
        """As many steps as ended when its first began."""
        return [self.step.shifted(start, -len(self.starts)) for start in self.starts]

    @property
    def year_ago(self) -> Sequence[date]:
        return [self.step.year_ago(start) for start in self.starts]

    @property
    def choice(self) -> dict[str, str]:
        """The part of an address that asks this again, whatever day it is."""
        given = {
            "metric": self.metric.key,
            "scope": self.slug,
            "by": "" if self.step is MONTH else self.step.key,
            "from": self.step.code(self.window.start),
            "to": self.step.code(self.window.end),
            "group": "" if self.group == "month" else self.group,
            "with": self.versus,
        }
        return {key: value for key, value in given.items() if value}


def shifted(month: date, count: int) -> date:
    """The first day of the month so many months later or, if negative, earlier."""
    return MONTH.shifted(month, count)


def question_of(query: QueryDict | Mapping[str, str], viewer: "Viewer") -> Question:
    """What the address asks; 404 for a metric or scope that is not there or not shown."""
    slug = query.get("scope") or "community"
    usual = LABELED[0] if slug.startswith("label:") else PERSONAL
    metric = METRICS.get(query.get("metric") or usual)
    if metric is None:
        raise Http404
    place = place_of(slug, viewer)
    extent = extent_of(place)
    step = STEPS.get(query.get("by") or "", MONTH)
    period, starts = starts_asked(query, extent, step)
    group = query.get("group") or ""
    versus = query.get("with") or ""
    return Question(
        metric,
        place,
        slug,
        extent,
        starts,
        step,
        period,
        group if group in groupings(metric, place, step) else "month",
        versus if versus in VERSUS else "",
    )


def groupings(metric: Metric, place: Place, step: Step = MONTH) -> list[str]:
    """How the figures of this metric and scope can be parted.

    Those of all organizations at once are kept by month alone.
    """
    inner = {Scope.COMMUNITY: ["project", "repository"], Scope.PROJECT: ["repository"]}
    kinds = ["kind"] if metric.key == PERSONAL and not place.label else []
    employed = place.scope == Scope.COMMUNITY and metric.key in ORGANIZATIONAL
    employers = ["organization"] if employed and step is MONTH else []
    return ["month", *inner.get(place.scope, []), *employers, *kinds]


def starts_asked(
    query: QueryDict | Mapping[str, str], extent: Extent | None, step: Step
) -> tuple[str, Sequence[date]]:
    """The steps between `from` and `to`, of a named period, or the last that are over."""
    period = query.get("period") or CHOSEN
    if period in STEPS and extent:
        whole = STEPS[period]
        found: tuple[Step, date] | None = (whole, last_over(whole, extent.end, extent.start))
    else:
        found = named(period)
    if found:
        return period, starts_within(step, *found)
    start, end = day_or_none(query.get("from")), day_or_none(query.get("to"))
    if period == CHOSEN and start and end and EARLIEST <= start < end <= LATEST:
        starts = step.between(start, end)
        if len(starts) <= step.most:
            return CHOSEN, starts
    return USUAL, last_finished(extent, step)


def starts_within(step: Step, whole: Step, start: date) -> Sequence[date]:
    """The steps of a named period; the weeks of a year are those of the ISO year."""
    if whole is YEAR:
        return step.of_year(start.year)
    return step.between(start, whole.shifted(start, 1))


def last_finished(extent: Extent | None, step: Step = MONTH) -> Sequence[date]:
    """The last steps that are over; up to the only one known where none is."""
    if extent is None:
        last = step.first(EARLIEST.replace(month=12))
    else:
        last = last_over(step, extent.end, extent.start)
    return [step.shifted(last, offset) for offset in range(1 - step.usual, 1)]
