"""Counts random ballots from a database, beside Python libraries that count the same.

    python -m benchmarks.tally [--ballots 100000] [--options 20] [--peers 2000]

Each ballot ranks a random number of options. They lie in SQLite, one byte an option, and are read
anew for each method. Prints seconds from the database to the result, and how often the product
counts the first `--peers` ballots while the peer counts them once. Peers that are not installed
(pip install pyrankvote python3-vote-core 'setuptools<81') are named as missing. Fails when a
method takes longer than --limit allows (0.15 s for 100,000 ballots, in proportion beyond; 0: no
limit).
"""

import argparse
import sqlite3
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from governance.ballots.tally.ballots import Ballots, unpacked
from governance.ballots.tally.count import count
from governance.ballots.tally.profile import Method, Profile, usual
from governance.ballots.tally.result import Result

SEATS: dict[Method, int] = {
    "schulze": 1,
    "ranked-pairs": 1,
    "irv": 1,
    "stv-scottish": 4,
    "stv-wig": 4,
    "stv-meek": 4,
}


def generate(ballots: int, options: int) -> sqlite3.Connection:
    """A table with one packed ballot a row."""
    chance = np.random.default_rng(5)
    likes = chance.random((ballots, options)) + np.linspace(0, 0.4, options)
    ranks = likes.argsort(axis=1).argsort(axis=1) + 1
    said = chance.integers(1, options + 1, ballots)
    marks = np.where(ranks <= said[:, None], ranks, 0).astype(np.uint8)
    table = sqlite3.connect(":memory:")
    table.execute("create table ballot (marks blob not null)")
    table.executemany("insert into ballot values (?)", ((row.tobytes(),) for row in marks))
    return table


def read(table: sqlite3.Connection, options: int, most: int = -1) -> Ballots:
    rows = table.execute("select marks from ballot limit ?", (most,))
    return unpacked([f"Option {n}" for n in range(options)], [marks for (marks,) in rows])


def from_the_database(table: sqlite3.Connection, options: int, profile: Profile) -> Result:
    return count(read(table, options), profile)


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The best of several runs."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin)
    return min(found)


def orders(ballots: Ballots) -> list[list[str]]:
    """Strict rankings, as the peers want them."""
    found = []
    for row in ballots.marks:
        marked = [
            (int(mark), name) for mark, name in zip(row, ballots.options, strict=True) if mark
        ]
        found.append([name for _, name in sorted(marked)])
    return found


def pyrankvote(ballots: Ballots, method: Method) -> Callable[[], object]:
    peer: Any = import_module("pyrankvote")
    candidates = {name: peer.Candidate(name) for name in ballots.options}
    votes = [peer.Ballot([candidates[name] for name in order]) for order in orders(ballots)]
    if method == "irv":
        return lambda: peer.instant_runoff_voting([*candidates.values()], votes)
    return lambda: peer.single_transferable_vote([*candidates.values()], votes, SEATS[method])


def votecore(ballots: Ballots, method: Method) -> Callable[[], object]:
    ranked_pairs: Any = import_module("py3votecore.ranked_pairs")
    schulze: Any = import_module("py3votecore.schulze_method")
    votes = [
        {"count": 1, "ballot": [[name] for name in order]} for order in orders(ballots) if order
    ]
    counted = schulze.SchulzeMethod if method == "schulze" else ranked_pairs.RankedPairs
    return lambda: counted(deepcopy(votes), ballot_notation=0)  # as groups


PEERS: dict[Method, tuple[str, Callable[[Ballots, Method], Callable[[], object]]]] = {
    "schulze": ("python3-vote-core", votecore),
    "ranked-pairs": ("python3-vote-core", votecore),
    "irv": ("pyrankvote", pyrankvote),
    "stv-wig": ("pyrankvote", pyrankvote),
}


def beside(method: Method, few: Ballots) -> str:
    if method not in PEERS:
        return ""
    name, make = PEERS[method]
    try:
        peer = make(few, method)
    except ModuleNotFoundError as missing:
        return f"{name} is not installed ({missing.name})"
    profile = usual(method, seats=SEATS[method])
    ours = seconds(lambda: count(few, profile))
    theirs = seconds(peer, times=1)
    return f"{theirs / ours:,.0f} times as fast as {name}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--ballots", type=int, default=100_000)
    parser.add_argument("--options", type=int, default=20)
    parser.add_argument("--peers", type=int, default=2_000, help="ballots counted beside peers")
    parser.add_argument("--limit", type=float, default=0.15, help="seconds for 100,000 ballots")
    chosen = parser.parse_args()
    table = generate(chosen.ballots, chosen.options)
    few = read(table, chosen.options, chosen.peers)
    limit = chosen.limit * max(chosen.ballots / 100_000, 1)
    slow = 0
    print(f"{chosen.ballots:,} ballots, {chosen.options} options; limit {limit:.2f} s")
    for method, seats in SEATS.items():
        profile = usual(method, seats=seats)
        took = seconds(partial(from_the_database, table, chosen.options, profile))
        slow += bool(limit) and took > limit
        peer = beside(method, few) if chosen.peers else ""
        print(f"{method:14} {took:7.3f} s  {peer}")
    return slow and 1


if __name__ == "__main__":
    sys.exit(main())
