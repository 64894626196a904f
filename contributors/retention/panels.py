"""What the lists of quiet people add to the frame, to dashboards and to the export."""

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
from contributors.retention import permissions  # noqa: F401  (registers the predicates)
from contributors.retention.models import FollowUp
from contributors.retention.queries import State, cases, in_state


def quiet(project: Project | None, request: HttpRequest) -> Mapping[str, Any] | None:
    """How many people are quieter than usual, to those who may do something about it."""
    if not request.user.has_perm("retention.follow_up", project):
        return None
    today = timezone.now().date()
    count = len(in_state(cases(request.user, project, today), State.OPEN, today))
    if not count:
        return None
    if project is None:
        return {"count": count, "url": reverse("retention:people")}
    return {"count": count, "url": reverse("retention:project", args=[project.slug])}


def _written(person: Person) -> Rows:
    """What maintainers wrote about somebody."""
    return FollowUp.objects.filter(person=person).values(
        "kind", "text", "contact__handle", "until", "by__handle", "at", "outcome", "outcome_on"
    )


add_nav(NavEntry(_("At risk"), "retention:people", order=25, place="maintain"))
fill("metrics:home", Panel("contributors/retention/_quiet.html", quiet, order=20))
fill("metrics:project", Panel("contributors/retention/_quiet.html", quiet, order=20))
register("follow_ups", _written)
