"""The one verb of the log."""

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from community.audit.models import Event

if TYPE_CHECKING:
    from community.people.models import Person

GENESIS = "0" * 64


def _subject_name(subject: models.Model | str) -> str:
    """A stable name of what was acted on, such as `people.person:17`."""
    if isinstance(subject, str):
        return subject
    return f"{subject._meta.label_lower}:{subject.pk}"


@transaction.atomic
def record(
    *,
    verb: str,
    subject: models.Model | str,
    actor: "Person | None" = None,
    at: datetime,
    **facts: Any,
) -> Event:
    """Append to the chain inside the caller's transaction; `verb` like `people.merged`.

    `facts` are plain JSON values without personal data, since rows are never erased.
    """
    last = Event.objects.select_for_update().order_by("-number").first()
    event = Event(
        number=last.number + 1 if last else 1,
        verb=verb,
        actor=actor,
        subject=_subject_name(subject),
        facts=facts,
        happened_at=at,
        previous_hash=last.hash if last else GENESIS,
    )
    body = [event.number, verb, event.actor_id, event.subject, facts, at.isoformat()]
    sealed = json.dumps([event.previous_hash, *body], sort_keys=True, separators=(",", ":"))
    event.hash = hashlib.sha256(sealed.encode()).hexdigest()
    event.save()
    return event
