"""GitHub's limits: what an answer says is left, how long it asks us to wait, and who keeps to it.

One limiter per key stands before every request of this process, whichever run
or thread sends it: a pause that GitHub asks one of them for stops them all.
"""

import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Condition, Lock

import urllib3
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Sentence
from integrations.connections.protocol import OutOfBudget

A_MINUTE = 60.0  # what GitHub asks for when a secondary limit names no time
PATIENCE = 20.0  # seconds we wait in place rather than park the run
CONNECTIONS = 8  # of the hundred that GitHub allows at once
POINTS = {"rest": 850, "graphql": 1_900}  # a minute; GitHub allows 900 and 2,000


@dataclass(frozen=True, slots=True)
class Budget:
    """Requests left until the reset."""

    remaining: int
    limit: int
    resets_at: datetime


class Limiter:
    """Keeps one key within its connections, its points a minute, its budget and its pauses."""

    def __init__(self) -> None:
        self.budgets: dict[str, Budget] = {}
        self.changed = Condition(Lock())
        self._flying: Counter[str] = Counter()
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)
        self._until = 0.0

    def enter(self, kind: str) -> bool:
        """Take a turn for one request, if there is one now; `leave` gives it back."""
        with self.changed:
            if self._blocked(kind) > 0 or self._flying.total() >= CONNECTIONS:
                return False
            if not self._is_affordable(kind) or not self._has_points(kind):
                return False
            self._flying[kind] += 1
            self._asked[kind].append(time.monotonic())
            return True

    def leave(self, kind: str, headers: Mapping[str, str], *, wait: float | None = None) -> None:
        """The request is answered; `wait` is the pause that GitHub asked for.

        What is spent of one kind stops this kind alone, any other pause the whole key.
        """
        budget = budget_of(headers)
        with self.changed:
            self._flying[kind] -= 1
            if budget is not None:
                self._note(kind, budget)
            # A budget that we take for outdated must not make us forget the pause.
            is_kept = budget is not None and budget.remaining <= 0 and self._blocked(kind) > 0
            if wait is not None and (not is_kept or "Retry-After" in headers):
                self._until = max(self._until, time.time() + wait)
            self.changed.notify_all()

    def blocked(self, kind: str) -> float:
        """Seconds until GitHub wants to hear of this key again; 0 when it may be asked."""
        with self.changed:
            return self._blocked(kind)

    def left(self, kind: str) -> int:
        """How much of the budget is left, as far as we know."""
        with self.changed:
            budget = self._fresh(kind)
            return 1_000_000 if budget is None else budget.remaining - self._flying[kind]

    def _blocked(self, kind: str) -> float:
        now, budget = time.time(), self._fresh(kind)
        until = self._until
        if budget is not None and budget.remaining <= 0:
            until = max(until, budget.resets_at.timestamp())
        return max(0.0, until - now)

    def _is_affordable(self, kind: str) -> bool:
        """Whether the budget pays for one more beside those under way, which may yet be free."""
        budget = self._fresh(kind)
        return budget is None or budget.remaining > self._flying[kind]

    def _has_points(self, kind: str) -> bool:
        asked, now = self._asked[kind], time.monotonic()
        while asked and asked[0] <= now - A_MINUTE:
            asked.popleft()
        return len(asked) < POINTS[kind]

    def _fresh(self, kind: str) -> Budget | None:
        budget = self.budgets.get(kind)
        return budget if budget and budget.resets_at.timestamp() > time.time() else None

    def _note(self, kind: str, budget: Budget) -> None:
        """Answers overtake each other: of one period, the lowest count is the latest."""
        known = self._fresh(kind)
        if known and known.resets_at > budget.resets_at:
            return
        if known and known.resets_at == budget.resets_at and known.limit == budget.limit:
            budget = min(known, budget, key=lambda one: one.remaining)
        self.budgets[kind] = budget


_limiters: defaultdict[tuple[str, str], Limiter] = defaultdict(Limiter)
_lock = Lock()


def limiter_of(base: str, mark: str) -> Limiter:
    """The limiter of a key at one GitHub, the same for everybody in this process."""
    with _lock:
        return _limiters[base, mark]


def budget_of(headers: Mapping[str, str]) -> Budget | None:
    """The budget an answer tells of; None where it tells nothing."""
    try:
        return Budget(
            int(headers["X-RateLimit-Remaining"]),
            int(headers["X-RateLimit-Limit"]),
            reset_of(headers),
        )
    except (KeyError, ValueError):
        return None


def reset_of(headers: Mapping[str, str]) -> datetime:
    """When the budget is full again; a second later, since GitHub rounds down."""
    reset = int(headers.get("X-RateLimit-Reset", "0"))
    if not reset:
        return datetime.now(UTC) + timedelta(seconds=A_MINUTE)
    return datetime.fromtimestamp(reset + 1, tz=UTC)


def out_of_budget(until: datetime) -> OutOfBudget:
    """The pause, in the maintainer's words."""
    reason = _("GitHub's limit of requests is used up; reading goes on at %(until_at)s.")
    return OutOfBudget(until, Sentence(reason, {"until_at": until.isoformat()}))


def wanted_wait(response: urllib3.BaseHTTPResponse) -> float | None:
    """Seconds a limiting answer wants us to wait; None when it limits nothing.

    The primary limit comes with no requests left, the secondary with
    Retry-After or only a sentence that speaks of it.
    """
    if response.status not in {403, 429}:
        return None
    headers = response.headers
    if headers.get("Retry-After", "").isdigit():
        return float(headers["Retry-After"])
    if headers.get("X-RateLimit-Remaining") == "0":
        return max((reset_of(headers) - datetime.now(UTC)).total_seconds(), 1.0)
    is_limit = response.status == 429 or b"rate limit" in response.data.lower()
    return A_MINUTE if is_limit else None


def spent(response: urllib3.BaseHTTPResponse, data: object) -> float | None:
    """The pause until the reset where GraphQL says within its answer that nothing is left."""
    errors = data.get("errors") if isinstance(data, dict) else None
    if not errors or all(error.get("type") != "RATE_LIMITED" for error in errors):
        return None
    return max((reset_of(response.headers) - datetime.now(UTC)).total_seconds(), 1.0)
