"""Reads a repository from the local GitHub, three times.

    python -m benchmarks.github_sync [--scale 1]

Prints requests, requests per 1,000 contributions, wall time, CPU per
contribution and peak memory for a backfill, a run in which nothing changed,
and a full re-reading. Fails when a backfill takes more than 10.5 requests per
1,000 contributions, an unchanged run is billed, or anything is missing.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.ingest import prepare

MOST = 10.5  # requests per 1,000 contributions


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=float, default=1)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        call = [sys.executable, "-m", "tests.github_api", folder, "--scale", str(given.scale)]
        with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            os.environ["GITHUB_API_URL"] = server.stdout.readline().strip()
            os.environ["GITHUB_CLONE_BASE"] = folder
            os.environ["GITHUB_TOKEN"] = "good-token"
            try:
                prepare(str(Path(folder)))
                broken = measure()
            finally:
                server.terminate()
    sys.exit(broken)


def measure() -> int:
    """Print the table and answer how many promises were broken."""
    from django.utils import timezone

    from integrations.connections.actions import connect

    connect(connector="github", location="guild/hall", project="bench", at=timezone.now())
    print(
        f"{'run':<10} {'rest':>5} {'graphql':>8} {'304':>4} {'per 1,000':>10} "
        f"{'wall s':>7} {'CPU us/c.':>10} {'peak MB':>8} {'complete':>9}"
    )
    backfill = run("backfill", full=False)
    unchanged = run("unchanged", full=False)
    again = run("full", full=True)
    billed = sum(unchanged["requests"].values()) - 2 * unchanged["requests"]["not_modified"]
    broken = [
        backfill["per_thousand"] > MOST,
        billed > 0,
        again["contributions"] != backfill["contributions"],
        {backfill["completeness"], again["completeness"]} != {1.0},
    ]
    print(f"{backfill['contributions']} contributions; promises broken: {sum(broken)}")
    return sum(broken)


def run(label: str, *, full: bool) -> dict[str, Any]:
    """One run and its row of the table."""
    from contributors.activity.models import Contribution
    from integrations.connections.figures import figures
    from integrations.connections.models import Source
    from integrations.connections.sync import sync_source

    wall, cpu = time.perf_counter(), time.process_time()
    done = sync_source(source=Source.objects.get(), full=full)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert done.state == "done", done.error
    found = figures(done)
    count = Contribution.objects.exclude(kind="committed").count()
    spent = found["requests"]
    per_thousand = (spent["rest"] + spent["graphql"]) / count * 1_000
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    print(
        f"{label:<10} {spent['rest']:>5} {spent['graphql']:>8} {spent['not_modified']:>4} "
        f"{per_thousand:>10.1f} {wall:>7.1f} {cpu / count * 1e6:>10.0f} {peak:>8.0f} "
        f"{found['completeness']:>9.2%}"
    )
    return {**found, "per_thousand": per_thousand, "contributions": count}


if __name__ == "__main__":
    main()
