"""Whether a delivery was signed by somebody who knows one of our secrets; pure."""

import hmac
import re
from collections.abc import Sequence

SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")


def signature_of(body: bytes, secret: str) -> str:
    """The header GitHub sends with this body."""
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"


def fitting(body: bytes, signature: str, secrets: Sequence[str]) -> list[int]:
    """The places of the secrets it was signed with.

    Compares in constant time with each of them, whether or not an earlier one fits.
    An empty secret signs nothing: it is what everybody knows.
    """
    if SIGNATURE.fullmatch(signature) is None:
        return []
    given = signature.encode()
    fits = [
        hmac.compare_digest(given, signature_of(body, secret).encode()) and bool(secret.strip())
        for secret in secrets
    ]
    return [place for place, fit in enumerate(fits) if fit]
