"""The rig as tests see it: a site on a database of its own, its election and its voters."""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from subprocess import Popen, run

from tests.databases import ROOT, Database
from tests.nursery import Nursery
from tests.own_redis import free_port

RIG, VOTERS = "tests.governance.ballots.rig", "tests.governance.ballots.voters"
LATECOMERS = "tests.governance.ballots.latecomers"
UNBOUND = {"API_RATE_ACCOUNT": "1000000/min", "API_RATE_ADDRESS": "1000000/min"}


@dataclass(frozen=True)
class Sent:
    """A ballot that a voter sent, and what they were answered; status 0 where the line was cut."""

    voter: int
    choice: str
    status: int
    envelope: str

    @property
    def is_accepted(self) -> bool:
        return self.status in {200, 201} and self.envelope != ""


@dataclass(frozen=True)
class Came:
    """A ballot that came around the close, and between which moments that was judged."""

    voter: int
    status: int
    minutes_off: int  # of the process that answered
    begin: float
    end: float
    by_database: bool  # whose clock these moments are of; else the sender's

    @property
    def is_accepted(self) -> bool:
        return self.status in {200, 201}


@dataclass
class Site:
    """A site that is served by two processes, and by which ones."""

    database: Database
    scene: Path
    port: int

    @property
    def processes(self) -> list[int]:
        return [int(one) for one in self.scene.with_suffix(".web").read_text().split()]

    @contextmanager
    def voting(self, *, threads: int, times: int, seed: int = 1) -> Iterator[list[Sent]]:
        """While voters send ballots; afterwards what each was answered, in the order of asking."""
        sent: list[Sent] = []
        call = [self.scene, self.port, threads, times, seed]
        process = Popen([sys.executable, "-m", VOTERS, *map(str, call)], cwd=ROOT)
        try:
            yield sent
            assert process.wait(timeout=600) == 0
        finally:
            process.kill()
            process.wait()
        sent += [Sent(*one) for one in json.loads(self.scene.with_suffix(".sent").read_text())]

    @property
    def closes(self) -> float:
        return json.loads(self.scene.read_text())["closes"]

    def across_the_close(self, gap: float) -> list[Came]:
        """Each voter votes once, so many seconds after the one before."""
        call = [sys.executable, "-m", LATECOMERS, str(self.scene), str(self.port), str(gap)]
        run(call, cwd=ROOT, timeout=600, check=True)
        return [Came(*one) for one in json.loads(self.scene.with_suffix(".came").read_text())]

    def kill_one(self, chance: random.Random) -> None:
        """End one of the processes that serve it, in the middle of whatever it does."""
        with suppress(ProcessLookupError):
            os.kill(chance.choice(self.processes), signal.SIGKILL)


@dataclass
class Rig:
    """Where sites are forked from."""

    copies: Callable[..., Database]
    nursery: Nursery
    folder: Path

    @contextmanager
    def site(self, *off: str, voters: int, seconds: float = 3_600) -> Iterator[Site]:
        """A site with an election open for so long, without the guards that are named."""
        database = self.copies()
        scene = self.folder / f"{Path(database.name).parent.name or database.name}.json"
        self.nursery.do("arrange", database.name, scene, voters, seconds)
        port = free_port()
        server = self.nursery.begin("web", database.name, port, scene.with_suffix(".web"), *off)
        try:
            wait_for(port)
            yield Site(database, scene, port)
        finally:
            os.kill(server, signal.SIGTERM)
            self.nursery.end()


@contextmanager
def rig_on(copies: Callable[..., Database], folder: Path) -> Iterator[Rig]:
    settings = {**UNBOUND, "GUILDHALL_DATA": str(folder), "LOG_LEVEL": "CRITICAL"}
    with Nursery(copies().start(RIG, **settings)) as nursery:
        yield Rig(copies, nursery, folder)


def wait_for(port: int, seconds: float = 60) -> None:
    """Until the site answers, from each of its processes if fortune will."""
    end = time.monotonic() + seconds
    while True:
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            line.request("GET", "/elections/")
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            line.close()
        assert time.monotonic() < end, "the site does not begin"
        time.sleep(0.05)
