"""What the one door costs: CPU per contribution for batches of 500 to 1,000 rows.

    python -m benchmarks.ingest [--rows 20000] [--batch 1000]

Runs on a fresh SQLite file, or on an empty database named by DATABASE_URL.
"""

import argparse
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

KINDS = ("issue_comment", "issue_comment", "review", "review_comment", "commit", "commit")
START = datetime(2024, 1, 1, tzinfo=UTC)


def start(folder: str) -> None:
    """Settings of their own."""
    for name in ("SECRET_KEY", "IDENTITY_KEY", "ENCRYPTION_KEY"):
        os.environ.setdefault(name, f"{name}-" + "b" * 40)
    os.environ.setdefault("GUILDHALL_DATA", folder)
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder) / 'bench.sqlite3'}")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def prepare(folder: str) -> None:
    """Settings of their own and an empty database."""
    start(folder)
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def batches(rows: int, size: int) -> Iterator[object]:
    """A repository's life: work items first, then acts of 300 people over two years."""
    from contributors.activity.records import Actor, Batch, ContributionRecord, WorkItemRecord

    chance = random.Random(7)
    people = [Actor("github", str(n), login=f"user-{n}") for n in range(300)]
    count = max(rows // 8, 1)
    moment = [START + timedelta(hours=17520 * n / count) for n in range(count)]
    items = [
        WorkItemRecord(
            "github",
            "issue" if n % 2 else "change_request",
            f"I{n}",
            n,
            f"Title of item {n}",
            chance.choice(people),
            "open",
            moment[n],
            moment[n],
        )
        for n in range(count)
    ]
    for start in range(0, count, size):
        yield Batch(work_items=items[start : start + size])
    for start in range(0, rows, size):
        yield Batch(
            contributions=[
                act(ContributionRecord, chance, people, n, rows)
                for n in range(start, min(start + size, rows))
            ]
        )


def act(
    record: Callable[..., object], chance: random.Random, people: list[object], n: int, rows: int
) -> object:
    """One contribution; its moment grows with its number as in a sync by date."""
    kind = chance.choice(KINDS)
    at = START + timedelta(hours=17520 * n / rows, seconds=chance.randrange(3600))
    return record(
        source="github",
        kind=kind,
        external_id=f"A{n}",
        actor=chance.choice(people),
        occurred_at=at,
        work_item=None if kind == "commit" else n // 8,
        url=f"https://github.com/guild/bench/issues/{n // 8}#issuecomment-{n}",
        title="Make the door wider" if kind == "commit" else "",
        updated_at=None if kind == "commit" else at,
        lines_added=3 if kind == "commit" else None,
    )


def measure(label: str, rows: int, work: Callable[[], None]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{label:<12} {rows:>8} {wall:>8.2f} {cpu / rows * 1e6:>12.1f} {peak:>8.0f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=20_000)
    options.add_argument("--batch", type=int, default=1000)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        run(given.rows, given.batch)


def run(rows: int, size: int) -> None:
    from community.projects.models import Project, Repository
    from contributors.activity.ingest import ingest

    project = Project.objects.create(slug="bench", name="Bench", created_at=START)
    repository = Repository.objects.create(
        project=project, provider="github", external_id="1", name="guild/bench", created_at=START
    )
    made = list(batches(rows, size))
    total = rows + max(rows // 8, 1)

    def all_in() -> None:
        for batch in made:
            ingest(repository=repository, batch=batch, at=START)

    print(f"{'what':<12} {'rows':>8} {'wall s':>8} {'CPU us/row':>12} {'peak MB':>8}")
    measure("first time", total, all_in)
    measure("again", total, all_in)


if __name__ == "__main__":
    main()
