"""What the subjects of events are called today."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from community.audit.models import Event

# Tables whose rows say their name and address without another query.
NAMED = ("people.person", "people.organization", "projects.project", "jobs.job")


@dataclass(frozen=True, slots=True)
class Line:
    """An event, and the thing it was about if that is still there and has a name."""

    event: Event
    subject: models.Model | None

    @property
    def address(self) -> str:
        """Where the subject's page is, or nothing."""
        found = getattr(self.subject, "get_absolute_url", None)
        return str(found()) if found else ""


def lines(events: Iterable[Event]) -> list[Line]:
    """Events with their subjects, one query per kind of subject."""
    events = list(events)
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for event in events:
        label, _, pk = event.subject.partition(":")
        if label in NAMED and pk.isdecimal():
            wanted[label].add(pk)
    found = {
        f"{label}:{pk}": subject
        for label, pks in wanted.items()
        for pk, subject in apps.get_model(label)._default_manager.in_bulk(pks).items()
    }
    return [Line(event, found.get(event.subject)) for event in events]
