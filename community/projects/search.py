"""Search by words, in every script, with the same answer on SQLite and PostgreSQL.

Text is kept as a row of words with a space before each, one word per Han
character; a query matches where its words begin in that row, side by side.
"""

import re
from collections.abc import Iterable

from community.lib.text import searchable

MOST_WORDS = 8
_BETWEEN_WORDS = re.compile(r"[^\w+#]+")


def index_text(tiers: Iterable[Iterable[str]]) -> str:
    """What to search in, the weightiest tier first; no query matches across two parts."""
    rows = (" |".join(_words(part) for part in parts) for parts in tiers)
    return "".join(f"{row}{end_of_tier(number)}" for number, row in enumerate(rows))


def end_of_tier(number: int) -> str:
    """The mark after a tier; no query contains it."""
    return f" |{number}"


def phrases(query: str) -> list[str]:
    """What must all be found: each space-separated word of the query, its pieces in a row."""
    found = (_words(word) for word in query.split()[:MOST_WORDS])
    return [phrase for phrase in found if phrase]


def _words(text: str) -> str:
    words = _BETWEEN_WORDS.sub(" ", searchable(text)).split()
    return "".join(f" {word}" for word in words)
