"""The community's front page and the dashboards of its projects."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from community.people.guests import kept_for_guests
from community.projects.models import Project
from contributors.activity.models import Contribution
from contributors.metrics.boards import community_board, project_board
from contributors.metrics.cards import address
from contributors.metrics.models import Scope
from contributors.metrics.notable_views import first_changes
from contributors.metrics.queries import Place
from contributors.metrics.series import as_csv, as_json, place_of, table_of

# What of an address a dashboard depends on.
PERIOD = ("days", "month", "period", "from", "to")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this community is and what happens in it."""
    return kept_for_guests(request, PERIOD, lambda: home_made(request)).shown(request)


@require_safe
def project(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens in one project."""
    subject = get_object_or_404(Project, slug=slug)
    made = kept_for_guests(request, PERIOD, lambda: project_made(request, subject))
    return made.shown(request)


@dataclass(frozen=True, slots=True)
class Made:
    """A page whose content has been rendered, with the rest it needs."""

    template: str
    context: dict[str, Any]

    def shown(self, request: HttpRequest) -> HttpResponse:
        return render(request, f"contributors/metrics/{self.template}.html", self.context)


def home_made(request: HttpRequest) -> Made:
    found = community_board(request.GET, request.user)
    if found is None:
        context = {
            "is_preparing": Contribution.objects.exists(),
            "connect_url": address("connections:create"),
            "projects": list(Project.objects.order_by("name")[:12]),
        }
        return Made("welcome", context)
    context = {**found, **first_changes(None, found["extent"])}
    content = render_to_string("contributors/metrics/_home.html", context, request)
    kept = {name: found[name] for name in ("people_count", "since")}
    return Made("home", {**kept, "content": content})


def project_made(request: HttpRequest, subject: Project) -> Made:
    place = Place(Scope.PROJECT, subject.pk, project=subject.slug)
    found = project_board(place, request.GET, request.user)
    changes = first_changes(subject, found["extent"]) if found else {}
    context = {"project": subject, **(found or {}), **changes}
    content = render_to_string("contributors/metrics/_project.html", context, request)
    return Made("project", {"project": subject, "content": content})


@require_safe
def series(request: HttpRequest, scope: str, chart: str, form: str) -> HttpResponse:
    """The numbers of one chart as CSV or JSON."""
    place = place_of(scope, request.user)
    table, gap = table_of(place, scope, chart, request.GET, request.user)
    return as_csv(table, gap, chart) if form == "csv" else as_json(table, gap)
