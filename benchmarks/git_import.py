"""Imports a generated git repository twice and counts.

    python -m benchmarks.git_import [--commits 25000] [--repository PATH]

Prints commits against `git rev-list --count`, what the second time added, wall
time, CPU per commit and per row, and peak memory. Fails when a commit is
missing, the second time adds anything, or memory passes 300 MB.
"""

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.ingest import prepare

MOST_MEMORY = 300
START = 1_600_000_000


def generate(path: Path, commits: int) -> None:
    """A history with 400 people, merges every 20 commits, co-authors and sign-offs."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(path)], check=True)
    with subprocess.Popen(
        ["git", "-C", str(path), "fast-import", "--quiet"], stdin=subprocess.PIPE
    ) as process:
        assert process.stdin
        for piece in history(commits):
            process.stdin.write(piece)
        process.stdin.close()
    assert process.returncode == 0


def history(commits: int) -> Iterator[bytes]:
    """The stream that fast-import reads."""
    chance = random.Random(11)
    people = [f"Person {n} <person{n}@company{n % 30}.example>" for n in range(400)]
    side = 0
    for n in range(1, commits + 1):
        author = chance.choice(people)
        committer = chance.choice(people) if n % 7 == 0 else author
        message = f"Change number {n}\n\nBecause it was time.\n"
        if n % 11 == 0:
            message += f"\nCo-authored-by: {chance.choice(people)}\n"
        elif n % 3 == 0:
            message += f"\nSigned-off-by: {committer}\n"
        branch, links = "main", ""
        if n % 20 == 5 and n > 20:
            branch, side, links = "side", n, f"from :{n - 1}\n"
        elif n % 20 == 6 and side == n - 1:
            links = f"from :{n - 2}\n"
        elif n % 20 == 10 and side:
            links, side = f"merge :{side}\n", 0
        zone = ("+0000", "+0800", "-0500")[n % 3]
        content = f"line {n}\n" * chance.randrange(1, 20)
        yield (
            f"commit refs/heads/{branch}\nmark :{n}\nauthor {author} {START + n * 900} {zone}\n"
            f"committer {committer} {START + n * 900 + 60} {zone}\n"
            f"data {len(message)}\n{message}\n{links}"
            f"M 100644 inline src/module{n % 300}.py\ndata {len(content)}\n{content}\n"
        ).encode()


def peak() -> float:
    """The most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--commits", type=int, default=25_000)
    options.add_argument("--repository", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.repository or Path(folder) / "history.git"
        if given.repository is None:
            generate(path, given.commits)
        prepare(folder)
        sys.exit(compare(path))


def compare(path: Path) -> int:
    """Import twice, print the table, and answer how many promises were broken."""
    from django.utils import timezone

    from contributors.activity.models import Contribution
    from integrations.connections.actions import connect

    command = ["git", "-C", str(path), "rev-list", "--count", "HEAD"]
    expected = int(subprocess.run(command, capture_output=True, check=True).stdout)
    source = connect(connector="git", location=str(path), project="bench", at=timezone.now())
    print(f"{'run':<8} {'commits':>8} {'rows':>8} {'wall s':>7} {'CPU us/row':>11} {'peak MB':>8}")
    totals = []
    for label in ("first", "second", "full"):
        wall, cpu = time.perf_counter(), time.process_time()
        read(source, full=label == "full")
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        rows = Contribution.objects.count()
        commits = Contribution.objects.filter(kind="commit").count()
        totals.append((commits, rows))
        print(
            f"{label:<8} {commits:>8} {rows:>8} {wall:>7.1f} {cpu / rows * 1e6:>11.1f} "
            f"{peak():>8.0f}"
        )
    broken = [
        totals[0][0] != expected,
        len(set(totals)) != 1,
        peak() > MOST_MEMORY,
    ]
    print(f"git rev-list --count: {expected}; promises broken: {sum(broken)}")
    return sum(broken)


def read(source: object, *, full: bool) -> None:
    from integrations.connections.models import Source
    from integrations.connections.sync import sync_source

    run = sync_source(source=Source.objects.get(pk=source.pk), full=full)
    assert run.state == "done", run.error


if __name__ == "__main__":
    main()
