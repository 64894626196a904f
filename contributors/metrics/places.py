"""The scopes that figures are of, and a figure beside the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from community.projects.models import Repository
from contributors.metrics.models import Scope


@dataclass(frozen=True, slots=True)
class Place:
    """The scope a dashboard is about."""

    scope: Scope
    pk: int = 0
    project: str = ""  # how the pages of rows call it
    repository: int | None = None
    handle: str = ""
    name: str = ""  # as people call it
    label: str = ""  # that its issues and change requests carry

    @property
    def filters(self) -> str:
        """The part of an address that leads to the rows of this scope."""
        if self.project:
            return f"project={self.project}&"
        if self.repository:
            return f"repository={self.repository}&"
        if self.label:
            return f"label={quote(self.label, safe='')}&"
        return f"person={self.handle}&" if self.handle else ""

    @property
    def code(self) -> str:
        """What tells it from all others."""
        return f"{self.scope.value}:{self.label.casefold() or self.pk}"

    @property
    def has_rows(self) -> bool:
        """Whether its rows may be listed: those of an organization tell who works there."""
        return self.scope != Scope.ORGANIZATION


COMMUNITY = Place(Scope.COMMUNITY)
# Scopes of which as much is known as of the community.
WITHIN = frozenset({Scope.PERSON, Scope.ORGANIZATION, Scope.LABEL})


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure of a period beside that of the period before."""

    value: float | None
    n: int
    missing: float | None
    completeness: float | None
    details: Mapping[str, Any]
    before: float | None
    year_ago: float | None = None  # of the same period a year before, where it was asked for

    @property
    def is_tracked(self) -> bool:
        """Whether any source could know; every definition that had rows gives details."""
        return bool(self.details)


def repositories_by(places: Sequence[Place]) -> dict[Place, list[int]]:
    """The repositories of each of these scopes, in one query."""
    owners = list(Repository.objects.order_by("pk").values_list("pk", "project"))
    found: dict[Place, list[int]] = {}
    for place in places:
        if place.scope == Scope.PROJECT:
            found[place] = [pk for pk, project in owners if project == place.pk]
        elif place.scope == Scope.REPOSITORY:
            found[place] = [pk for pk, _project in owners if pk == place.pk]
        else:
            found[place] = [pk for pk, _project in owners]
    return found


def repositories_of(place: Place) -> list[int]:
    rows = Repository.objects.order_by("pk")
    if place.scope == Scope.PROJECT:
        rows = rows.filter(project=place.pk)
    elif place.scope == Scope.REPOSITORY:
        rows = rows.filter(pk=place.pk)
    return list(rows.values_list("pk", flat=True))
