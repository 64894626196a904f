"""The local GitHub in a process of its own, steered by lines on its standard input.

Answers each line with one line of JSON: `record` (what was asked since the
last time), `truth` (how much there is), `week` (lets a week pass).
"""

import argparse
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.sync import enterprise
from benchmarks.sync.week import live_a_week
from tests.github_api.__main__ import scaled
from tests.github_api.server import Asked, GitHub, Reply, serving
from tests.github_api.world import Size, World

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: when it came and went, and how it was answered."""

    came: float
    went: float
    kind: str
    status: int


class Watched(GitHub):
    """A server that remembers when each request came and went."""

    def __init__(self, *worlds: World) -> None:
        super().__init__(*worlds)
        self.limit = 10_000_000  # some collectors need more than the 5,000 of an hour
        self.entries: list[Entry] = []

    def reply(self, asked: Asked) -> Reply:
        came = time.monotonic()
        found = enterprise.reply(self.world, asked) or super().reply(asked)
        enterprise.complete(asked, found)
        kind = "graphql" if asked.method == "POST" else "rest"
        went = time.monotonic() + self.latency + found.delay
        self.entries.append(Entry(came, went, kind, found.status))
        self.log.clear()  # of no use here, and it would grow
        return found

    def record(self) -> dict[str, Any]:
        """What was asked since the last time, and the most that GitHub would mind."""
        entries, self.entries = self.entries, []
        kinds = Counter(entry.kind for entry in entries)
        return {
            "requests": len(entries),
            "not_modified": sum(entry.status == 304 for entry in entries),
            "at_once": most_at_once(entries),
            **{
                f"{kind}_points": most_in_a_minute([e.came for e in entries if e.kind == kind])
                for kind in ("rest", "graphql")
            },
            **{kind: kinds[kind] for kind in ("rest", "graphql")},
        }


def most_at_once(entries: list[Entry]) -> int:
    """The largest number of requests under way at any moment."""
    steps = sorted([(e.came, 1) for e in entries] + [(e.went, -1) for e in entries])
    now = most = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def most_in_a_minute(moments: list[float]) -> int:
    """The largest number within any 60 seconds; each reading request is a point."""
    first = most = 0
    moments = sorted(moments)
    for place, moment in enumerate(moments):
        while moment - moments[first] >= MINUTE:
            first += 1
        most = max(most, place - first + 1)
    return most


def truth(world: World) -> dict[str, int]:
    """How much there is of everything."""
    stores = {
        "issues": world.issues,
        "change_requests": world.pulls,
        "issue_comments": world.comments,
        "reviews": world.reviews,
        "review_comments": world.line_comments,
        "commits": world.commits,
    }
    return {name: len(store) for name, store in stores.items()}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--scale", type=float, default=1)
    options.add_argument("--latency", type=float, default=0)
    given = options.parse_args()
    world = World(size=scaled(given.scale))
    world.write_git(given.folder)
    elsewhere = World(seed=2, id=77_002, full_name="guild/attic", size=Size(people=3))
    github = Watched(world, elsewhere)
    github.latency = given.latency
    orders: dict[str, Callable[[], Any]] = {
        "record": github.record,
        "truth": lambda: truth(world),
        "week": lambda: asdict(live_a_week(world, elsewhere, given.scale)),
    }
    with serving(github) as base:
        github.warm()
        gc.freeze()
        print(json.dumps(base), flush=True)
        for line in sys.stdin:
            print(json.dumps(orders[line.strip()]()), flush=True)


if __name__ == "__main__":
    main()
