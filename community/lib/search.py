"""One search field for everything: each app says how its things are found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing: how it is found, and the name of the page that lists all matches."""

    label: "str | _StrPromise"
    find: Callable[[str, HttpRequest], Iterable[Hit]]
    url_name: str
    order: int = 100


_sources: list[Source] = []


def add_source(source: Source) -> None:
    """Make a kind of thing findable; called from an app's `panels.py`."""
    if source not in _sources:
        _sources.append(source)
        _sources.sort(key=lambda one: one.order)


def search(text: str, request: HttpRequest) -> list[tuple[Source, list[Hit]]]:
    """What each kind of thing has to offer for these words; kinds without a match are left out."""
    found = ((source, list(source.find(text, request))[:MOST]) for source in _sources)
    return [(source, hits) for source, hits in found if hits]
