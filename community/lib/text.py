"""Text made comparable and searchable in every script."""

import re
import unicodedata

# Han, kana and Hangul: scripts written without spaces between words.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af])")


def searchable(text: str) -> str:
    """Lower-case text with a space around each unspaced character.

    Searched by phrase, this finds a Chinese word of two characters where the
    tokenizers of SQLite and PostgreSQL see one long token.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_UNSPACED.sub(r" \1 ", folded).split())


def storable(text: str, longest: int) -> str:
    """Text that both databases take: no NUL, no half of a surrogate pair, not too long."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "")[:longest]
