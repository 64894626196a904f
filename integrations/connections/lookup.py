"""What a token shows before anything is connected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.connections import protocol
from integrations.connections.keys import Key
from integrations.connections.protocol import Browsable, Described


@dataclass(frozen=True, slots=True)
class Found:
    """A repository, or the repositories to choose from, and what the budget still allows."""

    repository: Described | None = None
    choices: Sequence[str] = ()
    budget: Mapping[str, Any] = field(default_factory=dict)


def look_up(name: str, location: str, *, keys: Sequence[Key]) -> Found:
    """The repository; without a location those the token may read. Raises `Refused`."""
    connector = protocol.connector(name)
    if location or not isinstance(connector, Browsable):
        described = connector.describe(location, keys=keys)
        return Found(repository=described, budget=connector.budget())
    return Found(choices=connector.choices(keys=keys), budget=connector.budget())
