"""What digests add to the dashboard of a project and to the export of a person."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from community.lib.slots import Panel, fill
from community.people.exports import Rows, register
from community.people.models import Person
from community.projects.models import Project
from contributors.digests import permissions  # noqa: F401  (registers the predicates)
from contributors.digests.models import Mailing, Subscription


def link(project: Project, request: HttpRequest) -> Mapping[str, Any] | None:
    """The way to the digests, for those who may read them."""
    if not request.user.has_perm("digests.read_digest", project):
        return None
    return {"url": reverse("digests:latest", args=[project.slug])}


def tab(_person: Person, request: HttpRequest) -> Mapping[str, Any]:
    """The way from the settings to all digests that come by mail."""
    url = reverse("digests:mine")
    return {"url": url, "is_current": request.path == url}


def _wanted(person: Person) -> Rows:
    return Subscription.objects.filter(person=person).values("project__slug", "length", "since")


def _mailed(person: Person) -> Rows:
    mine = Mailing.objects.filter(person=person)
    return mine.values("project__slug", "length", "starts_on", "state", "settled_at")


fill("metrics:project", Panel("contributors/digests/_link.html", link, order=30))
fill("account:tabs", Panel("contributors/digests/_tab.html", tab))
register("digest_subscriptions", _wanted)
register("digest_mails", _mailed)
