"""Bulk recognition: which identity, and through it which person, an actor of a source is."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from secrets import token_hex
from typing import NamedTuple, Protocol

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from community.jobs.topics import publish
from community.lib.text import storable
from community.people.bots import bot_reason
from community.people.bulk import among, insert, plain_rows, rewrite
from community.people.employers import affiliate_new
from community.people.handles import LONGEST, is_reserved, proper_handle
from community.people.hashing import tombstone
from community.people.models import (
    BotLogin,
    Identity,
    IdentityLogin,
    Person,
)
from community.people.search import search_text
from community.people.visibility import shows_logins

Key = tuple[str, str]  # provider, uid
TRIES = 5
LONGEST_LABELS = {"login": 255, "name": 255, "avatar_url": 500}


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


class _Label(NamedTuple):
    """An identity as far as recognizing somebody needs it; a model is slow to make."""

    pk: int
    login: str
    name: str
    avatar_url: str
    is_bot: bool
    erased_at: datetime | None  # on SQLite without its zone


@transaction.atomic(savepoint=False)
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
        known.update(_known(seen.keys() - known.keys()))
    return {key: label.pk for key, label in known.items()}


@transaction.atomic
def introduce(pairs: Iterable[tuple[Actor, int]], *, at: datetime) -> list[int]:
    """Give actors nobody has seen to the person of an identity we have; answers the new ids.

    Whom we know already is left where they are, and so are people who were
    merged away or erased. A nameless record nobody claimed takes the actor's name.
    """
    wanted = {(actor.provider, actor.uid): (actor, account) for actor, account in pairs}
    for key in _known(wanted):
        del wanted[key]
    accounts = Identity.objects.select_related("person").in_bulk(
        [one for _, one in wanted.values()]
    )
    people = {pk: one.person for pk, one in accounts.items() if _is_present(one.person)}
    rows = [
        (actor, people[account])
        for _, (actor, account) in sorted(wanted.items())
        if account in people
    ]
    try:
        with transaction.atomic():
            made = _insert_identities([(actor, person.pk) for actor, person in rows], at)
    except IntegrityError:  # somebody else met them first; they stay where they are
        return []
    _name_people(rows)
    domains = {person.pk: actor.email_domain for actor, person in rows}
    strangers = Person.objects.filter(pk__in=list(domains), affiliations=None)
    affiliate_new((pk, domains[pk]) for pk in strangers.values_list("pk", flat=True))
    return made


def _is_present(person: Person) -> bool:
    return person.merged_into_id is None and person.erased_at is None


def _name_people(rows: Iterable[tuple[Actor, Person]]) -> None:
    """Names for records that have none and belong to nobody who could say otherwise."""
    named = {}
    for actor, person in rows:
        if actor.name and not person.name and not person.is_claimed:
            person.name = storable(actor.name, 200)
            person.search_text = search_text(person.search_text, person.name)
            named[person.pk] = (person.pk, person.name, person.search_text)
    rewrite(Person._meta.db_table, ("name", "search_text"), list(named.values()))


def _newest(actors: Iterable[Actor]) -> dict[Key, Actor]:
    """One actor per key: the account as it is now before what an old commit says."""
    seen: dict[Key, Actor] = {}
    for actor in actors:
        key = (actor.provider, actor.uid)
        if key not in seen or (seen[key].email_hash and not actor.email_hash):
            seen[key] = actor
    return seen


def _known(keys: Iterable[Key]) -> dict[Key, _Label]:
    """The identities we have; erased ones are known by their tombstones."""
    wanted = list(keys)
    found = _by_uid(wanted)
    graves = {
        (provider, tombstone(provider, uid)): (provider, uid)
        for provider, uid in wanted
        if (provider, uid) not in found
    }
    erased = _by_uid(graves)
    return {**found, **{graves[key]: label for key, label in erased.items()}}


def _by_uid(keys: Iterable[Key]) -> dict[Key, _Label]:
    uids: dict[str, list[str]] = {}
    for provider, uid in keys:
        uids.setdefault(provider, []).append(uid)
    found = {}
    for provider, values in uids.items():
        rows = Identity.objects.filter(provider=provider, uid__in=among(values))
        for uid, *label in plain_rows(rows.values_list("uid", *_Label._fields)):
            found[provider, uid] = _Label(*label)
    return found


def _relabel(seen: Mapping[Key, Actor], known: Mapping[Key, _Label], at: datetime) -> None:
    """Update what changed at the source and remember former logins."""
    found = {label.pk: _changes(label, seen[key]) for key, label in known.items()}
    changes = {pk: labels for pk, labels in found.items() if labels}
    if not changes:
        return
    changed = list(Identity.objects.filter(pk__in=changes).order_by("pk"))
    for identity in changed:
        for name, value in changes[identity.pk].items():
            setattr(identity, name, value)
    Identity.objects.bulk_update(changed, ["login", "name", "avatar_url", "is_bot"])
    IdentityLogin.objects.bulk_create(
        IdentityLogin(identity=one, login=one.login, seen_from=at)
        for one in changed
        if "login" in changes[one.pk]
    )
    _follow(changed)


def _follow(identities: list[Identity]) -> None:
    """What people owe to the labels of their identities: being found, being a bot."""
    listed = _listed_bots(one.login for one in identities)
    people = Person.objects.in_bulk([one.person_id for one in identities])
    for one in identities:
        person = people[one.person_id]
        if person.search_text and shows_logins(person):
            person.search_text = search_text(person.search_text, one.login)
        reason = bot_reason(one.login, one.name, is_flagged=one.is_bot, listed=listed)
        if reason and not person.is_bot:
            person.is_bot, person.bot_reason = True, reason
            publish("people.bot_changed", person_id=person.pk)
    Person.objects.bulk_update(people.values(), ["search_text", "is_bot", "bot_reason"])


def _changes(label: _Label, actor: Actor) -> dict[str, str | bool]:
    """The labels that the source now writes differently."""
    if label.erased_at:
        return {}
    # A commit is as old as it is: its names fill gaps but correct nothing.
    from_commit = bool(actor.email_hash)
    changes: dict[str, str | bool] = {}
    for name, longest in LONGEST_LABELS.items():
        value, old = getattr(actor, name), getattr(label, name)
        if value and value != old and not (from_commit and old):
            value = storable(value, longest)
            if value and value != old:
                changes[name] = value
    if actor.is_bot and not label.is_bot:
        changes["is_bot"] = True
    return changes


_PERSON = ("handle", "name", "password", "is_bot", "bot_reason", "search_text")
_IDENTITY = (
    *("person_id", "provider", "uid", "login", "name", "email_hash", "email_domain"),
    *("avatar_url", "is_bot"),
)


def _create(actors: list[Actor], at: datetime) -> None:
    """People and identities for actors nobody has seen; IntegrityError if somebody has."""
    listed = _listed_bots(actor.login for actor in actors)
    named = list(zip(actors, _free_handles(actors), strict=True))
    # Sorted: two workers that insert the same handles must not wait for each other in a ring.
    in_order = sorted(named, key=lambda one: one[1].lower())
    keys = insert(Person(joined_at=at), _PERSON, [_person(*one, listed) for one in in_order])
    people = {handle: pk for (_, handle), pk in zip(in_order, keys, strict=True)}
    owners = [(actor, people[handle]) for actor, handle in named]
    identities = _insert_identities(owners, at)
    logins = zip(identities, (storable(actor.login, 255) for actor in actors), strict=True)
    insert(IdentityLogin(seen_from=at), ("identity_id", "login"), [one for one in logins if one[1]])
    affiliate_new((person, actor.email_domain) for actor, person in owners)


def _person(actor: Actor, handle: str, listed: set[str]) -> tuple[str | bool, ...]:
    """The columns of `_PERSON`."""
    reason = bot_reason(actor.login, actor.name, is_flagged=actor.is_bot, listed=listed)
    name = storable(actor.name, 200)
    password = f"{UNUSABLE_PASSWORD_PREFIX}{token_hex(20)}"  # as make_password does, at once
    found = search_text(handle, name, [storable(actor.login, 255)])
    return (handle, name, password, bool(reason), str(reason), found)


def _insert_identities(owners: Iterable[tuple[Actor, int]], at: datetime) -> list[int]:
    """New identities of these people; their ids, in order."""
    rows = [
        (
            *(person, actor.provider, actor.uid, storable(actor.login, 255)),
            *(storable(actor.name, 255), actor.email_hash, storable(actor.email_domain, 255)),
            *(storable(actor.avatar_url, 500), actor.is_bot),
        )
        for actor, person in owners
    ]
    return insert(Identity(first_seen_at=at), _IDENTITY, rows)


def _listed_bots(logins: Iterable[str]) -> set[str]:
    """Those of these logins, in lower case, that maintainers know to be bots."""
    rows = BotLogin.objects.annotate(lower=Lower("login"))
    lower = {login.lower() for login in logins if login}
    return set(rows.filter(lower__in=lower).values_list("lower", flat=True))


def _free_handles(actors: list[Actor]) -> list[str]:
    """A handle for each actor that nobody has in any letter case, in few queries."""
    handles = [""] * len(actors)
    used: set[str] = set()
    for attempt in range(TRIES):
        wanted = {
            index: _candidate(actors[index], attempt)
            for index, handle in enumerate(handles)
            if not handle
        }
        used |= _taken(wanted.values())
        for index, handle in wanted.items():
            if handle.lower() not in used and not is_reserved(handle):
                used.add(handle.lower())
                handles[index] = handle
    return [
        handle or _with_ending(_base(actor), _digest(actor))
        for handle, actor in zip(handles, actors, strict=True)
    ]


def _taken(handles: Iterable[str]) -> set[str]:
    lower = {handle.lower() for handle in handles}
    if not lower:
        return set()
    people = Person.objects.annotate(lower=Lower("handle")).filter(lower__in=lower)
    return set(people.values_list("lower", flat=True))


def _base(actor: Actor) -> str:
    """A readable handle from the login, else the name, else the number."""
    for text in (actor.login, actor.name):
        if any(character.isascii() and character.isalnum() for character in text):
            return proper_handle(text)
    return proper_handle(f"{actor.provider}-{_digest(actor)}")


def _candidate(actor: Actor, attempt: int) -> str:
    base = _base(actor)
    return base if attempt == 0 else _with_ending(base, str(attempt + 1))


def _with_ending(base: str, ending: str) -> str:
    return f"{base[: LONGEST - len(ending) - 1].rstrip('-_.')}-{ending}"


def _digest(actor: Actor) -> str:
    return hashlib.sha256(f"{actor.provider}:{actor.uid}".encode()).hexdigest()[:8]
