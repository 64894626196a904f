"""How quickly deliveries are answered: real HTTP on this machine, signed ones and forged ones.

    python -m benchmarks.webhooks [--count 2000] [--senders 4] [--server waitress|gunicorn]

Serves the site as `quickstart` does (waitress, 8 threads) or as the container does
(gunicorn, 2 workers of 4 threads), on a fresh SQLite file or on an empty database
named by DATABASE_URL. One in ten deliveries is forged, one in ten is doubled.
"""

import argparse
import http.client
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any

from benchmarks.ingest import prepare
from benchmarks.webhooks.posting import Shot, shots

PATH = "/integrations/github/webhook"
SECRET = "a-secret-for-benchmarks"
COMMANDS = {
    "waitress": ["-m", "waitress", "--threads=8", "--listen=127.0.0.1:{port}"],
    "gunicorn": ["-m", "gunicorn", "--workers=2", "--threads=4", "--bind=127.0.0.1:{port}"],
}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def served(server: str) -> Any:
    """The site on a free port."""
    port = free_port()
    command = [part.format(port=port) for part in COMMANDS[server]]
    process = subprocess.Popen([sys.executable, *command, "config.wsgi:application"])
    try:
        for _attempt in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def post(port: int, given: list[Shot]) -> list[tuple[float, int]]:
    """Post one after the other over one connection; seconds and status of each answer."""
    found = []
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for one in given:
        start = time.perf_counter()
        line.request("POST", PATH, one.body, one.headers)
        answer = line.getresponse()
        answer.read()
        found.append((time.perf_counter() - start, answer.status))
    return found


def told(found: list[tuple[float, int]], seconds: float) -> str:
    """The table."""
    times = sorted(1_000 * taken for taken, _status in found)
    statuses = Counter(status for _taken, status in found)
    rows = [
        ("deliveries a second", f"{len(found) / seconds:.0f}"),
        *((f"p{part:g} ms", f"{times[int(len(times) * part / 100)]:.1f}") for part in (50, 95, 99)),
        ("longest ms", f"{times[-1]:.1f}"),
        *((f"answered {status}", str(count)) for status, count in sorted(statuses.items())),
    ]
    return "\n".join(f"{name:<22}{value:>10}" for name, value in rows)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=2_000)
    options.add_argument("--senders", type=int, default=4)
    options.add_argument("--server", choices=COMMANDS, default="waitress")
    given = options.parse_args()
    os.environ["GITHUB_WEBHOOK_SECRET"] = SECRET
    os.environ["LOG_LEVEL"] = "CRITICAL"
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        all_shots = list(islice(shots(SECRET, random.Random(1)), given.count))
        parts = [all_shots[place :: given.senders] for place in range(given.senders)]
        with served(given.server) as port, ThreadPoolExecutor(given.senders) as pool:
            post(port, list(islice(shots("warm-up", random.Random(2)), 20)))
            start = time.perf_counter()
            found = [one for part in pool.map(lambda part: post(port, part), parts) for one in part]
            seconds = time.perf_counter() - start
        sys.stdout.write(told(found, seconds) + "\n")
        sys.stdout.write(stored() + "\n")


def stored() -> str:
    """What is in the tables afterwards."""
    from community.jobs.models import Job
    from integrations.connections.models import Delivery

    jobs = Job.objects.filter(task="github.process_delivery").count()
    return f"{'rows stored':<22}{Delivery.objects.count():>10}\n{'jobs written':<22}{jobs:>10}"


if __name__ == "__main__":
    main()
