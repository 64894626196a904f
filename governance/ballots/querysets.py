"""Reads of elections."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person
    from governance.ballots.models import Election, Envelope


class ElectionQuerySet(models.QuerySet["Election"]):
    """Elections and votes."""

    def announced(self) -> Self:
        """Without drafts, which are for officers."""
        return self.exclude(state="draft")

    def visible_to(self, viewer: "Person | AnonymousUser") -> Self:
        """Announced ones, and the drafts that somebody answers for or watches."""
        if not viewer.is_authenticated:
            return self.announced()
        if viewer.is_staff:
            return self
        mine = self.model.objects.filter(roll__officers__person=viewer).values("pk")
        return self.filter(~Q(state="draft") | Q(pk__in=mine))

    def due_to_close(self, moment: datetime) -> Self:
        """Past their end but not yet closed."""
        return self.filter(state="frozen", closes_at__lte=moment)

    def open_at(self, moment: datetime) -> Self:
        """Those that take ballots."""
        return self.filter(state="frozen", opens_at__lte=moment, closes_at__gt=moment)

    def awaiting(self, person: "Person", moment: datetime) -> Self:
        """Open ones in which somebody is on the roll and has not voted."""
        roll = Q(roll__voters__person=person, roll__voters__removed_at=None)
        voted = self.model.objects.filter(
            Q(envelopes__voter__person=person) | Q(open_votes__person=person)
        )
        return self.open_at(moment).filter(roll).exclude(pk__in=voted.values("pk"))


class EnvelopeQuerySet(models.QuerySet["Envelope"]):
    """Envelopes, without a look at whose they are."""

    def hashes_of(self, election: "Election") -> "models.QuerySet[Envelope, str]":
        """The hash of each, ascending."""
        found = self.filter(election=election).order_by("sha256")
        return found.values_list("sha256", flat=True)

    def contents_of(self, election: "Election") -> "models.QuerySet[Envelope, Any]":
        """What is sealed in each, in the order of the hashes."""
        found = self.filter(election=election).order_by("sha256")
        return found.values_list("content", flat=True)
