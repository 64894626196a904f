"""Photographs the completeness pages of a repository with a damaged day.

    python -m benchmarks.damaged_day FOLDER [--scale 0.05] [--port 8199]

Reads a repository from the local GitHub, takes half of the rows of its busiest
day out of the ledger, weighs again and photographs the pages; then everything
is read again, and the pages are photographed whole. Fails when the damage does
not show, or stays.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from benchmarks.ingest import prepare


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--scale", type=float, default=0.05)
    options.add_argument("--port", type=int, default=8199)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        call = [sys.executable, "-m", "tests.github_api", scratch, "--scale", str(given.scale)]
        with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout
            os.environ["GITHUB_API_URL"] = server.stdout.readline().strip()
            os.environ["GITHUB_CLONE_BASE"] = scratch
            os.environ["GITHUB_TOKEN"] = "good-token"
            os.environ["DEBUG"] = "yes"
            os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
            try:
                prepare(scratch)
                sys.exit(show(given.folder, given.port))
            finally:
                server.terminate()


def show(folder: Path, port: int) -> int:
    """Damage, photograph, repair, photograph; the number of promises broken."""
    from django.utils import timezone

    from contributors.activity.models import Completeness
    from integrations.connections.actions import connect
    from integrations.connections.sync import sync_source

    source = connect(connector="github", location="guild/hall", project="hall", at=timezone.now())
    sync_source(source=source)
    day = damage()
    short = Completeness.objects.lacking().count()
    begin = day - timedelta(days=45)
    paths = [f"/activity/completeness/?from={begin}&to={day + timedelta(days=45)}"]
    paths.append(f"/activity/completeness/{source.repository_id}/?year={day.year}")
    with site(port) as base:
        photograph(base, folder / "damaged", paths)
        sync_source(source=source, full=True)
        photograph(base, folder / "repaired", paths)
    left = Completeness.objects.lacking().count()
    print(f"{day}: {short} day short after the damage, {left} after reading everything again")
    return int(short != 1) + int(left != 0)


def damage() -> date:
    """Half of the rows of the busiest day go, behind the ledger's back."""
    from django.utils import timezone

    from contributors.activity.models import Completeness, Contribution
    from integrations.connections.models import Source
    from integrations.connections.weighing import weigh_again
    from integrations.github.connector import GitHubConnector

    row = Completeness.objects.order_by("-received", "day")[0]
    rows = Contribution.objects.filter(occurred_at__date=row.day).order_by("pk")
    Contribution.objects.filter(pk__in=list(rows.values_list("pk", flat=True))[::2]).delete()
    source = Source.objects.select_related("repository").get()
    weigh_again(source=source, connector=GitHubConnector(), at=timezone.now())
    return row.day


@contextmanager
def site(port: int) -> Iterator[str]:
    """The pages, served from the same database."""
    call = [sys.executable, "manage.py", "runserver", "--noreload", "--insecure", str(port)]
    with subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as served:
        base = f"http://127.0.0.1:{port}"
        try:
            for _ in range(100):
                try:
                    urllib.request.urlopen(f"{base}/activity/", timeout=5)
                    break
                except OSError:
                    time.sleep(0.3)
            yield base
        finally:
            served.terminate()


def photograph(base: str, folder: Path, paths: list[str]) -> None:
    call = [sys.executable, "benchmarks/screenshots.py", base, str(folder), *paths]
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
