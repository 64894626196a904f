"""Secrets that providers sign their deliveries with, and what each of them opens."""

import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import transaction

from community.audit.actions import record
from community.lib.refusals import Refused
from community.people.models import Person
from integrations.connections.models import Connection, Credential, Delivery, Source
from integrations.connections.sealing import seal, unseal

FORMER = timedelta(days=1)  # the time there is to paste the new one
COLUMNS = (
    "pk",
    "sealed_hook_secret",
    "sealed_app_hook_secret",
    "sealed_former_hook_secret",
    "former_hook_secret_until",
)


@dataclass(frozen=True, slots=True)
class HookSecret:
    """A secret, and the connection that it speaks for; None: the whole site."""

    secret: str
    connection: int | None = None


def known_secrets(provider: str, *, at: datetime) -> list[HookSecret]:
    """Every secret a delivery may be signed with; never an empty one."""
    of_site = str(getattr(settings, f"{provider.upper()}_WEBHOOK_SECRET", ""))
    found = [HookSecret(of_site)]
    rows = Connection.objects.filter(provider=provider).order_by("pk")
    for pk, own, of_app, former, until in rows.values_list(*COLUMNS):
        sealed = [own, of_app, former if until is not None and at < until else ""]
        found.extend(HookSecret(secret, pk) for secret in _opened(sealed))
    return [one for one in found if one.secret.strip()]


def _opened(sealed: list[str]) -> Iterator[str]:
    for one in filter(None, sealed):
        with suppress(Refused):  # sealed with a key that is no longer known
            yield _unsealed(one, tuple(settings.ENCRYPTION_KEYS))


@lru_cache(maxsize=1_000)
def _unsealed(sealed: str, _keys: tuple[str, ...]) -> str:
    """Opened once a process: whoever knocks without a secret makes us look at all of them."""
    return unseal(sealed)


def may_speak_of(delivery: Delivery, source: Source) -> bool:
    """Whether who signed this delivery may tell of this source.

    The secret of a connection opens what is read through it, and what lies in
    the accounts where its app is installed, as GitHub told us.
    """
    if delivery.signed_for is None or source.connection_id in delivery.signed_for:
        return True
    apps = Credential.objects.filter(
        connection__in=delivery.signed_for, kind=Credential.Kind.APP
    ).exclude(account="")
    return any(one.serves(source.location) for one in apps)


@transaction.atomic
def renew_secret_of(*, connection: Connection, by: Person | None, at: datetime) -> str:
    """A fresh secret for every webhook of this connection, told this once."""
    locked = Connection.objects.select_for_update().get(pk=connection.pk)
    secret = _renewed(locked, at)
    record(verb="connections.hook_secret_renewed", subject=locked, actor=by, at=at)
    return secret


def _renewed(connection: Connection, at: datetime) -> str:
    """Save a fresh secret; the former one is taken for a while yet."""
    secret = secrets.token_hex(32)
    if connection.sealed_hook_secret:
        connection.sealed_former_hook_secret = connection.sealed_hook_secret
        connection.former_hook_secret_until = at + FORMER
    connection.sealed_hook_secret = seal(secret)
    connection.save()
    return secret


@transaction.atomic
def renew_hook_secret(*, source: Source, by: Person | None, at: datetime) -> str:
    """A fresh secret for the webhook of this source's connection, told this once.

    The former one is taken for another day, unless it was renewed in a hurry
    before: then the one before it goes at once.
    """
    source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    connection = (
        Connection.objects.select_for_update().get(pk=source.connection_id)
        if source.connection_id
        else Connection(
            provider=source.connector, created_by=by, created_at=at, label=source.location[:120]
        )
    )
    secret = _renewed(connection, at)
    if source.connection_id is None:
        Source.objects.filter(pk=source.pk).update(connection=connection)
    record(verb="connections.hook_secret_renewed", subject=source, actor=by, at=at)
    return secret
