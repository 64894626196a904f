"""Handles: the short names in addresses, made from whatever a source calls somebody."""

import re
import unicodedata
from collections.abc import Callable

from django.conf import settings

LONGEST = 39
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]+")
_TOMBSTONE = re.compile(r"^(?:erased-)+", re.IGNORECASE)  # `erased-7` is who person 7 was


def proper_handle(wanted: str) -> str:
    """The wanted name cut down to what a handle may hold; `person` when nothing is left."""
    plain = unicodedata.normalize("NFKD", wanted).encode("ascii", "ignore").decode()
    fit = _TOMBSTONE.sub("", _UNFIT.sub("-", plain))[:LONGEST].strip("-_.")
    return fit or "person"


def is_reserved(handle: str) -> bool:
    """Whether the site keeps this handle for itself."""
    name = handle.lower()
    return name in settings.ACCOUNT_USERNAME_BLACKLIST or name.startswith("erased-")


def free_handle(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """The wanted handle, or the next one free: `ada`, `ada-2`, `ada-3`.

    `is_taken` is asked with lower-case handles. It must answer no at last.
    """
    base = proper_handle(wanted)
    candidate, number = base, 1
    while is_reserved(candidate) or is_taken(candidate.lower()):
        number += 1
        ending = f"-{number}"
        candidate = base[: LONGEST - len(ending)].rstrip("-_.") + ending
    return candidate
