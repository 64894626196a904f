"""HTTP on a local port: connections are kept, and each answer is one write."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import formatdate
from http import HTTPStatus
from itertools import count
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from tests.github_api.replies import Asked, Reply, sent

PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Server(Protocol):
    """What stands behind the door."""

    base: str
    latency: float

    def reply(self, asked: Asked) -> Reply:
        """The answer to a request."""
        ...

    def leaving(self, asked: Asked) -> None:
        """Told when the answer is about to go out."""
        ...

    def sent(self, asked: Asked, reply: Reply) -> None:
        """Told when the answer is out."""
        ...


class Port(ThreadingTCPServer):
    """A thread for each connection."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 200


def door(server: Server) -> type[StreamRequestHandler]:
    """What answers the requests of one connection."""
    numbers = count(1)

    class Door(StreamRequestHandler):
        disable_nagle_algorithm = True

        def handle(self) -> None:
            number = next(numbers)
            with suppress(OSError):  # whoever waits no longer has gone
                while (asked := self.read(number)) is not None:
                    reply = server.reply(asked)
                    time.sleep(server.latency + reply.delay)
                    server.leaving(asked)
                    try:
                        self.request.sendall(written(asked, reply))
                    finally:
                        server.sent(asked, reply)
                    if reply.cut or asked.headers.get("connection", "").lower() == "close":
                        return

        def read(self, number: int) -> Asked | None:
            """The next request; None when the other side has closed."""
            line = self.rfile.readline(65_537).split()
            if len(line) < 2:
                return None
            headers = {}
            while (header := self.rfile.readline(65_537)) not in (b"\r\n", b""):
                name, _, value = header.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            body = self.rfile.read(int(headers.get("content-length", 0)))
            parts = urlsplit(line[1].decode())
            query = dict(parse_qsl(parts.query))
            return Asked(line[0].decode(), parts.path, query, headers, body, number)

    return Door


def written(asked: Asked, reply: Reply) -> bytes:
    """The whole answer."""
    body = b"" if reply.status == 304 else sent(reply)
    headers = {
        "Date": formatdate(time.time(), usegmt=True),
        "Content-Type": "application/json; charset=utf-8",
        **reply.headers,
        "Content-Length": str(len(body) + reply.cut),
    }
    if reply.cut:
        headers["Connection"] = "close"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    start = f"HTTP/1.1 {reply.status} {PHRASES.get(reply.status, 'Status')}\r\n"
    return f"{start}{lines}\r\n".encode() + (b"" if asked.method == "HEAD" else body)


@contextmanager
def serving(server: Server, port: int = 0) -> Iterator[str]:
    """Serve on this port of the machine, or on a free one; gives the address."""
    with Port(("127.0.0.1", port), door(server)) as opened:
        server.base = f"http://127.0.0.1:{opened.server_address[1]}"
        thread = Thread(target=opened.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.base
        finally:
            opened.shutdown()
