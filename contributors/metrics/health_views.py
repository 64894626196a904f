"""The page of a project's health."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from community.projects.models import Project
from contributors.metrics.checkup import checkup_of, scale
from contributors.metrics.definitions.health import LEVELS, VERSION
from contributors.metrics.models import Scope
from contributors.metrics.queries import Place


@require_safe
def health(request: HttpRequest, slug: str) -> HttpResponse:
    """Each item with its value and thresholds, and what the next level takes."""
    project = get_object_or_404(Project, slug=slug)
    place = Place(Scope.PROJECT, project.pk, project=project.slug, name=project.name)
    context = {
        "project": project,
        "checkup": checkup_of(place, request.user, timezone.now()),
        "scale": scale(),
        "levels": range(1, LEVELS + 1),
        "highest": LEVELS,
        "rules_version": VERSION,
    }
    return render(request, "contributors/metrics/health.html", context)
