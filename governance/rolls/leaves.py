"""The salted list: one line a voter that names nobody, and the hash of the whole.

A leaf is the SHA-256 of 16 random bytes and the voter's id, written as 64 hex digits. The list is
all leaves in ascending order, each followed by a line feed; its SHA-256 is the hash of the roll,
so that `sha256sum` on the published file says it.
"""

import secrets
from collections.abc import Iterable
from hashlib import sha256


def new_salt() -> str:
    """16 random bytes as hex digits."""
    return secrets.token_hex(16)


def leaf_of(salt: str, uid: str) -> str:
    """The line of a voter with this salt (hex digits) and id, such as ``github:583231``."""
    return sha256(bytes.fromhex(salt) + uid.encode()).hexdigest()


def written_list(leaves: Iterable[str]) -> str:
    """The list as it is published."""
    return "".join(f"{leaf}\n" for leaf in sorted(leaves))


def roll_hash(leaves: Iterable[str]) -> str:
    """The hash of a roll with these leaves, as 64 hex digits."""
    return sha256(written_list(leaves).encode()).hexdigest()
