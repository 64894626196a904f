"""Reads of the ledger, named as phrases."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from community.people.models import Person
    from community.projects.models import Project
    from contributors.activity.models import Contribution, WorkItem


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def present(self) -> Self:
        """Not deleted at the source."""
        return self.filter(deleted_at=None)

    def of_project(self, project: "Project") -> Self:
        """In any repository of this project."""
        return self.filter(repository__project=project)

    def waiting(self) -> Self:
        """Open, opened by a person, and the last word was the author's or nobody's."""
        unanswered = Q(last_reply_by=None) | Q(last_reply_by__person=F("author__person"))
        return self.filter(unanswered, state="open", deleted_at=None, is_draft=False).exclude(
            author__person__is_bot=True
        )


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def present(self) -> Self:
        """Not deleted at the source."""
        return self.filter(deleted_at=None)

    def by(self, person: "Person") -> Self:
        """Done under any identity of this person."""
        return self.filter(identity__person=person)

    def of_project(self, project: "Project") -> Self:
        """In any repository of this project."""
        return self.filter(repository__project=project)

    def between(self, start: datetime, end: datetime) -> Self:
        """In the half-open period [start, end)."""
        return self.filter(occurred_at__gte=start, occurred_at__lt=end)
