"""Employers by mail domain: whose a domain is, and since when somebody acted under it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.db import transaction

from community.jobs.topics import publish
from community.people.bulk import among, rewrite
from community.people.models import Affiliation, Identity, OrganizationDomain


def employers_by_domain(domains: Iterable[str]) -> dict[str, int]:
    """The organization of each mail domain that has one; the longest domain that fits wins."""
    above = {domain: _domains_above(domain) for domain in domains}
    listed = {name for names in above.values() for name in names}
    rows = OrganizationDomain.objects.filter(domain__in=listed) if listed else ()
    owners = {row.domain: row.organization_id for row in rows}
    found = {
        domain: next((owners[name] for name in names if name in owners), None)
        for domain, names in above.items()
    }
    return {domain: owner for domain, owner in found.items() if owner is not None}


class _Bearer(NamedTuple):
    """An identity as far as its first act goes."""

    pk: int
    person_id: int
    email_domain: str
    first_act_on: date | None


def affiliate_new(people: Iterable[tuple[int, str]]) -> None:
    """Affiliate new people by mail domain; since when is known once their acts are."""
    new = list(people)
    employers = employers_by_domain({domain for _, domain in new if domain})
    Affiliation.objects.bulk_create(
        Affiliation(
            person_id=person,
            organization_id=employers[domain],
            source=Affiliation.Source.DOMAIN,
        )
        for person, domain in new
        if domain in employers
    )


@transaction.atomic(savepoint=False)
def note_first_acts(days: Mapping[int, date]) -> None:
    """Note on which day the bearers of identities first acted, as far as a mail domain names them.

    An earlier day replaces a later one, and what is known of their employer
    from the domain alone begins no later than that.
    """
    # In order of their ids, so that two batches at once do not wait for each other in a ring.
    rows = Identity.objects.filter(pk__in=among(days), erased_at=None).exclude(email_domain="")
    held = rows.select_for_update().order_by("pk").values_list(*_Bearer._fields)
    earlier = [
        one._replace(first_act_on=days[one.pk])
        for one in map(_Bearer._make, held)
        if one.first_act_on is None or days[one.pk] < one.first_act_on
    ]
    firsts = [(one.pk, days[one.pk].isoformat()) for one in earlier]
    rewrite(Identity._meta.db_table, ("first_act_on",), firsts)
    if moved := _begin_by(earlier):
        Affiliation.objects.bulk_update(moved, ["starts_on"])
        people = sorted({one.person_id for one in moved})
        publish("people.affiliation_changed", person_ids=people)


def _begin_by(identities: list[_Bearer]) -> list[Affiliation]:
    """The affiliations by domain that have to begin earlier than they do, or on a day at all."""
    employers = employers_by_domain({one.email_domain for one in identities})
    firsts: defaultdict[tuple[int, int | None], list[date]] = defaultdict(list)
    for one in identities:
        if one.email_domain in employers and one.first_act_on:
            firsts[one.person_id, employers[one.email_domain]].append(one.first_act_on)
    people = {person for person, _ in firsts}
    stays = Affiliation.objects.filter(person__in=people, source=Affiliation.Source.DOMAIN)
    moved = []
    for stay in stays.order_by("pk"):
        first = min(firsts.get((stay.person_id, stay.organization_id), ()), default=None)
        if first and _is_later(stay, first):
            stay.starts_on = first
            moved.append(stay)
    return moved


def _is_later(stay: Affiliation, first: date) -> bool:
    """Whether a stay begins after this day, or nobody knows when, and did not end before it."""
    is_over = stay.ends_on is not None and stay.ends_on <= first
    return not is_over and (stay.starts_on is None or first < stay.starts_on)


def _domains_above(domain: str) -> list[str]:
    parts = domain.lower().split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]
