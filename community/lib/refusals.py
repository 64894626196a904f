"""Refusals: the answer of a rule that says no, and sentences that outlive the request."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from django.utils.translation import gettext

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Sentence:
    """A sentence to be said in each reader's language, which may be stored meanwhile.

    `template` is written as `gettext_noop("... %(name)s")`, so that the catalog
    knows it; `values` fill it and are plain JSON.
    """

    template: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return gettext(self.template) % self.values if self.template else ""

    def as_json(self) -> dict[str, Any]:
        """As it is stored; nothing for an empty one."""
        return {"text": self.template, "values": dict(self.values)} if self.template else {}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """What `as_json` stored."""
        return cls(stored.get("text", ""), stored.get("values", {}))


# Not frozen: context managers set the traceback of what passes through them.
@dataclass(unsafe_hash=True)
class Refused(Exception):
    """A no with a code for programs and a translated reason for people.

    Rules return it, actions raise it; pages show the reason, the API answers
    409 with the code.
    """

    code: str
    reason: "str | _StrPromise | Sentence"

    def __str__(self) -> str:
        return str(self.reason)
