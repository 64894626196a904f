"""What GitHub allows a token, and a record of who went beyond it."""

import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock

from tests.github_api.replies import Asked, Reply
from tests.github_api.rows import Row
from tests.github_api.world import stamp

HOUR, MINUTE = 3_600, 60
AT_ONCE = 100
POINTS = {"core": 900, "graphql": 2_000}  # within any minute
CROSSING = 0.25  # seconds in which a request may cross the answer that forbids it: a busy machine
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes."


def resource_of(asked: Asked) -> str:
    """Which of its budgets a request is paid from."""
    return "graphql" if asked.path.endswith("/graphql") else "core"


@dataclass
class Shut:
    """A token that was asked to wait."""

    until: float
    connection: int
    told_at: float


@dataclass
class Record:
    """The most that was asked at once and within a minute, and what came too early."""

    at_once: int = 0
    points: Counter[str] = field(default_factory=Counter)
    early: list[Asked] = field(default_factory=list)


class Limits:
    """The hourly budget of each token and resource, and the secondary limits."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.limits: dict[str, int] = {}  # of single tokens, where they differ
        self.resets_at = int(time.time()) + HOUR
        self.spent: Counter[tuple[str, str]] = Counter()
        self.enforces = False
        self.record = Record()
        self._lock = Lock()
        self._under_way: Counter[str] = Counter()
        self._asked: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._shut: dict[tuple[str, str], Shut] = {}  # by token and resource

    @property
    def used(self) -> int:
        """All that was paid since the last reset."""
        return self.spent.total()

    def renew(self) -> None:
        """Everything is free again once the hour is over."""
        while time.time() >= self.resets_at:
            self.resets_at += HOUR
            self.spent.clear()

    def pay(self, asked: Asked, points: int = 1) -> None:
        self.spent[asked.token, resource_of(asked)] += points

    def exhaust(self, asked: Asked) -> None:
        """Nothing is left of the budget that this request is paid from, until the reset."""
        self.renew()
        self.spent[asked.token, resource_of(asked)] = self.limit_of(asked)

    def is_spent(self, asked: Asked) -> bool:
        self.renew()
        return self.spent[asked.token, resource_of(asked)] >= self.limit_of(asked)

    def limit_of(self, asked: Asked) -> int:
        return self.limits.get(asked.token, self.limit)

    def told(self, asked: Asked) -> Row:
        """What is left, as a query may ask for it."""
        limit, used = self.limit_of(asked), self.spent[asked.token, resource_of(asked)]
        return {
            "limit": limit,
            "used": used,
            "remaining": max(0, limit - used),
            "resetAt": stamp(datetime.fromtimestamp(self.resets_at, tz=UTC)),
        }

    def headers(self, asked: Asked) -> dict[str, str]:
        told = self.told(asked)
        return {
            "X-RateLimit-Limit": str(told["limit"]),
            "X-RateLimit-Remaining": str(told["remaining"]),
            "X-RateLimit-Used": str(told["used"]),
            "X-RateLimit-Reset": str(self.resets_at),
            "X-RateLimit-Resource": resource_of(asked),
        }

    def begin(self, asked: Asked) -> Reply | None:
        """A request came in; the refusal where it is one too many and that is enforced."""
        token, kind, now = asked.token, resource_of(asked), time.time()
        with self._lock:
            self._under_way[token] += 1
            moments = self._asked[token, kind]
            moments.append(now)
            while moments[0] <= now - MINUTE:
                moments.popleft()
            record = self.record
            record.at_once = max(record.at_once, self._under_way[token])
            record.points[kind] = max(record.points[kind], len(moments))
            if self._is_early(asked, now):
                record.early.append(asked)
            is_much = self._under_way[token] > AT_ONCE or len(moments) > POINTS[kind]
        if self.enforces and is_much:
            return Reply(403, {"message": SECONDARY}, {"Retry-After": str(MINUTE)})
        return None

    def _is_early(self, asked: Asked, now: float) -> bool:
        """Within a pause it must know of: by its connection, or for having had the time."""
        shut = self._shut.get((asked.token, resource_of(asked)))
        if shut is None or now >= shut.until:
            return False
        has_read = time.perf_counter() > shut.told_at + CROSSING
        return asked.connection == shut.connection or has_read

    def leave(self, asked: Asked) -> None:
        """The answer is about to go out; whoever has it may ask again before we are told of it."""
        with self._lock:
            self._under_way[asked.token] -= 1

    def end(self, asked: Asked, reply: Reply) -> None:
        """The answer is sent; what it asks for holds from now on."""
        with self._lock:
            now, told = time.time(), reply.headers
            if told.get("Retry-After", "").isdigit():
                until = now + int(told["Retry-After"]) - reply.delay
                self._shut_until(asked, until, ("core", "graphql"))
            elif reply.status == 403 and told.get("X-RateLimit-Remaining") == "0":
                self._shut_until(asked, int(told["X-RateLimit-Reset"]), (resource_of(asked),))

    def _shut_until(self, asked: Asked, until: float, resources: tuple[str, ...]) -> None:
        for one in resources:
            shut = Shut(until, asked.connection, time.perf_counter())
            self._shut[asked.token, one] = shut
