"""The one door into the ledger."""

from datetime import datetime

from community.projects.models import Repository
from contributors.activity.records import Batch, Ingested


def ingest(*, repository: Repository, batch: Batch, at: datetime) -> Ingested:
    """Upsert a batch: identities, work items, contributions, then what derives from them.

    Idempotent: the same batch twice changes nothing. An older version of a row
    (by `updated_at`) never overwrites a newer one.
    """
    raise NotImplementedError
