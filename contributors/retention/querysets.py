"""Reads of those who drift away and of what was done about it, named as phrases."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from community.people.models import Leave

if TYPE_CHECKING:
    from community.people.models import Person
    from community.projects.models import Project
    from contributors.retention.models import Drift, FollowUp


class DriftQuerySet(models.QuerySet["Drift"]):
    def listed(self, day: date) -> Self:
        """Of people who are here, may sign in, are no bots and not on leave on this day."""
        return self.filter(
            person__merged_into=None,
            person__erased_at=None,
            person__is_active=True,
            person__is_bot=False,
        ).exclude(person__in=Leave.objects.on(day).values("person"))


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def pending(self) -> Self:
        """Of which nobody knows yet whether they helped."""
        return self.filter(outcome="pending")

    def shown_in(self, project: "Project | None") -> Self:
        """Those of a project; on the page of the community all."""
        return self if project is None else self.filter(project=project)

    def about(self, people: Iterable["Person"], returned_since: date) -> Self:
        """About these people, and about whoever returned since a day."""
        returned = Q(
            outcome="returned",
            outcome_on__gte=returned_since,
            person__merged_into=None,
            person__erased_at=None,
            person__is_bot=False,
        )
        return self.filter(Q(person__in=[one.pk for one in people]) | returned)

    def with_people(self) -> Self:
        """With what a row of the page shows."""
        return self.select_related("person", "by", "contact")
