"""How far a repository has been read: plain JSON, stored with each page."""

from copy import deepcopy
from typing import Any


class Cursor:
    """Per phase: `since` to ask from, the newest change seen, and the validator of the answer.

    A validator is only kept for an answer that held all there was, so that
    "not modified" can never hide a page we did not store.
    """

    def __init__(self, stored: dict[str, Any], token_mark: str) -> None:
        self.stored = deepcopy(stored)
        self.token_mark = token_mark

    def phase(self, name: str) -> dict[str, Any]:
        """The phase's own part, to be read and written."""
        part: dict[str, Any] = self.stored.setdefault(name, {})
        return part

    def etag(self, name: str) -> str:
        """The validator of the phase's last answer, if it was given to this token."""
        part = self.phase(name)
        return str(part["etag"]) if part.get("by") == self.token_mark else ""

    def keep_etag(self, name: str, etag: str) -> None:
        """Remember a validator together with whose it is; an empty one forgets."""
        part = self.phase(name)
        part.pop("etag", None)
        part.pop("by", None)
        if etag:
            part.update(etag=etag, by=self.token_mark)

    def snapshot(self) -> dict[str, Any]:
        """What to store with a page."""
        return deepcopy(self.stored)
