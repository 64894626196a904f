"""What the frame of every page needs."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

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
    """Names and links for `base.html`; `here` tells which of the links are current."""
    theme = request.COOKIES.get("theme", "")
    found = {f"nav_{place}": links(place, request.path) for place in ("main", "maintain", "foot")}
    return {
        "community_name": settings.COMMUNITY_NAME,
        "community_purpose": settings.COMMUNITY_PURPOSE,
        "version": settings.VERSION,
        "source_url": settings.SOURCE_URL,
        "theme": theme if theme in THEMES else "",
        "here": tuple(link.url for group in found.values() for link in group if link.is_current),
        "full_path": request.get_full_path(),
        "debug": settings.DEBUG,
        **found,
    }


def links(place: str, path: str) -> list[Link]:
    """The links of one place; one whose page is switched off is left out."""
    return [
        Link(entry.label, url, path == url if url == "/" else path.startswith(url))
        for entry in nav(place)
        if (url := url_of(entry.url_name, get_urlconf(), get_script_prefix()))
    ]


@lru_cache(maxsize=200)
def url_of(name: str, urlconf: str | None, prefix: str) -> str:
    """Where a page is under these addresses; empty where it is switched off."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""
