"""GitHub's API on a local port: paging, `since`, validators, limits, renames, faults on order."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.github_api.graph import answer
from tests.github_api.rest import Rest
from tests.github_api.world import Row, World

LIMIT = 5_000


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Reply:
    """One answer; `cut` bytes of the body are promised but not sent."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    cut: int = 0
    delay: float = 0


Fault = Callable[[Asked], Reply | None]


class GitHub:
    """The server: a world, its tokens and limits, what it was asked, what shall go wrong."""

    def __init__(self, world: World, tokens: tuple[str, ...] = ("good-token",)) -> None:
        self.world = world
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

    def reply(self, asked: Asked) -> Reply:
        with self.lock:
            found = next(filter(None, (fault(asked) for fault in self.faults)), None)
            found = found or self._limited(asked) or self._answered(asked)
            self.log.append((asked, found.status))
        return found

    def _limited(self, asked: Asked) -> Reply | None:
        """No token GitHub knows, or nothing left of its budget."""
        token = asked.headers.get("authorization", "").partition(" ")[2]
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
            self.used += 1
            given = json.loads(asked.body)
            found = answer(self.world, given["query"], given.get("variables") or {})
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
        missing = Reply(404, {"message": "Not Found", "status": "404"})
        parts = asked.path.strip("/").split("/")
        if asked.path == "/user/repos":
            return Reply(200, [Rest(self.world, self.base).repository()])
        if parts[0] == "repositories" and parts[1] == str(self.world.id):
            rest = "/".join(parts[2:])
        elif parts[0] == "repos" and len(parts) >= 3:
            name, rest = "/".join(parts[1:3]), "/".join(parts[3:])
            if name in self.world.former_names:
                return self._moved(asked, rest)
            if name.lower() != self.world.full_name.lower():
                return missing
        else:
            return missing
        return self._repository(asked, rest) or missing

    def _moved(self, asked: Asked, rest: str) -> Reply:
        query = f"?{urlencode(asked.query)}" if asked.query else ""
        address = f"{self.base}/repositories/{self.world.id}{'/' if rest else ''}{rest}{query}"
        return Reply(301, {"message": "Moved Permanently", "url": address}, {"Location": address})

    def _repository(self, asked: Asked, rest: str) -> Reply | None:
        world, show = self.world, Rest(self.world, self.base)
        if not rest:
            return Reply(200, show.repository())
        if rest == "issues" and not world.has_issues:
            return Reply(410, {"message": "Issues has been disabled in this repository."})
        if rest.startswith("pulls/") and rest.endswith("/reviews"):
            found = world.reviews_of(int(rest.split("/")[1]))
            return paged(f"{self.base}{asked.path}", found, asked.query, show.review)
        if rest == "commits":
            found = since_commit(list(world.commits), asked.query.get("sha", ""))
            return paged(f"{self.base}{asked.path}", found, asked.query, show.commit)
        lists: dict[str, tuple[Any, Callable[[Row], Row]]] = {
            "issues": ([*world.issues.values(), *world.pulls.values()], show.issue),
            "issues/comments": (world.comments.values(), show.comment),
            "pulls/comments": (world.line_comments.values(), show.line_comment),
            "pulls": (world.pulls.values(), show.pull),
            "releases": (list(world.releases.values())[::-1], show.release),
        }
        if rest not in lists:
            return None
        rows, render = lists[rest]
        rows = list(rows) if rest == "releases" else ordered(list(rows), asked.query)
        return paged(f"{self.base}{asked.path}", rows, asked.query, render)


def since_commit(oids: list[str], sha: str) -> list[str]:
    """A commit, or the latest, and those before it, the newest first."""
    return oids[: oids.index(sha) + 1 if sha in oids else None][::-1]


def ordered(rows: list[Row], query: dict[str, str]) -> list[Row]:
    """Filtered and sorted as the lists of issues and comments are."""
    column = {"updated": "updated_at"}.get(query.get("sort", "created"), "created_at")
    if "since" in query:
        rows = [row for row in rows if row["updated_at"] >= query["since"]]
    if query.get("state", "all") != "all":
        rows = [row for row in rows if row["state"] == query["state"]]
    direction = query.get("direction", "asc" if "state" not in query else "desc")
    return sorted(rows, key=lambda row: (row[column], row["id"]), reverse=direction == "desc")


def paged(url: str, rows: list[Any], query: dict[str, str], render: Callable[[Any], Row]) -> Reply:
    """One page with its Link header."""
    size = min(100, max(1, int(query.get("per_page", "30"))))
    number, last = max(1, int(query.get("page", "1"))), max(1, -(-len(rows) // size))
    wanted = {"first": 1, "prev": number - 1} if number > 1 else {}
    if number < last:
        wanted |= {"next": number + 1, "last": last}
    links = [
        f'<{url}?{urlencode({**query, "page": place})}>; rel="{rel}"'
        for rel, place in wanted.items()
    ]
    headers = {"Link": ", ".join(links)} if links else {}
    part = rows[(number - 1) * size : number * size]
    return Reply(200, [render(row) for row in part], headers)


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
