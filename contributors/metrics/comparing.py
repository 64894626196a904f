"""Projects side by side: the figures of one period, and the trend of one metric. No ranking."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from community.projects.models import Project, Repository
from contributors.activity.standing import Weight, together, weigh_each
from contributors.metrics.cards import note_of
from contributors.metrics.explore import summed, values_of
from contributors.metrics.formats import month_name, phrase
from contributors.metrics.models import Figure, RecentFigure, Scope
from contributors.metrics.multiples import common_top, small_line
from contributors.metrics.periods import Extent, Window, day_or_none, month_window, recent_window
from contributors.metrics.pickers import topics
from contributors.metrics.pictures import scale_of, scaled
from contributors.metrics.queries import (
    COMMUNITY,
    Measure,
    extent_of,
    measure,
    projects_with_activity,
)
from contributors.metrics.questions import last_finished
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.rollups import PERSONAL, RECENT_DAYS
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


def window_asked(query: QueryDict, extent: Extent) -> Window:
    """One of the periods whose figures are finished: the last days, or a month."""
    month = day_or_none(query.get("month"))
    if month in extent.months:
        return month_window(month)
    known = {str(days): days for days in RECENT_DAYS}
    return recent_window(known.get(query.get("days", ""), USUAL_DAYS), extent)


def compared(query: QueryDict, at: datetime) -> dict[str, Any] | None:
    """Everything on the page; None while no figure exists."""
    extent = extent_of(COMMUNITY)
    if extent is None:
        return None
    everyone = [row.project for row in projects_with_activity(USUAL_DAYS)]
    slugs = slugs_asked(query)
    projects = projects_asked(slugs, everyone)
    window = window_asked(query, extent)
    metric = METRICS.get(query.get("metric", ""), METRICS[PERSONAL])
    known = {project.slug for project in everyone}
    chosen = [project.slug for project in projects]
    found = measured(projects, window)
    return {
        "projects": projects,
        "everyone": sorted(everyone, key=lambda one: one.name.casefold()),
        "chosen": chosen,
        "left_out": [slug for slug in slugs if slug in known and slug not in chosen],
        "unknown": [slug for slug in slugs if slug not in known],
        "most": MOST,
        "window": window,
        "recent": [(days, days == window.days) for days in RECENT_DAYS],
        "months": [(f"{one:%Y-%m}", month_name(one)) for one in reversed(extent.months)][:36],
        "month": f"{window.month:%Y-%m}" if window.month else "",
        "metric": metric,
        "topics": topics(),
        "groups": groups(projects, found, window),
        "wholes": wholes(projects, found, window, at),
        "small": trends(projects, metric, extent),
        "permalink": permalink(chosen, window, metric),
    }


def permalink(chosen: Sequence[str], window: Window, metric: Metric) -> str:
    words = urlencode({"projects": ",".join(chosen), "metric": metric.key}, safe=",")
    return f"{reverse('metrics:compare')}?{words}&{window.choice}"


def measured(projects: Sequence[Project], window: Window) -> Measured:
    """Every metric of these projects in the period, in one query."""
    mine = {"scope": Scope.PROJECT, "scope_id__in": [project.pk for project in projects]}
    if window.month:
        figures = Figure.objects.filter(**mine, month=window.month)
        return {(row.scope_id, row.metric): measure(row, None) for row in figures}
    recent = RecentFigure.objects.filter(**mine, days=window.days or USUAL_DAYS)
    return {(row.scope_id, row.metric): measure(row, row.before) for row in recent}


def groups(projects: Sequence[Project], found: Measured, window: Window) -> list[dict[str, Any]]:
    """The metrics in their groups, a row each with one cell per project."""
    return [
        {
            "label": group["label"],
            "rows": [
                {"metric": metric, "cells": [cell(metric, one, found, window) for one in projects]}
                for metric in group["metrics"]
            ],
        }
        for group in topics()
    ]


def cell(metric: Metric, project: Project, found: Measured, window: Window) -> Cell:
    """A number with the way to its dashboard, or a dash with its reason."""
    url = f"{reverse('metrics:project', args=[project.slug])}?{window.choice}"
    mine = found.get((project.pk, metric.key))
    if mine is None:
        return Cell("–", _("No figure of this period"), url)
    if mine.value is None:
        return Cell("–", reason_of(metric, mine), url)
    return Cell(phrase(mine.value, metric.unit), "", url)


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


def trends(projects: Sequence[Project], metric: Metric, extent: Extent) -> list[dict[str, Any]]:
    """Twelve months of one metric, each project in a drawing of its own on one scale."""
    months = last_finished(extent)
    figures: defaultdict[int, dict[Any, Figure]] = defaultdict(dict)
    for row in Figure.objects.filter(
        scope=Scope.PROJECT,
        scope_id__in=[project.pk for project in projects],
        metric=metric.key,
        month__gte=months[0],
        month__lte=months[-1],
    ).defer("details"):
        figures[row.scope_id][row.month] = row
    rows = [values_of(figures[project.pk], months) for project in projects]
    scale, unit = scale_of(metric.unit, [value for row in rows for value in row])
    top = common_top([scaled(row, scale) for row in rows], is_whole=metric.unit == "count")
    names = [month_name(month) for month in months]
    address = reverse("metrics:explore")
    return [
        {
            "name": project.name,
            "url": f"{address}?metric={metric.key}&scope=project:{project.slug}",
            "value": phrase(summed(metric, row).value, metric.unit),
            "svg": small_line(project.name, scaled(row, scale), names, top, unit),
        }
        for project, row in zip(projects, rows, strict=True)
    ]
