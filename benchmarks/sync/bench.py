"""The run: one server, several collectors, three phases."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from benchmarks.sync.collectors import Collector
from benchmarks.sync.week import changed_rows

PHASES = ("backfill", "week", "nothing", "again")
WORDS = {
    "backfill": "backfill",
    "week": "7-day re-sync",
    "nothing": "nothing changed",
    "again": "everything again",
}
HEAD = (
    f"{'phase':<16} {'collector':<21} {'requests':>8} {'304':>4} {'per 1,000':>9} "
    f"{'wall s':>7} {'CPU us/c.':>9} {'peak MB':>8}"
)


@dataclass
class Measured:
    """What one phase of one collector took; CPU in seconds, memory in MB."""

    wall: float
    cpu: float
    peak: float
    record: dict[str, int]
    told: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)  # what its figures say otherwise

    @property
    def requests(self) -> int:
        return self.record["requests"]

    @property
    def billed(self) -> int:
        return self.requests - self.record["not_modified"]


class Bench:
    """A server in a process of its own, and what was measured at it."""

    def __init__(self, *, scale: float, latency: float) -> None:
        self.scale, self.latency = scale, latency
        self.found: dict[tuple[str, str], Measured] = {}
        self.gone: dict[str, Any] = {}
        self.contributions = 0
        self.lost: set[str] = set()

    def __enter__(self) -> Self:
        self._kept = tempfile.TemporaryDirectory(prefix="bench-sync-")
        self.folder = Path(self._kept.name)
        call = [sys.executable, "-m", "benchmarks.sync.served", str(self.folder / "git")]
        call += ["--scale", str(self.scale), "--latency", str(self.latency)]
        self._server = subprocess.Popen(
            call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.base = self._heard()
        self.contributions = sum(self.order("truth").values())
        return self

    def __exit__(self, *_: object) -> None:
        self._server.terminate()
        self._server.wait()
        self._kept.cleanup()

    def order(self, line: str) -> Any:
        """Have the server do something; its answer."""
        assert self._server.stdin
        print(line, file=self._server.stdin, flush=True)
        return self._heard()

    def _heard(self) -> Any:
        assert self._server.stdout
        return json.loads(self._server.stdout.readline())

    def run(self, chosen: list[Collector], phases: tuple[str, ...] = PHASES) -> None:
        """Every collector through each phase before the next begins."""
        print(HEAD, flush=True)
        for phase in phases:
            if phase == "week":
                self.gone = self.order("week")
            for collector in chosen:
                if phase == "again" and not collector.is_guildhall:
                    continue
                if collector.name not in self.lost:
                    self.measure_or_lose(collector, phase)

    def measure_or_lose(self, collector: Collector, phase: str) -> None:
        """Another's collector that fails is left out from then on; ours and the floor may not."""
        try:
            self.measure(collector, phase)
        except subprocess.SubprocessError as error:
            if not collector.is_peer:
                raise
            self.lost.add(collector.name)
            print(f"{WORDS[phase]:<16} {collector.name:<21} failed: {error}", flush=True)

    def measure(self, collector: Collector, phase: str) -> None:
        """One phase of one collector, and its row of the table."""
        environment = self._environment(collector)
        if phase == "backfill":
            Path(environment["BENCH_FOLDER"]).mkdir()
            collector.prepare(environment)
        self.order("record")
        told = last_line(collector.call(phase), environment)
        one = Measured(told["wall"], told["cpu"], told["peak"], self.order("record"), told)
        if collector.is_guildhall:
            one.told |= last_line(collector.call("look", json.dumps(self.gone)), environment)
            true = {**self.order("truth"), "completeness": 1.0}
            one.wrong = [
                f"{name} {one.told[name]}" for name in true if one.told[name] != true[name]
            ]
        self.found[phase, collector.name] = one
        print(self.row(phase, collector.name), flush=True)

    def _environment(self, collector: Collector) -> dict[str, str]:
        folder = self.folder / collector.name.replace(" ", "-").lower()
        return {
            **os.environ,
            **collector.settings,
            "BENCH_API": self.base,
            "BENCH_CLONE": str(self.folder / "git"),
            "BENCH_FOLDER": str(folder),
            "GITHUB_API_URL": self.base,
            "GITHUB_CLONE_BASE": str(self.folder / "git"),
            "GITHUB_TOKEN": "good-token",
        }

    def row(self, phase: str, name: str) -> str:
        """Requests and CPU are set against what there was to read: all, or what changed."""
        one = self.found[phase, name]
        rows = self.contributions if phase in {"backfill", "again"} else 0
        rows = changed_rows(self.scale) if phase == "week" else rows
        per = f"{one.requests / rows * 1_000:9.1f}" if rows > 1_000 else ""
        cpu = f"{one.cpu / rows * 1e6:9.0f}" if rows else ""
        return (
            f"{WORDS[phase]:<16} {name:<21} {one.requests:>8} {one.record['not_modified']:>4} "
            f"{per:>9} {one.wall:>7.2f} {cpu:>9} {one.peak:>8.0f}"
        )


def last_line(call: list[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """What a collector's process said at its end."""
    done = subprocess.run(
        call, env=environment, check=True, stdout=subprocess.PIPE, text=True, timeout=1_800
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
