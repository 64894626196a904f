"""The community's front page and the dashboards of its projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from community.projects.models import Project
from contributors.activity.models import Contribution
from contributors.metrics.boards import community_board, project_board
from contributors.metrics.cards import address
from contributors.metrics.models import Scope
from contributors.metrics.queries import Place
from contributors.metrics.series import as_csv, as_json, place_of, table_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this community is and what happens in it."""
    found = community_board(request.GET, request.user)
    if found is None:
        context = {
            "is_preparing": Contribution.objects.exists(),
            "connect_url": address("connections:create"),
            "projects": Project.objects.order_by("name")[:12],
        }
        return render(request, "contributors/metrics/welcome.html", context)
    return render(request, "contributors/metrics/home.html", found)


@require_safe
def project(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens in one project."""
    subject = get_object_or_404(Project, slug=slug)
    place = Place(Scope.PROJECT, subject.pk, project=subject.slug)
    found = project_board(place, request.GET, request.user)
    return render(
        request, "contributors/metrics/project.html", {"project": subject, **(found or {})}
    )


@require_safe
def series(request: HttpRequest, scope: str, chart: str, form: str) -> HttpResponse:
    """The numbers of one chart as CSV or JSON."""
    place = place_of(scope, request.user)
    table, gap = table_of(place, scope, chart, request.GET, request.user)
    return as_csv(table, gap, chart) if form == "csv" else as_json(table, gap)
