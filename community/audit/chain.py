"""The seal of an event: what is hashed, and how it is written down for that.

Sealed is the SHA-256 of one line of ASCII JSON without spaces, keys sorted:

    [previous_hash, number, verb, actor_id, subject, facts, "2026-03-14T12:00:00.000000Z"]

Everything in it reads back from either database exactly as it went in: times
are UTC with six digits of a second, and `plain` keeps out of the facts what
one of the two would return in another shape.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

GENESIS = "0" * 64


def plain(value: Any) -> Any:
    """The facts as both databases give them back.

    A whole number written as a float becomes an integer (PostgreSQL returns
    1e16 as one), keys become text, and a NUL, which PostgreSQL cannot store,
    becomes the replacement character. Raises ValueError for NaN and infinity,
    TypeError for what is not JSON.
    """
    return _plain(json.loads(json.dumps(value, allow_nan=False)))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_text(key): _plain(item) for key, item in value.items()}
    return value


def _text(text: str) -> str:
    """Without a NUL or half of a surrogate pair."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\N{REPLACEMENT CHARACTER}")


def moment_text(moment: datetime) -> str:
    """UTC with microseconds; raises ValueError without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("An event needs a moment with a time zone.")
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def seal(
    *,
    previous_hash: str,
    number: int,
    verb: str,
    actor_id: int | None,
    subject: str,
    facts: Mapping[str, Any],
    happened_at: datetime,
) -> str:
    """The hash that ties an event to all before it."""
    body = [previous_hash, number, verb, actor_id, subject, facts, moment_text(happened_at)]
    line = json.dumps(body, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(line.encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at some moment; kept elsewhere, it proves that nothing before changed.

    Number 0 is the empty chain.
    """

    number: int = 0
    hash: str = GENESIS
    at: str = ""

    def to_json(self) -> str:
        """One line for a file."""
        return json.dumps({"number": self.number, "hash": self.hash, "at": self.at})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote; raises ValueError for anything else."""
        try:
            found = json.loads(text)
            return cls(int(found["number"]), str(found["hash"]), str(found.get("at", "")))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError("This is not an exported head.") from error
