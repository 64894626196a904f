"""What connections add to the frame and to other pages."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, Panel, add_nav, fill
from community.projects.models import Repository
from contributors.activity.standing import register_standings
from integrations.connections import permissions  # noqa: F401 - registers the predicates
from integrations.connections.models import Source
from integrations.connections.standing import standings

add_nav(NavEntry(_("Connections"), "connections:list", order=10, place="maintain"))


def standing(repository: Repository, request: HttpRequest) -> Mapping[str, Any] | None:
    """How well a repository is kept in step."""
    source = Source.objects.with_standing().filter(repository=repository).first()
    if source is None:
        return None
    may_manage = request.user.has_perm("connections.manage_connections")
    return {"source": source, "may_manage": may_manage}


def again(repository: Repository, request: HttpRequest) -> Mapping[str, Any] | None:
    """The way for maintainers to have everything read once more."""
    if not request.user.has_perm("connections.manage_connections"):
        return None
    source = Source.objects.filter(repository=repository).first()
    return {"source": source} if source else None


register_standings(standings)
fill("activity:completeness", Panel("integrations/connections/_again.html", again))
fill("projects:repository", Panel("integrations/connections/_standing.html", standing, order=10))
