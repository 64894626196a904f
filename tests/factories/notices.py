"""Notices as they lie in the table."""

from itertools import count
from typing import Any

from community.lib.refusals import Sentence
from community.notifications.models import Notice
from community.people.models import Person
from tests.factories import NOON

TOPIC = "demo.rule"  # of the group `elections`, which comes by mail unless somebody says no
_numbers = count(1)


def notice(person: Person, **more: Any) -> Notice:
    """Something that the person was told at noon and has not read; it waits for no mail."""
    fields = {
        "topic": TOPIC,
        "sentence": Sentence("Voting in %(ballot)s has opened.", {"ballot": "Seats"}),
        "url": "/criteria/voters/",
        "key": f"ballot:{next(_numbers)}:opened",
        "created_at": NOON,
    }
    return Notice.objects.create(person=person, **{**fields, **more})
