"""What must not matter: the order of ballots and options, names, weights, the seed of hashes."""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from governance.ballots.tally.ballots import unpacked
from governance.ballots.tally.count import count
from governance.ballots.tally.profile import METHODS, SCORES, usual
from tests.governance.ballots.tally.test_against_oracle import ranks_at_random, scores_at_random
from tests.trying import examples

ROOT = Path(__file__).parents[4]
pytestmark = pytest.mark.alike


def profile_of(method):
    return usual(method, default="A") if method == "condorcet-default" else usual(method)


def ballots_of(options, rows, method):
    lift = 1 if method in SCORES else 0
    packed = [
        bytes(marks[name] + lift if name in marks else 0 for name in options) for _, marks in rows
    ]
    kind = "scores" if method in SCORES else "ranks"
    return unpacked(options, packed, [weight for weight, _ in rows], kind)


def essence(result):
    """What a result says, whatever the order in which it was found."""
    said = result.document()
    return {
        "winners": sorted(said["winners"]),
        "tied": said["tied"],
        "order": said["order"],
        "ties": sorted(
            (tie["options"], tie["where"], str(tie["broken_by"])) for tie in said["ties"]
        ),
        "totals": said.get("totals"),
        "matrix": said.get("matrix"),
    }


def at_random(chance, method):
    return scores_at_random(chance) if method in SCORES else ranks_at_random(chance, 6)


@pytest.mark.parametrize("method", METHODS)
def test_nothing_depends_on_the_order_of_ballots_or_options(method):
    chance = random.Random(method)
    for _ in range(examples(15, 60)):
        options, rows = at_random(chance, method)
        if method in {"stv-scottish", "stv-wig", "stv-meek"}:
            rows = [(1, marks) for _, marks in rows]
        shuffled = chance.sample(options, len(options))
        mixed = chance.sample(rows, len(rows))

        one = count(ballots_of(options, rows, method), profile_of(method))
        other = count(ballots_of(shuffled, mixed, method), profile_of(method))

        assert essence(one) == essence(other)


@pytest.mark.parametrize("method", METHODS)
def test_a_weight_is_as_many_ballots(method):
    chance = random.Random(method)
    for _ in range(examples(10, 40)):
        options, rows = at_random(chance, method)
        apart = [(1, marks) for weight, marks in rows for _ in range(weight)]

        one = count(ballots_of(options, rows, method), profile_of(method))
        other = count(ballots_of(options, apart, method), profile_of(method))

        assert one.document() == other.document()


@pytest.mark.parametrize("method", METHODS)
def test_names_do_not_matter(method):
    chance = random.Random(method)
    for _ in range(examples(10, 40)):
        options, rows = at_random(chance, method)
        # The default option of condorcet-default keeps its name.
        new = dict(zip(options, ["A", *chance.sample("STUVWXYZ", len(options) - 1)], strict=True))
        renamed = [
            (weight, {new[one]: mark for one, mark in marks.items()}) for weight, marks in rows
        ]

        one = count(ballots_of(options, rows, method), profile_of(method))
        other = count(ballots_of([new[o] for o in options], renamed, method), profile_of(method))

        assert {new[name] for name in one.winners} == set(other.winners)
        assert [{new[name] for name in group} for group in one.order] == [
            set(group) for group in other.order
        ]


COUNT_ALL = """
import json, random, sys
from governance.ballots.tally.count import count
from governance.ballots.tally.profile import METHODS
from tests.governance.ballots.tally.test_permutations import at_random, ballots_of, profile_of
for method in METHODS:
    chance = random.Random(method)
    for _ in range(10):
        options, rows = at_random(chance, method)
        result = count(ballots_of(options, rows, method), profile_of(method))
        print(json.dumps(result.document(), sort_keys=True))
"""


def test_the_seed_of_hashes_does_not_matter():
    said = set()
    for seed in range(examples(2, 5)):
        env = os.environ | {"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
        run = subprocess.run(
            [sys.executable, "-c", COUNT_ALL], env=env, cwd=ROOT, capture_output=True, check=True
        )
        said.add(hashlib.sha256(run.stdout).hexdigest())
        assert len(run.stdout.splitlines()) == 110
        json.loads(run.stdout.splitlines()[0])

    assert len(said) == 1


def test_a_tie_is_told_as_a_tie():
    ballots = ballots_of(["A", "B", "C"], [(1, {"A": 1}), (1, {"B": 1})], "schulze")

    for method in ("plurality", "irv", "schulze", "ranked-pairs", "stv-meek", "stv-wig"):
        result = count(ballots, profile_of(method))

        assert (result.winners, result.tied) == ((), ("A", "B"))
