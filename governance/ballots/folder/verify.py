#!/usr/bin/env python3
"""Checks the published folder of an election without the software that made it.

    python3 verify.py [FOLDER] [--manifest HASH] [--receipt CODE] [--salt SALT --id github:1]

README: needs Python 3.9 or later and nothing else, reads the files of one folder (the one that it
lies in, if none is named) and writes none. Each line of its answer begins with `ok`, with `NOT ok`,
or with `--` where there is nothing to check; it ends with 0 if all is ok, else with 1.
HASH is the hash of the manifest that you were told before the vote: give it, for the signature
alone proves only that all files come from one hand. CODE is the receipt of your ballot. SALT and
the id with its provider are what your page of the roll shows; they tell whether you are on it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.dont_write_bytecode = True  # a cache beside the files would be one file too many
sys.path.insert(0, str(Path(__file__).resolve().parent))

# After the line above: run with -I, Python does not look beside the program by itself.
from ed25519 import is_signed  # noqa: E402
from reading import Folder, Wrong, hashes, need, read_json  # noqa: E402
from recount import check_outcome, check_sensitivity, rules_of  # noqa: E402

SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
ALWAYS = ("amendments.json", "manifest.json", "result.json", "roll.txt")
MALFORMED = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, StopIteration)
FEWEST = 5  # secret ballots; fewer might be told by who voted
NUMBERS = ("matrix", "quota", "rounds", "stages", "totals")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


# --- the files belong together


def check_sums(folder: Folder) -> Iterator[str]:
    *lines, rest = folder[SUMS].decode().split("\n")
    found = [re.fullmatch("([0-9a-f]{64})  ([^/]+)", line) for line in lines]
    need(all(found) and not rest, f"{SUMS} holds a line that is none.")
    listed = [(one[2], one[1]) for one in found if one]
    names = [name for name, _ in listed]
    need(names == sorted(set(names)), f"The names in {SUMS} are not ascending, each once.")
    there = {*folder.files, *folder.odd} - {SUMS, SIGNATURE}
    for name in sorted({*names} ^ there | {*ALWAYS} - there):
        raise Wrong(f"{name} is {'not in ' + SUMS if name in there else 'missing'}.")
    for name, digest in listed:
        need(sha256(folder[name]).hexdigest() == digest, f"{name} is not what {SUMS} says.")
    yield f"{SUMS} lists each of the {len(names)} files, and none has changed."


def check_signature(folder: Folder) -> Iterator[str]:
    text, key = folder[SIGNATURE].decode("ascii"), folder.manifest["signer"]
    is_hex = re.fullmatch("[0-9a-f]{128}\n", text) and re.fullmatch("[0-9a-f]{64}", key)
    good = is_hex and is_signed(bytes.fromhex(key), folder[SUMS], bytes.fromhex(text))
    need(bool(good), "The signature is not one of the key that the manifest names.")
    yield f"{SUMS} is signed by the key that the manifest names."


def check_manifest(folder: Folder, given: str) -> Iterator[str]:
    digest, said = sha256(folder["manifest.json"]).hexdigest(), folder.manifest
    need(said["format"] == 1, "This verifier reads format 1.")
    sound = bool(folder.keys) and folder.keys == sorted(set(folder.keys))
    need(sound, "The options are not ascending by key, each once.")
    need(said["opens_at"] < said["closes_at"], "The vote closes before it opens.")
    need(said["publication"] in ("full", "pairs", "totals"), "What is published is not said.")
    yield "The manifest is in canonical form."
    need(given.strip().lower() in ("", digest), f"The hash of the manifest is {digest}, not yours.")
    yield f"{'' if given else '-- '}The hash of the manifest is {digest}" + (
        ", as you were told." if given else "; compare it with what you were told before the vote."
    )


def check_roll(folder: Folder) -> Iterator[str]:
    leaves, changes = {*folder.roll}, read_json("amendments.json", folder["amendments.json"])
    closes = folder.manifest["closes_at"][:19]

    def digest() -> str:
        return sha256("".join(f"{one}\n" for one in sorted(leaves)).encode()).hexdigest()

    for at, one in reversed([*enumerate(changes)]):
        name = f"Amendment {one['number']} of the roll"
        need(one["number"] == changes[0]["number"] + at, f"{name} is out of turn.")
        need(one["at"][:19] <= closes, f"{name} came after the close.")
        need(digest() == one["after"], f"{name} does not lead to the roll that follows.")
        need(one["kind"] in ("add", "remove"), f"{name} neither adds nor removes.")
        need((one["leaf"] in leaves) == (one["kind"] == "add"), f"{name} changes nothing.")
        leaves ^= {one["leaf"]}
        need(digest() == one["before"], f"{name} does not begin at the roll before it.")
    begun = folder.manifest["roll"]
    need(digest() == begun["sha256"], "The roll is not the one that the manifest names.")
    need(len(leaves) == begun["voters"], "The manifest counts other voters than the roll holds.")
    yield f"The roll is the manifest's, with {len(changes)} amendments: {len(folder.roll)} voters."


def merkle_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1."""
    if len(leaves) < 2:
        return sha256(b"\x00" + leaves[0] if leaves else b"").digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + merkle_root(leaves[:half]) + merkle_root(leaves[half:])).digest()


def check_numbers(folder: Folder) -> Iterator[str]:
    said = folder.result
    cast, valid, invalid, electorate = (
        said[name] for name in ("cast", "valid", "invalid", "electorate")
    )
    whole = all(type(one) is int and one >= 0 for one in (cast, valid, invalid, electorate))
    need(whole and valid + invalid == cast, "Valid and invalid ballots are not all that were cast.")
    need(electorate == len(folder.roll), "The electorate is not the number on the roll.")
    need(cast <= len(folder.roll), "More ballots were cast than there are voters.")
    yield f"{cast} of {len(folder.roll)} voted: {valid} ballots are valid, {invalid} invalid."
    if not folder.is_secret:
        need(said["root"] == "" and not invalid, "An open vote has no envelopes to be invalid.")
        return
    envelopes = hashes("envelopes.txt", folder["envelopes.txt"])
    root = merkle_root([bytes.fromhex(one) for one in envelopes]).hex()
    need(len(envelopes) == cast, f"{len(envelopes)} envelopes are listed, {cast} were cast.")
    need(root == said["root"], "The envelopes do not have the root that the result names.")
    yield f"The {cast} envelopes have the root {root}."


# --- the ballots and what comes out of them


def is_allowed(choice: Any, keys: list[str], method: str, rules: Any) -> bool:
    """Whether a ballot may say this: known options, and numbers that the method knows."""
    lowest, most = (0, rules["top_score"]) if method in ("score", "star") else (1, 254)
    if method in ("plurality", "approval", "motion", "apache"):
        most = 1
    is_one = method in ("plurality", "motion", "apache")
    named = set(choice) <= set(keys) and not (is_one and len(choice) > 1)
    return named and all(type(mark) is int and lowest <= mark <= most for mark in choice.values())


def check_level(folder: Folder) -> Iterator[str]:
    """As much is published as was announced, unless that would tell how somebody voted."""
    said = folder.manifest["publication"]
    if folder.level == said:
        return
    less = folder.is_secret and folder.level == "totals"
    need(less, "Other things are published than were announced.")
    few = folder.result["valid"] < FEWEST
    need(few or are_alike(folder), "Less is published than was announced.")
    why = f"there are fewer than {FEWEST}" if few else "all of them are said to be alike"
    yield f"-- Of the ballots less is published than was announced, as {why}."


def are_alike(folder: Folder) -> bool:
    """Whether all ballots may be alike: of options no numbers are told, of answers there is one."""
    outcome, method = folder.result["outcome"], rules_of(folder)[0]
    if method not in ("motion", "apache"):
        return not {*NUMBERS} & {*outcome}
    answers = outcome["binding"] if method == "apache" else [outcome[key] for key in folder.keys]
    return sum(count > 0 for count in answers) < 2 and max(answers) in (0, folder.result["valid"])


def check_ballots(folder: Folder) -> Iterator[str]:
    yield from check_level(folder)
    if not folder.is_full:
        need("ballots.jsonl" not in folder.files, "Ballots are published that should not be.")
        yield "-- The ballots are not published."
        return
    name = "tracker" if folder.is_secret else "voter"
    method, rules = rules_of(folder)
    for at, one in enumerate(folder.ballots, 1):
        need({*one} == {"choice", name}, f"Ballot {at} has other parts than a ballot has.")
        good = is_allowed(one["choice"], folder.keys, method, rules)
        need(good, f"Ballot {at} says what no ballot may say here.")
    names = [one[name] for one in folder.ballots]
    digits = 32 if folder.is_secret else 64
    need(all(re.fullmatch(f"[0-9a-f]{{{digits}}}", one) for one in names), f"A {name} is none.")
    need(names == sorted(set(names)), f"The {name}s are not ascending, each once.")
    need(len(names) == folder.result["valid"], "There are not as many ballots as valid ones.")
    need(folder.is_secret or {*names} <= {*folder.roll}, "Somebody voted who is not on the roll.")
    yield f"Each of the {len(names)} ballots says what it may say, and no {name} comes twice."


def check_ties(folder: Folder) -> Iterator[str]:
    said, rules = folder.result, rules_of(folder)[1].get("ties", [])
    for one in said["decisions"]:
        known = "officer" in rules and {*one["order"]} <= {*folder.keys}
        need(known and bool(one["reason"]), "An officer's decision is not by the rules.")
    lot = said["lot"]
    if lot is None:
        # Else a lot that falls wrong could be left out, and the next rule for ties would decide.
        need("lot" not in rules, "The lot that was announced was not drawn.")
        yield "-- No lot was drawn."
        return
    told = "\n".join([sha256(folder["manifest.json"]).hexdigest(), said["root"], lot["value"]])
    need("lot" in rules and lot["source"] == folder.manifest["lot"], "That lot was not announced.")
    need(sha256(told.encode()).hexdigest() == lot["seed"], "The lot's seed is not derived as told.")
    yield f"The seed of the lot follows from the manifest, the root and “{lot['value']}”."


# --- what concerns one voter


def check_receipt(folder: Folder, code: str) -> Iterator[str]:
    typed = re.sub(r"[\s-]", "", code).upper().translate(str.maketrans("OIL", "011"))
    good = len(typed) == 26 and set(typed) <= set(CROCKFORD) and typed[0] in "01234567"
    need(good, "That is no receipt: 26 characters, the first from 0 to 7, and no U.")
    number = 0
    for one in typed:
        number = number * 32 + CROCKFORD.index(one)
    uid = folder.manifest["election"].encode("ascii")
    tracker = sha256(b"t1" + uid + number.to_bytes(16, "big")).hexdigest()[:32]
    yield f"-- Your ballot has the tracker {tracker}."
    need(folder.is_full, "The ballots are not published, so that nobody can find yours.")
    found = [one["choice"] for one in folder.ballots if one.get("tracker") == tracker]
    need(len(found) == 1, "The ballot of your receipt is not there.")
    yield f"Your ballot is there and says: {in_words(found[0])}."


def check_voter(folder: Folder, salt: str, uid: str) -> Iterator[str]:
    leaf = sha256(bytes.fromhex(salt.strip()) + uid.strip().encode()).hexdigest()
    need(leaf in folder.roll, f"{uid} with that salt is not on the roll.")
    yield f"{uid} is on the roll, as {leaf}."
    if folder.is_full and not folder.is_secret:
        found = [in_words(one["choice"]) for one in folder.ballots if one["voter"] == leaf]
        yield f"Your ballot says: {found[0]}." if found else "-- You have no ballot there."


def in_words(choice: dict[str, int]) -> str:
    ranked = sorted(choice.items(), key=lambda one: (one[1], one[0]))
    return ", ".join(f"{key} {mark}" for key, mark in ranked) or "nothing (a blank ballot)"


# --- the answer


def holds(check: Callable[[], Iterator[str]], what: str) -> bool:
    """Say what a check found; whether all of it is ok."""
    try:
        for sentence in check():
            say(sentence if sentence.startswith("-- ") else f"ok  {sentence}")
    except Wrong as fault:
        say(f"NOT ok  {fault}")
    except (*MALFORMED, RecursionError) as fault:
        say(f"NOT ok  What says {what} cannot be understood ({type(fault).__name__}: {fault}).")
    else:
        return True
    return False


def say(sentence: str) -> None:
    sys.stdout.write("".join(one if one.isprintable() else "?" for one in sentence) + "\n")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Check the published folder of an election.")
    parser.add_argument("folder", nargs="?", default=str(Path(__file__).resolve().parent))
    for name in ("manifest", "receipt", "salt", "id"):
        parser.add_argument(f"--{name}", default="")
    asked = parser.parse_args(arguments)
    if not Path(asked.folder).is_dir() or bool(asked.salt) != bool(asked.id):
        parser.error("Name a folder, and a salt together with an id.")
    folder = Folder(Path(asked.folder))
    checks: list[tuple[str, Callable[[], Iterator[str]]]] = [
        ("which files there are", lambda: check_sums(folder)),
        ("who signed", lambda: check_signature(folder)),
        ("what was announced", lambda: check_manifest(folder, asked.manifest)),
        ("who may vote", lambda: check_roll(folder)),
        ("how many voted", lambda: check_numbers(folder)),
        ("how they voted", lambda: check_ballots(folder)),
        ("how ties are broken", lambda: check_ties(folder)),
        ("who won", lambda: check_outcome(folder)),
        ("who else might have won", lambda: check_sensitivity(folder)),
    ]
    if asked.receipt:
        checks.append(("what your ballot is", lambda: check_receipt(folder, asked.receipt)))
    if asked.id:
        checks.append(("who you are", lambda: check_voter(folder, asked.salt, asked.id)))
    failed = [what for what, check in checks if not holds(check, what)]
    say(f"NOT ok  Look at {', '.join(failed)}." if failed else "ok  All of this holds.")
    return 1 if failed else 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    raise SystemExit(main(sys.argv[1:]))
