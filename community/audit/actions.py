"""The one verb of the log."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction

from community.audit.chain import GENESIS, moment_text, plain
from community.audit.models import Event
from community.audit.querysets import subject_name

if TYPE_CHECKING:
    from community.people.models import Person

_CHAIN_LOCK = 0x6775696C64  # any number that nothing else in the database locks


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

    `facts` are plain JSON values without personal data, since rows are never
    erased. The chain stays locked until the caller's transaction ends: lock and
    write what the action is about first, record last. Raises ValueError for a
    moment without a zone or a number that is not one.
    """
    moment_text(at)
    _hold_chain()
    last = Event.objects.order_by("-number").first()
    event = Event(
        number=last.number + 1 if last else 1,
        verb=verb,
        actor=actor,
        subject=subject_name(subject),
        facts=plain(facts),
        happened_at=at,
        previous_hash=last.hash if last else GENESIS,
    )
    event.hash = event.seal
    event.save()
    return event


def _hold_chain() -> None:
    """Let one transaction at a time see the end of the chain and add to it.

    A lock on the last row would not do: whoever waited for it would wake to a
    row that is no longer last, and an empty chain has no row to lock. On SQLite
    the transaction holds the write lock from its first statement (IMMEDIATE).
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
