"""Reads of people, named as phrases."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from community.people.models import Affiliation, Identity, Organization, Person


class PersonQuerySet(models.QuerySet["Person"]):
    def present(self) -> Self:
        """Neither merged away nor erased."""
        return self.filter(merged_into=None, erased_at=None)

    def human(self) -> Self:
        """Without bots."""
        return self.filter(is_bot=False)


class IdentityQuerySet(models.QuerySet["Identity"]):
    def of(self, provider: str) -> Self:
        """Identities at one provider."""
        return self.filter(provider=provider)


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def with_domain(self, domain: str) -> Self:
        """Organizations that own this mail domain or one above it."""
        parts = domain.lower().split(".")
        above = [".".join(parts[start:]) for start in range(len(parts) - 1)]
        return self.filter(domains__domain__in=above)


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def on(self, day: date) -> Self:
        """In force on this day."""
        return self.filter(
            Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gt=day)
        )
