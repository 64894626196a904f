"""Sources, runs, and a connector that reads from a list."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from contributors.activity.records import CompletenessRecord
from integrations.connections import protocol
from integrations.connections.keys import Key, first_secret
from integrations.connections.models import Source, SyncRun
from integrations.connections.protocol import Described, Page
from tests.factories import NOON, repository


def source(**more: Any) -> Source:
    """An active source of a fresh repository."""
    of = more.pop("repository", None) or repository(name=more.get("location", "guild/hall"))
    fields = {"connector": "scripted", "location": of.name, "created_at": NOON}
    return Source.objects.create(repository=of, **{**fields, **more})


def run(of: Source, **more: Any) -> SyncRun:
    """A run under way."""
    return SyncRun.objects.create(source=of, **{"started_at": NOON, "touched_at": NOON, **more})


class Scripted:
    """A connector that yields what a test wrote down; an exception in the list is raised."""

    name = "scripted"

    def __init__(self, script: Sequence[Page | Exception], days: Sequence[Any] = ()) -> None:
        self.script = script
        self.days = days
        self.tokens: list[str] = []

    def describe(self, location: str, *, keys: Sequence[Key]) -> Described:
        self.tokens.append(first_secret(keys))
        return Described(external_id="77", name=location, description="A hall for a guild.")

    def pages(self, source: Source, *, keys: Sequence[Key], full: bool) -> Generator[Page]:
        self.tokens.append(first_secret(keys))
        first = 0 if full else source.cursor.get("next", 0)
        for step in self.script[first:]:
            if isinstance(step, Exception):
                raise step
            yield step

    def requests(self) -> Mapping[str, int]:
        return {"rest": 3, "graphql": 1, "not_modified": 0}

    def budget(self) -> Mapping[str, Any]:
        return {"remaining": 10}

    def completeness(self, _: Source) -> Sequence[CompletenessRecord]:
        return self.days


@contextmanager
def scripted(*script: Page | Exception, days: Sequence[Any] = ()) -> Iterator[Scripted]:
    """Have this script be what the connector `scripted` reads."""
    made = Scripted(script, days)
    protocol.register("scripted", lambda: made)
    try:
        yield made
    finally:
        protocol.unregister("scripted")
