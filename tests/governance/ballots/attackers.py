"""Ways to find out how people voted from what is stored, and how often each one is right."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from math import sqrt
from typing import Any

from governance.ballots.folder.building import bytes_of_receipt
from tests.governance.ballots.dumps import Dump, Row
from tests.governance.ballots.names import NAMES

Guesses = dict[int, str]  # choice by voter
Truth = Mapping[int, str]


@dataclass
class Score:
    """How often the guesses of each attack were right, over one or more elections."""

    right: Counter = field(default_factory=Counter)
    guessed: Counter = field(default_factory=Counter)
    by_chance: Counter = field(default_factory=Counter)

    def add(self, attack: str, guesses: Guesses, truth: Truth) -> None:
        """`by_chance` is what somebody gets who knows the totals and deals them out blindly."""
        shares = Counter(truth.values())
        blind = sum(number**2 for number in shares.values()) / len(truth) ** 2
        self.right[attack] += sum(truth[voter] == choice for voter, choice in guesses.items())
        self.guessed[attack] += len(guesses)
        self.by_chance[attack] += blind * len(guesses)

    def rate(self, attack: str) -> float:
        return self.right[attack] / self.guessed[attack]

    def suspicious(self, *, tolerance: float, errors: float) -> dict[str, float]:
        """Attacks better than chance by more than the tolerance and so many standard errors."""
        found = {}
        for attack, number in self.guessed.items():
            chance = self.by_chance[attack] / number
            limit = chance + tolerance + errors * sqrt(chance * (1 - chance) / number)
            if self.rate(attack) > limit:
                found[attack] = round(self.rate(attack), 3)
        return found

    @property
    def best(self) -> tuple[str, float, float, int]:
        """The most successful attack, its rate, what chance gives, and how many guesses."""
        attack = max(self.guessed, key=self.rate)
        number = self.guessed[attack]
        return attack, self.rate(attack), self.by_chance[attack] / number, number


# What is known of each voter


def traits_of(dump: Dump, earlier: Dump | None = None) -> dict[str, dict[int, Any]]:
    """Everything by which voters can be put in an order, by voter."""
    envelopes, casts = dump.envelopes, casts_of(dump)
    traits: dict[str, Callable[[int, Row], Any]] = {
        "serial": lambda voter, row: row["id"],
        "place": lambda voter, row: row["place"],
        "transaction": lambda voter, row: (row["xmin"], row["place"]),
        "hash": lambda voter, row: row["sha256"],
        "version": lambda voter, row: (row["version"], row["id"]),
        "voter": lambda voter, row: row["voter_id"],
        "event": lambda voter, row: casts[voter][-1]["number"],
        "first event": lambda voter, row: casts[voter][0]["number"],
        "moment": lambda voter, row: str(casts[voter][-1]["happened_at"]),
    }
    if any(row["content"] is not None for row in envelopes.values()):
        traits |= {
            "length": lambda voter, row: (len(row["content"]), row["id"]),
            "content": lambda voter, row: bytes(row["content"]),
            "end of content": lambda voter, row: bytes(row["content"])[::-1],
            "bits": lambda voter, row: int.from_bytes(bytes(row["content"])).bit_count(),
        }
    if earlier is not None:
        before = earlier.envelopes
        traits |= {
            "came later": lambda voter, row: (voter in before, row["id"]),
            "changed since": lambda voter, row: (
                before.get(voter, {}).get("sha256") == row["sha256"],
                row["sha256"],
            ),
            "was before": lambda voter, row: before.get(voter, row)["sha256"],
        }
    return {
        name: {voter: trait(voter, row) for voter, row in envelopes.items()}
        for name, trait in traits.items()
    }


def casts_of(dump: Dump) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for event in sorted(dump.tables["audit_event"], key=lambda one: one["number"]):
        if event["verb"] == "ballots.cast":
            found.setdefault(event["actor_id"], []).append(event)
    return found


# Attacks


def by_neighbors(score: Score, when: str, dump: Dump, truth: Truth, **more: Any) -> None:
    """Every other voter tells how they voted: the others vote like whoever is next to them."""
    for name, trait in traits_of(dump, **more).items():
        ordered = sorted(trait, key=lambda voter: trait[voter])
        for told in (0, 1):
            guesses = {
                voter: truth[ordered[at - 1 if at else 1]]
                for at, voter in enumerate(ordered)
                if at % 2 != told and len(ordered) > 1
            }
            score.add(f"{when}: who is next by {name}", guesses, truth)


def by_order(score: Score, when: str, dump: Dump, truth: Truth, **more: Any) -> None:
    """The first voter in some order has the first paper in some order, and so on."""
    options = sorted(NAMES)
    papers: dict[str, Callable[[Row], Any]] = {
        "place": lambda row: row["place"],
        "transaction": lambda row: (row["xmin"], row["place"]),
        "tracker": lambda row: row["tracker"],
    }
    rows = dump.tables["ballots_paper"]
    for name, trait in traits_of(dump, **more).items():
        voters = sorted(trait, key=lambda voter: trait[voter])
        for how, key in papers.items():
            choices = [options[bytes(row["marks"]).index(1)] for row in sorted(rows, key=key)]
            for way, found in (("", choices), (" backwards", choices[::-1])):
                guesses = dict(zip(voters, found, strict=True))
                score.add(f"{when}: voters by {name}, papers by {how}{way}", guesses, truth)


def by_hashes(dump: Dump, uid: str) -> list[str]:
    """Trackers that can be reckoned from what is known of voters."""
    trackers = {row["tracker"] for row in dump.tables["ballots_paper"]}
    voters = {row["id"]: row for row in dump.tables["rolls_voter"]}
    found = []
    for row in dump.tables["ballots_envelope"]:
        voter = voters[row["voter_id"]]
        known = [row["sha256"], voter["leaf"], voter["salt"], voter["uid"], str(row["id"])]
        known += [f"{uid}{one}" for one in known]
        raw = [one.encode() for one in known]
        raw += [bytes.fromhex(one) for one in (row["sha256"], voter["leaf"])]
        raw += [one[:16] for one in raw] + [one[-16:] for one in raw]
        raw += [b"t1" + uid.encode() + one for one in raw]
        reckoned = {sha256(one).hexdigest() for one in raw} | {one.hex() for one in raw}
        found += [one for one in reckoned if one[:32] in trackers or one[-32:] in trackers]
    return found


def readable(dump: Dump, receipts: Iterable[str]) -> list[str]:
    """Receipts that lie somewhere, in any spelling."""
    found = []
    for receipt in receipts:
        r = bytes_of_receipt(receipt)
        spelled = [receipt.encode(), receipt.lower().encode(), r, r.hex().encode()]
        spelled.append(r.hex().upper().encode())
        found += [receipt for one in spelled if one in dump.content]
    return found


def choices_in(dump: Dump) -> list[bytes]:
    """Choices that lie somewhere, as forms, JSON or Python would write them."""
    forms = ["one={}", '"{}":1', '"{}": 1', "'{}': 1", "o-{}=", "choice={}"]
    sought = [form.format(name).encode() for form in forms for name in NAMES]
    return [one for one in [*sought, b'"choice"'] if one in dump.content]


def pieces_in(dump: Dump, sealed: Iterable[bytes]) -> int:
    """How many of these envelopes left a piece behind, as bytes or in hex."""
    found = 0
    for content in sealed:
        pieces = [content[at : at + 24] for at in (0, 40, len(content) - 24)]
        pieces += [one.hex().encode() for one in pieces]
        found += any(one in dump.content for one in pieces)
    return found
