"""How the published folder of an election writes things down, so that anybody gets the same bytes.

Pure arithmetic: no database and no product. The verifier in the folder has its own copy of these
rules and shares no line with this file; it lies beside it and is published as it is.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_LENGTH = 26
RECEIPT_BYTES = 16
READ_AS = str.maketrans("OIL", "011")
# What `python3 verify.py` needs, with nothing but Python's own library.
VERIFIER = ("counting.py", "ed25519.py", "reading.py", "recount.py", "rounds.py", "verify.py")


def verifier_files() -> dict[str, bytes]:
    """The files of the verifier, byte by byte as they go into the folder."""
    return {name: Path(__file__).with_name(name).read_bytes() for name in VERIFIER}


def merkle_root(hashes: Iterable[str]) -> str:
    """The root of RFC 6962 over hashes written in hex: it changes with any of them."""
    nodes = [sha256(b"\x00" + bytes.fromhex(one)).digest() for one in hashes]
    if not nodes:
        return sha256(b"").hexdigest()
    # Joining neighbors level by level, the odd one moving up, splits as the RFC does.
    while len(nodes) > 1:
        odd = nodes[len(nodes) - len(nodes) % 2 :]
        nodes = [_joined(nodes[at], nodes[at + 1]) for at in range(0, len(nodes) - 1, 2)] + odd
    return nodes[0].hex()


def _joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def tracker_of(election_uid: str, r: bytes) -> str:
    """The public name of the ballot that was cast with ``r``."""
    if len(election_uid) != 36 or len(r) != RECEIPT_BYTES:
        raise ValueError("A tracker is made of a UUID of 36 characters and 16 bytes.")
    return sha256(b"t1" + election_uid.encode("ascii") + r).hexdigest()[:32]


def receipt_of(r: bytes) -> str:
    """``r`` as 26 characters that can be read aloud."""
    if len(r) != RECEIPT_BYTES:
        raise ValueError("A receipt is made of 16 bytes.")
    number = int.from_bytes(r, "big")
    return "".join(CROCKFORD[number >> 5 * at & 31] for at in reversed(range(RECEIPT_LENGTH)))


def bytes_of_receipt(code: str) -> bytes:
    """The bytes of a receipt as people type it; raises `ValueError` in words."""
    typed = "".join(code.split()).replace("-", "").upper().translate(READ_AS)
    if len(typed) != RECEIPT_LENGTH:
        raise ValueError(f"A receipt has {RECEIPT_LENGTH} characters, not {len(typed)}.")
    number = 0
    for one in typed:
        if one not in CROCKFORD:
            raise ValueError(f"“{one}” is no character of a receipt.")
        number = number << 5 | CROCKFORD.index(one)
    if number >> 8 * RECEIPT_BYTES:
        raise ValueError("A receipt begins with a character from 0 to 7.")
    return number.to_bytes(RECEIPT_BYTES, "big")


def checksums(files: Mapping[str, bytes]) -> bytes:
    """The file SHA256SUMS: a line a file, ascending by name, as ``sha256sum --check`` reads it."""
    lines = [f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    return "".join(lines).encode()
