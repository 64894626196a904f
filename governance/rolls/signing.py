"""The site's own signature: an Ed25519 key in a file that only the site reads.

Made at first use and never replaced by the program, so that whoever noted the public key once can
check all that is signed later. It is neither in the database nor in its backups.
"""

import os
import secrets
from pathlib import Path

from django.conf import settings
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

NAME = "signing.key"


def signer() -> str:
    """The public key as 64 hex digits."""
    return bytes(_key().verify_key).hex()


def signed(message: bytes) -> str:
    """The signature of a message as 128 hex digits."""
    return _key().sign(message).signature.hex()


def is_signed(message: bytes, signature: str, signer: str) -> bool:
    """Whether the holder of this public key signed the message; what is no hex never is."""
    try:
        VerifyKey(bytes.fromhex(signer)).verify(message, bytes.fromhex(signature))
    except (BadSignatureError, ValueError, TypeError):
        return False
    return True


def _key() -> SigningKey:
    path = Path(settings.BALLOT_KEYS) / NAME
    if not path.exists():
        _make(path)
    return SigningKey(bytes.fromhex(path.read_text()))


def _make(path: Path) -> None:
    """Whoever is first decides; nobody ever reads half a key, for a link appears at once."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{NAME}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
