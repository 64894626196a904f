"""What dashboards read: finished figures, and the few rows that name things."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Max, Min

from community.people.models import Organization, Person
from community.projects.models import Project, Repository
from contributors.activity.models import Contribution, WorkItem
from contributors.metrics.definitions.rows import Period
from contributors.metrics.ledger import OF_MANY, next_month, united
from contributors.metrics.ledger_reading import fill_ledgers, open_ledgers
from contributors.metrics.models import Figure, Reading, RecentFigure, Scope
from contributors.metrics.periods import Extent, Window
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.rollups import results, values_before

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

KEPT_SECONDS = 600
Monthly = Mapping[str, Mapping[date, Figure]]


@dataclass(frozen=True, slots=True)
class Place:
    """The scope a dashboard is about."""

    scope: Scope
    pk: int = 0
    project: str = ""  # how the pages of rows call it
    repository: int | None = None
    handle: str = ""
    name: str = ""  # as people call it

    @property
    def filters(self) -> str:
        """The part of an address that leads to the rows of this scope."""
        if self.project:
            return f"project={self.project}&"
        if self.repository:
            return f"repository={self.repository}&"
        return f"person={self.handle}&" if self.handle else ""


COMMUNITY = Place(Scope.COMMUNITY)


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a period beside that of the period before."""

    value: float | None
    n: int
    missing: float | None
    completeness: float | None
    details: Mapping[str, Any]
    before: float | None

    @property
    def is_tracked(self) -> bool:
        """Whether any source could know; every definition that had rows gives details."""
        return bool(self.details)


def extent_of(place: Place) -> Extent | None:
    """The days of which anything is known about a scope; None when there are none."""
    rows = Figure.objects.filter(scope=place.scope, scope_id=place.pk)
    found = rows.aggregate(first=Min("month"), last=Max("month"))
    if found["first"] is None:
        return None
    recent = RecentFigure.objects.filter(scope=Scope.COMMUNITY).aggregate(end=Max("ends_on"))
    end = recent["end"] or next_month(found["last"])
    return Extent(found["first"], end)


def measures(place: Place, window: Window) -> dict[str, Measure]:
    """Every metric of a scope in a period, with the value of the period before."""
    mine = {"scope": place.scope, "scope_id": place.pk}
    if window.days:
        recent = RecentFigure.objects.filter(**mine, days=window.days)
        return {row.metric: measure(row, row.before) for row in recent}
    if window.month:
        before, _ = window.before
        rows: defaultdict[date, dict[str, Figure]] = defaultdict(dict)
        for row in Figure.objects.filter(**mine, month__in=[before, window.month]):
            rows[row.month][row.metric] = row
        earlier = {key: row.value for key, row in rows[before].items()}
        return {key: measure(row, earlier.get(key)) for key, row in rows[window.month].items()}
    return computed(place, window)


def measure(row: Figure | RecentFigure, before: float | None) -> Measure:
    return Measure(row.value, row.n, row.missing, row.completeness, row.details, before)


def computed(place: Place, window: Window) -> dict[str, Measure]:
    """Figures of a period nobody prepared, from the ledger; kept for some minutes."""
    made = Reading.objects.aggregate(at=Max("refreshed_at"))["at"]
    parts = (place.scope.value, place.pk, window.start, window.end, made and made.timestamp())
    key = "metrics:" + ":".join(map(str, parts))
    kept: dict[str, Measure] | None = cache.get(key)
    if kept is None:
        kept = compute(place, window)
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def compute(place: Place, window: Window) -> dict[str, Measure]:
    """Every metric of any scope and period, straight from the definitions."""
    ledgers = open_ledgers(repositories_of(place))
    start, end = window.before
    # Even the period before is compared with what came before it.
    fill_ledgers(ledgers, Period(start, end).before.start)
    whole = united(ledgers.values())
    person = place.pk if place.scope == Scope.PERSON else None
    if person is not None:
        whole = whole.of_person(person)
    if whole.tracked_from is None:
        return {}
    completeness = whole.completeness(Period(window.start, window.end))
    asked = {key: metric for key, metric in METRICS.items() if is_asked(metric, place)}
    before = values_before(whole, start, end)
    return {
        key: Measure(
            result.value,
            result.n,
            result.missing,
            completeness,
            result.details,
            before.get(key),
        )
        for key, result in results(whole, window.start, window.end, asked)
    }


def is_asked(metric: Metric, place: Place) -> bool:
    """Whether a metric has anything to say of the scope."""
    return place.scope != Scope.PERSON or metric.rows not in OF_MANY


def repositories_of(place: Place) -> list[int]:
    rows = Repository.objects.order_by("pk")
    if place.scope == Scope.PROJECT:
        rows = rows.filter(project=place.pk)
    elif place.scope == Scope.REPOSITORY:
        rows = rows.filter(pk=place.pk)
    return list(rows.values_list("pk", flat=True))


def monthly_figures(place: Place, months: Sequence[date], keys: Iterable[str]) -> Monthly:
    """The figures of a scope month by month, by metric."""
    found: defaultdict[str, dict[date, Figure]] = defaultdict(dict)
    if not months:
        return found
    for row in Figure.objects.filter(
        scope=place.scope,
        scope_id=place.pk,
        month__gte=months[0],
        month__lte=months[-1],
        metric__in=list(keys),
    ):
        found[row.metric][row.month] = row
    return found


def last_months(extent: Extent, count: int) -> list[date]:
    """So many months up to the last one known, those before tracking included."""
    month = extent.months[-1]
    found = [month]
    while len(found) < count:
        month = (month - timedelta(days=1)).replace(day=1)
        found.append(month)
    return found[::-1]


def people_named(ids: Iterable[int]) -> dict[int, Person]:
    found: dict[int, Person] = Person.objects.in_bulk(set(ids))
    return found


def organizations_named(ids: Iterable[int]) -> dict[int, Organization]:
    return Organization.objects.in_bulk(set(ids))


def waiting_items(place: Place, most: int, viewer: "Viewer") -> tuple[list[WorkItem], int]:
    """What has waited longest for an answer, and how many wait in all."""
    rows = WorkItem.objects.waiting().shown_to(viewer)
    if place.scope == Scope.PROJECT:
        rows = rows.filter(repository__project=place.pk)
    longest = rows.select_related("repository", "author__person").order_by("opened_at", "pk")
    found = list(longest[:most])
    return found, rows.count() if len(found) == most else len(found)


def latest_acts(place: Place, until: date, most: int, viewer: "Viewer") -> list[Contribution]:
    """The last things people did, comments and sign-offs aside."""
    notable = ["commit", "issue", "change_request", "review", "release"]
    end = datetime.combine(until, time.min, UTC)
    rows = (
        Contribution.objects.present()
        .shown_to(viewer)
        .filter(kind__in=notable, identity__person__is_bot=False, occurred_at__lt=end)
    )
    if place.scope == Scope.PROJECT:
        rows = rows.filter(repository__project=place.pk)
    found = rows.select_related("repository", "work_item", "identity__person").order_by(
        "-occurred_at", "-pk"
    )
    return list(found[:most])


@dataclass(frozen=True, slots=True)
class Busyness:
    """A project and how much was done in it by how many; None where nothing is known."""

    project: Project
    contributions: float | None
    contributors: float | None


def projects_with_activity(days: int) -> list[Busyness]:
    """Every project with its recent figures, the busiest first."""
    rows: defaultdict[int, dict[str, float | None]] = defaultdict(dict)
    wanted = ["contributions", "contributors"]
    recent = RecentFigure.objects.filter(scope=Scope.PROJECT, days=days, metric__in=wanted)
    for pk, metric, value in recent.values_list("scope_id", "metric", "value"):
        rows[pk][metric] = value
    found = [
        Busyness(project, *(rows[project.pk].get(metric) for metric in wanted))
        for project in Project.objects.order_by("name")
    ]
    return sorted(found, key=lambda one: -(one.contributions or 0))
