"""Projects side by side: the figures of one period, and the trend of one metric. No ranking."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from community.projects.models import Project, Repository
from contributors.activity.standing import Weight, together, weigh_each
from contributors.metrics.cards import note_of
from contributors.metrics.choices import named_periods
from contributors.metrics.explore import summed, values_of
from contributors.metrics.formats import phrase
from contributors.metrics.models import Figure, RecentFigure, Scope
from contributors.metrics.multiples import common_top, small_line
from contributors.metrics.periods import Extent, Window, window_of
from contributors.metrics.pickers import topics
from contributors.metrics.pictures import change_since, scale_of, scaled
from contributors.metrics.queries import (
    COMMUNITY,
    Measure,
    Place,
    computed_each,
    extent_of,
    measure,
    projects_with_activity,
)
from contributors.metrics.questions import VERSUS, last_finished
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.rollups import PERSONAL, RECENT_DAYS
from contributors.metrics.stepping import stepped
from contributors.metrics.steps import MONTH, STEPS, Step
from contributors.metrics.wholeness import capped

MOST = 6  # projects side by side
USUAL_DAYS = 90
Measured = Mapping[tuple[int, str], Measure]


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a project, or why there is none."""

    text: str
    reason: str
    url: str
    change: Mapping[str, str] | None = None


def slugs_asked(query: QueryDict) -> list[str]:
    """The projects that an address names, with commas or one by one, each once."""
    given = ",".join(query.getlist("projects")).split(",")
    return list(dict.fromkeys(slug.strip() for slug in given if slug.strip()))


def projects_asked(slugs: Sequence[str], everyone: Sequence[Project]) -> list[Project]:
    """Those named, in that order; the busiest where none is."""
    named = {project.slug: project for project in everyone}
    if not slugs:
        return list(everyone[:MOST])
    return [named[slug] for slug in slugs if slug in named][:MOST]


def trend_asked(query: QueryDict) -> Step:
    """How long the steps of the drawings are."""
    return STEPS.get(query.get("by", ""), MONTH)


def compared(query: QueryDict, at: datetime) -> dict[str, Any] | None:
    """Everything on the page; None while no figure exists."""
    extent = extent_of(COMMUNITY)
    if extent is None:
        return None
    everyone = [row.project for row in projects_with_activity(USUAL_DAYS)]
    slugs = slugs_asked(query)
    projects = projects_asked(slugs, everyone)
    window = window_of(query, extent)
    versus = query.get("with", "") if query.get("with", "") in VERSUS else ""
    step = trend_asked(query)
    metric = METRICS.get(query.get("metric", ""), METRICS[PERSONAL])
    known = {project.slug for project in everyone}
    chosen = [project.slug for project in projects]
    found = measured(projects, window, versus)
    return {
        "projects": projects,
        "everyone": sorted(everyone, key=lambda one: one.name.casefold()),
        "chosen": chosen,
        "left_out": [slug for slug in slugs if slug in known and slug not in chosen],
        "unknown": [slug for slug in slugs if slug not in known],
        "most": MOST,
        "window": window,
        "recent": [(days, days == window.days) for days in RECENT_DAYS],
        "periods": named_periods(window, extent),
        "period": window.code,
        "step": step,
        "steps": list(STEPS.values()),
        "versus": versus,
        "all_versus": list(VERSUS.items()),
        "metric": metric,
        "topics": topics(),
        "groups": groups(projects, found, window, versus),
        "wholes": wholes(projects, found, window, at),
        "small": trends(projects, metric, extent, step),
        "permalink": permalink(chosen, window, metric, step, versus),
    }


def permalink(
    chosen: Sequence[str], window: Window, metric: Metric, step: Step, versus: str
) -> str:
    by = "" if step is MONTH else step.key
    given = {"projects": ",".join(chosen), "metric": metric.key, "by": by, "with": versus}
    words = urlencode({key: value for key, value in given.items() if value}, safe=",")
    return f"{reverse('metrics:compare')}?{words}&{window.choice}"


def measured(projects: Sequence[Project], window: Window, versus: str) -> Measured:
    """Every metric of these projects in the period, and of that to compare with."""
    if window.days and versus != "year":
        mine = {"scope": Scope.PROJECT, "scope_id__in": [project.pk for project in projects]}
        recent = RecentFigure.objects.filter(**mine, days=window.days)
        return {(row.scope_id, row.metric): measure(row, row.before) for row in recent}
    if window.month:
        return measured_months(projects, window)
    found = computed_each([Place(Scope.PROJECT, one.pk) for one in projects], window)
    return {(place.pk, key): one for place, rows in found.items() for key, one in rows.items()}


def measured_months(projects: Sequence[Project], window: Window) -> Measured:
    """The finished figures of a month, of the one before and of a year ago, in one query."""
    before, year_ago = window.before[0], window.year_ago[0]
    rows: defaultdict[date, dict[tuple[int, str], Figure]] = defaultdict(dict)
    for row in Figure.objects.filter(
        scope=Scope.PROJECT,
        scope_id__in=[project.pk for project in projects],
        month__in=[window.start, before, year_ago],
    ):
        rows[row.month][row.scope_id, row.metric] = row
    values = {
        month: {key: one.value for key, one in rows[month].items()} for month in (before, year_ago)
    }
    return {
        key: measure(row, values[before].get(key), values[year_ago].get(key))
        for key, row in rows[window.start].items()
    }


def groups(
    projects: Sequence[Project], found: Measured, window: Window, versus: str
) -> list[dict[str, Any]]:
    """The metrics in their groups, a row each with one cell per project."""
    return [
        {
            "label": group["label"],
            "rows": [
                {
                    "metric": metric,
                    "cells": [cell(metric, one, found, window, versus) for one in projects],
                }
                for metric in group["metrics"]
            ],
        }
        for group in topics()
    ]


def cell(metric: Metric, project: Project, found: Measured, window: Window, versus: str) -> Cell:
    """A number with the way to its dashboard and its change, or a dash with its reason."""
    url = f"{reverse('metrics:project', args=[project.slug])}?{window.choice}"
    mine = found.get((project.pk, metric.key))
    if mine is None:
        return Cell("–", _("No figure of this period"), url)
    if mine.value is None:
        return Cell("–", reason_of(metric, mine), url)
    change = {
        "": None,
        "before": change_since(mine.value, mine.before, metric.unit),
        "year": change_since(mine.value, mine.year_ago, metric.unit),
    }[versus]
    return Cell(phrase(mine.value, metric.unit), "", url, change)


def reason_of(metric: Metric, mine: Measure) -> str:
    """Why a figure has no value."""
    if not mine.is_tracked:
        return note_of(metric.key, mine)
    if not mine.n:
        return _("Nothing to count")
    if metric.unit == "seconds":
        return _("Not yet for half of them")
    return _("No whole to compare with")


def wholes(
    projects: Sequence[Project], found: Measured, window: Window, at: datetime
) -> list[float | None]:
    """How complete the figures of each project are."""
    chosen = [project.pk for project in projects]
    owners = dict(
        Repository.objects.filter(project__in=chosen).order_by("pk").values_list("pk", "project")
    )
    members: defaultdict[int, list[Weight]] = defaultdict(list)
    for pk, weight in weigh_each(list(owners), at, window.start, window.end).items():
        members[owners[pk]].append(weight)
    stored = {pk: one.completeness for (pk, _metric), one in found.items()}
    return [capped(stored.get(pk), together(members[pk])) for pk in chosen]


def trends(
    projects: Sequence[Project], metric: Metric, extent: Extent, step: Step
) -> list[dict[str, Any]]:
    """The last steps of one metric, each project in a drawing of its own on one scale."""
    starts = last_finished(extent, step)
    figures = trend_figures(projects, metric, extent, step, starts)
    rows = [values_of(figures.get(project.pk, {}), starts) for project in projects]
    scale, unit = scale_of(metric.unit, [value for row in rows for value in row])
    top = common_top([scaled(row, scale) for row in rows], is_whole=metric.unit == "count")
    names = [step.name(start) for start in starts]
    by = "" if step is MONTH else f"&by={step.key}"
    address = f"{reverse('metrics:explore')}?metric={metric.key}{by}"
    return [
        {
            "name": project.name,
            "url": f"{address}&scope=project:{project.slug}",
            "value": phrase(summed(metric, row).value, metric.unit),
            "svg": small_line(project.name, scaled(row, scale), names, top, unit),
        }
        for project, row in zip(projects, rows, strict=True)
    ]


def trend_figures(
    projects: Sequence[Project],
    metric: Metric,
    extent: Extent,
    step: Step,
    starts: Sequence[date],
) -> Mapping[int, Mapping[date, Figure]]:
    """The figures of each project, finished or computed."""
    if step is not MONTH:
        places = [Place(Scope.PROJECT, project.pk) for project in projects]
        found = stepped(places, [metric], step, starts, extent)
        return {place.pk: rows.get(metric.key, {}) for place, rows in found.items()}
    figures: defaultdict[int, dict[date, Figure]] = defaultdict(dict)
    for row in Figure.objects.filter(
        scope=Scope.PROJECT,
        scope_id__in=[project.pk for project in projects],
        metric=metric.key,
        month__gte=starts[0],
        month__lte=starts[-1],
    ).defer("details"):
        figures[row.scope_id][row.month] = row
    return figures
