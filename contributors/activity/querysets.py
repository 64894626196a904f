"""Reads of the ledger, named as phrases."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Sum
from django.db.models.functions import Cast

from community.people.models import Identity
from community.projects.models import Project, Repository

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person
    from contributors.activity.choices import Choice
    from contributors.activity.models import (
        Completeness,
        Contribution,
        DayCount,
        Waiting,
        WorkItem,
    )

# Written out: SQLite takes the index of open items for no value that is bound.
OPEN = Func(template="'open'", output_field=models.CharField())


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
        """What is unanswered, as `unanswered.py` noted it."""
        return self.filter(waits_since__isnull=False)

    def unanswered(self) -> Self:
        """Open, no draft, by a person, and a maintainer has not had the last word.

        A project without known maintainers takes anybody's word but the author's.
        """
        link = Project.maintainers.through._default_manager
        with_some = Exists(link.filter(project=OuterRef("project")))
        maintained = Q(repository__in=Repository.objects.filter(with_some).values("pk"))
        # Most replies are by nobody who maintains anything, which is found without a look each.
        maintainers = Identity.objects.filter(person__in=link.values("person")).values("pk")
        of_this = link.filter(
            project__repositories=OuterRef("repository"),
            person__identities=OuterRef("last_reply_by"),
        )
        by_one = Q(last_reply_by__in=maintainers) & Exists(of_this)
        own = Q(last_reply_by__person=F("author__person"))
        unanswered = Q(last_reply_by=None) | (maintained & ~by_one) | (~maintained & own)
        bots = Identity.objects.filter(person__is_bot=True)
        return (
            self.present()
            .filter(unanswered, state=OPEN, is_draft=False)
            .exclude(author__in=bots.values("pk"))
        )

    def longest_waiting(self) -> Self:
        """By the moment of the last word, or of the opening where there is none."""
        return self.order_by("waits_since", "pk")

    def silent_since(self, moment: datetime) -> Self:
        """Waiting without a word since this moment."""
        return self.filter(waits_since__lte=moment)

    def labeled(self, name: str) -> Self:
        """Carrying this label; SQLite knows capitals of ASCII alone as the same letter."""
        spelled = Q()
        for text in {json.dumps(name), json.dumps(name, ensure_ascii=False)}:
            spelled |= Q(label_words__icontains=text)
        return self.annotate(label_words=Cast("labels", models.TextField())).filter(spelled)

    def chosen(self, choice: "Choice") -> Self:
        """What the filters of the page leave."""
        found = self.present().filter(choice.place())
        if choice.label:
            found = found.labeled(choice.label)
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
        return self.select_related("repository__project", "author__person")


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def shown_to(self, viewer: "Person | AnonymousUser") -> Self:
        """In repositories that this reader may know of."""
        return self.filter(shown_to(viewer))

    def total(self) -> int:
        """How many wait in all."""
        return self.aggregate(total=Sum("count"))["total"] or 0


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

    def total_chosen(self, choice: "Choice") -> int:
        """How many contributions the same filters leave.

        Those of people are all without those of bots, who are few: so nobody is looked up
        for each of very many counts.
        """
        if choice.bots or choice.person is not None:
            return self.chosen(choice).total()
        everything, bots = (replace(choice, bots=whose) for whose in ("all", "only"))
        return self.chosen(everything).total() - self.chosen(bots).total()

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
