"""Text made comparable and searchable in every script."""

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

# Han, kana and Hangul: scripts written without spaces between words.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af])")


def searchable(text: str) -> str:
    """Lower-case text with a space around each unspaced character.

    Searched by phrase, this finds a Chinese word of two characters where the
    tokenizers of SQLite and PostgreSQL see one long token.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_UNSPACED.sub(r" \1 ", folded).split())


def spelled_out(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values of a JSON object: texts as they are, everything else as JSON."""
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in values.items()
    ]


def storable(text: str, longest: int) -> str:
    """Text that both databases take: no NUL, no half of a surrogate pair, not too long."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    elif len(text) <= longest and "\0" not in text:
        return text
    return text.replace("\0", "")[:longest]
