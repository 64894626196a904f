"""Folders that were tampered with: each kind is found, and by the one check that is meant to."""

import json
import random
from functools import cache
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.ballots.folder.building import checksums
from governance.ballots.tally.motion import MotionRule
from governance.ballots.tally.profile import usual
from governance.rolls.canonical import canonical
from tests.governance.ballots.folder.published import (
    Published,
    laid,
    lines,
    says,
    signed,
    verifier,
)
from tests.trying import examples

FLIPS = examples(60, 1000)
NAMES = ["ada", "grace", "mary"]
CHOICES = [{"ada": 1, "grace": 2}, {"ada": 1}, {"grace": 1, "ada": 2, "mary": 3}, {"ada": 1}]
OTHER = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))


def an_election(**facts):
    profile = usual("schulze", seats=2, ties=("lot",))
    facts = {"lot_value": "c0ffee", "amended": True, "profile": profile} | facts
    return Published(choices=CHOICES, options=NAMES, **facts)


def test_one_flipped_bit_is_found_wherever_it_is(tmp_path, monkeypatch):
    # Most flips leave what is signed as it was: no need to compute the same signature again.
    monkeypatch.setattr(verifier(), "is_signed", cache(verifier().is_signed))
    choices, options = [{"yes": 1}, {"no": 1}, {"yes": 1}], ["abstain", "no", "yes"]
    files = Published(choices=choices, options=options, motion=MotionRule(), amended=True).files()
    place, chance = laid(tmp_path, files), random.Random("flips")
    assert says(place)[0] == 0

    unnoticed = []
    for at in range(FLIPS):
        name = sorted(files)[at % len(files)]
        changed = bytearray(files[name])
        byte, bit = chance.randrange(len(changed)), chance.randrange(8)
        changed[byte] ^= 1 << bit
        (place / name).write_bytes(changed)
        if says(place)[0] == 0:
            unnoticed.append((name, byte, bit))
        (place / name).write_bytes(files[name])

    assert unnoticed == []
    assert says(place)[0] == 0


# --- what somebody does who cannot sign


def rows(files):
    return files["ballots.jsonl"].splitlines(keepends=True)


def omitted(files):
    return {"ballots.jsonl": b"".join(rows(files)[1:])}


def doubled(files):
    return {"ballots.jsonl": b"".join([rows(files)[0], *rows(files)])}


def swapped(files):
    first, second, *rest = map(json.loads, rows(files))
    first["choice"], second["choice"] = second["choice"], first["choice"]
    return {"ballots.jsonl": b"".join(canonical(one) + b"\n" for one in (first, second, *rest))}


@pytest.mark.parametrize("change", [omitted, doubled, swapped])
def test_ballots_that_were_changed_without_the_key_are_found(tmp_path, change):
    files = an_election().files()
    files |= change(files)
    named = {name: content for name, content in files.items() if "SHA256SUMS" not in name}

    code, said = says(laid(tmp_path, files | {"SHA256SUMS": checksums(named)}))

    assert code == 1
    assert said[1] == "NOT ok  The signature is not one of the key that the manifest names."


@pytest.mark.parametrize("change", [omitted, doubled])
def test_ballots_that_were_omitted_or_doubled_with_the_key_are_found(tmp_path, change):
    files = an_election().files()

    code, said = says(laid(tmp_path, signed(files | change(files))))

    assert (code, said[1][:2]) == (1, "ok")


def test_a_folder_signed_by_another_key_is_found_by_the_hash_of_the_manifest(tmp_path):
    told = sha256(an_election().files()["manifest.json"]).hexdigest()
    place = laid(tmp_path, an_election().files(OTHER))

    assert says(place)[0] == 0  # all of it is one forgery: only who was told can know
    assert says(place, "--manifest", told)[0] == 1


def test_two_ballots_of_the_same_bytes_are_found(tmp_path):
    election = an_election()
    election.secrets[1] = election.secrets[0]

    code, said = says(laid(tmp_path, election.files()))

    assert code == 1
    assert "NOT ok  The trackers are not ascending, each once." in said


# --- what somebody does who can sign: each is found by one check, and without it by none


def unnamed_file(files):
    return files | {"more.txt": b"more"}


def changed_verifier(files):
    return files | {"counting.py": files["counting.py"] + b"\n"}


def foreign_signature(files):
    return files | {"SHA256SUMS.sig": OTHER.sign(files["SHA256SUMS"]).hex().encode() + b"\n"}


def result_of(files, **changes):
    return {"result.json": canonical(json.loads(files["result.json"]) | changes)}


def one_voter_more(files):
    leaves = [*files["roll.txt"].decode().split(), "f" * 64]
    return signed(files | {"roll.txt": lines(leaves)} | result_of(files, electorate=len(leaves)))


def another_envelope(files):
    first, *rest = files["envelopes.txt"].decode().split()
    return signed(files | {"envelopes.txt": lines([*rest, sha256(first.encode()).hexdigest()])})


def a_rank_of_zero(files):
    first, *rest = rows(files)
    changed = json.loads(first)
    # Nobody is moved by it: a rank is read as a place in an order.
    changed["choice"] = {name: rank - 1 for name, rank in changed["choice"].items()}
    return signed(files | {"ballots.jsonl": b"".join([canonical(changed) + b"\n", *rest])})


def trackers_out_of_order(files):
    return signed(files | {"ballots.jsonl": b"".join(reversed(rows(files)))})


def a_lot_drawn_again(files):
    lot = json.loads(files["result.json"])["lot"]
    return signed(files | result_of(files, lot=lot | {"value": "c0ffef"}))


def a_lot_left_out(files):
    return signed(files | result_of(files, lot=None))


def a_decision_nobody_may_take(files):
    decisions = [{"order": ["mary", "ada"], "reason": "Because."}]
    return signed(files | result_of(files, decisions=decisions))


def another_winner(files):
    said = json.loads(files["result.json"])
    seated = said["outcome"] | {"winners": ["ada", "mary"]}
    others = [compared(one, ["ada", "mary"]) for one in said["sensitivity"]]
    return signed(files | result_of(files, outcome=seated, sensitivity=others))


def compared(other, winners):
    """The seats under another convention, compared with these winners."""
    gained, lost = (
        sorted({*other["winners"]} - {*winners}),
        sorted({*winners} - {*other["winners"]}),
    )
    return other | {"gained": gained, "lost": lost, "same": not gained + lost}


def true_for_one(files):
    outcome = json.loads(files["result.json"])["outcome"]
    outcome["matrix"]["mary"]["grace"] = outcome["matrix"]["mary"]["grace"] == 1
    return signed(files | result_of(files, outcome=outcome))


def no_other_winner(files):
    others = json.loads(files["result.json"])["sensitivity"]
    others[0]["same"] = not others[0]["same"]
    return signed(files | result_of(files, sensitivity=others))


TAMPERING = [
    (unnamed_file, "check_sums"),
    (changed_verifier, "check_sums"),
    (foreign_signature, "check_signature"),
    (one_voter_more, "check_roll"),
    (another_envelope, "check_numbers"),
    (trackers_out_of_order, "check_ballots"),
    (a_rank_of_zero, "check_ballots"),
    (a_lot_drawn_again, "check_ties"),
    (a_lot_left_out, "check_ties"),
    (a_decision_nobody_may_take, "check_ties"),
    (another_winner, "check_outcome"),
    (true_for_one, "check_outcome"),
    (no_other_winner, "check_sensitivity"),
]


@pytest.mark.parametrize(("tamper", "check"), TAMPERING)
def test_each_kind_of_tampering_is_found_by_the_check_against_it(
    tmp_path, monkeypatch, tamper, check
):
    place = laid(tmp_path, tamper(an_election().files()))

    found = says(place)[0]
    monkeypatch.setattr(verifier(), check, lambda *_: iter(["Switched off."]))
    without = says(place)[0]

    assert (found, without) == (1, 0)


def test_another_key_is_not_found_where_the_manifest_is_not_compared(tmp_path, monkeypatch):
    told = sha256(an_election().files()["manifest.json"]).hexdigest()
    place = laid(tmp_path, an_election().files(OTHER))

    monkeypatch.setattr(verifier(), "check_manifest", lambda *_: iter(["Switched off."]))

    assert says(place, "--manifest", told)[0] == 0


def test_an_open_ballot_of_somebody_who_is_not_on_the_roll_is_found(tmp_path):
    election = an_election(mode="open", amended=False)
    files = election.files()
    *rest, last = map(json.loads, rows(files))
    last["voter"] = "f" * 64
    changed = b"".join(canonical(one) + b"\n" for one in (*rest, last))

    code, said = says(laid(tmp_path, signed(files | {"ballots.jsonl": changed})))

    assert code == 1
    assert "NOT ok  Somebody voted who is not on the roll." in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": 5}, "Amendment 5 of the roll is out of turn."),
        ({"at": "2026-12-16T12:00:00Z"}, "Amendment 2 of the roll came after the close."),
        ({"kind": "add"}, "Amendment 2 of the roll changes nothing."),
        ({"kind": "mend"}, "Amendment 2 of the roll neither adds nor removes."),
        ({"before": "0" * 64}, "Amendment 2 of the roll does not begin at the roll before it."),
        ({"after": "0" * 64}, "Amendment 2 of the roll does not lead to the roll that follows."),
    ],
)
def test_an_amendment_that_does_not_lead_to_the_roll_is_found(tmp_path, changes, words):
    files = an_election().files()
    first, second = json.loads(files["amendments.json"])
    amendments = canonical([first, second | changes])

    code, said = says(laid(tmp_path, signed(files | {"amendments.json": amendments})))

    assert (code, said[4]) == (1, f"NOT ok  {words}")


def test_a_matrix_that_so_many_ballots_cannot_give_is_found(tmp_path):
    files = an_election(publication="pairs").files()
    outcome = json.loads(files["result.json"])["outcome"]
    outcome["matrix"]["ada"]["grace"] += 4
    place = laid(tmp_path, signed(files | result_of(files, outcome=outcome)))

    code, said = says(place)

    assert code == 1
    assert "NOT ok  The matrix compares more ballots than there are." in said


@pytest.mark.parametrize("unranked", ["last", "absent"])
def test_more_first_places_than_the_matrix_has_room_for_are_found(tmp_path, unranked):
    profile = usual("schulze", ties=("lot",), unranked=unranked)
    files = an_election(publication="pairs", profile=profile).files()
    outcome = json.loads(files["result.json"])["outcome"]
    honest = says(laid(tmp_path / "honest", files))
    outcome["first_preferences"]["ada"] += 4
    place = laid(tmp_path / "told", signed(files | result_of(files, outcome=outcome)))

    code, said = says(place)

    assert (honest[0], code) == (0, 1)
    assert "NOT ok  More voters put an option first than put it before another one." in said


def test_a_list_of_files_in_which_one_is_missing_doubled_or_out_of_order_is_found(tmp_path):
    files = an_election().files()
    listed = files["SHA256SUMS"].splitlines(keepends=True)
    ways = {
        "missing": [line for line in listed if b"manifest" not in line],
        "doubled": [listed[0], *listed],
        "reversed": listed[::-1],
        "cut": [*listed[:-1], listed[-1][:-1]],
        "one too many": [*listed, b"0" * 64 + b"  zzz\n"],
    }
    found = {}
    for way, rows_of_it in ways.items():
        place = laid(tmp_path / way, files | {"SHA256SUMS": b"".join(rows_of_it)})
        found[way] = says(place)[1][0]

    assert found == {
        "missing": "NOT ok  manifest.json is not in SHA256SUMS.",
        "doubled": "NOT ok  The names in SHA256SUMS are not ascending, each once.",
        "reversed": "NOT ok  The names in SHA256SUMS are not ascending, each once.",
        "cut": "NOT ok  SHA256SUMS holds a line that is none.",
        "one too many": "NOT ok  zzz is missing.",
    }


@pytest.mark.parametrize("kind", ["folder", "link"])
def test_what_is_no_plain_file_is_found(tmp_path, kind):
    place = laid(tmp_path / "folder", an_election().files())
    if kind == "folder":
        (place / "more").mkdir()
    else:
        (place / "more").symlink_to(place / "roll.txt")

    assert says(place)[1][0] == "NOT ok  more is not in SHA256SUMS."
