"""What opens a source: a token, or an app's pass that is renewed as it ages."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol


class Key(Protocol):
    """One way in, with a budget of its own at the source."""

    @property
    def mark(self) -> str:
        """Tells keys apart without telling them; stays the same when an app's pass is renewed."""
        ...

    def secret(self) -> str:
        """What to show the source now. Raises `Refused` when there is none to be had."""
        ...

    def renew(self) -> bool:
        """Fetch a new secret after the source refused this one; whether there is another now."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class PlainKey:
    """A token as it was pasted."""

    token: str

    @property
    def mark(self) -> str:
        return mark_of(self.token)

    def secret(self) -> str:
        return self.token

    def renew(self) -> bool:
        return False


def mark_of(secret: str) -> str:
    """Twelve hex digits that tell secrets apart without telling them."""
    return sha256(secret.encode()).hexdigest()[:12]


def plain(token: str) -> list[Key]:
    """A pasted token as keys; none when it is empty."""
    return [PlainKey(token)] if token else []


def first_secret(keys: Sequence[Key]) -> str:
    """What to show where only one secret can be shown, such as to git; empty without a key."""
    return keys[0].secret() if keys else ""
