"""A request, and an answer to it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    connection: int = 0

    @property
    def token(self) -> str:
        """What the request shows; empty for a stranger."""
        return self.headers.get("authorization", "").partition(" ")[2]


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


def missing() -> Reply:
    """What GitHub says of what is not there, and of what one may not see."""
    return Reply(404, {"message": "Not Found", "status": "404"})


def moved(address: str, query: dict[str, str]) -> Reply:
    """It lives elsewhere now."""
    address = f"{address}?{urlencode(query)}" if query else address
    return Reply(301, {"message": "Moved Permanently", "url": address}, {"Location": address})


def paged(
    url: str, rows: Sequence[Any], query: dict[str, str], render: Callable[[Any], bytes]
) -> Reply:
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
    return Reply(200, None, headers, raw=b"[%s]" % b",".join(map(render, part)))


def as_text(value: Any) -> bytes:
    """As it goes over the line."""
    return json.dumps(value).encode()


def sent(reply: Reply) -> bytes:
    """The body of an answer."""
    return as_text(reply.body) if reply.raw is None else reply.raw
