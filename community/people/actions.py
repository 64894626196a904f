"""Verbs on people, their affiliations, organizations and bots."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from community.audit.actions import record
from community.jobs.topics import publish
from community.people.avatars import file_name
from community.people.bots import Reason
from community.people.employers import employers_by_domain
from community.people.models import (
    AccessLink,
    Affiliation,
    BotLogin,
    Distinction,
    Identity,
    Organization,
    OrganizationAlias,
    OrganizationDomain,
    PastHandle,
    Person,
)
from community.people.rules import why_not_affiliate, why_not_handle, why_not_set_rights
from community.people.search import index_people


@transaction.atomic
def change_profile(*, person: Person, at: datetime, **fields: Any) -> Person:
    """Write what somebody says about themselves; a given-up handle keeps leading here.

    Raises `Refused` when the handle cannot be had.
    """
    before: Person = Person.objects.select_for_update().get(pk=person.pk)
    handle = fields.get("handle", before.handle)
    refusal = why_not_handle(handle, Person.objects.called(handle).first(), before)
    if refusal and handle != before.handle:
        raise refusal
    if handle.lower() != before.handle.lower():
        PastHandle.objects.create(person=person, handle=before.handle, given_up_at=at)
        record(verb="people.handle_changed", subject=before, actor=person, at=at)
    for name, value in fields.items():
        setattr(before, name, value)
    before.save(update_fields=list(fields))
    index_people([person.pk])
    return before


@transaction.atomic
def set_avatar(*, person: Person, picture: bytes | None) -> None:
    """Keep a redrawn picture, or none; the file before it is deleted once this is certain."""
    former = person.avatar.name
    storage = person.avatar.storage
    if picture is None:
        person.avatar = ""
    else:
        person.avatar.save(file_name(person.pk, picture), ContentFile(picture), save=False)
    person.save(update_fields=["avatar"])
    if former and former != person.avatar.name:
        transaction.on_commit(lambda: storage.delete(former))


@transaction.atomic
def add_affiliation(
    *,
    person: Person,
    organization: Organization | None,
    starts_on: date | None,
    ends_on: date | None,
    source: str,
    by: Person | None,
    at: datetime,
) -> Affiliation:
    """State whom somebody worked for; None is independent. Raises `Refused`."""
    Person.objects.select_for_update().get(pk=person.pk)
    others = list(person.affiliations.all())
    key = organization.pk if organization else None
    if refusal := why_not_affiliate(others, key, starts_on, ends_on):
        raise refusal
    made = Affiliation.objects.create(
        person=person,
        organization=organization,
        starts_on=starts_on,
        ends_on=ends_on,
        source=source,
    )
    _tell_affiliation("added", made, by=by, at=at)
    return made


@transaction.atomic
def change_affiliation(
    *,
    affiliation: Affiliation,
    starts_on: date | None,
    ends_on: date | None,
    by: Person,
    at: datetime,
) -> Affiliation:
    """Correct the days of an affiliation, such as its end. Raises `Refused`."""
    Person.objects.select_for_update().get(pk=affiliation.person_id)
    others = list(affiliation.person.affiliations.exclude(pk=affiliation.pk))
    if refusal := why_not_affiliate(others, affiliation.organization_id, starts_on, ends_on):
        raise refusal
    affiliation.starts_on, affiliation.ends_on = starts_on, ends_on
    # Whoever corrects it vouches for it: a mail domain no longer overrules them.
    own = by.pk == affiliation.person_id
    affiliation.source = Affiliation.Source.PERSON if own else Affiliation.Source.MAINTAINER
    affiliation.save()
    _tell_affiliation("changed", affiliation, by=by, at=at)
    return affiliation


@transaction.atomic
def remove_affiliation(*, affiliation: Affiliation, by: Person, at: datetime) -> None:
    """Take back a statement that was wrong."""
    _tell_affiliation("removed", affiliation, by=by, at=at)
    affiliation.delete()


def _tell_affiliation(
    what: str, affiliation: Affiliation, *, by: Person | None, at: datetime
) -> None:
    record(verb=f"people.affiliation_{what}", subject=affiliation.person, actor=by, at=at)
    publish("people.affiliation_changed", person_id=affiliation.person_id)


@transaction.atomic
def affiliate_by_domain(*, organization: Organization, at: datetime) -> int:
    """Affiliate whoever commits from the organization's mail domains and has said nothing else.

    From the day of their first act under such an address on. Answers how many
    people were added.
    """
    found = _people_at(organization)
    people = Person.objects.in_bulk(found)
    for key, first in sorted(found.items()):
        add_affiliation(
            person=people[key],
            organization=organization,
            starts_on=first,
            ends_on=None,
            source=Affiliation.Source.DOMAIN,
            by=None,
            at=at,
        )
    return len(found)


def _people_at(organization: Organization) -> dict[int, date | None]:
    """Present people without any affiliation whose mail domain is theirs; their first day there."""
    domains = list(organization.domains.values_list("domain", flat=True))
    people = Person.objects.present().human().filter(affiliations=None)
    rows = Identity.objects.alive().at_domains(domains).filter(person__in=people)
    named = list(rows.values_list("person_id", "email_domain", "first_act_on"))
    employers = employers_by_domain({domain for _, domain, _ in named})
    firsts: dict[int, date | None] = {}
    for key, domain, day in named:
        if employers.get(domain) == organization.pk:
            known = [one for one in (day, firsts.get(key)) if one]
            firsts[key] = min(known, default=None)
    return firsts


@transaction.atomic
def save_organization(
    *,
    organization: Organization,
    domains: list[str],
    aliases: list[str],
    by: Person,
    at: datetime,
) -> Organization:
    """Write an organization with its mail domains and other names, then look whom they name."""
    is_new = organization.pk is None
    organization.save()
    organization.domains.exclude(domain__in=domains).delete()
    for domain in domains:
        OrganizationDomain.objects.get_or_create(organization=organization, domain=domain)
    organization.aliases.exclude(name__in=aliases).delete()
    for name in aliases:
        OrganizationAlias.objects.get_or_create(organization=organization, name=name)
    verb = "people.organization_made" if is_new else "people.organization_changed"
    record(verb=verb, subject=organization, actor=by, at=at)
    affiliate_by_domain(organization=organization, at=at)
    return organization


@transaction.atomic
def flag_bot(*, person: Person, reason: str = Reason.FLAG, by: Person | None, at: datetime) -> None:
    """Count somebody among the bots from now on, in every figure."""
    Person.objects.filter(pk=person.pk).update(is_bot=True, bot_reason=reason)
    _tell_bot(person, "people.bot_flagged", by=by, at=at)


@transaction.atomic
def unflag_bot(*, person: Person, by: Person, at: datetime) -> None:
    """Count somebody among the people again."""
    # What the source says stays on the identity, so that the next sync changes nothing.
    Person.objects.filter(pk=person.pk).update(is_bot=False, bot_reason="")
    _tell_bot(person, "people.bot_unflagged", by=by, at=at)


def _tell_bot(person: Person, verb: str, *, by: Person | None, at: datetime) -> None:
    person.refresh_from_db(fields=["is_bot", "bot_reason"])
    record(verb=verb, subject=person, actor=by, at=at)
    publish("people.bot_changed", person_id=person.pk)


@transaction.atomic
def list_bot(*, login: str, note: str, by: Person, at: datetime) -> BotLogin:
    """Put a login on the list of bots, and flag whoever carries it today."""
    entry = BotLogin.objects.filter(login__iexact=login).first()
    if entry is None:
        entry = BotLogin.objects.create(login=login, note=note)
    carriers = Person.objects.present().human().filter(identities__login__iexact=login)
    for person in carriers.distinct():
        flag_bot(person=person, reason=Reason.LIST, by=by, at=at)
    record(verb="people.bot_listed", subject=entry, actor=by, at=at)
    return entry


@transaction.atomic
def unlist_bot(*, entry: BotLogin, by: Person, at: datetime) -> None:
    """Take a login off the list; whoever was flagged for it alone is a person again."""
    flagged = Person.objects.present().bots().filter(bot_reason=Reason.LIST)
    for person in flagged.filter(identities__login__iexact=entry.login).distinct():
        unflag_bot(person=person, by=by, at=at)
    record(verb="people.bot_unlisted", subject=entry, actor=by, at=at)
    entry.delete()


@transaction.atomic
def tell_apart(*, one: Person, other: Person, by: Person, at: datetime) -> None:
    """Note that two alike records are two people, so that they are not suggested again."""
    first, second = sorted((one, other), key=lambda person: person.pk)
    Distinction.objects.get_or_create(first=first, second=second)
    record(verb="people.told_apart", subject=first, actor=by, at=at, other=second.pk)


@transaction.atomic
def set_rights(*, person: Person, rights: Mapping[str, bool], by: Person, at: datetime) -> None:
    """Decide who may sign in, maintain and administer: `is_active`, `is_staff`, `is_superuser`.

    Raises `Refused`.
    """
    before: Person = Person.objects.select_for_update().get(pk=person.pk)
    changed = {name: value for name, value in rights.items() if getattr(before, name) != value}
    admins = Person.objects.present().filter(is_superuser=True, is_active=True)
    others = admins.exclude(pk=person.pk).count()
    if refusal := why_not_set_rights(before, changed, by=by, other_admins=others):
        raise refusal
    if changed:
        Person.objects.filter(pk=person.pk).update(**changed)
        # Whoever made a link for a member did not make it for an administrator.
        AccessLink.objects.filter(person=person, used_at=None).update(used_at=at)
        record(verb="people.rights_changed", subject=before, actor=by, at=at, **changed)
