"""Ways in: outside accounts that prove who somebody is, and one-time links."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from community.audit.actions import record
from community.jobs.actions import enqueue
from community.people.handles import free_handle
from community.people.merging import lock_people, move_identity
from community.people.models import AccessLink, Identity, IdentityLogin, Person
from community.people.rules import (
    USED,
    why_not_claim,
    why_not_connect,
    why_not_make_link,
    why_not_use_link,
)
from community.people.search import index_people

LINK_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class OutsideAccount:
    """What a provider says of whoever has just signed in with it."""

    provider: str
    uid: str
    login: str = ""
    name: str = ""
    avatar_url: str = ""


@transaction.atomic
def claim_person(*, account: OutsideAccount, at: datetime) -> Person | None:
    """The unclaimed person known by this very id, now claimed; None when nobody is known by it.

    Neither the login nor an e-mail address counts. Raises `Refused`.
    """
    identity = _find(account)
    if identity is None:
        return None
    (person,) = lock_people(identity.person)
    if refusal := why_not_claim(person):
        raise refusal
    person.claimed_at = at
    person.save(update_fields=["claimed_at"])
    remember_identity(account=account, person=person, at=at)
    record(verb="people.claimed", subject=person, actor=person, at=at, provider=account.provider)
    return person


@transaction.atomic
def connect_account(*, person: Person, account: OutsideAccount, at: datetime) -> Identity:
    """Make a freshly proven outside account another of the person's own.

    Taken from an unclaimed record by a merge that can be undone. Raises `Refused`.
    """
    identity = _find(account)
    holder = identity.person if identity else None
    if refusal := why_not_connect(holder, person):
        raise refusal
    if identity and identity.person_id != person.pk:
        move_identity(identity=identity, to=person, by=person, at=at, reason="signed in with it")
    found = remember_identity(account=account, person=person, at=at)
    record(verb="people.connected", subject=person, actor=person, at=at, provider=account.provider)
    return found


@transaction.atomic
def welcome_newcomer(*, person: Person, account: OutsideAccount, at: datetime) -> Person:
    """Give a person who has just been saved their first identity."""
    remember_identity(account=account, person=person, at=at)
    record(verb="people.joined", subject=person, actor=person, at=at, provider=account.provider)
    return person


def next_free_handle(wanted: str) -> str:
    """The wanted handle, or the next one nobody carries."""
    return free_handle(wanted, lambda name: Person.objects.called(name).exists())


@transaction.atomic
def remember_identity(*, account: OutsideAccount, person: Person, at: datetime) -> Identity:
    """Write what a fresh sign-in proves: whose identity it is, and its login of today."""
    identity, _is_new = Identity.objects.get_or_create(
        provider=account.provider,
        uid=account.uid,
        defaults={"person": person, "first_seen_at": at},
    )
    identity.verified_at = at
    known = identity.logins.order_by("-seen_from", "-pk").first()
    if account.login and (known is None or known.login != account.login):
        IdentityLogin.objects.create(identity=identity, login=account.login, seen_from=at)
    identity.login = account.login or identity.login
    identity.name = account.name or identity.name
    picture_changed = account.avatar_url not in {"", identity.avatar_url}
    identity.avatar_url = account.avatar_url or identity.avatar_url
    identity.save()
    if account.name and not person.name:
        person.name = account.name[:200]
        person.save(update_fields=["name"])
    if picture_changed:
        enqueue("people.fetch_avatar", identity_id=identity.pk)
    index_people([person.pk])
    return identity


@transaction.atomic
def make_link(*, person: Person, by: Person | None, at: datetime) -> str:
    """A one-time address that signs this person in; `by` None is whoever holds the terminal.

    Only the hash of its secret is kept. Raises `Refused`.
    """
    if refusal := why_not_make_link(person, by):
        raise refusal
    secret = secrets.token_urlsafe(32)
    AccessLink.objects.create(person=person, secret_hash=_hashed(secret), expires_at=at + LINK_LIFE)
    record(verb="people.link_made", subject=person, actor=by, at=at)
    return f"{settings.SITE_URL}{reverse('people:welcome', args=[secret])}"


def find_link(secret: str) -> AccessLink | None:
    """The link with this secret."""
    known = AccessLink.objects.select_related("person")
    return known.filter(secret_hash=_hashed(secret)).first()


@transaction.atomic
def use_link(*, secret: str, password: str, at: datetime) -> Person:
    """Spend a link, and every other of the same person; a new password is set when given.

    Raises `Refused`. Of two requests with one secret only one gets in.
    """
    link = find_link(secret)
    refusal = why_not_use_link(link, at=at)
    if link is None or refusal:
        raise refusal or USED
    if not _spend(link, at):
        raise USED
    AccessLink.objects.filter(person=link.person, used_at=None).update(used_at=at)
    if password:
        link.person.set_password(password)
        link.person.save(update_fields=["password"])
    record(verb="people.link_used", subject=link.person, actor=link.person, at=at)
    return link.person


@transaction.atomic
def make_admin_link(*, at: datetime | None = None) -> str:
    """A one-time address for the administrator, who is made when there is none yet."""
    at = at or timezone.now()
    admins = Person.objects.present().filter(is_superuser=True, is_active=True)
    admin = admins.order_by("pk").first()
    if admin is None:
        admin = _make_admin(at)
    return make_link(person=admin, by=None, at=at)


def _make_admin(at: datetime) -> Person:
    rights: dict[str, Any] = {"is_staff": True, "is_superuser": True, "claimed_at": at}
    admin = Person(handle=next_free_handle("steward"), joined_at=at, **rights)
    admin.set_unusable_password()
    admin.save()
    index_people([admin.pk])
    record(verb="people.admin_made", subject=admin, at=at)
    return admin


def _spend(link: AccessLink, at: datetime) -> bool:
    """Mark the link as used in one statement; only one of two at once succeeds."""
    return AccessLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at) == 1


def _find(account: OutsideAccount) -> Identity | None:
    known = Identity.objects.select_related("person")
    return known.filter(provider=account.provider, uid=account.uid).first()


def _hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
