"""Verbs on tokens."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from community.audit.actions import record
from community.people.models import Person
from community.tokens.models import ApiToken, hash_of
from community.tokens.rules import why_not_issue

BEGINNING = "guild_"


@transaction.atomic
def issue_token(
    *, person: Person, label: str, scopes: Sequence[str], expires_at: datetime, at: datetime
) -> tuple[ApiToken, str]:
    """A new token and its secret, which cannot be shown again. Raises `Refused`."""
    Person.objects.select_for_update().get(pk=person.pk)
    held = person.api_tokens.usable_at(at).count()
    if refusal := why_not_issue(scopes=scopes, is_staff=person.is_staff, held=held):
        raise refusal
    secret = BEGINNING + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person,
        label=label,
        prefix=secret[:12],
        secret_hash=hash_of(secret),
        scopes=sorted(scopes),
        created_at=at,
        expires_at=expires_at,
    )
    record(
        verb="tokens.issued",
        subject=token,
        actor=person,
        at=at,
        scopes=token.scopes,
        expires_at=expires_at.isoformat(),
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: Person, at: datetime) -> None:
    """Close a token for good; doing it twice changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        record(verb="tokens.revoked", subject=token, actor=actor, at=at)
