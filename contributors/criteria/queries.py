"""What pages, programs and the command say of a rule: who meets it, and how complete that is."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from community.lib.paging import kept_if_slow
from community.projects.models import Project
from contributors.criteria.clauses import (
    Clause,
    Problem,
    digest,
    longest_window,
    problems_of,
    projects_in,
)
from contributors.criteria.evaluating import window
from contributors.criteria.gathering import everybody, meeting
from contributors.criteria.rules import unknown_projects
from contributors.metrics.periods import Window
from contributors.metrics.queries import COMMUNITY
from contributors.metrics.wholeness import Gap, gap_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser


@dataclass(frozen=True, slots=True)
class Reach:
    """How many people meet a rule on a day, of how many there are."""

    met: int
    people: int

    @property
    def share(self) -> float:
        return self.met / self.people if self.people else 0.0


def problems_here(document: Any) -> list[Problem]:
    """What is wrong with a document, the projects that it names included."""
    if found := problems_of(document):
        return found
    slugs = {slug for named in projects_in(document).values() for slug in named}
    known = Project.objects.filter(slug__in=slugs).values_list("slug", flat=True) if slugs else ()
    return unknown_projects(document, known)


def reach_of(document: Clause, on: date) -> Reach:
    """Kept for a while where counting takes long."""

    def make() -> tuple[int, int]:
        return len(meeting(document, on)), len(everybody())

    return Reach(*kept_if_slow(("criteria", digest(document), on.isoformat()), make))


def gap_behind(document: Clause, on: date, viewer: "Viewer | None", at: datetime) -> Gap | None:
    """What lacks in the longest window of a rule; None where nothing does."""
    days = longest_window(document)
    if days is None:
        return None
    start, end = window(days, on)
    return gap_of(COMMUNITY, Window(start, end, ""), viewer, at)
