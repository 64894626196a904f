"""Reads of projects, named as phrases."""

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Case, F, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import LessThan

from community.projects.search import end_of_tier, phrases

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person
    from community.projects.models import Project, Repository

TIERS = 3


def _tier_of(phrase: str) -> Case:
    """How far down the search text the phrase first stands: 0 begins it, 1 in the name, ..."""
    position = StrIndex("search_text", Value(phrase))
    before = [
        When(LessThan(position, StrIndex("search_text", Value(end_of_tier(tier)))), Value(tier + 1))
        for tier in range(TIERS)
    ]
    return Case(
        When(search_text__startswith=phrase, then=Value(0)), *before, default=Value(TIERS + 1)
    )


class ProjectQuerySet(models.QuerySet["Project"]):
    def matching(self, text: str) -> Self:
        """Those that mention every word; first where names, then topics, then prose do."""
        found = self.annotate(distance=Value(0))
        for phrase in phrases(text):
            found = found.filter(search_text__contains=phrase).annotate(
                distance=F("distance") + _tier_of(phrase)
            )
        return found.order_by("distance", "name", "pk")

    def with_topic(self, topic: str) -> Self:
        """Those that carry this topic, whatever its letter case."""
        # SQLite cannot look inside a JSON list; a community has hundreds of projects.
        rows = self.order_by().values_list("pk", "topics")
        wanted = topic.casefold()
        carriers = [pk for pk, topics in rows if wanted in map(str.casefold, topics)]
        return self.filter(pk__in=carriers)

    def maintained_by(self, person: "Person") -> Self:
        """Those this person looks after."""
        return self.filter(maintainers=person)

    def for_cards(self) -> Self:
        """With what a card of the directory shows, at a fixed number of queries."""
        prose = ("direction", "scenarios", "core_value", "vision", "mission", "search_text")
        return (
            self.defer(*prose)
            .prefetch_related("maintainers")
            .annotate(repository_count=models.Count("repositories", distinct=True))
        )

    def for_page(self, viewer: "Person | AnonymousUser") -> Self:
        """With what the project's own page shows this reader."""
        repositories = apps.get_model("projects", "Repository").objects.shown_to(viewer)
        return self.prefetch_related(
            "maintainers", models.Prefetch("repositories", queryset=repositories)
        )


class RepositoryQuerySet(models.QuerySet["Repository"]):
    def hidden_from(self, viewer: "Person | AnonymousUser") -> Self:
        """Private at their source, and of projects this reader does not look after."""
        if viewer.is_staff:
            return self.none()
        found = self.filter(is_private=True)
        return found.exclude(project__maintainers=viewer) if viewer.is_authenticated else found

    def shown_to(self, viewer: "Person | AnonymousUser") -> Self:
        """All but those that are hidden from this reader."""
        return self.exclude(pk__in=self.model._default_manager.all().hidden_from(viewer))
