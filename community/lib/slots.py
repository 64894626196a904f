"""Slots: places on a lower wing's page that a higher wing fills with a panel."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Panel:
    """A template and what it shows for a subject; a context of None shows nothing."""

    template: str
    context: Callable[[Any, HttpRequest], Mapping[str, Any] | None]
    order: int = 100


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A link of the top bar (`main`), the maintainers' menu (`maintain`) or the footer (`foot`)."""

    label: "str | _StrPromise"
    url_name: str
    order: int = 100
    place: str = "main"


_panels: defaultdict[str, list[Panel]] = defaultdict(list)
_nav: list[NavEntry] = []


def fill(slot: str, panel: Panel) -> None:
    """Put a panel into a slot; called from an app's `panels.py`."""
    if panel not in _panels[slot]:
        _panels[slot].append(panel)
        _panels[slot].sort(key=lambda one: (one.order, one.template))


def panels(slot: str, subject: object, request: HttpRequest) -> list[tuple[str, Mapping[str, Any]]]:
    """The templates and contexts to show in this slot for this subject."""
    found = ((panel.template, panel.context(subject, request)) for panel in _panels[slot])
    return [(template, context) for template, context in found if context is not None]


def add_nav(entry: NavEntry) -> None:
    """Add a link to the frame; called from an app's `panels.py`."""
    if entry not in _nav:
        _nav.append(entry)
        _nav.sort(key=lambda one: one.order)


def nav(place: str) -> list[NavEntry]:
    """The links of one place in the frame, in order."""
    return [entry for entry in _nav if entry.place == place]
