"""Who comes back, as a heat table and as files."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contributors.metrics.definitions.cohorts import FEWEST
from contributors.metrics.periods import chosen_window
from contributors.metrics.returning import (
    SHOWN,
    Cohorts,
    cohorts_of,
    finding,
    line_of_all,
    lines_of,
    months_shown,
    scopes,
    step_asked,
    table_of_groups,
)
from contributors.metrics.series import as_csv, as_json
from contributors.metrics.steps import MONTH, QUARTER
from contributors.metrics.wholeness import Gap, gap_of


def asked_for(request: HttpRequest) -> Cohorts:
    """The groups that the address asks for."""
    step = step_asked(request.GET.get("by"))
    return cohorts_of(request.GET.get("scope") or "community", request.user, step)


@require_safe
def cohorts(request: HttpRequest) -> HttpResponse:
    """People by the month of their first act, and who of them was active again when."""
    found = asked_for(request)
    days = months_shown(found)
    gap = gap_of(found.place, chosen_window(*days), request.user, timezone.now()) if days else None
    context = {
        "found": found,
        "finding": finding(found) if days else "",
        "lines": lines_of(found),
        "all": line_of_all(found),
        "later": found.later,
        "steps": (MONTH, QUARTER),
        "by": "" if found.step is MONTH else f"&by={found.step.key}",
        "fewest": FEWEST,
        "hidden": max(len(found.groups) - SHOWN, 0),
        "scopes": scopes(found),
        "gap": gap,
    }
    return render(request, "contributors/metrics/cohorts.html", context)


@require_safe
def cohorts_data(request: HttpRequest, form: str) -> HttpResponse:
    """Every group with its later months as CSV or JSON."""
    found = asked_for(request)
    table = table_of_groups(found)
    gap: Gap | None = None
    if found.groups and found.extent:
        window = chosen_window(found.groups[0].month, found.extent.end)
        gap = gap_of(found.place, window, request.user, timezone.now())
    return as_csv(table, gap, "cohorts") if form == "csv" else as_json(table, gap)
