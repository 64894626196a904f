"""Deliveries that a source sent and that neither came nor were made good."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date

from integrations.connections.models import MissedDelivery, Source, SyncRun

# What a reading of the changes does not show.
SILENT = {"deleted", "transferred", "unpublished"}


def deliveries_missing(source: Source) -> Mapping[date, int]:
    """How many on each UTC day of sending; a later reading makes good what it can see."""
    done = source.runs.filter(state=SyncRun.State.DONE)
    last = done.order_by("-started_at").first()
    last_full = done.filter(is_full=True).order_by("-started_at").first()
    missed = MissedDelivery.objects.still_missing().filter(
        hook__provider=source.connector,
        repository_external_id=source.repository.external_id,
    )
    days: Counter[date] = Counter()
    for sent_at, action in missed.values_list("sent_at", "action"):
        seen = last_full if action in SILENT else last
        if seen is None or seen.started_at <= sent_at:
            days[sent_at.astimezone(UTC).date()] += 1
    return dict(sorted(days.items()))
