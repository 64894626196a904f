"""Members with an address, and what they are told."""

from typing import Any

from allauth.account.models import EmailAddress

from community.lib.refusals import Sentence
from community.people.models import Person
from tests import factories
from tests.conftest import NOON
from tests.factories.notices import TOPIC

OPENED = "Voting in %(ballot)s has opened."


def reader(handle: str, **more: Any) -> Person:
    """Somebody with a confirmed address."""
    person = factories.person(handle, claimed_at=NOON, **more)
    EmailAddress.objects.create(user=person, email=f"{handle}@example.com", verified=True)
    return person


def told(ballot: str = "Seats", **more: Any) -> dict[str, Any]:
    """What the verbs are given besides the people."""
    facts = {
        "topic": TOPIC,
        "sentence": Sentence(OPENED, {"ballot": ballot}),
        "url": "/criteria/voters/",
        "key": f"ballot:{ballot}:opened",
        "at": NOON,
    }
    return facts | more
