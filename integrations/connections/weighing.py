"""How complete the ledger of a source is, weighed after its runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from community.lib.refusals import Sentence
from contributors.activity.ingest import record_completeness
from contributors.activity.models import Completeness
from contributors.activity.records import CompletenessRecord
from integrations.connections.models import Source, SyncRun
from integrations.connections.protocol import Connector, Phased

AGAIN = timedelta(hours=1)  # however little came: rows may have been lost here, too


@dataclass(frozen=True, slots=True)
class Weight:
    """What each day should have given and gave, and what has not been read to its end."""

    days: Sequence[CompletenessRecord]
    unfinished: Sequence[str]


def weigh(source: Source, connector: Connector) -> Weight:
    """Count; writes nothing."""
    unfinished = connector.unfinished(source) if isinstance(connector, Phased) else ()
    return Weight(connector.completeness(source), unfinished)


def weigh_after(
    run: SyncRun, connector: Connector, problem: Sentence, *, at: datetime
) -> Weight | None:
    """The weight after a run, or None where nothing came and it was weighed lately."""
    source = Source.objects.select_related("repository").get(pk=run.source_id)
    is_fresh = source.weighed_at is not None and at - source.weighed_at < AGAIN
    if is_fresh and not run.is_full and problem == source.problem:
        return None
    source.problem = problem
    return weigh(source, connector)


@transaction.atomic
def store_weight(*, source: Source, weight: Weight, at: datetime) -> None:
    """Replace what is known of each day of this repository."""
    known = Completeness.objects.filter(repository_id=source.repository_id)
    stale = set(known.values_list("day", flat=True)) - {one.day for one in weight.days}
    for day in stale:
        known.filter(day=day).delete()
    record_completeness(repository=source.repository, records=weight.days, at=at)
    source.weighed_at, source.unfinished = at, list(weight.unfinished)
    source.save(update_fields=["weighed_at", "unfinished"])


def weigh_again(*, source: Source, connector: Connector, at: datetime) -> None:
    """Count and store at once, whatever the last run said."""
    store_weight(source=source, weight=weigh(source, connector), at=at)
