"""Pages of what wants attention, for the community and for a project."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from community.lib.paging import page_of_list
from community.projects.models import Project
from contributors.attention.reviewing import (
    by_project,
    load_of,
    reviewers,
    states,
    unreviewed_items,
)
from contributors.attention.welcoming import days_asked, funnel_of, new_people, scope_of
from contributors.attention.welcoming import newcomers as with_tasks
from contributors.attention.words import review_figures
from contributors.metrics.periods import recent_window
from contributors.metrics.queries import extent_of, measures
from contributors.metrics.rollups import RECENT_DAYS

ON_A_PAGE = 15


@require_safe
def reviews(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Who reviews how much, and what nobody reviewed yet."""
    project = get_object_or_404(Project, slug=slug) if slug else None
    found = states(project, request.user)
    load = load_of(found)
    context = {
        "project": project,
        "load": load,
        "figures": review_figures(load),
        "page": page_of_list(reviewers(found, request.user), request, ON_A_PAGE),
        "items": unreviewed_items(found, request.user),
        "projects": [] if project else by_project(found),
    }
    return render(request, "contributors/attention/reviews.html", context)


@require_safe
def newcomers(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Who is new, what they did first, and what they could do next."""
    project = get_object_or_404(Project, slug=slug) if slug else None
    place = scope_of(project)
    extent = extent_of(place)
    days = days_asked(request.GET)
    window = recent_window(days, extent) if extent else None
    figures = measures(place, window) if window else {}
    people = new_people(figures, request.user)
    page = page_of_list(people, request, ON_A_PAGE)
    context = {
        "project": project,
        "page": page,
        "rows": with_tasks(list(page), place, request.user),
        **(funnel_of(figures, place, window, extent) if extent and window else {}),
        "periods": [(one, one == days) for one in RECENT_DAYS],
    }
    return render(request, "contributors/attention/newcomers.html", context)
