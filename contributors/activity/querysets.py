"""Reads of the ledger, named as phrases."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum

from community.projects.models import Project, Repository

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person
    from contributors.activity.choices import Choice
    from contributors.activity.models import (
        Completeness,
        Contribution,
        DayCount,
        WorkItem,
    )


def shown_to(viewer: "Person | AnonymousUser") -> Q:
    """In a repository that this reader may know of."""
    return ~Q(repository__in=Repository.objects.all().hidden_from(viewer))


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def present(self) -> Self:
        """Not deleted at the source."""
        return self.filter(deleted_at=None)

    def shown_to(self, viewer: "Person | AnonymousUser") -> Self:
        """In repositories that this reader may know of."""
        return self.filter(shown_to(viewer))

    def of_project(self, project: Project) -> Self:
        """In any repository of this project."""
        return self.filter(repository__project=project)

    def waiting(self) -> Self:
        """Open, no draft, by a person, and a maintainer has not had the last word.

        A project without known maintainers takes anybody's word but the author's.
        """
        maintainers = Project.maintainers.through.objects.filter(
            project=OuterRef("repository__project")
        )
        maintained = Exists(maintainers)
        answered = Exists(maintainers.filter(person=OuterRef("last_reply_by__person")))
        own = Q(last_reply_by__person=F("author__person"))
        unanswered = Q(last_reply_by=None) | (maintained & ~answered) | (~maintained & own)
        return (
            self.present()
            .filter(unanswered, state="open", is_draft=False)
            .exclude(author__person__is_bot=True)
        )

    def chosen(self, choice: "Choice") -> Self:
        """What the filters of the page leave."""
        found = self.present().filter(choice.place())
        if choice.person is not None:
            found = found.filter(author__person=choice.person)
        if choice.state:
            found = found.filter(state=choice.state)
        found = found.filter(choice.kinds()).filter(choice.within(choice.by))
        if choice.waiting:
            found = found.waiting()
        return found.filter(choice.bots_apart("author__person__is_bot"))

    def with_people(self) -> Self:
        """With what a row of the page shows."""
        return self.select_related("repository__project", "author__person", "last_reply_by__person")


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def present(self) -> Self:
        """Not deleted at the source."""
        return self.filter(deleted_at=None)

    def shown_to(self, viewer: "Person | AnonymousUser") -> Self:
        """In repositories that this reader may know of."""
        return self.filter(shown_to(viewer))

    def by(self, person: "Person") -> Self:
        """Done under any identity of this person."""
        return self.filter(identity__person=person)

    def of_project(self, project: Project) -> Self:
        """In any repository of this project."""
        return self.filter(repository__project=project)

    def chosen(self, choice: "Choice") -> Self:
        """What the filters of the page leave."""
        found = self.present().filter(choice.place()).filter(choice.kinds())
        if choice.person is not None:
            found = found.filter(identity__person=choice.person)
        found = found.filter(choice.within("occurred_at"))
        return found.filter(choice.bots_apart("identity__person__is_bot"))

    def with_people(self) -> Self:
        """With what a row of the page shows."""
        return self.select_related("repository__project", "identity__person", "work_item")

    def between(self, start: datetime, end: datetime) -> Self:
        """In the half-open period [start, end)."""
        return self.filter(occurred_at__gte=start, occurred_at__lt=end)


class DayCountQuerySet(models.QuerySet["DayCount"]):
    def chosen(self, choice: "Choice") -> Self:
        """The counts of the contributions that the same filters leave."""
        found = self.filter(choice.place()).filter(choice.kinds())
        if choice.person is not None:
            found = found.filter(identity__person=choice.person)
        found = found.filter(choice.days("day"))
        return found.filter(choice.bots_apart("identity__person__is_bot"))

    def total(self) -> int:
        """How many contributions these counts stand for."""
        return self.aggregate(total=Sum("count"))["total"] or 0


class CompletenessQuerySet(models.QuerySet["Completeness"]):
    def lacking(self) -> Self:
        """Days of which something is missing."""
        return self.filter(received__lt=F("expected"))

    def within(self, start: date | None, end: date | None) -> Self:
        """Of the days from `start` to before `end`."""
        found = self.filter(day__gte=start) if start else self
        return found.filter(day__lt=end) if end else found
