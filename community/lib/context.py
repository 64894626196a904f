"""What the frame of every page needs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from community.lib.slots import nav

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the frame, and whether the reader is there now."""

    label: "str | _StrPromise"
    url: str
    is_current: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Names and links for `base.html`."""
    theme = request.COOKIES.get("theme", "")
    return {
        "community_name": settings.COMMUNITY_NAME,
        "community_purpose": settings.COMMUNITY_PURPOSE,
        "version": settings.VERSION,
        "source_url": settings.SOURCE_URL,
        "theme": theme if theme in THEMES else "",
        "nav_main": links("main", request.path),
        "nav_maintain": links("maintain", request.path),
        "nav_foot": links("foot", request.path),
        "debug": settings.DEBUG,
    }


def links(place: str, path: str) -> list[Link]:
    """The links of one place; one whose page is switched off is left out."""
    found = []
    for entry in nav(place):
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        here = path == url if url == "/" else path.startswith(url)
        found.append(Link(entry.label, url, here))
    return found
