"""Tokens for tests."""

from datetime import timedelta

from django.utils import timezone

from community.people.models import Person
from community.tokens.actions import issue_token


def bearer(person: Person, *scopes: str) -> dict[str, str]:
    """The header with a fresh token of this person, for a test client."""
    now = timezone.now()
    _token, secret = issue_token(
        person=person,
        label="test",
        scopes=scopes or ("read",),
        expires_at=now + timedelta(days=1),
        at=now,
    )
    return {"authorization": f"Bearer {secret}"}
