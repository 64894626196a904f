"""Checking an exported roll: every hash is computed anew, and nothing is believed."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from governance.rolls.exporting import FORMAT, digest_of
from governance.rolls.leaves import leaf_of, roll_hash
from governance.rolls.models import Roll
from governance.rolls.queries import leaves_of
from governance.rolls.signing import is_signed

SHOWN = 5


class Unreadable(Exception):
    """This is neither an exported roll nor a salted list."""


def differences(content: bytes, expected: str = "") -> list[str]:
    """What is wrong with a file, in sentences; empty where all of it holds.

    Takes the JSON of `roll export` and the salted list as it is published.
    Raises `Unreadable`.
    """
    if content[:1] != b"{":
        return list(_of_list(content, expected))
    try:
        document = json.loads(content)
        return list(_of_document(document, expected))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(str(error)) from error


def _of_list(content: bytes, expected: str) -> Iterator[str]:
    found = sha256(content).hexdigest()
    lines = content.decode(errors="replace").splitlines()
    if lines != sorted(set(lines)):
        yield "The lines are not in order, or one is there twice."
    yield from _compared(found, expected)


def _of_document(document: dict[str, Any], expected: str) -> Iterator[str]:
    if document["format"] != FORMAT:
        raise Unreadable(f"The format is {document['format']!r}, not {FORMAT!r}.")
    leaves = document["leaves"]
    found = roll_hash(leaves)
    if digest_of(document) != document["digest"]:
        yield "The digest of the file does not fit: something in it was changed."
    if found != document["sha256"]:
        yield f"The leaves have the hash {found}, the file says {document['sha256']}."
    if len(set(leaves)) != len(leaves) or len(leaves) != document["number"]:
        yield f"There are {len(set(leaves))} leaves, the file says {document['number']}."
    yield from _compared(found, expected)
    if "voters" in document:
        yield from _rows(document["voters"], set(leaves))
    yield from _amendments(document["amendments"], set(leaves), found)
    if roll := Roll.objects.filter(slug=document["roll"]).first():
        yield from _against(roll, document, set(leaves))


def _compared(found: str, expected: str) -> Iterator[str]:
    if expected and found != expected.lower():
        yield f"The hash is {found}, not {expected}."


def _rows(rows: list[dict[str, str]], leaves: set[str]) -> Iterator[str]:
    """Each row leads to its leaf; of somebody who was forgotten there is nothing but it."""
    for row in rows:
        is_forgotten = not row["salt"] and not row["uid"]
        if not is_forgotten and leaf_of(row["salt"], row["uid"]) != row["leaf"]:
            yield f"Salt and id of {row['uid']} do not lead to {row['leaf']}."
    yield from _sets({row["leaf"] for row in rows}, leaves, "among the leaves", "among the rows")


def _amendments(amendments: list[dict[str, str]], leaves: set[str], found: str) -> Iterator[str]:
    """From the last to the first: signed, and undone it leads to the hash before."""
    standing, after = set(leaves), found
    for one in reversed(amendments):
        said = json.loads(one["document"])
        number = said["number"]
        if not is_signed(one["document"].encode(), one["signature"], one["signer"]):
            yield f"Amendment {number} does not have the signature of {one['signer'][:16]}…"
        if said["after"] != after:
            yield f"Amendment {number} leads to {said['after']}, not to {after}."
        standing = standing - {said["leaf"]} if said["kind"] == "add" else standing | {said["leaf"]}
        after = said["before"]
        if roll_hash(standing) != after:
            yield f"Without amendment {number} the hash is not {after}."


def _against(roll: Roll, document: dict[str, Any], leaves: set[str]) -> Iterator[str]:
    """The same roll as it stands in this database."""
    here = {
        "title": roll.title,
        "state": roll.state,
        "on": str(roll.on),
        "rule": roll.criteria.sha256,
        "sha256": roll.sha256 or document["sha256"],
    }
    there = {name: document[name] for name in here} | {"rule": document["rule"]["sha256"]}
    for name, value in here.items():
        if there[name] != value:
            yield f"{name} is {value!r} in the database, {there[name]!r} in the file."
    yield from _sets(leaves, set(leaves_of(roll)), "in the database", "in the file")
    signed = set(roll.amendments.values_list("document", "signature", "signer"))
    given = {(one["document"], one["signature"], one["signer"]) for one in document["amendments"]}
    if signed != given:
        yield "The amendments are not those of the database."


def _sets(first: set[str], second: set[str], where: str, other: str) -> Iterator[str]:
    for missing, place in ((first - second, where), (second - first, other)):
        some = ", ".join(sorted(missing)[:SHOWN])
        if missing:
            yield f"{len(missing)} leaves are not {place}: {some}"
