"""E-mail addresses from commits are never kept: only a keyed hash and the domain."""

import hmac

from django.conf import settings


def email_hash(address: str) -> str:
    """HMAC-SHA256 of the address without regard to case, as 64 hexadecimal digits."""
    normal = address.strip().lower().encode()
    return hmac.new(settings.IDENTITY_KEY.encode(), normal, "sha256").hexdigest()


def email_domain(address: str) -> str:
    """The part after the last @, lower case; empty when there is none."""
    return address.rsplit("@", 1)[-1].strip().lower() if "@" in address else ""


def tombstone(provider: str, uid: str) -> str:
    """What an erased identity keeps of its uid: enough to know it again, not to name it."""
    known = f"erased:{provider}:{uid}".encode()
    return "erased:" + hmac.new(settings.IDENTITY_KEY.encode(), known, "sha256").hexdigest()
