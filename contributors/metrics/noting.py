"""Notable changes of a scope, found in its finished figures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from community.people.bulk import plain_rows
from contributors.metrics.definitions.notable import (
    FEWEST_BEFORE,
    MONTHS_BEFORE,
    Notable,
    Point,
    falls,
    outside,
)
from contributors.metrics.explore import is_over
from contributors.metrics.formats import month_name, phrase
from contributors.metrics.models import Figure
from contributors.metrics.periods import Extent
from contributors.metrics.queries import Place, extent_of, last_months
from contributors.metrics.questions import shifted
from contributors.metrics.registry import METRICS, Metric

Rows = tuple[tuple[Any, ...], ...]  # metric, month, value
TOLD = 12  # months that are looked at
FACTORS = ("contributor_absence_factor", "elephant_factor")
# Already a distance from the usual, or made of what others tell.
LEFT_OUT = frozenset({"burstiness", "activity_dates"})


@dataclass(frozen=True, slots=True)
class Change:
    """A notable month of one metric of one scope."""

    metric: Metric
    place: Place
    slug: str  # of the scope in addresses
    found: Notable

    @property
    def month(self) -> date:
        return self.found.month

    @property
    def name(self) -> str:
        return self.place.name or settings.COMMUNITY_NAME

    @property
    def title(self) -> str:
        words = {
            "metric": self.metric.label,
            "scope": self.name,
            "month": month_name(self.month),
        }
        if self.found.kind == "above":
            return _("%(metric)s, %(scope)s: unusually high in %(month)s") % words
        if self.found.kind == "below":
            return _("%(metric)s, %(scope)s: unusually low in %(month)s") % words
        return _("%(metric)s, %(scope)s: lower in %(month)s") % words

    @property
    def short_title(self) -> str:
        """Where month and scope stand above it."""
        words = {"metric": self.metric.label}
        if self.found.kind == "above":
            return _("%(metric)s: unusually high") % words
        if self.found.kind == "below":
            return _("%(metric)s: unusually low") % words
        return _("%(metric)s: lower than in the month before") % words

    @property
    def sentence(self) -> str:
        """What it was, and what it is held against."""
        found, unit = self.found, self.metric.unit
        words = {"value": phrase(found.value, unit), "usual": usual(found, unit)}
        if found.kind == "fell":
            return _("%(value)s, after %(usual)s in the month before.") % words
        if found.deviations is None:
            return _("%(value)s; all months before had %(usual)s.") % words
        words["far"] = phrase(abs(found.deviations), "ratio")
        return _("%(value)s, %(far)s standard deviations from the mean before, %(usual)s.") % words

    @property
    def url(self) -> str:
        """The metric over the year that ends with this month."""
        given = {
            "metric": self.metric.key,
            "scope": self.slug,
            "from": f"{shifted(self.month, 1 - MONTHS_BEFORE):%Y-%m}",
            "to": f"{shifted(self.month, 1):%Y-%m}",
        }
        return f"{reverse('metrics:explore')}?{urlencode(given, safe=':')}"


def usual(found: Notable, unit: str) -> str:
    """A mean of counts keeps its decimal; a value before is as it was."""
    return phrase(found.usual, "ratio" if unit == "count" and found.kind != "fell" else unit)


def changes_of(place: Place, slug: str, extent: Extent | None = None) -> list[Change]:
    """What was notable in the last twelve months that are over, the latest first.

    Who knows the extent of the scope already need not have it looked up again.
    """
    extent = extent or extent_of(place)
    return changes_among(rows_told(place, extent), place, slug, extent) if extent else []


def months_told(extent: Extent) -> list[date]:
    """The months that are over, up to those that are told and those they are held against."""
    return [
        month for month in last_months(extent, TOLD + MONTHS_BEFORE + 1) if is_over(month, extent)
    ]


def changes_among(rows: Rows, place: Place, slug: str, extent: Extent) -> list[Change]:
    """What was notable among these rows of `rows_told`."""
    told = set(months_told(extent)[-TOLD:])
    points = points_of(rows)
    found = [
        Change(METRICS[key], place, slug, one)
        for key, row in points.items()
        for one in notable(key, row)
        if one.month in told
    ]
    order = {key: at for at, key in enumerate(METRICS)}
    return sorted(found, key=lambda one: (-one.month.toordinal(), order[one.metric.key]))


def rows_told(place: Place, extent: Extent) -> Rows:
    """Each value of a scope by metric and month, as the database gives it."""
    months = months_told(extent)
    if len(months) <= 1:
        return ()
    rows = Figure.objects.filter(
        scope=place.scope,
        scope_id=place.pk,
        month__gte=months[0],
        month__lte=months[-1],
        metric__in=[key for key in METRICS if key not in LEFT_OUT],
    )
    return tuple(plain_rows(rows.values_list("metric", "month", "value")))


def points_of(rows: Rows) -> Mapping[str, list[Point]]:
    """Each metric month by month."""
    points: defaultdict[str, list[Point]] = defaultdict(list)
    for metric, month, value in rows:
        day = month if isinstance(month, date) else date.fromisoformat(month)
        points[metric].append(Point(day, value))
    return points


def notable(key: str, points: Sequence[Point]) -> list[Notable]:
    """Months outside the band; of a factor also those in which it fell, each month once."""
    found = {one.month: one for one in outside(points)} if len(points) > FEWEST_BEFORE else {}
    if key in FACTORS:
        found |= {one.month: one for one in falls(points)}
    return list(found.values())
