"""Finds who drifts away, from finished figures; and what they carried, from the day counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Q, Sum, Value, When

from community.people.models import Leave, Person
from contributors.activity.models import DayCount
from contributors.metrics.definitions.drifting import (
    FLOOR,
    HISTORY,
    MEMORY,
    YEAR,
    Fall,
    Span,
    day_of,
    fall_of,
    number_of,
)
from contributors.metrics.models import Figure, Scope
from contributors.metrics.rollups import PERSONAL
from contributors.retention.models import Drift

DRAWN = 18  # months that the little chart shows
# What counts as covering an area; comments are the nearest the day counts have to answers.
AREAS = {
    "review": "reviews",
    "review_comment": "reviews",
    "commit": "commits",
    "issue_comment": "answers",
}
Counts = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Area:
    """One kind of work in one repository of which one person did more than half.

    Over the twelve months before the drop; `others` is how many people shared the rest.
    """

    repository: int
    kind: str  # reviews, commits or answers
    mine: int
    total: int
    others: int


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody carried before they became quiet."""

    areas: tuple[Area, ...]
    repositories: tuple[int, ...]


NOTHING = Load((), ())


def drifts(until: date) -> list[Drift]:
    """Everybody who drifts away as far as is known up to this day, in the order of their ids."""
    counts = monthly_counts(until)
    leaves = leaves_of(counts)
    falls = {
        person: fall
        for person, months in counts.items()
        if (fall := fall_of(months, until=until, leaves=leaves[person]))
    }
    loads = loads_of(falls)
    return [
        drift_of(person, falls[person], counts[person], loads.get(person, NOTHING), until)
        for person in sorted(falls)
    ]


def drift_of(person: int, fall: Fall, counts: Counts, load: Load, until: date) -> Drift:
    """A row as it is kept."""
    numbers = range(number_of(until) - DRAWN, number_of(until))
    return Drift(
        person_id=person,
        since=fall.since,
        usual=fall.usual,
        recent=fall.recent,
        reason=fall.reason,
        months_from=day_of(numbers[0]),
        months=[counts.get(day_of(number), 0) for number in numbers],
        areas=[asdict(area) for area in load.areas],
        repositories=list(load.repositories),
        known_until=until,
        version=fall.version,
    )


def monthly_counts(until: date) -> dict[int, dict[date, int]]:
    """Contributions by person and month, of those who did enough to have a pattern at all."""
    people = Person.objects.present().human().filter(is_active=True)
    rows = Figure.objects.filter(
        scope=Scope.PERSON,
        metric=PERSONAL,
        month__gte=day_of(number_of(until) - MEMORY),
        month__lte=until,
        scope_id__in=people.values("pk"),
    ).order_by()
    able = (
        rows.values("scope_id")
        .annotate(active=Count("pk"), total=Sum("value"))
        .filter(active__gte=HISTORY // 2, total__gte=FLOOR * HISTORY // 4)
    )
    found: defaultdict[int, dict[date, int]] = defaultdict(dict)
    chosen = rows.filter(scope_id__in=able.values("scope_id"))
    for person, month, value in chosen.values_list("scope_id", "month", "value").iterator():
        found[person][month] = int(value or 0)
    return dict(found)


def leaves_of(people: Iterable[int]) -> defaultdict[int, list[Span]]:
    """Announced leave by person."""
    found: defaultdict[int, list[Span]] = defaultdict(list)
    for person, starts, ends in Leave.objects.values_list("person", "starts_on", "ends_on"):
        if person in people:
            found[person].append((starts, ends))
    return found


def loads_of(falls: Mapping[int, Fall]) -> dict[int, Load]:
    """What each carried; two queries for all who became quiet in the same month."""
    by_month: defaultdict[date, list[int]] = defaultdict(list)
    for person, fall in falls.items():
        by_month[fall.since].append(person)
    found: dict[int, Load] = {}
    for since, people in sorted(by_month.items()):
        found |= loads_before(since, people)
    return found


def loads_before(since: date, people: list[int]) -> dict[int, Load]:
    """What these people carried in the twelve months before a day."""
    year = DayCount.objects.filter(
        day__gte=day_of(number_of(since) - YEAR), day__lt=since
    ).order_by()
    mine: defaultdict[int, Counter[tuple[int, str]]] = defaultdict(Counter)
    own = year.filter(identity__person__in=people)
    for person, repository, kind, times in (
        own.values("repository")
        .annotate(times=Sum("count"))
        .values_list("identity__person", "repository", "kind", "times")
    ):
        mine[person][repository, AREAS.get(kind, "")] += times
    wholes = totals(year, {place for counts in mine.values() for place, _ in counts})
    return {person: load_of(counts, wholes) for person, counts in mine.items()}


def totals(year: Any, repositories: set[int]) -> dict[tuple[int, str], tuple[int, int]]:
    """By repository and area: how much people did in all, and how many they were."""
    areas = Case(*[When(kind=kind, then=Value(area)) for kind, area in AREAS.items()])
    by_people = Q(identity=None) | Q(identity__person__is_bot=False)
    rows = (
        year.filter(by_people, repository__in=repositories, kind__in=list(AREAS))
        .annotate(area=areas)
        .values("repository", "area")
        .annotate(times=Sum("count"), people=Count(F("identity__person"), distinct=True))
    )
    return {
        (row["repository"], row["area"]): (row["times"], row["people"]) for row in rows.iterator()
    }


def load_of(
    counts: Mapping[tuple[int, str], int], wholes: Mapping[tuple[int, str], tuple[int, int]]
) -> Load:
    """The areas of which a person did more than half, the largest first."""
    areas = [
        Area(place, kind, times, *shared)
        for (place, kind), times in counts.items()
        if kind and (shared := others_of(wholes[place, kind])) and 2 * times > shared[0]
    ]
    areas.sort(key=lambda area: (-area.mine, area.repository, area.kind))
    return Load(tuple(areas), tuple(sorted({place for place, _ in counts})))


def others_of(whole: tuple[int, int]) -> tuple[int, int]:
    """A total, and how many people but one shared it."""
    total, people = whole
    return total, people - 1
