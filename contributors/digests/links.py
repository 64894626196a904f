"""The link that ends a subscription without signing in, as it stands in each mail."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from community.notifications.letters import token_of, told_by
from contributors.digests.editions import Length

SALT = "digests.unsubscribe"


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose mail about what."""

    person_id: int
    project_id: int
    length: Length


def unsubscribe_url(wish: Wish) -> str:
    """An address that works for as long as the mail is kept, and shows no name."""
    token = token_of([wish.person_id, wish.project_id, wish.length.value], salt=SALT)
    return settings.SITE_URL + reverse("digests:unsubscribe", args=[token])


def wish_of(token: str) -> Wish | None:
    """What a link is about; None where we did not write it."""
    told = told_by(token, salt=SALT)
    return Wish(told[0], told[1], Length(told[2])) if told else None
