"""Whether a delivery was signed by somebody who knows one of our secrets; pure."""

import hmac
import re
from collections.abc import Iterable

SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}")


def signature_of(body: bytes, secret: str) -> str:
    """The header GitHub sends with this body."""
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"


def is_signed(body: bytes, signature: str, secrets: Iterable[str]) -> bool:
    """Compare in constant time with each secret, whether or not an earlier one fits.

    An empty secret signs nothing: it is what everybody knows.
    """
    if SIGNATURE.fullmatch(signature) is None:
        return False
    given = signature.encode()
    fits = [
        hmac.compare_digest(given, signature_of(body, secret).encode())
        for secret in secrets
        if secret.strip()
    ]
    return any(fits)
