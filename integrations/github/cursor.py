"""How far a repository has been read: plain JSON, stored with each page."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from integrations.github.answers import NO_ETAG, Etag

Parts = dict[str, dict[str, Any]]


class Cursor:
    """Per phase: `since` to ask from, the newest change seen, and the validator of the answer.

    A validator is only kept for an answer that held all there was, so that
    "not modified" can never hide a page we did not store. What a part holds is
    replaced, never changed in place, so that copies need not go deep.
    """

    def __init__(self, stored: Mapping[str, Mapping[str, Any]]) -> None:
        self._parts: Parts = {name: dict(part) for name, part in stored.items()}

    def phase(self, name: str) -> dict[str, Any]:
        """The phase's own part, to be read and written."""
        return self._parts.setdefault(name, {})

    def etag(self, name: str) -> Etag:
        """The validator of the phase's last answer, with the key it was given to."""
        part = self.phase(name)
        return Etag(str(part["etag"]), str(part.get("by", ""))) if "etag" in part else NO_ETAG

    def keep_etag(self, name: str, etag: Etag) -> None:
        """Remember a validator together with whose it is; an empty one forgets."""
        part = self.phase(name)
        part.pop("etag", None)
        part.pop("by", None)
        if etag:
            part.update(etag=etag.value, by=etag.by)

    def of(self, names: Iterable[str]) -> Self:
        """A cursor of its own for these phases."""
        return type(self)({name: self.phase(name) for name in names})

    def take(self, parts: Parts) -> None:
        """Go on to where a lane has come with its phases."""
        self._parts.update(parts)

    def snapshot(self) -> Parts:
        """What to store with a page."""
        return {name: dict(part) for name, part in self._parts.items()}
