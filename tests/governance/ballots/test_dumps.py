"""Somebody copies everything but the keys, at every stage of an election, and learns no vote.

Each voter chooses one of eight options by chance. Where an attack guesses right more often than
chance by two percentage points it is found out; in the small size, which runs always, five
standard errors are added, since sixty voters say no more. ENDURANCE=1 runs ten elections of five
hundred voters, and adds none.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from uuid import UUID

import psycopg2
import pytest

from governance.ballots.sealing import Opener
from tests.databases import Database
from tests.governance.ballots import attackers
from tests.governance.ballots.attackers import Score, by_neighbors, by_order
from tests.governance.ballots.dumps import Dump, dump_of
from tests.nursery import Nursery
from tests.own_redis import address, own_redis

pytestmark = [pytest.mark.services, pytest.mark.timeout(1_800)]
ENDURES = bool(os.environ.get("ENDURANCE"))
VOTERS, ELECTIONS, ERRORS = (500, 10, 0) if ENDURES else (60, 1, 5)
FEW = 24
RIG = "tests.governance.ballots.box_rig"
LOOK = """import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute(sys.argv[2])
print(connection.execute("SELECT count(*) FROM ballots_envelope").fetchall(), flush=True)
sys.stdin.read()
"""
BEFORE = ("half", "all", "closed")
AFTER = ("counted", "cleared", "published")


@dataclass
class Theft:
    """An election's copies, by the moment at which each was made, and how it really was."""

    uid: str
    copies: dict[str, Dump]
    truth: dict[int, str]
    receipts: list[str]
    key: bytes  # of the box, as it lay beside the database before the count


@dataclass
class Learned:
    """What attacks on one or more elections found out."""

    shut: Score = field(default_factory=Score)
    opened: Score = field(default_factory=Score)
    two_copies: Score = field(default_factory=Score)
    receipts: list[str] = field(default_factory=list)
    choices: list[bytes] = field(default_factory=list)
    trackers: list[str] = field(default_factory=list)
    lengths: Counter = field(default_factory=Counter)
    pieces: Counter = field(default_factory=Counter)  # by moment

    def attack(self, theft: Theft) -> None:
        """Try everything."""
        copies, truth = theft.copies, theft.truth
        for moment in BEFORE:
            voted = copies[moment].envelopes
            known = {voter: truth[voter] for voter in voted}
            by_neighbors(self.shut, moment, copies[moment], known)
            self.choices += attackers.choices_in(copies[moment])
        for moment in AFTER:
            by_order(self.opened, moment, copies[moment], truth)
            by_neighbors(self.opened, moment, copies[moment], truth)
            self.trackers += attackers.by_hashes(copies[moment], theft.uid)
        first, second, last = (copies[moment] for moment in ("half", "all", "published"))
        by_order(self.two_copies, "two copies", last, truth, earlier=first)
        by_neighbors(self.two_copies, "two copies", second, truth, earlier=first)
        sealed = {*first.sealed, *second.sealed}
        for moment, dump in copies.items():
            self.receipts += attackers.readable(dump, theft.receipts)
            self.lengths += Counter(len(one) for one in dump.sealed)
            self.pieces[moment] += attackers.pieces_in(dump, sealed)


@dataclass
class Hall:
    """Where elections are held, and what can be copied of them."""

    databases: object
    nursery: Nursery
    folder: Path
    redis: object
    held: int = 0
    last: Theft | None = None

    def hold(self, *off: str, voters: int = FEW) -> Theft:
        """An election from its first ballot to its folder, copied at each stage."""
        self.held += 1
        database: Database = self.databases()
        scene = self.folder / f"{self.held}.json"
        do, site, half = self.nursery.do, (database.name, scene), voters // 2
        copies: dict[str, Dump] = {}
        for one in self.folder.glob("*.log"):
            one.unlink()

        def copy(moment: str) -> None:
            copies[moment] = dump_of(database, self.folder, self.redis)

        do("arrange", *site, voters)
        with looked_at(database):
            do("cast", *site, 0, half, f"{self.held}a")
            copy("half")
            do("cast", *site, half, voters, f"{self.held}b")
            do("cast", *site, half // 2, half + half // 2, f"{self.held}c")  # think again
            copy("all")
            for moment, steps in {
                "closed": ["close"],
                "counted": [*off, "count"],
                "cleared": [*off, "work"],
                "published": ["publish", "work"],
            }.items():
                do("finish", *site, *steps)
                copy(moment)
                if moment == "closed":
                    about = json.loads(scene.read_text())
                    key = (self.folder / "keys" / f"{about['uid']}.box").read_bytes()
        known = {int(voter): casts for voter, casts in about["known"].items()}
        truth = {voter: casts[-1][0] for voter, casts in known.items()}
        receipts = [receipt for casts in known.values() for _, receipt in casts]
        return Theft(about["uid"], copies, truth, receipts, key)


@contextmanager
def looked_at(database: Database, begin: str = "SELECT 1"):
    """Somebody has the database open all the time, as a site has.

    SQLite keeps its log then; PostgreSQL what a transaction might still read.
    """
    if database.url.startswith("postgres"):
        with closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT txid_current()")
            yield
        return
    # In a process of its own: whoever reads the file by hand gives up the locks of its process.
    call = [sys.executable, "-c", LOOK, database.name, begin]
    with subprocess.Popen(call, stdin=PIPE, stdout=PIPE) as it:
        it.stdout.readline()
        yield
        it.stdin.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def hall(request, tmp_path_factory):
    copies = request.getfixturevalue(f"{request.param}_copies")
    folder = tmp_path_factory.mktemp("hall")
    with own_redis(tmp_path_factory.mktemp("redis")) as redis:
        settings = {"GUILDHALL_DATA": str(folder), "LOG_LEVEL": "DEBUG"}
        nursery = Nursery(copies().start(RIG, REDIS_URL=address(redis), **settings))
        with nursery:
            yield Hall(copies, nursery, folder, redis)


@pytest.fixture(scope="module")
def learned(hall) -> Learned:
    found = Learned()
    for _ in range(ELECTIONS):
        hall.last = hall.hold(voters=VOTERS)
        found.attack(hall.last)
    for score in (found.shut, found.opened, found.two_copies):
        print("{}: {:.4f}, by chance {:.4f}, of {} guesses".format(*score.best))
    return found


@pytest.fixture(scope="module")
def careless(hall) -> Theft:
    """An election without two of the guards."""
    return hall.hold("without_vacuum", "in_order_of_the_box")


def test_nobody_guesses_a_vote_better_than_by_chance_while_the_box_is_shut(learned):
    assert learned.shut.suspicious(tolerance=0.02, errors=ERRORS) == {}


def test_nobody_guesses_a_vote_better_than_by_chance_once_it_is_open(learned):
    assert learned.opened.suspicious(tolerance=0.02, errors=ERRORS) == {}


def test_two_copies_and_the_final_ballots_link_nothing(learned):
    assert learned.two_copies.suspicious(tolerance=0.02, errors=ERRORS) == {}


def test_no_choice_and_no_receipt_is_stored_anywhere(learned):
    assert (learned.choices, learned.receipts) == ([], [])


def test_envelopes_are_of_one_length_and_lead_to_no_tracker(learned):
    assert (len(learned.lengths), learned.trackers) == (1, [])


def test_the_emptied_box_leaves_no_piece_of_an_envelope(learned):
    assert learned.pieces["all"] > 0
    assert (learned.pieces["cleared"], learned.pieces["published"]) == (0, 0)


def test_without_writing_the_file_anew_pieces_of_envelopes_stay(careless):
    found = attackers.pieces_in(careless.copies["cleared"], careless.copies["all"].sealed)

    assert found > 0


def test_somebody_who_reads_the_file_has_it_emptied_again_later(hall, sqlite_copies):
    if hall.databases is not sqlite_copies:
        pytest.skip("PostgreSQL waits for whoever reads")
    database, scene = sqlite_copies(), hall.folder / "forgot.json"
    hall.nursery.do("arrange", database.name, scene, 2)

    with looked_at(database, "BEGIN"):
        hall.nursery.do("forget", database.name, scene)
        was_done = json.loads(scene.read_text())
    hall.nursery.do("forget", database.name, scene)

    assert (was_done, json.loads(scene.read_text())) == (False, True)


def test_papers_laid_down_as_the_envelopes_came_tell_every_vote(careless):
    score, attack = Score(), "counted: voters by serial, papers by place"

    by_order(score, "counted", careless.copies["counted"], careless.truth)

    assert score.rate(attack) == 1
    assert attack in score.suspicious(tolerance=0.02, errors=ERRORS)


def test_who_has_the_key_reads_every_vote(learned, hall, settings, tmp_path):
    settings.BALLOT_KEYS, theft = tmp_path, hall.last
    (tmp_path / f"{theft.uid}.box").write_bytes(theft.key)

    opener, score = Opener(UUID(theft.uid)), Score()
    envelopes = theft.copies["closed"].envelopes
    said = {voter: opener.take_out(bytes(one["content"])) for voter, one in envelopes.items()}
    guesses = {voter: next(iter(json.loads(one)["choice"])) for voter, one in said.items()}
    score.add("with the key", guesses, theft.truth)

    assert score.rate("with the key") == 1
