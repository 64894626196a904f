"""What a connector is: one folder, one class, one line in INSTALLED_APPS."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from contributors.activity.records import Batch, CompletenessRecord
from integrations.connections.models import Source


@dataclass(frozen=True, slots=True)
class Described:
    """What a source says of itself; enough to make a project and a repository."""

    external_id: str
    name: str
    url: str = ""
    clone_url: str = ""
    default_branch: str = ""
    description: str = ""
    license: str = ""
    is_archived: bool = False
    topics: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Records and the cursor to store with them, in one transaction.

    `counts` says what kinds of things came (issues, change_requests, ...).
    `done` and `total` drive the progress bar; total 0 means not known.
    """

    batch: Batch
    cursor: Mapping[str, Any]
    phase: str
    counts: Mapping[str, int] = field(default_factory=dict)
    done: int = 0
    total: int = 0


class Connector(Protocol):
    """Reads one kind of source."""

    name: str

    def describe(self, location: str, *, token: str) -> Described:
        """Look the source up. Raises `Refused` in the maintainer's words."""
        ...

    def pages(self, source: Source, *, token: str, full: bool) -> Iterator[Page]:
        """Everything since the cursor, or everything when `full`."""
        ...

    def requests(self) -> Mapping[str, int]:
        """What the last run cost: rest, graphql, not_modified."""
        ...

    def completeness(self, source: Source) -> Sequence[CompletenessRecord]:
        """Expected against received per day, after a run."""
        ...


_connectors: dict[str, Callable[[], Connector]] = {}


def register(name: str, make: Callable[[], Connector]) -> None:
    """Make a connector known; called from its `apps.py` ready()."""
    _connectors[name] = make


def connector(name: str) -> Connector:
    """A fresh connector; KeyError for an unknown name."""
    return _connectors[name]()
