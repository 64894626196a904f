"""What the pages of attention add to dashboards and to the frame."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, Panel, add_nav, fill
from community.people.exports import Rows, register
from community.people.models import Person
from community.projects.models import Project
from contributors.attention.actions import note_visit
from contributors.attention.changes import LONGEST, changes_since
from contributors.attention.models import Visit
from contributors.attention.welcoming import scope_of


def visit_panel(project: Project | None, request: HttpRequest) -> Mapping[str, Any] | None:
    """What changed since the reader was last here; nothing for who is not signed in."""
    if not isinstance(request.user, Person):
        return None
    now = timezone.now()
    visit = note_visit(person=request.user, project=project, at=now)
    if visit.before_at is None:
        return {"is_first": True}
    found = changes_since(visit.before_at, scope_of(project), request.user, now)
    return {
        "before_at": visit.before_at,
        "is_long_ago": now - visit.before_at > LONGEST,
        "news": [one for one in found if one.number],
    }


def _visits(person: Person) -> Rows:
    """When somebody was last where."""
    return Visit.objects.filter(person=person).values("project__slug", "seen_at", "before_at")


def reviews_link(project: Project | None, _request: HttpRequest) -> Mapping[str, Any]:
    """The way to who reviews how much."""
    if not project:
        return {"url": reverse("attention:reviews"), "label": _("Review load")}
    url = reverse("attention:project_reviews", args=[project.slug])
    return {"url": url, "label": _("Review load")}


def newcomers_link(project: Project | None, _request: HttpRequest) -> Mapping[str, Any]:
    """The way to who is new and what they could do next."""
    if not project:
        return {"url": reverse("attention:newcomers"), "label": _("Welcome them")}
    url = reverse("attention:project_newcomers", args=[project.slug])
    return {"url": url, "label": _("Welcome them")}


add_nav(NavEntry(_("Review load"), "attention:reviews", order=16, place="foot"))
fill("metrics:newcomers", Panel("contributors/attention/_link.html", newcomers_link))
fill("metrics:flow", Panel("contributors/attention/_link.html", reviews_link))
fill("metrics:home", Panel("contributors/attention/_visit.html", visit_panel, order=30))
fill("metrics:project", Panel("contributors/attention/_visit.html", visit_panel, order=30))
register("visits", _visits)
