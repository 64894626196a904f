"""GitHub's API on a local port: paging, `since`, validators, limits, renames, faults on order."""

import json
from functools import partial
from hashlib import sha256
from threading import Lock

from tests.github_api.door import serving
from tests.github_api.graph import answer
from tests.github_api.limits import Limits
from tests.github_api.replies import Asked, Fault, Reply, as_text, missing, moved, paged, sent
from tests.github_api.resolvers import Door
from tests.github_api.rest import Rest
from tests.github_api.routes import repository
from tests.github_api.rows import Row
from tests.github_api.world import World

__all__ = ["Asked", "GitHub", "Reply", "serving"]

KINDS = (
    ("issues", "issue"),
    ("pulls", "issue"),
    ("comments", "comment"),
    ("line_comments", "line_comment"),
    ("releases", "release"),
)
LIMIT = 5_000


class GitHub:
    """The server: worlds, its tokens and limits, what it was asked, what shall go wrong."""

    def __init__(self, *worlds: World, tokens: tuple[str, ...] = ("good-token",)) -> None:
        self.worlds = list(worlds)
        self.tokens = tokens
        self.limits = Limits(LIMIT)
        self.latency = 0.0
        self.opens_graphql = False
        self.log: list[tuple[Asked, int]] = []
        self.faults: list[Fault] = []
        self.lock = Lock()
        self.base = ""

    @property
    def world(self) -> World:
        """The only repository, or the first."""
        return self.worlds[0]

    @world.setter
    def world(self, world: World) -> None:
        self.worlds[0] = world

    @property
    def used(self) -> int:
        """All that was paid for."""
        return self.limits.used

    @property
    def limit(self) -> int:
        """What each token may ask for in an hour, of each resource."""
        return self.limits.limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self.limits.limit = limit

    @property
    def resets_at(self) -> int:
        return self.limits.resets_at

    def reply(self, asked: Asked) -> Reply:
        refused = self.limits.begin(asked)
        with self.lock:
            found = next(filter(None, (fault(asked) for fault in self.faults)), refused)
            found = found or self.answered(asked)
            self.log.append((asked, found.status))
        return found

    def answered(self, asked: Asked) -> Reply:
        """The answer where nothing goes wrong."""
        return self._limited(asked) or self._answered(asked)

    def leaving(self, asked: Asked) -> None:
        self.limits.leave(asked)

    def sent(self, asked: Asked, reply: Reply) -> None:
        self.limits.end(asked, reply)

    def warm(self) -> None:
        """Render every row, as GitHub's own machines would have long since."""
        for world in self.worlds:
            show = Rest(world, self.base)
            for store, kind in KINDS:
                for row in getattr(world, store).values():
                    show.text(kind, row)

    def _limited(self, asked: Asked) -> Reply | None:
        """No token GitHub knows, or nothing left of its budget."""
        token = asked.token
        if token and token not in self.tokens:
            return Reply(401, {"message": "Bad credentials", "status": "401"})
        if not token and not self.opens_graphql and asked.path.endswith("/graphql"):
            return Reply(401, {"message": "This endpoint requires you to be authenticated."})
        if self.limits.is_spent(asked):
            message = "API rate limit exceeded for user ID 1."
            if asked.path.endswith("/graphql"):
                errors = [{"type": "RATE_LIMITED", "message": message}]
                return Reply(200, {"errors": errors}, self.limits.headers(asked))
            return Reply(403, {"message": message}, self.limits.headers(asked))
        return None

    def _answered(self, asked: Asked) -> Reply:
        if asked.path.endswith("/graphql") and asked.method == "POST":
            given = json.loads(asked.body)
            found = answer(
                self._door(asked),
                given["query"],
                given.get("variables") or {},
                partial(self._bill, asked),
            )
            return Reply(200, found, self.limits.headers(asked))
        reply = self._rest(asked)
        if reply.status == 200:
            # A validator belongs to the token it was given to.
            seed = sent(reply) + asked.token.encode()
            reply.headers["ETag"] = f'W/"{sha256(seed).hexdigest()}"'
            if asked.headers.get("if-none-match") == reply.headers["ETag"]:
                told = {"ETag": reply.headers["ETag"], **self.limits.headers(asked)}
                return Reply(304, None, told)
        self.limits.pay(asked)
        reply.headers.update(self.limits.headers(asked))
        return reply

    def _rest(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").split("/")
        if asked.path == "/user/repos":
            seen = [world for world in self.worlds if self._sees(asked, world)]
            shown = [Rest(world, self.base).repository() for world in seen]
            return paged(f"{self.base}{asked.path}", shown, asked.query, as_text)
        if parts[0] == "repositories" and len(parts) > 1:
            wanted = [world for world in self.worlds if str(world.id) == parts[1]]
            rest = "/".join(parts[2:])
        elif parts[0] == "repos" and len(parts) > 2:
            name, rest = "/".join(parts[1:3]), "/".join(parts[3:])
            wanted = [world for world in [self.named(name)] if world]
            if wanted and name.lower() != wanted[0].full_name.lower():
                address = "/".join(filter(None, ["repositories", str(wanted[0].id), rest]))
                if self._sees(asked, wanted[0]):
                    return moved(f"{self.base}/{address}", asked.query)
        else:
            wanted = []
        if not wanted or not self._sees(asked, wanted[0]):
            return missing()
        return repository(wanted[0], self.base, asked, rest)

    def _door(self, asked: Asked) -> Door:
        """The graph as far as this token may see it."""
        seen = [world for world in self.worlds if self._sees(asked, world)]

        def named(full_name: str) -> World | None:
            world = self.named(full_name)
            return world if world in seen else None

        return Door(named, seen)

    def _bill(self, asked: Asked, points: int, nodes: int) -> Row:
        """Take the price of a query off the budget."""
        self.limits.pay(asked, points)
        return {"cost": points, "nodeCount": nodes, **self.limits.told(asked)}

    def named(self, full_name: str) -> World | None:
        """The repository of this name, or the one that had it before."""
        lower = full_name.lower()
        now = (world for world in self.worlds if world.full_name.lower() == lower)
        before = (
            world for world in self.worlds if lower in {name.lower() for name in world.former_names}
        )
        return next(now, None) or next(before, None)

    def _sees(self, asked: Asked, world: World) -> bool:
        """Whether this token may see it."""
        if not world.is_private:
            return True
        return asked.token in (world.readers or self.tokens)
