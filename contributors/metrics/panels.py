"""What metrics adds to the frame and to the pages of people and projects."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, Panel, add_nav, fill
from community.people.models import Person
from community.people.visibility import may_see
from community.projects.models import Project
from contributors.metrics.boards import board_of, cards_of, charts_of
from contributors.metrics.employer_boards import organization_panel, sectors_panel
from contributors.metrics.models import Scope
from contributors.metrics.periods import USUAL_DAYS, recent_window
from contributors.metrics.persons import person_board
from contributors.metrics.queries import Place, extent_of

PANEL = ("contributions", "contributors", "new_contributors", "time_to_first_response")


def project_panel(project: Project, request: HttpRequest) -> Mapping[str, Any] | None:
    """The last 90 days of a project in four figures and a chart."""
    place = Place(Scope.PROJECT, project.pk, project=project.slug)
    extent = extent_of(place)
    if extent is None:
        return {"project": project, "figures": []}
    window = recent_window(USUAL_DAYS, extent)
    board = board_of(place, f"project:{project.slug}", window, extent, request.user)
    return {
        "project": project,
        "window": window,
        "figures": cards_of(board, PANEL, place, window),
        "chart": charts_of(board, "contributions")[0],
    }


def person_panel(person: Person, request: HttpRequest) -> Mapping[str, Any] | None:
    """A person's year, to those whom the person shows it."""
    if not may_see(request.user, person, "activity"):
        return None
    return person_board(person)


def compare_link(_subject: object, _request: HttpRequest) -> Mapping[str, Any]:
    """The way from the directory of projects to the page that compares them."""
    return {}


add_nav(NavEntry(_("Home"), "metrics:home", order=10))
add_nav(NavEntry(_("Explore"), "metrics:explore", order=15, place="foot"))
fill("projects:list", Panel("contributors/metrics/_compare_link.html", compare_link))
fill("projects:detail", Panel("contributors/metrics/_project_panel.html", project_panel, order=20))
fill("people:profile", Panel("contributors/metrics/_person_panel.html", person_panel, order=20))
fill(
    "people:organization",
    Panel("contributors/metrics/_organization_panel.html", organization_panel, order=20),
)
fill("people:organizations", Panel("contributors/metrics/_sectors_panel.html", sectors_panel))
