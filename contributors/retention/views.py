"""The page of those who drift away, for the community and for a project."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.lib.refusals import Refused
from community.people.models import Person
from community.projects.models import Project
from contributors.retention import actions
from contributors.retention.forms import FORMS, ActForm
from contributors.retention.queries import (
    Case,
    State,
    cases,
    counts_by_state,
    in_state,
    maintainers_of,
)

ROWS = 12
VERBS: dict[str, Any] = {
    "note": actions.write_note,
    "contact": actions.assign_contact,
    "snooze": actions.snooze_person,
    "close": actions.close_case,
}


@require_safe
@login_required
def people(request: HttpRequest, slug: str = "") -> HttpResponse:
    """Who is quieter than usual, those who carried most first."""
    project, today = _place(request, slug), timezone.now().date()
    found = cases(request.user, project, today)
    asked = request.GET.get("state", "")
    state = State(asked) if asked in State.values else State.OPEN
    page = Paginator(in_state(found, state, today), ROWS).get_page(request.GET.get("page"))
    counts = counts_by_state(found, today)
    maintainers = list(maintainers_of(project)) if page.paginator.count else []
    context = {
        "project": project,
        "page": page,
        "rows": [(one, _forms(one, maintainers, None)) for one in page],
        "state": state,
        "tabs": [(one, counts.get(one, 0)) for one in State],
    }
    return render(request, "contributors/retention/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def person(request: HttpRequest, handle: str, slug: str = "") -> HttpResponse:
    """One of them; what is posted is done."""
    project, today = _place(request, slug), timezone.now().date()
    found = cases(request.user, project, today)
    case = next((one for one in found if one.person.handle == handle), None)
    if case is None:
        raise Http404
    maintainers = list(maintainers_of(project))
    form = _posted(request, case, maintainers)
    if form is not None and form.is_valid() and _done(request, case, project, form):
        return redirect(reverse(*_address(project)))
    context = {
        "project": project,
        "case": case,
        "forms": _forms(case, maintainers, form),
        "state": case.state(today),
    }
    return render(request, "contributors/retention/person.html", context)


def _place(request: HttpRequest, slug: str) -> Project | None:
    """The project of the address, or the community; 403 for those who do not maintain it."""
    project = get_object_or_404(Project, slug=slug) if slug else None
    if not request.user.has_perm("retention.follow_up", project):
        raise PermissionDenied
    return project


def _address(project: Project | None) -> tuple[str, None, list[str]]:
    name = "retention:project" if project else "retention:people"
    return name, None, [project.slug] if project else []


def _posted(request: HttpRequest, case: Case, maintainers: list[Person]) -> ActForm | None:
    """What was typed, in the form that it was typed into."""
    if request.method != "POST":
        return None
    kind = next((one for one in FORMS if one.verb == request.POST.get("verb")), FORMS[0])
    return kind(request.POST, maintainers=maintainers, auto_id=_ids(case, kind))


def _done(request: HttpRequest, case: Case, project: Project | None, form: ActForm) -> bool:
    """Do what the form asks for; False leaves the refusal on the form."""
    me, verb = cast("Person", request.user), VERBS[form.verb]
    try:
        verb(person=case.person, project=project, by=me, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal.reason))
        return False
    messages.success(request, _("It is noted, and it will show whether they return."))
    return True


def _forms(case: Case, maintainers: list[Person], bound: ActForm | None) -> list[ActForm]:
    """Each thing that can be done, with what was typed into one of them."""
    return [
        bound
        if bound is not None and bound.verb == kind.verb
        else kind(maintainers=maintainers, auto_id=_ids(case, kind))
        for kind in FORMS
    ]


def _ids(case: Case, kind: type[ActForm]) -> str:
    """Ids that are one on a page with many people."""
    return f"{kind.verb}-{case.person.pk}-%s"
