"""Secrets at rest: sealed with the newest key, opened with any that is still known."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence

PURPOSE = b"guildhall connection tokens"


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in settings.ENCRYPTION_KEYS])


def _derived(key: str) -> bytes:
    """A Fernet key; derived, so that no other use of the same setting can open tokens."""
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return urlsafe_b64encode(derivation.derive(key.encode()))


def seal(secret: str) -> str:
    """The secret as it may lie in the database; empty stays empty."""
    return _keys().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """The secret itself. Raises `Refused` when no known key opens it."""
    if not sealed:
        return ""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        reason = _(
            "The stored token cannot be decrypted with the keys of this site. Paste it again."
        )
        raise Refused("token_unreadable", Sentence(reason)) from None


def reseal(sealed: str) -> str:
    """The same secret under the newest key. Raises `Refused` like `unseal`."""
    return seal(unseal(sealed))
