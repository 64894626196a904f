"""Connections kept alive for many threads, which can all be cut when a run is given up."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from threading import Event, Lock
from typing import Any
from weakref import WeakSet

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection


class Sockets:
    """A pool of connections that knows those in use."""

    def __init__(self, *, connections: int, timeout: urllib3.Timeout) -> None:
        self._live: WeakSet[HTTPConnection] = WeakSet()
        self._lock = Lock()
        self._closed = Event()
        self._pool = urllib3.PoolManager(retries=False, timeout=timeout, maxsize=connections)
        self._pool.pool_classes_by_scheme = {
            "http": self._noting(urllib3.HTTPConnectionPool, HTTPConnection),
            "https": self._noting(urllib3.HTTPSConnectionPool, HTTPSConnection),
        }

    def request(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str]
    ) -> urllib3.BaseHTTPResponse:
        """One request and its whole answer. Raises what urllib3 does."""
        return self._pool.request(method, url, body=body or None, headers=headers, redirect=False)

    def close(self) -> None:
        """Cut every connection; who waits for an answer gets an error at once."""
        self._closed.set()
        with self._lock:
            live = list(self._live)
        for connection in live:
            with suppress(OSError):
                if connection.sock is not None:
                    connection.sock.shutdown(socket.SHUT_RDWR)
        self._pool.clear()

    def _noting(
        self, pool: type[urllib3.HTTPConnectionPool], connection: type[HTTPConnection]
    ) -> type[urllib3.HTTPConnectionPool]:
        """A pool whose connections are known to us from when they open."""

        def connect(one: Any) -> None:
            connection.connect(one)
            with self._lock:
                self._live.add(one)
            if self._closed.is_set():
                one.sock.shutdown(socket.SHUT_RDWR)

        noted = type("Noted", (connection,), {"connect": connect})
        return type("NotedPool", (pool,), {"ConnectionCls": noted})
