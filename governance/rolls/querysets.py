"""Reads of rolls and of who stands on them."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from community.lib.text import searchable
from community.people.erasure import with_absorbed

if TYPE_CHECKING:
    from community.people.models import Person
    from governance.rolls.models import Officer, Request, Roll, Voter


class RollQuerySet(models.QuerySet["Roll"]):
    """Rolls."""

    def with_rule(self) -> Self:
        """Each with its criteria and the rule that they are a version of."""
        return self.select_related("criteria__rule")

    def with_size(self) -> Self:
        """Each with `size`, how many stand on it now."""
        from governance.rolls.models import Voter

        rows = Voter.objects.standing().filter(roll=OuterRef("pk")).order_by()
        counted = rows.values("roll").annotate(rows=Count("pk")).values("rows")
        return self.annotate(size=Coalesce(Subquery(counted), 0))


class OfficerQuerySet(models.QuerySet["Officer"]):
    """Those who answer for rolls."""

    def deciding(self) -> Self:
        """Without the observers."""
        return self.filter(role="officer")

    def with_people(self) -> Self:
        """Each with who it is, officers first."""
        return self.select_related("person").order_by("-role", "pk")


class VoterQuerySet(models.QuerySet["Voter"]):
    """Rows of rolls."""

    def standing(self) -> Self:
        """Those not taken off again."""
        return self.filter(removed_at=None)

    def of_person(self, person: "Person") -> Self:
        """The rows of somebody and of the records merged into them, their own first."""
        own = models.Case(models.When(person=person, then=0), default=1)
        found = self.filter(person__in=with_absorbed(person.pk))
        return found.order_by(own, "pk")

    def matching(self, text: str) -> Self:
        """Found by a piece of handle, name, login or id."""
        text = text.replace("\0", "")  # which PostgreSQL takes in no value
        wanted = searchable(text)
        if not wanted:
            return self
        return self.filter(Q(person__search_text__contains=wanted) | Q(uid__contains=wanted))


class RequestQuerySet(models.QuerySet["Request"]):
    """Requests about rolls."""

    def open(self) -> Self:
        """Those that nobody has settled."""
        return self.filter(state="open")

    def settled(self) -> Self:
        """Those that officers have decided."""
        return self.filter(state__in=["accepted", "declined"])

    def of_person(self, person: "Person") -> Self:
        """Those that somebody made, and those about them."""
        mine = with_absorbed(person.pk)
        return self.filter(Q(by__in=mine) | Q(person__in=mine))

    def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        counted = self.order_by().values_list("state").annotate(Count("pk"))
        return dict(counted)

    def in_full(self) -> Self:
        """Each with its people and what officers said."""
        people = self.select_related("roll", "person", "by")
        return people.prefetch_related("decisions__officer")


def voter_of(roll: "Roll", person: "Person") -> "Voter | None":
    """The standing row of somebody, their own before those of records merged into them."""
    return roll.voters.standing().of_person(person).first()
