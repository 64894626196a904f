"""Reads the published folder of an election, and takes nothing for granted.

It belongs to verify.py. Each file has to have the one form that its format allows, so that two
folders that say the same are the same.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any
from unicodedata import normalize


class Wrong(Exception):
    """Something does not hold; the message says what."""


def need(holds: object, sentence: str) -> None:
    if not holds:
        raise Wrong(sentence)


def canonical(value: Any) -> bytes:
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return normalize("NFC", written).encode()


def no_float(text: str) -> None:
    raise Wrong(f"{text} is no whole number; amounts have to be exact.")


def read_json(name: str, raw: bytes) -> Any:
    """The value, if its canonical form is these very bytes."""
    value = json.loads(raw.decode(), parse_float=no_float, parse_constant=no_float)
    need(canonical(value) == raw, f"{name} is not in canonical form.")
    return value


def hashes(name: str, raw: bytes) -> list[str]:
    """Lines of 64 hex digits, ascending, each once."""
    lines = raw.decode("ascii").split("\n")
    need(lines.pop() == "", f"The last line of {name} is cut off.")
    need(all(re.fullmatch("[0-9a-f]{64}", one) for one in lines), f"{name} holds no hashes.")
    need(lines == sorted(set(lines)), f"The lines of {name} are not ascending, each once.")
    return lines


class Folder:
    """The files of one election, read once."""

    def __init__(self, place: Path) -> None:
        self.odd = [one.name for one in place.iterdir() if one.is_symlink() or not one.is_file()]
        names = [one.name for one in place.iterdir() if one.name not in self.odd]
        self.files = {name: (place / name).read_bytes() for name in names}

    def __getitem__(self, name: str) -> bytes:
        need(name in self.files, f"{name} is missing.")
        return self.files[name]

    @cached_property
    def manifest(self) -> Any:
        return read_json("manifest.json", self["manifest.json"])

    @cached_property
    def result(self) -> Any:
        return read_json("result.json", self["result.json"])

    @cached_property
    def roll(self) -> list[str]:
        return hashes("roll.txt", self["roll.txt"])

    @cached_property
    def ballots(self) -> list[Any]:
        lines = self["ballots.jsonl"].split(b"\n")
        need(lines.pop() == b"", "The last line of ballots.jsonl is cut off.")
        return [read_json(f"Ballot {at}", line) for at, line in enumerate(lines, 1)]

    @property
    def is_secret(self) -> bool:
        need(self.manifest["mode"] in ("secret", "open"), "The mode is neither secret nor open.")
        return bool(self.manifest["mode"] == "secret")

    @property
    def level(self) -> str:
        """What is published, which may be less than was announced."""
        return str(self.result["publication"])

    @property
    def is_full(self) -> bool:
        return self.level == "full"

    @property
    def keys(self) -> list[str]:
        return [one["key"] for one in self.manifest["options"]]
