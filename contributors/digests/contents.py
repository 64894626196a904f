"""What a digest says of a project and a period, to one reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from community.people.models import Person
from community.projects.models import Project
from contributors.digests.editions import Edition
from contributors.metrics.boards import board_of, cards_of, shows, waiting_for
from contributors.metrics.cards import FigureCard
from contributors.metrics.models import Scope
from contributors.metrics.noting import Change, changes_of
from contributors.metrics.periods import Extent
from contributors.metrics.queries import Measure, Place, extent_of, people_named
from contributors.metrics.questions import shifted
from contributors.metrics.wholeness import Gap

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

COUNTED = (
    "contributions",
    "contributors",
    "new_contributors",
    "issues_new",
    "issues_closed",
    "change_requests",
    "change_requests_accepted",
    "change_requests_declined",
)
FIGURES = (*COUNTED[:3], "time_to_first_response", *COUNTED[3:7])
NAMED = 12  # newcomers that a digest names


@dataclass(frozen=True, slots=True)
class Digest:
    """A period of a project; without figures where nothing is known of it."""

    project: Project
    edition: Edition
    measures: Mapping[str, Measure] = field(default_factory=dict)
    figures: Sequence[FigureCard] = ()
    gap: Gap | None = None
    newcomers: Sequence[Person] = ()
    waiting: Mapping[str, Any] | None = None  # as of now; None of any but the last period
    changes: Sequence[Change] = ()

    @property
    def is_silent(self) -> bool:
        """Whether nothing happened, neither now nor before, that anybody has to be told of."""
        counts = [self.measures[key] for key in COUNTED if key in self.measures]
        return not self.changes and not any(one.value or one.before for one in counts)

    @property
    def place(self) -> Place:
        return place_of_project(self.project)

    @property
    def url(self) -> str:
        return reverse("digests:edition", args=[self.project.slug, self.edition.name])

    @property
    def dashboard_url(self) -> str:
        """The dashboard of the same period."""
        page = reverse("metrics:project", args=[self.project.slug])
        return f"{page}?{self.edition.window.choice}"


def place_of_project(project: Project) -> Place:
    return Place(Scope.PROJECT, project.pk, project=project.slug, name=project.name)


def known_of(project: Project) -> Extent | None:
    """The days of which anything is known about a project."""
    return extent_of(place_of_project(project))


def digest_of(project: Project, edition: Edition, viewer: "Viewer", today: date) -> Digest:
    """The figures of the period beside those of the one before, and what stands out."""
    place, slug, window = place_of_project(project), f"project:{project.slug}", edition.window
    extent = extent_of(place)
    if extent is None or edition.end <= extent.start or edition.start >= extent.end:
        return Digest(project, edition)
    seen = Extent(extent.start, min(extent.end, edition.end))
    board = board_of(place, slug, window, seen, viewer)
    changes = changes_of(place, slug, extent)
    is_last = edition.after.end > today
    return Digest(
        project,
        edition,
        board.measures,
        cards_of(board, FIGURES, place, window),
        board.gap,
        newcomers(board.measures, viewer),
        waiting_for(place, board, viewer) if is_last else None,
        [one for one in changes if edition.start < shifted(one.month, 1) <= edition.end],
    )


def newcomers(measures: Mapping[str, Measure], viewer: "Viewer") -> list[Person]:
    """Whose first act lies in the period, as far as they show this reader what they do."""
    found = measures.get("new_contributors")
    ids = found.details.get("people", [])[: 2 * NAMED] if found else []
    people = people_named(ids)
    welcome = [people[pk] for pk in ids if pk in people]
    return [one for one in welcome if shows(viewer, one)][:NAMED]
