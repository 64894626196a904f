"""Refusals: the answer of a rule that says no."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


# Not frozen: context managers set the traceback of what passes through them.
@dataclass(unsafe_hash=True)
class Refused(Exception):
    """A no with a code for programs and a translated reason for people.

    Rules return it, actions raise it; pages show the reason, the API answers
    409 with the code.
    """

    code: str
    reason: "str | _StrPromise"

    def __str__(self) -> str:
        return str(self.reason)
