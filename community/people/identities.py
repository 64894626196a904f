"""Bulk recognition: which identity, and through it which person, an actor of a source is."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from community.lib.text import storable
from community.people.models import (
    Affiliation,
    Identity,
    IdentityLogin,
    OrganizationDomain,
    Person,
)

Key = tuple[str, str]  # provider, uid
TRIES = 5
_NOT_IN_HANDLES = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST_BASE = 30  # leaves room for a number or a digest


class Actor(Protocol):
    """Somebody as a source names them; `email_hash` is set when a commit names them."""

    @property
    def provider(self) -> str: ...
    @property
    def uid(self) -> str: ...
    @property
    def login(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email_hash(self) -> str: ...
    @property
    def email_domain(self) -> str: ...
    @property
    def avatar_url(self) -> str: ...
    @property
    def is_bot(self) -> bool: ...


@transaction.atomic
def identify(actors: Iterable[Actor], *, at: datetime) -> dict[Key, int]:
    """The id of each actor's identity; unknown actors get an identity and a person.

    Labels follow the source, credit never does: a login that passes to another
    id stays with the deeds of the old one. Two callers at once are harmless.
    """
    seen = _newest(actors)
    known = _known(seen)
    _relabel(seen, known, at)
    for attempt in range(TRIES):
        missing = [seen[key] for key in sorted(seen.keys() - known.keys())]
        if not missing:
            break
        try:
            with transaction.atomic():
                _create(missing, at)
        except IntegrityError:  # somebody else made one of them first
            if attempt == TRIES - 1:
                raise
        known = _known(seen)
    return {key: identity.pk for key, identity in known.items()}


def _newest(actors: Iterable[Actor]) -> dict[Key, Actor]:
    """One actor per key: the account as it is now before what an old commit says."""
    seen: dict[Key, Actor] = {}
    for actor in actors:
        key = (actor.provider, actor.uid)
        if key not in seen or (seen[key].email_hash and not actor.email_hash):
            seen[key] = actor
    return seen


def _known(keys: Iterable[Key]) -> dict[Key, Identity]:
    uids: dict[str, list[str]] = {}
    for provider, uid in keys:
        uids.setdefault(provider, []).append(uid)
    wanted = Q(pk__in=[])
    for provider, values in uids.items():
        wanted |= Q(provider=provider, uid__in=values)
    found = Identity.objects.filter(wanted).select_related("person")
    return {(one.provider, one.uid): one for one in found}


def _relabel(seen: Mapping[Key, Actor], known: Mapping[Key, Identity], at: datetime) -> None:
    """Update what changed at the source and remember former logins."""
    changed, logins, bots = [], [], []
    for key, identity in sorted(known.items(), key=lambda item: item[1].pk):
        changes = _changes(identity, seen[key])
        if not changes:
            continue
        if "login" in changes:
            logins.append(IdentityLogin(identity=identity, login=changes["login"], seen_from=at))
        if "is_bot" in changes:
            bots.append(identity.person_id)
        for name, value in changes.items():
            setattr(identity, name, value)
        changed.append(identity)
    if changed:
        Identity.objects.bulk_update(changed, ["login", "name", "avatar_url", "is_bot"])
        IdentityLogin.objects.bulk_create(logins)
        Person.objects.filter(pk__in=bots, is_bot=False).update(is_bot=True, bot_reason="flag")


def _changes(identity: Identity, actor: Actor) -> dict[str, str | bool]:
    """The labels that the source now writes differently."""
    if identity.person.erased_at:
        return {}
    fresh: dict[str, str] = {
        "login": storable(actor.login, 255),
        "name": storable(actor.name, 255),
        "avatar_url": storable(actor.avatar_url, 500),
    }
    # A commit is as old as it is: its names fill gaps but correct nothing.
    from_commit = bool(actor.email_hash)
    changes: dict[str, str | bool] = {
        name: value
        for name, value in fresh.items()
        if value and value != (old := getattr(identity, name)) and not (from_commit and old)
    }
    if actor.is_bot and not identity.is_bot:
        changes["is_bot"] = True
    return changes


def _create(actors: list[Actor], at: datetime) -> None:
    """People and identities for actors nobody has seen; IntegrityError if somebody has."""
    people = [
        _person(actor, handle, at)
        for actor, handle in zip(actors, _free_handles(actors), strict=True)
    ]
    # Sorted: two workers that insert the same handles must not wait for each other in a ring.
    Person.objects.bulk_create(sorted(people, key=lambda one: one.handle.lower()))
    identities = Identity.objects.bulk_create(
        [_identity(actor, person, at) for actor, person in zip(actors, people, strict=True)]
    )
    IdentityLogin.objects.bulk_create(
        IdentityLogin(identity=one, login=one.login, seen_from=at)
        for one in identities
        if one.login
    )
    _affiliate(identities)


def _person(actor: Actor, handle: str, at: datetime) -> Person:
    reason = "flag" if actor.is_bot else "suffix" if actor.login.endswith("[bot]") else ""
    return Person(
        handle=handle,
        name=storable(actor.name, 200),
        password=make_password(None),
        is_bot=bool(reason),
        bot_reason=reason,
        joined_at=at,
    )


def _identity(actor: Actor, person: Person, at: datetime) -> Identity:
    return Identity(
        person=person,
        provider=actor.provider,
        uid=actor.uid,
        login=storable(actor.login, 255),
        name=storable(actor.name, 255),
        email_hash=actor.email_hash,
        email_domain=storable(actor.email_domain, 255),
        avatar_url=storable(actor.avatar_url, 500),
        is_bot=actor.is_bot,
        first_seen_at=at,
    )


def _free_handles(actors: list[Actor]) -> list[str]:
    """A handle for each actor that nobody has in any letter case, in few queries."""
    handles = [""] * len(actors)
    used = {name.lower() for name in settings.ACCOUNT_USERNAME_BLACKLIST}
    for attempt in range(TRIES):
        pending = [index for index, handle in enumerate(handles) if not handle]
        wanted = {index: _candidate(actors[index], attempt) for index in pending}
        used |= _taken(wanted.values())
        for index, handle in wanted.items():
            if handle.lower() not in used:
                used.add(handle.lower())
                handles[index] = handle
    return [handle or _with_digest(actor) for handle, actor in zip(handles, actors, strict=True)]


def _taken(handles: Iterable[str]) -> set[str]:
    lower = {handle.lower() for handle in handles}
    if not lower:
        return set()
    people = Person.objects.annotate(lower=Lower("handle")).filter(lower__in=lower)
    return set(people.values_list("lower", flat=True))


def _base(actor: Actor) -> str:
    """A readable handle from the login, the name, or the number."""
    for text in (actor.login, actor.name):
        plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        base = _NOT_IN_HANDLES.sub("-", plain).strip("-_.")[:_LONGEST_BASE].rstrip("-_.")
        if base:
            return base
    return f"{_NOT_IN_HANDLES.sub('', actor.provider)}-{_digest(actor)}"


def _candidate(actor: Actor, attempt: int) -> str:
    return _base(actor) if attempt == 0 else f"{_base(actor)}-{attempt + 1}"


def _with_digest(actor: Actor) -> str:
    return f"{_base(actor)}-{_digest(actor)}"


def _digest(actor: Actor) -> str:
    return hashlib.sha256(f"{actor.provider}:{actor.uid}".encode()).hexdigest()[:8]


def _affiliate(identities: list[Identity]) -> None:
    """Affiliations by mail domain for new people; the longest domain that fits wins."""
    above = {one.email_domain: _domains_above(one.email_domain) for one in identities}
    candidates = {domain for domains in above.values() for domain in domains}
    if not candidates:
        return
    rows = OrganizationDomain.objects.filter(domain__in=candidates)
    owners = dict(rows.values_list("domain", "organization_id"))
    source, found = Affiliation.Source.DOMAIN, []
    for one in identities:
        owner = next((owners[name] for name in above[one.email_domain] if name in owners), None)
        if owner is not None:
            found.append(Affiliation(person_id=one.person_id, organization_id=owner, source=source))
    Affiliation.objects.bulk_create(found)


def _domains_above(domain: str) -> list[str]:
    parts = domain.lower().split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]
