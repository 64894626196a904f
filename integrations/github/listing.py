"""A list of the REST API, and what its pages hold as records."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contributors.activity.records import Batch
from integrations.connections.protocol import Expected

PAGE_SIZE = 100
OVERLAP = timedelta(minutes=2)  # GitHub's replicas may show a change late
Item = Mapping[str, Any]


@dataclass(slots=True)
class Reading:
    """What one or more pages hold, as records: the payloads are too heavy to be kept."""

    batch: Batch
    size: int = 0
    expected: list[Expected] = field(default_factory=list)
    pulls: list[str] = field(default_factory=list)  # when the pull requests among issues changed
    is_change: bool = False  # found by the walk that goes by time of change
    total: int = 0  # how long the list is, where its first reading has seen that
    looked_at: str = ""  # when it was that long


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of one repository that can be asked for by `since`."""

    phase: str
    path: str
    parameters: Mapping[str, str]
    take: Callable[[Sequence[Item]], Reading]


def earlier(moment: str) -> str:
    """The overlap before a moment, as GitHub writes it."""
    return f"{datetime.fromisoformat(moment) - OVERLAP:%Y-%m-%dT%H:%M:%SZ}"
