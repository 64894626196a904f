"""Reads of subscriptions and mailings, named as phrases."""

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from community.people.merging import became

if TYPE_CHECKING:
    from community.people.models import Person
    from community.projects.models import Project
    from contributors.digests.editions import Edition
    from contributors.digests.models import Mailing, Subscription


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def of(self, person: "Person", project: "Project") -> Self:
        """What one person wants of one project."""
        return self.filter(person=person, project=project)

    def wanted_by(self, person: "Person") -> Self:
        """All that one person wants, by project."""
        return self.filter(person=person).select_related("project").order_by("project__name", "-pk")

    def meant_by(self, person_id: int, project_id: int, length: str) -> Self:
        """What one person asked for, whomever they were merged into since."""
        people = became(person_id)
        return self.filter(person__in=people, project=project_id, length=length)

    def of_readers(self) -> Self:
        """Of people who are here and may still read the digests of the project."""
        staff, maintains = Q(person__is_staff=True), Q(project__maintainers=F("person"))
        here = {"person__is_active": True, "person__merged_into": None, "person__erased_at": None}
        return self.filter(staff | maintains, **here).distinct()

    def unserved(self, edition: "Edition", mailings: "models.QuerySet[Mailing]") -> Self:
        """Asked for before the edition was over, and no mail about it planned yet."""
        end = datetime.combine(edition.end, time.min, UTC)
        planned = mailings.filter(
            # Who was merged away may have had it already.
            Q(person=OuterRef("person")) | Q(person__merged_into=OuterRef("person")),
            project=OuterRef("project"),
            length=edition.length,
            starts_on=edition.start,
        )
        return self.filter(~Exists(planned), length=edition.length, since__lt=end)


class MailingQuerySet(models.QuerySet["Mailing"]):
    def waiting(self) -> Self:
        """Of which nothing has come yet."""
        return self.filter(state="waiting")

    def about(self, edition: "Edition | None") -> Self:
        """Those that tell one period; none where it is none."""
        if edition is None:
            return self.none()
        return self.filter(length=edition.length, starts_on=edition.start)
