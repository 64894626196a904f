"""Signatures: the vectors of RFC 8032, what another library makes, and what has to be refused."""

import random
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.governance.ballots.folder.published import verifier

is_signed = verifier().is_signed
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def number(value):
    return value.to_bytes(32, "little")


@pytest.mark.parametrize(
    ("key", "message", "r", "s"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da",
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac",
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
)
def test_the_vectors_of_the_rfc(key, message, r, s):
    key, message, signature = map(bytes.fromhex, (key, message, r + s))

    assert is_signed(key, message, signature)
    assert not is_signed(key, message + b"\x00", signature)


def test_what_another_library_signs_is_signed_and_one_flipped_bit_is_not():
    chance = random.Random("signatures")
    for _ in range(10):
        key = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), chance.randbytes(40)
        parts = [public, message, key.sign(message)]
        changed = [bytearray(part) for part in parts]
        part = chance.choice(changed)
        part[chance.randrange(len(part))] ^= 1 << chance.randrange(8)

        assert (is_signed(*parts), is_signed(*map(bytes, changed))) == (True, False)


def test_a_signature_has_one_form():
    signature = KEY.sign(b"sums")
    s = int.from_bytes(signature[32:], "little")

    assert is_signed(PUBLIC, b"sums", signature)
    assert not is_signed(PUBLIC, b"sums", signature[:32] + number(s + L))
    assert not is_signed(PUBLIC, b"sums", signature + b"\x00")
    assert not is_signed(PUBLIC, b"sums", signature[:63])
    assert not is_signed(PUBLIC[:31], b"sums", signature)
    assert not is_signed(b"", b"sums", b"")


# The neutral point, one of order 2, of order 4, and of order 8; with S = 0 and R the neutral point
# such a key would sign any message, or many of them.
WEAK = [
    number(1),
    number(P - 1),
    number(0),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


@pytest.mark.parametrize("key", WEAK)
def test_a_key_that_would_accept_signatures_by_anybody_is_refused(key):
    forged = [number(1) + number(0), number(0) + number(0)]

    messages = [bytes([at]) for at in range(16)]
    assert not any(is_signed(key, message, one) for message in messages for one in forged)


@pytest.mark.parametrize(
    "raw",
    [
        number(P),  # zero once more
        number(P + 1),  # one once more
        number(1 | 1 << 255),  # minus zero
        number(2),  # on no point of the curve
        b"\xff" * 32,
    ],
)
def test_a_point_that_is_not_written_in_its_one_form_is_none(raw):
    assert sys.modules["ed25519"].point_of(raw) is None
