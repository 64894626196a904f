"""The community's front page and the dashboards of its projects."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from community.projects.models import Project


def home(request: HttpRequest) -> HttpResponse:
    """What this community is and what happens in it."""
    projects = Project.objects.order_by("name")
    return render(request, "contributors/metrics/home.html", {"projects": projects})
