"""Reads of what wants attention, named as phrases."""

from typing import TYPE_CHECKING, Self

from django.db import models

from community.projects.models import Repository

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person
    from community.projects.models import Project
    from contributors.attention.models import ReviewState


class ReviewStateQuerySet(models.QuerySet["ReviewState"]):
    def shown_to(self, viewer: "Person | AnonymousUser") -> Self:
        """Of repositories that this reader may know of."""
        return self.exclude(repository__in=Repository.objects.all().hidden_from(viewer))

    def of(self, project: "Project | None") -> Self:
        """Of a project; of the whole community where none is named."""
        return self if project is None else self.filter(repository__project=project)
