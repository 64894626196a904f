"""What polling cannot see: deleted, transferred and hidden things, found by what GitHub counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from integrations.connections.models import Source
from integrations.connections.protocol import Page
from integrations.github.cursor import Cursor
from integrations.github.transport import Transport


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One comparison of the ledger with GitHub, at the end of a run.

    It runs in the thread that writes. `totals` are those of this run's
    overview, empty where none was asked for; `is_full` says that everything
    was read again.
    """

    transport: Transport
    place: Mapping[str, str]
    source: Source
    cursor: Cursor
    totals: Mapping[str, int]
    is_full: bool

    def pages(self) -> Iterator[Page]:
        """What has to be mended; each page holds the cursor behind it."""
        yield from ()
