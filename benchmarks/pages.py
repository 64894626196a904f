"""What list pages and dashboards cost, as gunicorn serves them.

    python -m benchmarks.pages FOLDER

FOLDER is one that `benchmarks.dashboards --keep` filled; DATABASE_URL names a
PostgreSQL instead. Two sync workers on a free port of loopback, one request at a
time; the first requests of each page are told apart, since long counts and what
guests are shown are kept for a while. Dashboards are then made anew each time, in this
process, as after every change. Exits with the number of promises broken.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.dashboards.__main__ import PAGE_MS, SQL_MS, visited
from benchmarks.ingest import prepare

ROUNDS = 40
P50_MS, P95_MS, QUERIES = 8.0, 15.0, 6
DASHBOARDS = ("/", "/projects/p7/activity/")
LISTS = (
    "/activity/",
    "/activity/?project=p7",
    "/activity/work/",
    "/activity/work/?waiting=1",
    "/activity/waiting/",
    "/people/",
    "/projects/",
    "/reviews/",
    "/newcomers/",
    "/notable/",
)


def main() -> None:
    folder = sys.argv[1]
    prepare(folder)
    broken = 0
    print(f"{'page':<28} {'first ms':>9} {'p50 ms':>8} {'p95 ms':>8} {'queries':>8}")
    with served(folder) as port:
        for address in (*DASHBOARDS, *LISTS):
            first, *rest = [asked(port, address) for _ in range(ROUNDS)]
            p50 = statistics.median(rest)
            p95 = statistics.quantiles(rest, n=20)[18]
            queries = counted(address)
            print(f"{address:<28} {first:9.1f} {p50:8.1f} {p95:8.1f} {queries:8}")
            if address in LISTS:
                broken += p50 > P50_MS or p95 > P95_MS or queries > QUERIES
    print(f"\n{'made anew':<28} {'p50 ms':>8} {'SQL ms':>8} {'queries':>8}")
    for address in DASHBOARDS:
        page, sql, queries = anew(address)
        print(f"{address:<28} {page:8.1f} {sql:8.1f} {queries:8}")
        broken += page > PAGE_MS or sql > SQL_MS
    print(
        f"\nlist pages over {P50_MS:.0f} ms p50, {P95_MS:.0f} ms p95 or {QUERIES} queries, "
        f"dashboards over {PAGE_MS:.0f} ms or {SQL_MS:.0f} ms of SQL: {broken}"
    )
    sys.exit(broken)


@contextmanager
def served(folder: str) -> Iterator[int]:
    """The site behind two sync workers; ended again by its process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "GUILDHALL_DATA": folder, "EMBEDDED_WORKER": "0"}
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "-w", "2", "-k", "sync"]
    process = subprocess.Popen(
        [*command, "-b", f"127.0.0.1:{port}", "--log-level", "error"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            try:
                asked(port, "/projects/")
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def asked(port: int, address: str) -> float:
    """Milliseconds until a page has come whole."""
    begin = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", address, headers={"Host": "localhost"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{address}: {answer.status}")
    return (time.perf_counter() - begin) * 1_000


def anew(address: str) -> tuple[float, float, int]:
    """Median milliseconds of a page that is not kept, of its SQL, and its queries."""
    from django.test import override_settings

    with override_settings(KEEP_SECONDS=0):
        return visited(address)


def counted(address: str) -> int:
    """How many queries a page takes where nothing is kept."""
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext

    with override_settings(KEEP_SECONDS=0), CaptureQueriesContext(connection) as found:
        Client().get(address, headers={"Host": "localhost"})
    return len(found)


if __name__ == "__main__":
    main()
