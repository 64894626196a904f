"""How the folder writes things down: fixed examples, and a second way to the same."""

import json
from hashlib import sha256

import pytest

from governance.ballots.folder.building import (
    bytes_of_receipt,
    checksums,
    merkle_root,
    receipt_of,
    tracker_of,
)
from governance.rolls.canonical import canonical

UID = "0191e3c0-7a5b-7c3d-8e9f-001122334455"


def test_canonical_json_is_sorted_without_spaces_and_in_plain_utf8():
    assert canonical({"b": [1, True, None, "É"], "a": {}}) == (
        '{"a":{},"b":[1,true,null,"É"]}'.encode()
    )


def test_canonical_json_composes_text_and_sorts_after_that():
    decomposed = {"e\u0301": "e\u0301", "f": 1}

    written = canonical(decomposed)

    assert written == '{"f":1,"é":"é"}'.encode()
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize("value", [1.0, {"a": [0.5]}, {1: 2}, b"a", {1, 2}, float("nan")])
def test_canonical_json_refuses_what_it_cannot_write_exactly(value):
    with pytest.raises(ValueError, match=r"published file cannot hold|name of a value"):
        canonical(value)


def test_canonical_json_refuses_two_names_that_are_written_alike():
    with pytest.raises(ValueError, match="written alike"):
        canonical({"e\u0301": 1, "é": 2})


def root_by_the_words_of_the_rfc(leaves):
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, right = leaves[:split], leaves[split:]
    return sha256(
        b"\x01" + root_by_the_words_of_the_rfc(left) + root_by_the_words_of_the_rfc(right)
    ).digest()


def test_the_merkle_root_is_the_one_of_the_rfc():
    leaves = [sha256(bytes([number])).digest() for number in range(40)]

    for size in range(len(leaves) + 1):
        some = leaves[:size]
        assert merkle_root(one.hex() for one in some) == root_by_the_words_of_the_rfc(some).hex()


def test_a_tracker_is_made_of_the_election_and_the_bytes_of_the_receipt():
    assert tracker_of(UID, bytes(16)) == sha256(b"t1" + UID.encode() + bytes(16)).hexdigest()[:32]
    with pytest.raises(ValueError, match="16 bytes"):
        tracker_of(UID, bytes(15))
    with pytest.raises(ValueError, match="36 characters"):
        tracker_of("short", bytes(16))


@pytest.mark.parametrize(
    ("r", "code"),
    [
        (bytes(16), "0" * 26),
        (bytes([255] * 16), "7" + "Z" * 25),
        (bytes(range(16)), "00041061050R3GG28A1C60T3GF"),
    ],
)
def test_a_receipt_is_read_as_it_was_written(r, code):
    assert receipt_of(r) == code
    assert bytes_of_receipt(code) == r


def test_a_receipt_is_read_as_people_type_it():
    typed = " oo04-io6l 05or-3gg2 8alc 60t3-gf "

    assert bytes_of_receipt(typed) == bytes(range(16))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "26 characters, not 0"),
        ("0" * 27, "26 characters, not 27"),
        ("U" + "0" * 25, "“U” is no character"),
        ("8" + "0" * 25, "from 0 to 7"),
        ("é" + "0" * 25, "“É” is no character"),
    ],
)
def test_what_is_no_receipt_is_refused_in_words(code, words):
    with pytest.raises(ValueError, match=words):
        bytes_of_receipt(code)


def test_a_receipt_is_not_written_of_other_lengths():
    with pytest.raises(ValueError, match="16 bytes"):
        receipt_of(bytes(17))


def test_checksums_are_sorted_and_read_by_sha256sum():
    assert checksums({"b": b"", "a": b"1"}).decode() == (
        f"{sha256(b'1').hexdigest()}  a\n{sha256(b'').hexdigest()}  b\n"
    )
