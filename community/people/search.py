"""The text by which a person is found."""

from collections.abc import Iterable

from community.lib.text import searchable


def search_text(handle: str, name: str, logins: Iterable[str] = ()) -> str:
    """What `Person.search_text` holds: handle, name and logins, each once."""
    return searchable(" ".join(dict.fromkeys(part for part in (handle, name, *logins) if part)))
