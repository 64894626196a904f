"""The box of a secret election: anybody may put in, only the key in a file takes out.

The private key lies in a file beside no database, locked with a key derived from
`ENCRYPTION_KEY`, and is destroyed once the box was opened: a copy of the database, however old,
never opens an envelope.
"""

import os
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_noop as _
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from community.lib.refusals import Refused, Sentence

PURPOSE = b"guildhall ballot boxes"


def make_box(uid: UUID) -> str:
    """A new pair of keys; the private one is kept in its file. Returns the public one as hex.

    Called again it answers the key that is there, so that a freeze cut off can be repeated.
    """
    path = _path(uid)
    if path.exists():
        return _key_of(uid).public_key.encode().hex()
    key = PrivateKey.generate()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    locked = SecretBox(_lock(settings.ENCRYPTION_KEYS[0])).encrypt(key.encode())
    # Written aside and linked: whoever comes second finds a whole key, never half of one.
    aside = path.with_suffix(f".{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(locked)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        return _key_of(uid).public_key.encode().hex()
    finally:
        aside.unlink()
    _sync(path.parent)
    return key.public_key.encode().hex()


def put_in(box_key: str, content: bytes) -> bytes:
    """An envelope that only the box opens; of one length for contents of one length."""
    sealed: bytes = SealedBox(PublicKey(bytes.fromhex(box_key))).encrypt(content)
    return sealed


class Opener:
    """Takes envelopes out of one box. Raises `Refused` where its key is not to be had."""

    def __init__(self, uid: UUID) -> None:
        self._box = SealedBox(_key_of(uid))

    def take_out(self, envelope: bytes) -> bytes | None:
        """The content; None where nothing was sealed for this box."""
        try:
            content: bytes = self._box.decrypt(envelope)
        except CryptoError:
            return None
        return content


def is_there(uid: UUID) -> bool:
    """Whether the key of a box is still there."""
    return _path(uid).exists()


def destroy_box(uid: UUID) -> None:
    """Overwrite the private key and remove it; harmless when it is gone already."""
    path = _path(uid)
    try:
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return
    _sync(path.parent)


def _path(uid: UUID) -> Path:
    folder: Path = settings.BALLOT_KEYS
    return folder / f"{uid}.box"


def _key_of(uid: UUID) -> PrivateKey:
    try:
        locked = _path(uid).read_bytes()
    except FileNotFoundError:
        reason = _("The key of this ballot box is not among the keys of this site.")
        raise Refused("box_key_missing", Sentence(reason)) from None
    for secret in settings.ENCRYPTION_KEYS:
        try:
            return PrivateKey(SecretBox(_lock(secret)).decrypt(locked))
        except CryptoError:
            continue
    reason = _("The key of this ballot box cannot be read with the keys of this site.")
    raise Refused("box_key_unreadable", Sentence(reason))


def _lock(secret: str) -> bytes:
    """Derived, so that no other use of the same setting opens it."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return derivation.derive(secret.encode())


def _sync(folder: Path) -> None:
    """Have the folder's entry on disk before anybody relies on it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
