"""Who comes back: people by the month of their first act, as pages and programs read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.projects.models import Project
from contributors.metrics.charts import Table
from contributors.metrics.definitions.cohorts import (
    FOLLOWED,
    Group,
    by_quarter,
    groups_of,
    together,
)
from contributors.metrics.formats import count, share
from contributors.metrics.kept import COHORTS
from contributors.metrics.models import Figure
from contributors.metrics.periods import Extent
from contributors.metrics.places import WITHIN, Place
from contributors.metrics.queries import extent_of
from contributors.metrics.series import place_of
from contributors.metrics.stepping import stepped
from contributors.metrics.steps import MONTH, QUARTER, Step

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

SHOWN = 24  # groups on the page, the latest
TONES = (0.25, 0.5, 0.75)  # from each of these shares on a cell is darker
HEADER = ("first_month", "people", "months_later", "active", "share")
HEADER_OF_QUARTERS = ("first_quarter", "people", "quarters_later", "active", "share")


class Cell(NamedTuple):
    """How many of a group were active in a later month, in words; `tone` is 0 to 4."""

    text: str
    title: str
    tone: int
    is_few: bool = False  # too small a group for a share


@dataclass(frozen=True, slots=True)
class Line:
    """A group as a row of the heat table; `is_first`: of the month in which tracking began."""

    label: str
    people: str
    cells: Sequence[Cell | None]
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Cohorts:
    """The groups of a scope, the earliest first."""

    place: Place
    slug: str
    extent: Extent | None
    groups: Sequence[Group]
    step: Step = MONTH

    @property
    def name(self) -> str:
        return self.place.name or settings.COMMUNITY_NAME

    @property
    def settled(self) -> list[Group]:
        """Without those of the month in which tracking began, many of whom were there before."""
        return [one for one in self.groups if not self.is_first(one)]

    def is_first(self, group: Group) -> bool:
        extent = self.extent
        return extent is not None and group.month == self.step.first(extent.start)

    @property
    def lines_begin_with_reading(self) -> bool:
        """Whether the earliest group is that of the time in which tracking began."""
        return bool(self.groups) and self.is_first(self.groups[0])

    @property
    def later(self) -> range:
        """How many months or quarters the groups are followed for."""
        return range(1, FOLLOWED // self.step.months + 1)


def step_asked(text: str | None) -> Step:
    """Whether people are grouped by month or by quarter."""
    return QUARTER if text == QUARTER.key else MONTH


def cohorts_of(slug: str, viewer: "Viewer", step: Step = MONTH) -> Cohorts:
    """The groups of a scope; 404 for one that is not there, not shown, or has none."""
    place = place_of(slug, viewer)
    if place.scope in WITHIN:
        raise Http404
    extent = extent_of(place)
    if extent is None:
        return Cohorts(place, slug, None, (), step)
    if step is QUARTER:
        return Cohorts(place, slug, extent, quarters_of(place, extent), step)
    mine = Figure.objects.filter(scope=place.scope, scope_id=place.pk, metric=COHORTS.key)
    months = mine.order_by("month").values_list("month", "details")
    seen = {month: details.get("cohorts", {}) for month, details in months}
    return Cohorts(place, slug, extent, groups_of(seen, extent.end))


def quarters_of(place: Place, extent: Extent) -> list[Group]:
    """Groups by quarter, computed: who is active in two months of one is one person."""
    starts = QUARTER.between(extent.start, extent.end)[-QUARTER.most :]
    found = stepped([place], [COHORTS], QUARTER, starts, extent)[place].get(COHORTS.key, {})
    seen = {start: figure.details.get("cohorts", {}) for start, figure in found.items()}
    return groups_of(by_quarter(seen), extent.end, length=QUARTER.months)


def lines_of(found: Cohorts) -> list[Line]:
    """The latest groups as rows, the latest first."""
    latest = list(found.groups)[-SHOWN:]
    return [line_of(one, found.step, is_first=found.is_first(one)) for one in reversed(latest)]


def line_of(group: Group, step: Step, *, is_first: bool) -> Line:
    cells = [
        None if again is None else cell_of(again, group.people, part)
        for again, part in zip(group.again, group.shares, strict=True)
    ]
    return Line(step.name(group.month), count(group.people), cells, is_first)


def cell_of(again: int, people: int, part: float | None) -> Cell:
    """The share, or of a small group how many people."""
    words = ngettext("%(again)s of %(people)s person", "%(again)s of %(people)s people", people)
    title = words % {"again": count(again), "people": count(people)}
    if part is None:
        return Cell(count(again), title, 0, is_few=True)
    tone = 0 if part == 0 else 1 + sum(part >= least for least in TONES)
    return Cell(share(part), title, tone)


def line_of_all(found: Cohorts) -> Line | None:
    """All groups together; None where nothing can be said of any."""
    cells = [
        cell_of(again, people, again / people) if people else None
        for again, people in together(found.settled)
    ]
    if not any(cells):
        return None
    return Line(_("All together"), count(sum(one.people for one in found.settled)), cells)


def finding(found: Cohorts) -> str:
    """What the table says in one sentence."""
    together_by = together(found.settled)
    if found.step is QUARTER:
        again, people = together_by[0]
        if people:
            words = _("%(share)s of those new here were active again in the quarter after")
            return words % {"share": share(again / people)}
        return _("It is too early to tell who comes back")
    for months in (3, 1):
        again, people = together_by[months - 1]
        if people:
            words = ngettext(
                "%(share)s of those new here were active again %(months)s month later",
                "%(share)s of those new here were active again %(months)s months later",
                months,
            )
            return words % {"share": share(again / people), "months": months}
    return _("It is too early to tell who comes back")


def table_of_groups(found: Cohorts) -> Table:
    """Each group and later month in a row of its own, plain for programs."""
    rows = [
        (one.month, one.people, later, again, part)
        for one in found.groups
        for later, again, part in zip(found.later, one.again, one.shares, strict=True)
    ]
    return Table(HEADER if found.step is MONTH else HEADER_OF_QUARTERS, rows)


def scopes(found: Cohorts) -> list[tuple[str, str]]:
    """The community, its projects, and the scope at hand."""
    projects = Project.objects.order_by("name").values_list("slug", "name")
    entries = {"community": settings.COMMUNITY_NAME}
    entries |= {f"project:{slug}": name for slug, name in projects}
    return list({**entries, found.slug: found.name}.items())


def months_shown(found: Cohorts) -> tuple[date, date] | None:
    """The days that the table of a page tells of."""
    latest = list(found.groups)[-SHOWN:]
    return (latest[0].month, found.extent.end) if latest and found.extent else None
