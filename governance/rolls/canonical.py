"""The one way to write a document that is hashed, signed or published."""

import json
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, NFC and plain UTF-8; raises `ValueError` on floats."""
    plain = _plain(value)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        written = {_key(name): _plain(one) for name, one in value.items()}
        if len(written) < len(value):
            raise ValueError("Two names of an object are written alike.")
        return written
    raise ValueError(f"A published file cannot hold {value!r}.")


def _key(name: Any) -> str:
    if not isinstance(name, str):
        raise ValueError(f"The name of a value has to be text, not {name!r}.")
    return normalize("NFC", name)
