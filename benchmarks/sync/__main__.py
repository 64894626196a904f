"""Guildhall beside other collectors, on one local API server, in one run.

    python -m benchmarks.sync [--scale 1] [--latency 0] [--peers none]
        [--database sqlite --database postgres]

Three phases: a backfill, a re-reading after a week in which 481 rows changed (at
scale 1), and one in which nothing changed; Guildhall reads everything again, too.
Each phase of each collector runs in a process of its own. Prints a table and the
promises kept; exits with the number of those broken. PostgreSQL is the server
that BENCH_DATABASE_URL or TEST_DATABASE_URL names.
"""

import argparse
import sys

from benchmarks.sync import collectors
from benchmarks.sync.bench import Bench
from benchmarks.sync.promises import check


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--scale", type=float, default=1)
    options.add_argument("--latency", type=float, default=0, help="seconds before each answer")
    options.add_argument("--database", action="append", choices=["sqlite", "postgres"])
    options.add_argument("--peers", choices=["all", "none"], default="all")
    given = options.parse_args()
    chosen = collectors.chosen(given.database or ["sqlite", "postgres"], peers=given.peers == "all")
    try:
        with Bench(scale=given.scale, latency=given.latency) as bench:
            bench.run(chosen)
            print(f"{bench.contributions} contributions")
            broken = check(bench)
    finally:
        for collector in chosen:
            if url := collector.settings.get("DATABASE_URL"):
                collectors.drop_database(url)
    sys.exit(min(broken, 100))


if __name__ == "__main__":
    main()
