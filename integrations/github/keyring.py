"""The keys of one run: each request goes out with the one that can best afford it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import Any

from integrations.connections.keys import Key, PlainKey
from integrations.github import limits
from integrations.github.limits import Limiter, limiter_of

A_LOOK = 0.25  # seconds after which a waiting thread looks whether the run is over


class Stopped(Exception):
    """The run is over; its threads ask nothing more."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A key and the limiter that all who use it share."""

    key: Key
    limiter: Limiter

    @property
    def mark(self) -> str:
        return self.key.mark


class Keyring:
    """Lends keys to requests; those that GitHub no longer takes are laid aside."""

    def __init__(self, keys: Sequence[Key], base: str, stop: Event) -> None:
        self.is_anonymous = not keys
        self.refused: list[str] = []
        self._stop = stop
        self._lock = Lock()
        self._renewed: set[str] = set()
        self._held = [Held(key, limiter_of(base, key.mark)) for key in keys or [PlainKey("")]]

    def has(self, mark: str) -> bool:
        """Whether this key may still be asked with."""
        return any(one.mark == mark for one in self._held)

    def lend(self, kind: str, owner: str = "") -> Held:
        """A key with a turn taken, `owner` first; waits for one if that is not for long.

        Raises `OutOfBudget` when every key is to rest for longer, and `Stopped`.
        """
        while not self._stop.is_set():
            with self._lock:
                held = sorted(
                    self._held, key=lambda one: (one.mark != owner, -one.limiter.left(kind))
                )
            for one in held:
                if one.limiter.enter(kind):
                    return one
            waits = [one.limiter.blocked(kind) for one in held]
            if min(waits) > limits.PATIENCE:
                raise limits.out_of_budget(datetime.now(UTC) + timedelta(seconds=min(waits)))
            soonest = held[waits.index(min(waits))].limiter
            with soonest.changed:
                soonest.changed.wait(min(A_LOOK, min(waits) or A_LOOK))
        raise Stopped

    def refuse(self, held: Held, secret: str) -> bool:
        """GitHub did not take this secret; whether there is another to ask with."""
        with self._lock:
            if held not in self._held or held.key.secret() != secret:
                return True  # another thread has laid it aside or renewed it meanwhile
            if held.mark not in self._renewed:
                self._renewed.add(held.mark)
                if held.key.renew():
                    return True
            if len(self._held) == 1:
                return False
            self._held.remove(held)
            self.refused.append(held.mark)
            return True

    def budget(self) -> Mapping[str, Any]:
        """What is left in all for REST, and key by key; empty before the first answer."""
        rows = [
            {"mark": one.mark, "kind": kind, **_told(budget)}
            for one in self._held
            for kind, budget in sorted(one.limiter.budgets.copy().items())
        ]
        rest = [row for row in rows if row["kind"] == "rest"]
        if not rest:
            return {}
        return {
            "remaining": sum(row["remaining"] for row in rest),
            "limit": sum(row["limit"] for row in rest),
            "resets_at": min(row["resets_at"] for row in rest),
            "keys": rows,
        }


def _told(budget: limits.Budget) -> dict[str, Any]:
    return {
        "remaining": budget.remaining,
        "limit": budget.limit,
        "resets_at": budget.resets_at.isoformat(),
    }
