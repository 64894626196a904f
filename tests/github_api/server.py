"""GitHub's API on a local port: paging, `since`, validators, limits, renames, faults on order."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.github_api.graph import Door, answer
from tests.github_api.replies import Asked, Fault, Reply, missing, moved, paged
from tests.github_api.rest import Rest
from tests.github_api.routes import repository
from tests.github_api.rows import Row
from tests.github_api.world import World, stamp

__all__ = ["Asked", "GitHub", "Reply", "serving"]
LIMIT = 5_000


class GitHub:
    """The server: worlds, its tokens and limits, what it was asked, what shall go wrong."""

    def __init__(self, *worlds: World, tokens: tuple[str, ...] = ("good-token",)) -> None:
        self.worlds = list(worlds)
        self.tokens = tokens
        self.used = 0
        self.limit = LIMIT
        self.resets_at = int(time.time()) + 3_600
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

    def reply(self, asked: Asked) -> Reply:
        with self.lock:
            found = next(filter(None, (fault(asked) for fault in self.faults)), None)
            found = found or self._limited(asked) or self._answered(asked)
            self.log.append((asked, found.status))
        return found

    def _limited(self, asked: Asked) -> Reply | None:
        """No token GitHub knows, or nothing left of its budget."""
        token = asked.token
        if token and token not in self.tokens:
            return Reply(401, {"message": "Bad credentials", "status": "401"})
        if not token and not self.opens_graphql and asked.path.endswith("/graphql"):
            return Reply(401, {"message": "This endpoint requires you to be authenticated."})
        if self.used >= self.limit:
            message = "API rate limit exceeded for user ID 1."
            return Reply(403, {"message": message}, self._budget())
        return None

    def _budget(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, self.limit - self.used)),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Reset": str(self.resets_at),
            "X-RateLimit-Resource": "core",
        }

    def _answered(self, asked: Asked) -> Reply:
        if asked.path.endswith("/graphql") and asked.method == "POST":
            given = json.loads(asked.body)
            found = answer(
                self._door(asked), given["query"], given.get("variables") or {}, self._bill
            )
            return Reply(200, found, self._budget())
        reply = self._rest(asked)
        if reply.status == 200:
            # A validator belongs to the token it was given to.
            seed = json.dumps(reply.body, sort_keys=True) + asked.headers.get("authorization", "")
            reply.headers["ETag"] = f'W/"{sha256(seed.encode()).hexdigest()}"'
            if asked.headers.get("if-none-match") == reply.headers["ETag"]:
                return Reply(304, None, {"ETag": reply.headers["ETag"], **self._budget()})
        self.used += 1
        reply.headers.update(self._budget())
        return reply

    def _rest(self, asked: Asked) -> Reply:
        parts = asked.path.strip("/").split("/")
        if asked.path == "/user/repos":
            seen = [world for world in self.worlds if self._sees(asked, world)]
            shown = [Rest(world, self.base).repository() for world in seen]
            return paged(f"{self.base}{asked.path}", shown, asked.query, lambda one: one)
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

    def _bill(self, points: int, nodes: int) -> Row:
        """Take the price of a query off the budget."""
        self.used += points
        return {
            "cost": points,
            "nodeCount": nodes,
            "limit": self.limit,
            "used": self.used,
            "remaining": max(0, self.limit - self.used),
            "resetAt": stamp(datetime.fromtimestamp(self.resets_at, tz=UTC)),
        }

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


@contextmanager
def serving(github: GitHub) -> Iterator[str]:
    """Serve on a free port of this machine; gives the address."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 20  # one write per answer: small ones would wait for each other

        def do_GET(self) -> None:
            self._do()

        def do_POST(self) -> None:
            self._do()

        def _do(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            reply = github.reply(asked)
            time.sleep(github.latency + reply.delay)
            sent = reply.raw if reply.raw is not None else json.dumps(reply.body).encode()
            if reply.status == 304:
                sent = b""
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(sent) + reply.cut))
            self.end_headers()
            self.wfile.write(sent)
            self.wfile.flush()
            if reply.cut:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    github.base = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield github.base
    finally:
        server.shutdown()
        server.server_close()
