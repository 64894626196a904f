"""What dashboards read: finished figures, and the few rows that name things."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db.models import Exists, Max, Min, OuterRef, Subquery

from community.lib.paging import counted, short_of
from community.people.models import Identity, Organization, Person
from community.projects.models import Project, Repository
from contributors.activity.models import Contribution, Waiting, WorkItem
from contributors.metrics.calendar import next_month
from contributors.metrics.computing import compute_each
from contributors.metrics.models import Figure, Reading, RecentFigure, Scope
from contributors.metrics.organizational import filled
from contributors.metrics.periods import Extent, Window
from contributors.metrics.places import COMMUNITY, WITHIN, Measure, Place, repositories_of
from contributors.metrics.registry import METRICS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

# The scopes are defined below what computes figures, which serves here too.
__all__ = [
    "COMMUNITY",
    "Busyness",
    "Measure",
    "Monthly",
    "Place",
    "computed",
    "extent_of",
    "last_months",
    "latest_acts",
    "measure",
    "measures",
    "monthly_figures",
    "organizations_named",
    "people_named",
    "projects_with_activity",
    "repositories_of",
    "waiting_items",
]
KEPT_SECONDS = 600
SHOWN = (
    *("title", "url", "kind", "number", "waits_since", "repository__name"),
    *("repository__project_id", "author__person__handle", "author__person__name"),
    "author__person__visibility",
)
ACT = (
    *("kind", "title", "url", "occurred_at", "repository__name", "work_item__title"),
    *("identity__person__handle", "identity__person__name", "identity__person__avatar"),
    *("identity__person__is_bot", "identity__person__visibility"),
)
NOTABLE = ("commit", "issue", "change_request", "review", "release")
Monthly = Mapping[str, Mapping[date, Figure]]


def extent_of(place: Place) -> Extent | None:
    """The days of which anything is known about a scope; None when there are none."""
    whose = COMMUNITY if place.scope in WITHIN else place
    rows = Figure.objects.filter(scope=whose.scope, scope_id=whose.pk)
    recent = RecentFigure.objects.filter(scope=Scope.COMMUNITY).order_by("-ends_on")
    end = Subquery(recent.values("ends_on")[:1])
    found = rows.aggregate(first=Min("month"), last=Max("month"), end=Max(end))
    if found["first"] is None:
        return None
    return Extent(found["first"], found["end"] or next_month(found["last"]))


def measures(place: Place, window: Window) -> dict[str, Measure]:
    """Every metric of a scope in a period, with the value of the period before and,
    except of the recent periods, that of a year ago."""
    mine = {"scope": place.scope, "scope_id": place.pk}
    if place.scope == Scope.LABEL:
        return computed(place, window)
    if window.days:
        recent = RecentFigure.objects.filter(**mine, days=window.days)
        return {row.metric: measure(row, row.before) for row in recent}
    if window.month:
        months = [window.before[0], window.year_ago[0], window.month]
        rows: defaultdict[date, dict[str, Figure]] = defaultdict(dict)
        found = Figure.objects.filter(**mine, month__in=months)
        for row in found.filter(metric__in=METRICS):
            rows[row.month][row.metric] = row
        before, year_ago = (
            {key: row.value for key, row in rows[month].items()} for month in months[:2]
        )
        return {
            key: measure(row, before.get(key), year_ago.get(key))
            for key, row in rows[window.month].items()
        }
    return computed(place, window)


def measure(
    row: Figure | RecentFigure, before: float | None, year_ago: float | None = None
) -> Measure:
    more = (row.completeness, row.details, before, year_ago)
    return Measure(row.value, row.n, row.missing, *more)


def computed(place: Place, window: Window) -> dict[str, Measure]:
    """Figures of a period nobody prepared, from the ledger; kept for some minutes."""
    return computed_each([place], window)[place]


def computed_each(places: Sequence[Place], window: Window) -> dict[Place, dict[str, Measure]]:
    """The same for several scopes; what is not kept is made together."""
    stamp = made_at()
    keys = {
        place: f"measures:{short_of((place.code, window.start, window.end, stamp))}"
        for place in places
    }
    kept = cache.get_many(keys.values())
    lacking = [place for place, key in keys.items() if key not in kept]
    if lacking:
        made = {keys[place]: found for place, found in compute_each(lacking, window).items()}
        cache.set_many(made, KEPT_SECONDS)
        kept.update(made)
    return {place: kept[key] for place, key in keys.items()}


def made_at() -> float | None:
    """When figures were last made; what was computed before serves no longer."""
    made: datetime | None = Reading.objects.aggregate(at=Max("refreshed_at"))["at"]
    return made.timestamp() if made else None


def monthly_figures(place: Place, months: Sequence[date], keys: Iterable[str]) -> Monthly:
    """The figures of a scope month by month, by metric."""
    found: defaultdict[str, dict[date, Figure]] = defaultdict(dict)
    wanted = list(keys)
    if not months:
        return found
    for row in Figure.objects.filter(
        scope=place.scope,
        scope_id=place.pk,
        month__gte=months[0],
        month__lte=months[-1],
        metric__in=wanted,
    ):
        found[row.metric][row.month] = row
    if place.scope == Scope.ORGANIZATION:
        fill_in({place.pk: found}, months, wanted)
    return found


def fill_in(
    figures: Mapping[int, defaultdict[str, dict[date, Figure]]],
    months: Sequence[date],
    keys: Iterable[str],
) -> None:
    """Months in which organizations did nothing, of which no figure is stored."""
    extent = extent_of(COMMUNITY)
    known = [month for month in months if extent and month in extent.months]
    for pk, found in figures.items():
        filled(pk, known, found, known[0] if known else date.max, list(keys))


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
    counts = Waiting.objects.shown_to(viewer)
    if place.scope == Scope.PROJECT:
        rows = rows.filter(repository__project=place.pk)
        counts = counts.filter(repository__project=place.pk)
    if place.label:
        rows = rows.labeled(place.label)
    longest = rows.longest_waiting().select_related("repository", "author__person")
    found = list(longest.only(*SHOWN)[:most])
    if len(found) < most:
        return found, len(found)
    return found, counted(rows) if place.label else counts.total()


def latest_acts(
    place: Place, until: date, most: int, viewer: "Viewer", since: date | None = None
) -> list[Contribution]:
    """The last things people did, comments and sign-offs aside.

    `since` is a day from which on enough happened: with it only so many days are read.
    """
    end = datetime.combine(until, time.min, UTC)
    # Asked of the few rows that are looked at: a list of all bots would take longer.
    by_bot = Exists(Identity.objects.filter(pk=OuterRef("identity"), person__is_bot=True))
    rows = (
        Contribution.objects.present()
        .shown_to(viewer)
        .filter(~by_bot, kind__in=NOTABLE, identity__isnull=False, occurred_at__lt=end)
    )
    if since is not None:
        rows = rows.filter(occurred_at__gte=datetime.combine(since, time.min, UTC))
    if place.scope == Scope.PROJECT:
        rows = rows.filter(repository__in=Repository.objects.filter(project=place.pk).values("pk"))
    order = ("-occurred_at", "-pk")
    # The rows first and alone, in the order of time: joined, SQLite begins at the people, and
    # PostgreSQL plans longer than for two questions.
    newest = list(rows.order_by(*order).values_list("pk", flat=True)[:most])
    found = Contribution.objects.filter(pk__in=newest).order_by(*order)
    return list(found.select_related("repository", "work_item", "identity__person").only(*ACT))


@dataclass(frozen=True, slots=True)
class Busyness:
    """A project and how much was done in it by how many; None where nothing is known."""

    project: Project
    contributions: float | None
    contributors: float | None

    @property
    def drawn_from(self) -> tuple[object, ...]:
        """All that its row shows, to tell whether it is drawn."""
        one = self.project
        return one.slug, one.name, one.kind, self.contributions, self.contributors


def projects_with_activity(days: int) -> list[Busyness]:
    """Every project with its recent figures, the busiest first."""
    rows: defaultdict[int, dict[str, float | None]] = defaultdict(dict)
    wanted = ["contributions", "contributors"]
    recent = RecentFigure.objects.filter(scope=Scope.PROJECT, days=days, metric__in=wanted)
    for pk, metric, value in recent.values_list("scope_id", "metric", "value"):
        rows[pk][metric] = value
    found = [
        Busyness(project, *(rows[project.pk].get(metric) for metric in wanted))
        for project in Project.objects.only("slug", "name", "kind").order_by("name")
    ]
    return sorted(found, key=lambda one: -(one.contributions or 0))
