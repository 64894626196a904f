"""A Redis of the test's own, so that it may be emptied and read through."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def own_redis(folder: Path, seconds: float = 90) -> Iterator:
    """A client of a server that keeps nothing on disk and ends with the test."""
    if not shutil.which("redis-server"):
        pytest.skip("there is no redis-server")
    import redis as library

    port, end = free_port(), time.monotonic() + seconds
    call = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen([*call, "--dir", folder], stdout=subprocess.DEVNULL)
    client = library.Redis(port=port)
    try:
        while not answers(client):
            assert time.monotonic() < end, "it took too long"
            time.sleep(0.05)
        yield client
    finally:
        client.close()
        server.terminate()
        server.wait()


def answers(client) -> bool:
    import redis as library

    try:
        return client.ping()
    except library.ConnectionError:
        return False


def address(client) -> str:
    return f"redis://127.0.0.1:{client.connection_pool.connection_kwargs['port']}/0"
