"""How the site writes to people: where to, in whose language, and how to end it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.utils import timezone, translation

from community.people.models import Person
from community.people.zones import zone_names


def address_of(person: Person) -> str:
    """The confirmed address that a person has mail sent to; empty where there is none."""
    confirmed = EmailAddress.objects.filter(user=person, verified=True)
    found = confirmed.order_by("-primary", "pk").values_list("email", flat=True).first()
    return found or ""


@contextmanager
def spoken_to(person: Person) -> Iterator[None]:
    """In the language and time zone of somebody who is not here."""
    zone = ZoneInfo(person.time_zone) if person.time_zone in zone_names() else None
    language = person.interface_language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(zone):
        yield


def headers_of(*, name: str, list_name: str, end: str) -> dict[str, str]:
    """What a program's mail carries: the id of this one, its list, and one click that ends it."""
    host = urlsplit(settings.SITE_URL).hostname
    return {
        "Message-ID": f"<{name}@{host}>",
        "List-Id": f"<{list_name}.{host}>",
        "List-Unsubscribe": f"<{end}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }


def token_of(told: list[Any], *, salt: str) -> str:
    """A few values for a link that shows no name and works for as long as the mail is kept."""
    # Links in old mails outlive a rotation of SECRET_KEY.
    return signing.dumps(told, key=settings.IDENTITY_KEY, salt=salt)


def told_by(token: str, *, salt: str) -> Any:
    """What a link was made of; None where we did not write it."""
    try:
        return signing.loads(token, key=settings.IDENTITY_KEY, salt=salt)
    except (signing.BadSignature, ValueError, TypeError):
        return None
