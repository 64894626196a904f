"""Dashboards at any size: what a page costs, a refresh, and making every figure anew.

    python -m benchmarks.dashboards [--contributions 1000000] [--keep FOLDER]

Fills an empty database with a seeded community: a SQLite file, or the PostgreSQL
that DATABASE_URL names. Pages are asked for as guests do, for whom they are kept a
minute, and made anew each time. Prints a table and the promises kept; exits with the
number of those broken.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from benchmarks.ingest import prepare, start

SQL_MS, PAGE_MS, REFRESH_MS, REBUILD_S = 10.0, 20.0, 150.0, 20.0
ROUNDS = 21


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--contributions", type=int, default=1_000_000)
    options.add_argument("--keep", help="a folder with a database that an earlier run left")
    given = options.parse_args()
    folder = nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory()
    with folder as where:
        sys.exit(measure(where, given.contributions))


def measure(folder: str, contributions: int) -> int:
    prepare(folder)
    from django.db import connection
    from django.test import override_settings

    from contributors.activity.models import Contribution
    from contributors.metrics.actions import rebuild_figures

    start(folder)
    if not Contribution.objects.exists():
        from benchmarks.dashboards.world import build

        print(f"building      {timed(lambda: build(contributions)):8.1f} s", flush=True)
    from benchmarks.dashboards.world import END

    rebuild = timed(lambda: rebuild_figures(at=END))
    print(f"{connection.vendor}, {contributions:,} contributions")
    print(f"every figure  {rebuild:8.1f} s", flush=True)
    refresh = statistics.median(refreshed(number) for number in range(5)) * 1_000
    print(f"refresh       {refresh:8.1f} ms per 1,000 new contributions", flush=True)
    found = [("every figure anew, s, at 1 M", rebuild * 1e6 / contributions, REBUILD_S)]
    found += [("refresh, ms", refresh, REFRESH_MS)]
    for name, url in (("home", "/"), ("project", "/projects/p7/activity/")):
        page, _, _ = visited(url)
        with override_settings(KEEP_SECONDS=0):
            fresh, sql, queries = visited(url)
        told = f"{page:8.1f} ms a page, made anew {fresh:.1f} ms"
        print(f"{name:<13} {told}, {sql:.1f} ms of it in {queries} queries", flush=True)
        found += [(f"{name}: page, ms", page, PAGE_MS), (f"{name}: SQL, ms", sql, SQL_MS)]
    print()
    for what, value, most in found:
        word = "kept" if value <= most else "BROKEN"
        print(f"{word:<7} {what}: {value:,.1f}, at most {most:,.0f}")
    return sum(value > most for _, value, most in found)


def timed(work: Callable[[], Any]) -> float:
    """Seconds."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def refreshed(number: int) -> float:
    """Seconds to bring the figures in step with a thousand contributions of the last day."""
    from benchmarks.dashboards.world import END, last_day
    from community.projects.models import Repository
    from contributors.activity.ingest import ingest
    from contributors.activity.records import Actor, Batch, ContributionRecord
    from contributors.metrics.actions import mark_stale, refresh_figures

    repository = Repository.objects.order_by("pk")[number]
    begun = time.time_ns()  # a kept database holds those of earlier runs
    acts = [
        ContributionRecord(
            source="github",
            kind="issue_comment",
            external_id=f"new-{begun}-{n}",
            actor=Actor("github", str(1 + n % 300), login=f"u{1 + n % 300}"),
            occurred_at=END.replace(year=END.year - 1, month=12, day=31, hour=n % 23),
            updated_at=END,
        )
        for n in range(1_000)
    ]
    ingest(repository=repository, batch=Batch(contributions=acts), at=END)
    mark_stale(repository_ids=[repository.pk], days=[last_day()], at=END)
    return timed(lambda: refresh_figures(at=END))


def visited(url: str) -> tuple[float, float, int]:
    """Median milliseconds of a page and of its SQL, and how many queries it takes."""
    from django.db import connection
    from django.test import Client

    client, spent = Client(), []

    def watch(execute: Callable[..., Any], *asked: Any) -> Any:
        begin = time.perf_counter()
        try:
            return execute(*asked)
        finally:
            spent[-1].append(time.perf_counter() - begin)

    pages = []
    with connection.execute_wrapper(watch):
        for _ in range(ROUNDS):
            spent.append([])
            pages.append(timed(lambda: client.get(url, HTTP_HOST="localhost")))
    sql = statistics.median(sum(one) for one in spent)
    return statistics.median(pages) * 1_000, sql * 1_000, len(spent[-1])


if __name__ == "__main__":
    main()
