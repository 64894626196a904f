"""Elections that were held, counted as their results were published."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from governance.ballots.tally.count import count
from governance.ballots.tally.formats import read
from governance.ballots.tally.profile import usual
from governance.ballots.tally.sensitivity import sensitivity

FOLDER = Path(__file__).parents[5] / "shared" / "data" / "elections"
EXPECTED = FOLDER / "expected.json"
PUBLISHED = (
    {one["id"]: one for one in json.loads(EXPECTED.read_text())} if EXPECTED.exists() else {}
)
METHODS = {
    "condorcet": "schulze",
    "debian": "condorcet-default",
    "scottish": "stv-scottish",
}
missing = pytest.mark.skipif(not PUBLISHED, reason="shared/data/elections is not beside us")
pytestmark = [missing, pytest.mark.alike]


def counted(name):
    """The election, its ballots and the document of its result."""
    election = PUBLISHED[name]
    method = METHODS.get(election["method"], election["method"])
    found = read((FOLDER / election["file"]).read_bytes(), method)
    rules = {"seats": election.get("seats") or found.seats or 1}
    if "unranked_last" in election:
        rules["unranked"] = "last" if election["unranked_last"] else "absent"
    if "default" in election:
        rules |= {"default": election["default"], "quorum": Fraction(election["quorum"])}
    if "overvote" in election:
        rules["overvotes"] = election["overvote"]
    return election, found, count(found.ballots, usual(method, **rules))


@pytest.mark.parametrize("name", PUBLISHED or ["none"])
def test_the_count_is_the_published_one(name):
    election, _, result = counted(name)
    said, published = result.document(), election["published"]
    cross_checked = election.get("cross_checked", {}).get("order")
    order = published.get("order") or cross_checked or said["order"]

    assert {
        "ballots": said["ballots"],
        "winner": said["winners"],
        "elected_set": sorted(said["winners"]),
        "round_totals": [one["totals"] for one in said.get("rounds", [])],
        "quota": said.get("quota"),
        "first_preferences": said["rounds"][0]["totals"] if "rounds" in said else None,
        "order": said["order"],
    } == {
        "ballots": published.get("ballots", said["ballots"]),
        "winner": published.get("winner", said["winners"]),
        "elected_set": sorted(published.get("elected_set", said["winners"])),
        "round_totals": published.get(
            "round_totals", [one["totals"] for one in said.get("rounds", [])]
        ),
        "quota": published.get("quota", said.get("quota")),
        "first_preferences": published.get(
            "first_preferences", said["rounds"][0]["totals"] if "rounds" in said else None
        ),
        "order": [one if isinstance(one, list) else [one] for one in order],
    }


def test_counting_the_unranked_as_last_would_have_seated_somebody_else_in_2021():
    _, found, result = counted("k8s-steering-2021")

    changes = {
        tuple(other.changed.items()): (other.gained, other.lost)
        for other in sensitivity(found.ballots, result)
    }

    assert changes[("unranked", "last"),] == (("deads2k",), ("cblecker",))
    assert changes[("strength", "margins"),] == (("deads2k",), ("cblecker",))


def test_ignoring_the_unranked_would_have_elected_another_leader_in_2006():
    _, found, result = counted("debian-dpl-2006")

    [other] = sensitivity(found.ballots, result)

    assert (other.changed, other.gained, other.lost) == (
        {"unranked": "absent"},
        ("Steve McIntyre",),
        ("Anthony Towns",),
    )


def test_burlington_is_three_elections_in_one():
    _, found, _ = counted("burlington-2009")

    winners = {
        method: count(found.ballots, usual(method)).winners
        for method in ("irv", "schulze", "ranked-pairs", "plurality")
    }

    assert winners == {
        "irv": ("Kiss",),
        "schulze": ("Montroll",),
        "ranked-pairs": ("Montroll",),
        "plurality": ("Wright",),
    }


@pytest.mark.parametrize(
    ("overvotes", "last"),
    [("sticky", (4313, 4061)), ("exhaust", (4313, 4060)), ("resolve", (4314, 4064))],
)
def test_six_ballots_with_equal_ranks_tell_the_rules_for_overvotes_apart(overvotes, last):
    _, found, _ = counted("burlington-2009")

    result = count(found.ballots, usual("irv", overvotes=overvotes))

    totals = result.rounds[-1].totals
    assert (totals["Kiss"], totals["Wright"]) == last
