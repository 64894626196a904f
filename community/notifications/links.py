"""The link that ends the mails of a group without signing in, as it stands in each of them."""

from django.conf import settings
from django.urls import reverse

from community.notifications.letters import token_of, told_by

SALT = "notifications.unsubscribe"


def unsubscribe_url(person_id: int, group: str) -> str:
    """An address that works for as long as the mail is kept, and shows no name."""
    token = token_of([person_id, group], salt=SALT)
    return settings.SITE_URL + reverse("notifications:unsubscribe", args=[token])


def wish_of(token: str) -> tuple[int, str] | None:
    """Whose mail of which group a link ends; None where we did not write it."""
    told = told_by(token, salt=SALT)
    return (told[0], told[1]) if told else None
