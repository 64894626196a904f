"""The published verifier, run as people run it, and what it answers to one voter."""

import ast
import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from governance.ballots.folder.building import VERIFIER, merkle_root, receipt_of
from governance.ballots.tally.motion import MotionRule
from governance.ballots.tally.profile import usual
from governance.rolls.canonical import canonical
from tests.governance.ballots.folder.published import (
    PLACE,
    Published,
    laid,
    says,
    signed,
    verifier,
)

NAMES = ["ada", "grace", "mary"]
CHOICES = [{"ada": 1, "grace": 2}, {"ada": 1}, {"grace": 1, "ada": 2, "mary": 3}, {}]
OLDEST = Path.home() / ".pyenv/versions/3.9.18/bin/python3"


def an_election(**facts):
    profile = facts.pop("profile", usual("schulze", seats=2))
    return Published(choices=CHOICES, options=NAMES, profile=profile, **facts)


def refusals(place, *arguments):
    code, said = says(place, *arguments)
    assert code == 1
    return [line for line in said if line.startswith("NOT ok")][:-1]


@pytest.mark.parametrize("python", [sys.executable, str(OLDEST)])
def test_a_python_without_any_package_says_ok_and_leaves_nothing_behind(tmp_path, python):
    if not Path(python).exists():
        pytest.skip("no Python 3.9 here")
    files = an_election(amended=True).files()
    place = laid(tmp_path, files)

    done = subprocess.run(
        [python, "-I", "-S", place / "verify.py"], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if not line.startswith("--")] == [
        "ok  SHA256SUMS lists each of the 12 files, and none has changed.",
        "ok  SHA256SUMS is signed by the key that the manifest names.",
        "ok  The manifest is in canonical form.",
        "ok  The roll is the manifest's, with 2 amendments: 7 voters.",
        "ok  5 of 7 voted: 4 ballots are valid, 1 invalid.",
        f"ok  The 5 envelopes have the root {an_election().root}.",
        "ok  Each of the 4 ballots says what it may say, and no tracker comes twice.",
        "ok  A recount (schulze) gives the published outcome: ada, grace.",
        "ok  Recounts under 3 other conventions give the seats that are published.",
        "ok  All of this holds.",
    ]
    assert {one.name for one in place.iterdir()} == set(files)


def test_a_folder_that_does_not_hold_ends_with_one(tmp_path):
    place = laid(tmp_path, an_election().files() | {"more.txt": b""})

    done = subprocess.run(
        [sys.executable, "-I", "-S", PLACE / "verify.py", place],
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("NOT ok  more.txt is not in SHA256SUMS.\n")
    assert done.stdout.endswith("NOT ok  Look at which files there are.\n")


@pytest.mark.parametrize("name", VERIFIER)
def test_the_verifier_is_written_for_python_3_9_and_its_own_library(name):
    tree = ast.parse((PLACE / name).read_text(), feature_version=(3, 9))

    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imported - {one.removesuffix(".py") for one in VERIFIER} <= sys.stdlib_module_names


def test_the_hash_of_the_manifest_is_compared_with_the_one_that_a_voter_was_told(tmp_path):
    place = laid(tmp_path, an_election().files())
    digest = verifier().sha256((place / "manifest.json").read_bytes()).hexdigest()

    assert (
        f"ok  The hash of the manifest is {digest}, as you were told."
        in (says(place, "--manifest", digest.upper())[1])
    )
    assert refusals(place, "--manifest", "0" * 64) == [
        f"NOT ok  The hash of the manifest is {digest}, not yours."
    ]


def test_a_receipt_finds_its_ballot(tmp_path):
    election = an_election()
    place = laid(tmp_path, election.files())

    found = [says(place, "--receipt", code)[1][-2] for code in election.receipts]

    assert found == [
        "ok  Your ballot is there and says: ada 1, grace 2.",
        "ok  Your ballot is there and says: ada 1.",
        "ok  Your ballot is there and says: grace 1, ada 2, mary 3.",
        "ok  Your ballot is there and says: nothing (a blank ballot).",
    ]
    typed = "-".join(election.receipts[0].lower().replace("0", "o").replace("1", "l"))
    assert says(place, "--receipt", typed)[1][-2] == found[0]


@pytest.mark.parametrize("code", ["", "0" * 25, "8" + "0" * 25, "U" + "0" * 25])
def test_what_is_no_receipt_is_said_to_be_none(tmp_path, code):
    place = laid(tmp_path, an_election().files())

    assert refusals(place, "--receipt", code or " ") == [
        "NOT ok  That is no receipt: 26 characters, the first from 0 to 7, and no U."
    ]


def test_a_receipt_of_another_election_finds_nothing(tmp_path):
    place = laid(tmp_path, an_election().files())

    assert refusals(place, "--receipt", receipt_of(os.urandom(16))) == [
        "NOT ok  The ballot of your receipt is not there."
    ]


def test_salt_and_id_tell_whether_somebody_is_on_the_roll(tmp_path):
    election = an_election()
    place = laid(tmp_path, election.files())
    salt, uid = election.salts[0], election.ids[0]

    assert (
        f"ok  {uid} is on the roll, as {election.leaves[0]}."
        in (says(place, "--salt", salt, "--id", uid)[1])
    )
    assert refusals(place, "--salt", salt, "--id", "github:99") == [
        "NOT ok  github:99 with that salt is not on the roll."
    ]
    [garbled] = refusals(place, "--salt", "salt", "--id", uid)
    assert garbled.startswith("NOT ok  What says who you are cannot be understood")


def test_in_an_open_vote_salt_and_id_find_the_ballot_too(tmp_path):
    election = an_election(mode="open")
    place = laid(tmp_path, election.files())

    lines = [
        says(place, "--salt", election.salts[at], "--id", election.ids[at])[1][-2] for at in (0, -1)
    ]

    assert lines == ["ok  Your ballot says: ada 1, grace 2.", "-- You have no ballot there."]


@pytest.mark.parametrize("method", ["schulze", "ranked-pairs", "condorcet-default"])
def test_comparisons_by_pairs_are_recounted_without_ballots(tmp_path, method):
    more = {"default": "mary", "quorum": Fraction(1)} if method == "condorcet-default" else {}
    profile = usual(method, seats=2, ties=("lot",), **more)
    election = an_election(profile=profile, publication="pairs", lot_value="c0ffee")

    code, said = says(laid(tmp_path, election.files()), "--receipt", election.receipts[0])

    assert f"ok  A recount ({method}) gives the published outcome: ada, grace." in said
    assert (code, said[-2:]) == (
        1,
        [
            "NOT ok  The ballots are not published, so that nobody can find yours.",
            "NOT ok  Look at what your ballot is.",
        ],
    )


@pytest.mark.parametrize(("publication", "method"), [("totals", "schulze"), ("pairs", "irv")])
def test_where_only_the_outcome_is_published_there_is_nothing_to_recount(
    tmp_path, publication, method
):
    election = an_election(profile=usual(method), publication=publication)

    code, said = says(laid(tmp_path, election.files()))

    assert (code, "-- There is nothing to recount: only the outcome is published." in said) == (
        0,
        True,
    )


@pytest.mark.parametrize(
    ("choices", "why"),
    [
        (CHOICES, "there are fewer than 5"),
        ([{"ada": 1}] * 5, "all of them are said to be alike"),
    ],
)
@pytest.mark.parametrize("publication", ["full", "pairs"])
def test_less_may_be_published_than_was_announced_where_it_would_tell_who_voted_what(
    tmp_path, publication, choices, why
):
    election = Published(
        choices=choices,
        options=NAMES,
        profile=usual("schulze"),
        publication=publication,
        level="totals",
    )

    code, said = says(laid(tmp_path, election.files()))

    line = f"-- Of the ballots less is published than was announced, as {why}."
    assert (code, line in said) == (0, True)


def hidden(files, **changes):
    """The files of a folder that hides its ballots."""
    result = json.loads(files["result.json"]) | {"publication": "totals"} | changes
    rest = {name: content for name, content in files.items() if name != "ballots.jsonl"}
    return signed(rest | {"result.json": canonical(result)})


@pytest.mark.parametrize("mode", ["secret", "open"])
def test_ballots_that_are_hidden_without_need_are_missed(tmp_path, mode):
    choices = [*CHOICES, {"mary": 1}]
    election = Published(choices=choices, options=NAMES, profile=usual("schulze"), mode=mode)

    told = {
        "secret": "NOT ok  Less is published than was announced.",
        "open": "NOT ok  Other things are published than were announced.",
    }
    assert told[mode] in refusals(laid(tmp_path, hidden(election.files())))


@pytest.mark.parametrize(
    ("answers", "is_hidden_well"),
    [(["yes"] * 5, True), ([""] * 5, True), (["yes"] * 4 + ["no"], False), (["yes"] * 4, True)],
)
def test_answers_that_are_hidden_are_recounted_from_their_numbers(
    tmp_path, answers, is_hidden_well
):
    choices = [{one: 1} if one else {} for one in answers]
    election = Published(choices=choices, options=["abstain", "no", "yes"], motion=MotionRule())

    code, said = says(laid(tmp_path, hidden(election.files())))

    recounts = [line for line in said if line.startswith("ok  A recount of the published numbers")]
    assert (code, len(recounts)) == (0 if is_hidden_well else 1, 1)


def test_numbers_that_do_not_lead_to_the_answer_are_found(tmp_path):
    choices = [{"yes": 1}, {"yes": 1}, {"no": 1}, {}]
    election = Published(choices=choices, options=["abstain", "no", "yes"], motion=MotionRule())
    files = election.files()
    outcome = json.loads(files["result.json"])["outcome"]
    fewer, turned = outcome | {"yes": 1}, outcome | {"yes": 1, "no": 2}

    found = [
        refusals(laid(tmp_path / str(at), hidden(files, outcome=one)))
        for at, one in enumerate([fewer, turned])
    ]

    assert found[0] == ["NOT ok  The answers are not as many as the valid ballots."]
    assert found[1][0].startswith("NOT ok  The outcome is not that of its ballots: have")


def test_an_open_tie_is_named(tmp_path):
    election = Published(choices=[{"ada": 1}, {"mary": 1}], options=NAMES, profile=usual("irv"))

    said = says(laid(tmp_path, election.files()))[1]

    line = "ok  A recount (irv) gives the published outcome: nobody; open between ada, mary."
    assert line in said


def test_a_motion_tells_why_it_passed_or_not(tmp_path):
    choices = [{"yes": 1}, {"yes": 1}, {"no": 1}, {}]
    election = Published(choices=choices, options=["abstain", "no", "yes"], motion=MotionRule())

    said = says(laid(tmp_path, election.files()))[1]

    assert "ok  A recount (motion) gives the published outcome: passed." in said


def test_the_verifier_writes_and_adds_up_as_the_product_does():
    own = verifier()
    leaves = [bytes([at]) * 32 for at in range(33)]

    for size in range(len(leaves)):
        assert own.merkle_root(leaves[:size]).hex() == merkle_root(
            one.hex() for one in leaves[:size]
        )
    for value in ({"b": "É", "a": [1, None, True]}, [], "\u2028", {"é": {"e": -5}}):
        assert sys.modules[own.Folder.__module__].canonical(value) == canonical(value)


@pytest.mark.parametrize(
    "hostile",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"format":1.0}',
        b'{"format":NaN}',
        b'{"format":1,"format":1}',
        b'{ "format":1}',
        b"9" * 5000,
    ],
)
@pytest.mark.parametrize("name", ["manifest.json", "result.json", "ballots.jsonl", "roll.txt"])
def test_files_that_make_no_sense_are_refused_without_a_traceback(tmp_path, name, hostile):
    place = laid(tmp_path, signed(an_election().files() | {name: hostile}))

    assert refusals(place)
