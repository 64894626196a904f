"""A worker killed again and again in the middle of reading leaves what an undisturbed one leaves.

The whole trial (40 repositories, 60,000 objects, 50 kills) takes minutes, so it
runs with ENDURANCE=1 only.
"""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.github_api.server import Asked, GitHub, Reply, serving
from tests.github_api.world import Size, World
from tests.nursery import Nursery

pytestmark = pytest.mark.services
SCENE = "tests.integrations.github.killed"
FEW = Size(400, 300, 600, 150, 150, 1, 50, 20)
A_KILL = 5  # requests that may be in vain for each: of the eight under way; the way back is free
MANY = Size(170, 170, 680, 190, 155, 2, 133, 60)  # 1,500 objects


class Counting(GitHub):
    """A server that knows which requests it was asked before."""

    def __init__(self, *worlds: World) -> None:
        super().__init__(*worlds)
        self.limit = 10_000_000
        self.forget()

    def forget(self) -> None:
        self.asked: Counter[tuple[str, ...]] = Counter()

    def reply(self, asked: Asked) -> Reply:
        since = asked.headers.get("if-none-match", "")  # a second look is a question of its own
        query = repr(sorted(asked.query.items()))
        given = (asked.method, asked.path, query, asked.body.decode(), since)
        with self.lock:
            self.asked[given] += 1
        return super().reply(asked)

    @property
    def requests(self) -> int:
        return sum(self.asked.values())


@dataclass
class Hall:
    """Repositories on a local server."""

    github: Counting
    settings: dict[str, str]
    names: list[str]


@contextmanager
def halls(folder: Path, count: int, size: Size) -> Iterator[Hall]:
    """So many repositories of this size, read by nobody yet."""
    worlds = [
        World(seed=place, id=77_000 + place, full_name=f"guild/hall-{place}", size=size)
        for place in range(1, count + 1)
    ]
    for world in worlds:
        world.write_git(folder)
    github = Counting(*worlds)
    with serving(github) as base:
        settings = {
            "GITHUB_API_URL": base,
            "GITHUB_CLONE_BASE": str(folder),
            "GITHUB_TOKEN": "good-token",
            "JOB_LEASE_SECONDS": "0.5",
            "LOG_LEVEL": "CRITICAL",
        }
        yield Hall(github, settings, [world.full_name for world in worlds])


@contextmanager
def nursery_of(database, hall: Hall, folder: Path, *off: str) -> Iterator[Nursery]:
    """Where workers are forked, with every repository connected."""
    settings = hall.settings | {"GUILDHALL_DATA": str(folder)}
    with Nursery(database.start(SCENE, *off, **settings)) as nursery:
        nursery.do("connect", *hall.names)
        hall.github.forget()
        yield nursery


def dump_of(nursery: Nursery, folder: Path) -> dict[str, list]:
    path = folder / "dump.json"
    nursery.do("dump", path)
    return json.loads(path.read_text())


def undisturbed(database, hall: Hall, folder: Path) -> tuple[dict[str, list], int]:
    """What one worker leaves that nobody kills, and how many requests it takes."""
    with nursery_of(database, hall, folder) as nursery:
        nursery.do("work")
        return dump_of(nursery, folder), hall.github.requests


@dataclass
class Killed:
    """What is left after many lives, how often one was ended, and what was asked."""

    dump: dict[str, list]
    kills: int
    requests: int
    again: list[int]  # what each life asked that had been asked before


def killed(
    database, hall: Hall, folder: Path, *off: str, points: list[int], seconds: float
) -> Killed:
    """Kill the worker where the number of different requests reaches each point."""
    chance, kills, again, github = random.Random(3), 0, [], hall.github
    until = time.monotonic() + seconds
    with nursery_of(database, hall, folder, *off) as nursery:
        while True:
            before = github.requests - len(github.asked)
            worker = nursery.begin("work")
            if reached(github, worker, points[kills] if kills < len(points) else None):
                time.sleep(chance.uniform(0, 0.2))
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)
                kills += 1
            code = nursery.end()
            assert code in {0, -signal.SIGKILL}
            again.append(github.requests - len(github.asked) - before)
            if code == 0:
                return Killed(dump_of(nursery, folder), kills, github.requests, again)
            assert time.monotonic() < until, "it took too long"


def reached(github: Counting, worker: int, point: int | None) -> bool:
    """Wait for the point; False when the worker came to its end before."""
    while point is not None and Path(f"/proc/{worker}").exists():
        if len(github.asked) >= point:
            return True
        time.sleep(0.005)
    return False


def points(requests: int, count: int) -> list[int]:
    """Random, in order, none in the last tenth: what comes after them is read undisturbed."""
    return sorted(random.Random(7).sample(range(1, requests * 9 // 10), count))


@pytest.fixture(scope="module")
def hall(tmp_path_factory) -> Iterator[Hall]:
    """Two repositories of 1,650 objects, which take 25 requests each."""
    with halls(tmp_path_factory.mktemp("hall"), 2, FEW) as hall:
        yield hall


@pytest.fixture(scope="module")
def whole(hall, sqlite_copies, tmp_path_factory) -> tuple[dict[str, list], int]:
    """What is left where nobody is killed, on any database."""
    return undisturbed(sqlite_copies(), hall, tmp_path_factory.mktemp("undisturbed"))


def test_a_worker_killed_six_times_leaves_what_an_undisturbed_one_leaves(
    hall, whole, shared_database, tmp_path
):
    dump, requests = whole

    found = killed(shared_database, hall, tmp_path, points=points(requests, 6), seconds=100)

    assert found.kills == 6
    assert found.dump == dump
    assert found.requests - requests <= 6 * A_KILL


@pytest.mark.parametrize("guard", ["cursor-before-page", "nothing-kept"])
def test_without_the_cursor_in_the_page_s_transaction_rows_or_requests_are_lost(
    hall, whole, sqlite_copies, tmp_path, guard
):
    dump, requests = whole

    found = killed(sqlite_copies(), hall, tmp_path, guard, points=points(requests, 4), seconds=100)

    assert found.dump != dump or found.requests - requests > 4 * A_KILL


@pytest.mark.timeout(1_800)
@pytest.mark.skipif(not os.environ.get("ENDURANCE"), reason="takes minutes: set ENDURANCE=1")
def test_fifty_kills_leave_what_an_undisturbed_reading_leaves(shared_databases, tmp_path):
    with halls(tmp_path / "git", 40, MANY) as hall:
        dump, requests = undisturbed(shared_databases(), hall, made(tmp_path / "undisturbed"))
        found = killed(
            shared_databases(),
            hall,
            made(tmp_path / "killed"),
            points=points(requests, 50),
            seconds=1_200,
        )

    more = found.requests - requests
    print(f"\n{requests} requests, {more} more after 50 kills; by life: {found.again}")
    assert found.kills == 50
    assert found.dump == dump
    assert more <= requests * 0.06  # a twentieth, where the machine is not busy


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder
