"""The pages that tell in which months a metric was not as usual."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from community.projects.models import Project
from contributors.metrics.boards import later
from contributors.metrics.definitions.notable import FEWEST_BEFORE, MONTHS_BEFORE
from contributors.metrics.formats import month_name
from contributors.metrics.models import Scope
from contributors.metrics.noting import TOLD, Change, changes_among, rows_told
from contributors.metrics.periods import Extent
from contributors.metrics.queries import COMMUNITY, Place, extent_of

FIRST = 2  # that a dashboard shows


@require_safe
def notable(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Notable months of the community, or of a project, the latest first."""
    project = get_object_or_404(Project, slug=slug) if slug else None
    place, scope = place_of_page(project)
    extent = extent_of(place)
    context = {
        "project": project,
        **(changes_by_month(place, scope, extent) if extent else {"months": []}),
        "is_known": extent is not None,
        "told": TOLD,
        "most": MONTHS_BEFORE,
        "fewest": FEWEST_BEFORE,
        "feed_url": address("notable", slug),
    }
    return render(request, "contributors/metrics/notable.html", context)


def changes_by_month(place: Place, scope: str, extent: Extent) -> dict[str, Any]:
    """Every change by month, found only where those of the same figures are not drawn yet."""
    rows = rows_told(place, extent)
    return {
        "months": later(lambda: by_month(changes_among(rows, place, scope, extent))),
        "changes_from": (rows, scope, extent),
    }


def place_of_page(project: Project | None) -> tuple[Place, str]:
    """The scope of a page, and how addresses call it."""
    if project is None:
        return COMMUNITY, "community"
    place = Place(Scope.PROJECT, project.pk, project=project.slug, name=project.name)
    return place, f"project:{project.slug}"


def by_month(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Each month with its changes, in the order given."""
    found: defaultdict[date, list[Change]] = defaultdict(list)
    for one in changes:
        found[one.month].append(one)
    return [(month_name(month), rows) for month, rows in found.items()]


def first_changes(project: Project | None, extent: Extent) -> dict[str, Any]:
    """The latest of them for a dashboard, and the way to all."""
    place, scope = place_of_page(project)
    slug = project.slug if project else ""
    rows = rows_told(place, extent)
    found = later(lambda: changes_among(rows, place, scope, extent)[:FIRST])
    return {
        "changes": found,
        "changes_from": (rows, scope, extent),
        "notable_url": address("changes", slug),
    }


def address(name: str, slug: str) -> str:
    """A page of the community, or the same of a project."""
    return reverse(f"metrics:project_{name}", args=[slug]) if slug else reverse(f"metrics:{name}")
