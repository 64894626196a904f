"""A tenth of GitHub's answers goes wrong, and the ledger is as if none had.

Time runs 200 times faster here, so that every pause that GitHub asks for is
kept and yet nobody waits for it.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread, local

import pytest
import urllib3
from django.db import transaction

from integrations.connections.actions import connect
from integrations.connections.models import Source, SyncRun
from integrations.connections.sync import sync_source
from integrations.github import limits, pulls, transport
from tests.factories import NOON
from tests.github_api.faults import Faults
from tests.github_api.world import Size, World
from tests.integrations.github.dump import dump

# Reading side by side is what is proven here; without it there is nothing to prove.
NEEDED = ("answers", "firstwalk", "keyring", "listing", "sockets")
answers, firstwalk, keyring, listing, sockets = (
    pytest.importorskip(f"integrations.github.{name}") for name in NEEDED
)
pytestmark = pytest.mark.django_db
SEEDS = range(20 if os.environ.get("ENDURANCE") else 5)
FASTER = 200
MOST = 1.2  # times the requests of a way without faults, over all seeds
A_FAULT = 2  # requests that each may cost
SLOW = 6  # requests that are tried again because this machine is busy
UNDER_WAY = limits.CONNECTIONS - 1  # beside the one that used the budget up; all are refused
RUNS = 40  # no run needs to be taken up so often
SIZE = Size(120, 80, 220, 120, 90, 3, 15)


@pytest.fixture
def world():
    return World(size=SIZE)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    """Many requests for little content, and no patience with what stalls."""
    monkeypatch.setattr(listing, "PAGE_SIZE", 20)
    monkeypatch.setattr(pulls, "LARGEST", 10)
    monkeypatch.setattr(transport, "TIMEOUT", urllib3.Timeout(connect=10, read=0.5))
    monkeypatch.setattr(transport, "PAUSE", 0.005)
    monkeypatch.setattr(keyring, "A_LOOK", 0.005)


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Moves on by itself, for everybody in this process."""
    time_machine.move_to(time.time(), tick=True)
    over = Event()

    def run() -> None:
        while not over.wait(0.002):
            time_machine.shift(0.002 * FASTER)

    thread = Thread(target=run, daemon=True)
    thread.start()
    yield time_machine
    over.set()
    thread.join()


@contextmanager
def undone() -> Iterator[None]:
    """Nothing written within stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def connected() -> Source:
    return connect(connector="github", location="guild/hall", project="hall", at=NOON)


@pytest.fixture
def untroubled(github, known={}):  # noqa: B006 - the same for every seed
    """The tables after a reading in which nothing goes wrong, and what it asked."""
    if not known:
        with undone():
            assert sync_source(source=connected()).state == SyncRun.State.DONE
            known["tables"] = dump()
        known["asked"] = len(github.log)
        github.log.clear()
    return known


class Early:
    """Requests that were begun in a pause which whoever sent them knew of."""

    def __init__(self, monkeypatch) -> None:
        self.found: list[str] = []
        self.pauses: list[tuple[float, float, tuple[str, ...]]] = []
        self.mine = local()
        self.enter, self.leave = limits.Limiter.enter, limits.Limiter.leave
        self.request = sockets.Sockets.request
        monkeypatch.setattr(limits.Limiter, "enter", lambda *given: self.entering(*given))
        monkeypatch.setattr(
            limits.Limiter, "leave", lambda *given, **more: self.left(*given, **more)
        )
        monkeypatch.setattr(sockets.Sockets, "request", lambda *given: self.asking(*given))

    def entering(self, limiter, kind: str) -> bool:
        """Decided at this moment; the request itself may be under way a little later."""
        self.mine.decided_at = time.perf_counter()
        return self.enter(limiter, kind)

    def asking(self, pool, method: str, url: str, *more):
        decided_at = self.mine.__dict__.pop("decided_at", time.perf_counter())
        kind, now = ("graphql" if method == "POST" else "rest"), time.time()
        for known_at, until, kinds in self.pauses:
            if known_at < decided_at and now < until and kind in kinds:
                self.found.append(url)
        return self.request(pool, method, url, *more)

    def left(self, limiter, kind: str, headers, **more) -> None:
        self.leave(limiter, kind, headers, **more)
        if until := headers.get("X-Until"):
            kinds = ("rest", "graphql") if "Retry-After" in headers else (kind,)
            self.pauses.append((time.perf_counter(), float(until), kinds))


@pytest.fixture
def early(monkeypatch):
    return Early(monkeypatch)


def read_through(clock) -> Counter[str]:
    """Runs until one is done, each at the moment the one before named; how they ended."""
    ended: Counter[str] = Counter()
    for _ in range(RUNS):
        run = sync_source(source=Source.objects.get())
        ended[run.state] += 1
        if run.state == SyncRun.State.DONE:
            return ended
        source = Source.objects.get()
        if run.state == SyncRun.State.WAITING:
            assert "limit of requests is used up" in str(source.problem)
        clock.move_to(source.due_at, tick=True)
    raise AssertionError(ended)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_tenth_of_the_answers_goes_wrong_and_nothing_is_lost_or_doubled(
    untroubled, github, clock, early, seed
):
    connected()
    github.log.clear()
    faults = Faults(github, seed)
    github.faults.append(faults)

    ended = read_through(clock)

    found = dump()
    differing = {name: rows for name, rows in found.items() if rows != untroubled["tables"][name]}
    assert (differing, early.found) == ({}, [])
    assert ended[SyncRun.State.DONE] == 1


def test_all_in_all_it_costs_two_tenths_more_at_most(untroubled, github, clock):
    """Over all seeds; those answered "not modified" count too, although nobody bills them."""
    asked = 0
    for seed in SEEDS:
        start_afresh(github)
        with undone():
            connected()
            github.log.clear()
            faults = Faults(github, seed)
            github.faults.append(faults)
            read_through(clock)
        more = len(github.log) - untroubled["asked"] - SLOW
        assert more <= A_FAULT * faults.told.total() + UNDER_WAY * faults.told["spent"], seed
        asked += len(github.log)

    assert asked <= MOST * untroubled["asked"] * len(SEEDS)


def test_without_trying_again_the_same_seeds_fail(untroubled, github, monkeypatch):
    """The negative control of the tries."""
    monkeypatch.setattr(transport, "TRIES", 1)

    ended = Counter(outcome(github, seed, untroubled) for seed in SEEDS)

    assert ended["as without faults"] < len(SEEDS) / 2


def test_without_a_look_at_what_pages_hold_rows_are_lost(untroubled, github, monkeypatch):
    """The negative control of the guards against doubled and shifted pages."""
    monkeypatch.setattr(answers, "shows_twice", lambda rows: False, raising=False)
    monkeypatch.setattr(
        firstwalk.FirstWalk,
        "_believed",
        lambda walk, number, last, fetched: [] if fetched is None else [fetched],
    )
    monkeypatch.setattr(firstwalk.FirstWalk, "_is_whole", lambda walk: True)

    bent = {"share": 0.3, "kinds": ("double", "shifted")}
    ended = Counter(outcome(github, seed, untroubled, **bent) for seed in SEEDS)

    assert ended["different"] > 0


def test_without_keeping_pauses_requests_come_too_early(github, early, monkeypatch):
    """The negative control of the pauses."""
    monkeypatch.setattr(limits.Limiter, "_blocked", lambda limiter, kind: 0.0)
    connected()
    github.faults.append(Faults(github, 1, share=0.3, kinds=("429",)))

    sync_source(source=Source.objects.get())

    assert early.found != []


def start_afresh(github) -> None:
    """Nothing goes wrong any more, nothing is spent, and nobody remembers a pause."""
    github.faults.clear()
    github.limits.spent.clear()
    limits._limiters.clear()


def outcome(github, seed: int, untroubled, **more) -> str:
    """How one run ends, and whether it leaves the tables of an untroubled one."""
    start_afresh(github)
    with undone():
        connected()
        github.faults.append(Faults(github, seed, **more))
        run = sync_source(source=Source.objects.get())
        is_same = dump() == untroubled["tables"]
    if run.state != SyncRun.State.DONE:
        return str(run.state)
    return "as without faults" if is_same else "different"
