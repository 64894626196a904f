"""Pages of projects."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.lib.paging import page_of
from community.lib.refusals import Refused
from community.projects.actions import change_project, create_project
from community.projects.forms import ProjectForm
from community.projects.models import Project, ProjectSlug
from community.projects.queries import card_of, directory

CARDS = 24
pages = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """The directory."""
    text = request.GET.get("q", "")[:200].replace("\0", "")
    found = directory(text=text, chosen=request.GET, sort=request.GET.get("sort", ""))
    page = page_of(found.projects.for_cards(), request, CARDS, found.count)
    context = {
        "page": page,
        "cards": [(project, card_of(project)) for project in page],
        "facets": found.facets,
        "is_filtered": bool(text) or any(facet.chosen for facet in found.facets),
        "text": text,
        "sort": request.GET.get("sort", ""),
        "as_table": request.GET.get("view") == "table",
        "may_create": request.user.has_perm("projects.add_project"),
    }
    return render(request, "community/projects/list.html", context)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One project; an old short name leads to the present one."""
    project = Project.objects.filter(slug=slug).for_page(request.user).first()
    if project is None:
        old = get_object_or_404(ProjectSlug.objects.select_related("project"), slug=slug.lower())
        return redirect(old.project, permanent=True)
    context = {
        "project": project,
        "positioning": project.positioning(),
        "may_change": request.user.has_perm("projects.change_project", project),
    }
    return render(request, "community/projects/detail.html", context)


@login_required
@pages
def create(request: HttpRequest) -> HttpResponse:
    """Open a project."""
    if not request.user.has_perm("projects.add_project"):
        raise PermissionDenied
    form = ProjectForm(request.POST or None, may_set_stage=True)
    if form.is_valid():
        try:
            made = create_project(actor=_person(request), at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error("slug", str(refusal))
        else:
            messages.success(request, _("The project is open."))
            return redirect(made)
    return _form_page(request, form, None)


@login_required
@pages
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what a project says of itself."""
    project = get_object_or_404(Project, slug=slug)
    if not request.user.has_perm("projects.change_project", project):
        raise PermissionDenied
    may_set_stage = request.user.has_perm("projects.set_stage", project)
    form = ProjectForm(request.POST or None, project=project, may_set_stage=may_set_stage)
    if form.is_valid():
        facts = form.cleaned_data
        try:
            project = change_project(
                project=project, actor=_person(request), at=timezone.now(), **facts
            )
        except Refused as refusal:
            form.add_error("slug", str(refusal))
        else:
            messages.success(request, _("The project is changed."))
            return redirect(project)
    return _form_page(request, form, project)


def _person(request: HttpRequest) -> Any:
    """The signed-in person; the views that ask require one."""
    return request.user


def _form_page(request: HttpRequest, form: ProjectForm, project: Project | None) -> HttpResponse:
    return render(request, "community/projects/form.html", {"form": form, "project": project})
