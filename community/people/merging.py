"""Merging and splitting people: what hangs on them moves, and can be moved back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.db import models, transaction

from community.audit.actions import record
from community.jobs.topics import publish
from community.people.handles import free_handle
from community.people.models import Affiliation, Identity, Leave, Merge, Person
from community.people.rules import why_not_merge, why_not_split, why_not_undo
from community.people.search import index_people

# Word in `Merge.moved` -> table and the column that names its person.
_MOVABLE: dict[str, tuple[type[models.Model], str]] = {
    "identities": (Identity, "person"),
    "affiliations": (Affiliation, "person"),
    "leaves": (Leave, "person"),
    "social_accounts": (SocialAccount, "user"),
    "email_addresses": (EmailAddress, "user"),
}


def lock_people(*people: Person) -> list[Person]:
    """The same people in the same order, read again and held until the transaction ends."""
    keys = [person.pk for person in people]
    locked = {
        row.pk: row for row in Person.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    return [locked[key] for key in keys]


def became(person_id: int) -> list[int]:
    """The ids of a person and of everyone they were merged into since, in turn."""
    found: list[int] = []
    person: int | None = person_id
    while person is not None and person not in found:
        found.append(person)
        people = Person.objects.filter(pk=person)
        person = people.values_list("merged_into", flat=True).first()
    return found


@transaction.atomic
def merge_people(
    *,
    kept: Person,
    absorbed: Person,
    by: Person | None,
    at: datetime,
    reason: str = "",
    confirmation: str = "",
) -> Merge:
    """Make two records one: everything of `absorbed` moves to `kept`, by name and id.

    Two people with accounts need the absorbed handle typed as `confirmation`.
    Raises `Refused`.
    """
    kept, absorbed = lock_people(kept, absorbed)
    if refusal := why_not_merge(kept, absorbed, by=by, confirmation=confirmation):
        raise refusal
    moved: dict[str, Any] = {
        word: _move(word, _own(word, absorbed, kept), kept) for word in _MOVABLE
    }
    moved |= _move_maintainerships(absorbed, kept)
    moved["was_active"] = absorbed.is_active
    # Nobody signs in as a record that is no more.
    Person.objects.filter(pk=absorbed.pk).update(merged_into=kept, is_active=False)
    return _remember(kept, absorbed, moved, by=by, at=at, reason=reason)


@transaction.atomic
def move_identity(
    *, identity: Identity, to: Person, by: Person | None, at: datetime, reason: str = ""
) -> Merge:
    """Give one proven identity to its person; the record it leaves empty is absorbed.

    Raises `Refused`.
    """
    former, to = lock_people(identity.person, to)
    if not former.identities.exclude(pk=identity.pk).exists():
        return merge_people(kept=to, absorbed=former, by=by, at=at, reason=reason)
    if refusal := why_not_merge(to, former, by=by, confirmation=""):
        raise refusal
    moved = {"identities": _move("identities", [identity.pk], to)}
    return _remember(to, former, moved, by=by, at=at, reason=reason)


@transaction.atomic
def undo_merge(*, merge: Merge, by: Person, at: datetime) -> Merge:
    """Put back exactly what a merge or split moved. Raises `Refused` when it has moved on since."""
    merge = Merge.objects.select_for_update().select_related("kept", "absorbed").get(pk=merge.pk)
    merge.kept, merge.absorbed = kept, absorbed = lock_people(merge.kept, merge.absorbed)
    if refusal := why_not_undo(merge, by=by, still_there=_still_there(merge)):
        raise refusal
    for word in _MOVABLE:
        _move(word, merge.moved.get(word, []), absorbed)
    if merge.is_split and not kept.identities.exists():
        # Nothing is left of the record that the split made.
        Person.objects.filter(pk=kept.pk).update(merged_into=absorbed, is_active=False)
    absorbed.maintained_projects.add(*merge.moved.get("maintained", []))
    kept.maintained_projects.remove(*merge.moved.get("maintained_new", []))
    if "was_active" in merge.moved:
        Person.objects.filter(pk=absorbed.pk).update(
            merged_into=None, is_active=merge.moved["was_active"]
        )
    merge.undone_by, merge.undone_at = by, at
    merge.save(update_fields=["undone_by", "undone_at"])
    index_people([kept.pk, absorbed.pk])
    verb = "people.split_undone" if merge.is_split else "people.merge_undone"
    record(verb=verb, subject=kept, actor=by, at=at, merge=merge.pk)
    publish("people.split", person_ids=[kept.pk, absorbed.pk])
    return merge


@transaction.atomic
def split_person(
    *, person: Person, identities: Iterable[Identity], by: Person, at: datetime
) -> Person:
    """Give some identities of a person to a new one. Raises `Refused`."""
    (person,) = lock_people(person)
    chosen = list(person.identities.filter(pk__in=[one.pk for one in identities]).order_by("pk"))
    ways_in = set(SocialAccount.objects.filter(user=person).values_list("provider", "uid"))
    proven = any((one.provider, one.uid) in ways_in for one in chosen)
    if refusal := why_not_split(person, len(chosen), person.identities.count(), is_proven=proven):
        raise refusal
    first = chosen[0]
    handle = free_handle(
        first.login or first.name, lambda name: Person.objects.called(name).exists()
    )
    fresh = Person(handle=handle, name=first.name[:200], joined_at=at)
    fresh.is_bot = any(one.is_bot for one in chosen)
    fresh.bot_reason = person.bot_reason if fresh.is_bot else ""
    fresh.set_unusable_password()
    fresh.save()
    keys = _move("identities", [one.pk for one in chosen], fresh)
    Merge.objects.create(
        kept=fresh,
        absorbed=person,
        is_split=True,
        moved={"identities": keys},
        merged_by=by,
        merged_at=at,
    )
    index_people([person.pk, fresh.pk])
    record(verb="people.split", subject=person, actor=by, at=at, into=fresh.pk, identities=keys)
    publish("people.split", person_ids=[person.pk, fresh.pk])
    return fresh


def _own(word: str, absorbed: Person, kept: Person) -> list[int]:
    """What of one table can move: addresses and stays that the kept one has too are left."""
    table, column = _MOVABLE[word]
    rows = table._default_manager.filter(**{column: absorbed})
    if word == "email_addresses":
        rows = rows.exclude(email__in=EmailAddress.objects.filter(user=kept).values("email"))
    if word == "affiliations":
        known = set(kept.affiliations.values_list("organization", "starts_on", "ends_on"))
        stays = absorbed.affiliations.values_list("pk", "organization", "starts_on", "ends_on")
        return [pk for pk, *stay in stays if tuple(stay) not in known]
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _move(word: str, keys: list[int], to: Person) -> list[int]:
    table, column = _MOVABLE[word]
    table._default_manager.filter(pk__in=keys).update(**{column: to})
    return sorted(keys)


def _move_maintainerships(absorbed: Person, kept: Person) -> dict[str, list[int]]:
    had = set(absorbed.maintained_projects.values_list("pk", flat=True))
    fresh = had - set(kept.maintained_projects.values_list("pk", flat=True))
    kept.maintained_projects.add(*fresh)
    absorbed.maintained_projects.clear()
    return {"maintained": sorted(had), "maintained_new": sorted(fresh)}


def _still_there(merge: Merge) -> bool:
    """Whether all identities that moved still belong to the kept person."""
    keys = merge.moved.get("identities", [])
    return merge.kept.identities.filter(pk__in=keys).count() == len(keys)


def _remember(
    kept: Person,
    absorbed: Person,
    moved: dict[str, Any],
    *,
    by: Person | None,
    at: datetime,
    reason: str,
) -> Merge:
    merge = Merge.objects.create(
        kept=kept, absorbed=absorbed, moved=moved, reason=reason, merged_by=by, merged_at=at
    )
    index_people([kept.pk, absorbed.pk])
    record(
        verb="people.merged", subject=kept, actor=by, at=at, merge=merge.pk, absorbed=absorbed.pk
    )
    publish("people.merged", person_ids=[kept.pk, absorbed.pk])
    return merge
