"""Reads of notices and of who wants mail, named as phrases."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.expressions import Combinable

from community.notifications.topics import groups

if TYPE_CHECKING:
    from community.notifications.models import Notice, Preference
    from community.notifications.topics import Group
    from community.people.models import Person

MOST_COUNTED = 100  # unread notices; the bell says no more than that there are so many


class NoticeQuerySet(models.QuerySet["Notice"]):
    def told_to(self, person: "Person") -> Self:
        """What one person was told, the newest first."""
        return self.filter(person=person).order_by("-created_at", "-pk")

    def unread(self) -> Self:
        """What nobody has opened or put away yet."""
        return self.filter(read_at=None)

    def unread_by(self, person: "Person") -> int:
        """How many wait for somebody, counted up to 100."""
        return self.filter(person=person).unread()[:MOST_COUNTED].count()

    def awaiting_mail(self) -> Self:
        """What is to be mailed and was not, with its reader."""
        return self.filter(mail="waiting").select_related("person").order_by("pk")

    def read_before(self, moment: datetime) -> Self:
        """What was read so long ago."""
        return self.filter(read_at__lt=moment)


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def wanting(self, group: "Group") -> Combinable | Exists:
        """The condition on people that they want this group by mail."""
        said = self.filter(person=OuterRef("pk"), group=group.name)
        if group.is_mailed:
            return ~Exists(said.filter(is_mailed=False))
        return Exists(said.filter(is_mailed=True))

    def groups_mailed_to(self, person_id: int) -> list[str]:
        """The names of the groups that come to somebody by mail."""
        said = dict(self.filter(person=person_id).values_list("group", "is_mailed"))
        return [one.name for one, _ in groups() if said.get(one.name, one.is_mailed)]
