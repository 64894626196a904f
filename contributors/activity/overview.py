"""How complete the whole community's activity is: every repository, its worst days, and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page
from django.db.models import F, Max
from django.http import HttpRequest

from community.lib.paging import page_of
from community.lib.refusals import Sentence
from community.projects.models import Repository
from contributors.activity.choices import Choice
from contributors.activity.models import HOW, PART_KINDS, Completeness
from contributors.activity.standing import (
    OpenReason,
    Weight,
    standings,
    together,
    weigh_each,
    why_short,
)
from contributors.activity.strip import Strip, strip_of

DAYS = 90
MOST_DAYS = 366
WORST = 10
ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """A repository of the page."""

    repository: Repository
    weight: Weight
    strip: Strip


@dataclass(frozen=True, slots=True)
class ShortDay:
    """A day that lacks something, told in one sentence, and kind by kind."""

    row: Completeness
    said: Sentence
    parts: "Sequence[PartLine]"

    @property
    def after(self) -> date:
        """The end of the half-open period that is this day."""
        return self.row.day + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PartLine:
    """What one kind should have given on a day and gave."""

    kind: str
    label: object
    expected: int
    received: int
    how: object
    lacking: Sequence[int]


FIRST = date(1990, 1, 1)  # nothing that is read is older


def period_of(choice: Choice, today: date) -> tuple[date, date]:
    """The days that were asked for, else the last ninety; at most a year of them."""
    last = today + timedelta(days=1)
    end = min(max(choice.end or last, FIRST), last)
    start = min(max(choice.start or end - timedelta(days=DAYS), FIRST), today)
    return max(start, end - timedelta(days=MOST_DAYS)), max(end, start + timedelta(days=1))


def overview(choice: Choice, request: HttpRequest, at: datetime) -> dict[str, Any]:
    """What the page shows this reader."""
    start, end = period_of(choice, at.date())
    shown = repositories_of(choice, request)
    weights = weigh_each(list(shown.values_list("pk", flat=True)), at, start, end)
    page: Page[Repository] = page_of(
        shown.select_related("project").order_by("name", "pk"), request, ON_A_PAGE
    )
    reasons = [one for weight in weights.values() for one in weight.reasons]
    worst = Completeness.objects.lacking().within(start, end).filter(repository__in=list(weights))
    rows = worst.select_related("repository").order_by(F("received") - F("expected"), "day", "pk")
    return {
        "page": page,
        "lines": lines_of(page, weights, start, end),
        "whole": together(weights.values()),
        "worst": [short_day(row, reasons) for row in rows[:WORST]],
        "short_days": worst.count(),
        "start": start,
        "last": end - timedelta(days=1),
    }


def repositories_of(choice: Choice, request: HttpRequest) -> Any:
    """The repositories asked for that this reader may know of."""
    found = Repository.objects.shown_to(request.user)
    if choice.project:
        found = found.filter(project__slug=choice.project)
    if choice.repository.isdecimal():
        return found.filter(pk=int(choice.repository[:18]))
    return found.filter(name=choice.repository) if choice.repository else found


def lines_of(
    page: "Page[Repository]", weights: dict[int, Weight], start: date, end: date
) -> list[Line]:
    """The repositories of a page with the strips of their days."""
    counts: defaultdict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
    rows = Completeness.objects.filter(repository__in=[one.pk for one in page])
    for pk, day, received, expected in rows.within(start, end).values_list(
        "repository", "day", "received", "expected"
    ):
        counts[pk][day] = (received, expected)
    known = known_until([one.pk for one in page])
    return [
        Line(
            one,
            weights[one.pk],
            strip_of(
                counts[one.pk],
                start,
                end,
                known_until=known.get(one.pk),
                open_from=weights[one.pk].open_from,
            ),
        )
        for one in page
    ]


def known_until(repositories: Sequence[int]) -> dict[int, date]:
    """The day up to which each was read; without a reader, the last day that was weighed."""
    rows = Completeness.objects.filter(repository__in=repositories).order_by()
    found = dict(rows.values_list("repository").annotate(Max("day")))
    checked = dict(rows.values_list("repository").annotate(Max("checked_at")))
    return {pk: max(day, checked[pk].date()) for pk, day in found.items()}


def short_day(row: Completeness, reasons: Sequence[OpenReason]) -> ShortDay:
    """One day with its sentence and its kinds."""
    mine = [one for one in reasons if one.repository_id == row.repository_id]
    return ShortDay(row, why_short(row, mine), part_lines(row))


def part_lines(row: Completeness) -> list[PartLine]:
    """The kinds of a day, those that lack most first."""
    found = [
        PartLine(
            kind,
            PART_KINDS.get(kind, kind),
            part[0],
            part[1],
            HOW.get(part[2], part[2]),
            part[3] if len(part) > 3 else [],
        )
        for kind, part in row.parts.items()
    ]
    return sorted(found, key=lambda one: (one.received - one.expected, one.kind))


def reasons_of(repository: Repository, at: datetime) -> Sequence[OpenReason]:
    """What keeps this repository from being complete."""
    found = standings([repository.pk], at).get(repository.pk)
    return found.reasons if found else ()
