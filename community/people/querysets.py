"""Reads of people, named as phrases."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q

from community.lib.text import searchable

if TYPE_CHECKING:
    from community.people.models import Affiliation, Identity, Leave, Organization, Person


class PersonQuerySet(models.QuerySet["Person"]):
    def present(self) -> Self:
        """Neither merged away nor erased."""
        return self.filter(merged_into=None, erased_at=None)

    def reachable(self) -> Self:
        """Those who can be told something: present, and not suspended."""
        return self.present().filter(is_active=True)

    def human(self) -> Self:
        """Without bots."""
        return self.filter(is_bot=False)

    def bots(self) -> Self:
        """Programs alone."""
        return self.filter(is_bot=True)

    def claimed(self) -> Self:
        """Those somebody signs in as."""
        return self.exclude(claimed_at=None)

    def called(self, handle: str) -> Self:
        """Whoever carries this handle, in any letter case."""
        return self.filter(handle__iexact=handle.replace("\0", ""))

    def matching(self, text: str) -> Self:
        """Found by a piece of handle, name or login, in any script."""
        wanted = searchable(text)
        return self.filter(search_text__contains=wanted) if wanted else self

    def showing(self, section: str, levels: list[str]) -> Self:
        """Those who show this section of their profile to somebody who sees these levels."""
        shown = Q(**{f"visibility__{section}__in": levels})
        if "hidden" in levels:
            return self
        return self.filter(shown | ~Q(visibility__has_key=section))

    def working_for(self, organization: "Organization", day: date) -> Self:
        """Affiliated with the organization on this day."""
        from community.people.models import Affiliation

        jobs = Affiliation.objects.on(day).filter(organization=organization)
        return self.filter(Exists(jobs.filter(person=OuterRef("pk"))))


class IdentityQuerySet(models.QuerySet["Identity"]):
    def of(self, provider: str) -> Self:
        """Identities at one provider."""
        return self.filter(provider=provider)

    def alive(self) -> Self:
        """Without those whose person erased themselves."""
        return self.filter(erased_at=None)

    def picture_awaited(self) -> Self:
        """Those whose picture was never fetched, for people who have none."""
        people = Q(person__avatar="", person__merged_into=None, person__erased_at=None)
        return self.alive().filter(people, avatar_checked_at=None).exclude(avatar_url="")

    def at_domains(self, domains: list[str]) -> Self:
        """Whose mail domain is one of these or below one of them."""
        wanted = Q(pk__in=[])
        for domain in domains:
            wanted |= Q(email_domain=domain) | Q(email_domain__endswith=f".{domain}")
        return self.filter(wanted)


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def with_domain(self, domain: str) -> Self:
        """Organizations that own this mail domain or one above it."""
        parts = domain.lower().split(".")
        above = [".".join(parts[start:]) for start in range(len(parts) - 1)]
        return self.filter(domains__domain__in=above)

    def called(self, text: str) -> Self:
        """With this piece in their name or in one of their other names."""
        alias = Q(aliases__name__icontains=text)
        return self.filter(Q(name__icontains=text) | alias).distinct()

    def with_member_counts(self, day: date, levels: list[str]) -> Self:
        """Each with `members`: humans affiliated on this day who show it to these levels."""
        from community.people.models import Affiliation, Person

        people = Person.objects.present().human().showing("affiliations", levels)
        jobs = Affiliation.objects.on(day).filter(person__in=people)
        return self.annotate(
            members=Count("affiliations__person", filter=Q(affiliations__in=jobs), distinct=True)
        )


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def on(self, day: date) -> Self:
        """In force on this day."""
        return self.filter(
            Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gt=day)
        )


class LeaveQuerySet(models.QuerySet["Leave"]):
    def on(self, day: date) -> Self:
        """In force on this day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=day), starts_on__lte=day)
