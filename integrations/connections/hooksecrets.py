"""Secrets that providers sign their deliveries with."""

import secrets
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import transaction

from community.audit.actions import record
from community.lib.refusals import Refused
from community.people.models import Person
from integrations.connections.models import Connection, Source
from integrations.connections.sealing import seal, unseal


def known_secrets(provider: str) -> list[str]:
    """Every secret a delivery may be signed with; never an empty one."""
    found = [str(getattr(settings, f"{provider.upper()}_WEBHOOK_SECRET", ""))]
    stored = Connection.objects.filter(provider=provider).exclude(sealed_hook_secret="")
    for sealed in stored.values_list("sealed_hook_secret", flat=True):
        with suppress(Refused):  # sealed with a key that is no longer known
            found.append(unseal(sealed))
    return [one for one in found if one.strip()]


@transaction.atomic
def renew_hook_secret(*, source: Source, by: Person | None, at: datetime) -> str:
    """A fresh secret for the webhook of this source's connection, told this once."""
    source = Source.objects.select_for_update(of=("self",)).get(pk=source.pk)
    connection = source.connection or Connection(
        provider=source.connector, created_by=by, created_at=at, label=source.location[:120]
    )
    secret = secrets.token_hex(32)
    connection.sealed_hook_secret = seal(secret)
    connection.save()
    if source.connection_id is None:
        Source.objects.filter(pk=source.pk).update(connection=connection)
    record(verb="connections.hook_secret_renewed", subject=source, actor=by, at=at)
    return secret
