"""Drawings put into the page: Lucide's icons, chips, and people with their faces.

Each is drawn once for what it depends on, and kept while it is in use.
"""

import hashlib
import re
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(settings.BASE_DIR) / "static" / "vendor" / "lucide"
HUES = 8
KEPT = 2_000  # drawings of each kind
CHIP_ICONS = {
    "good": "circle-check",
    "warn": "triangle-alert",
    "bad": "circle-x",
    "honour": "award",
}
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def drawing(name: str) -> SafeString:
    """The shapes inside the icon of this name; raises `LookupError` when it is not vendored."""
    path = FOLDER / f"{name}.svg"
    found = _DRAWING.search(path.read_text()) if path.is_file() else None
    if found is None:
        raise LookupError(f"No icon is called {name!r} in {FOLDER}.")
    return mark_safe(" ".join(found[1].split()))  # noqa: S308 - a vendored file, checked by its hash


@lru_cache(maxsize=KEPT, typed=True)  # what is safe already equals what is not
def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """An inline SVG: hidden from screen readers, unless a label says what it means."""
    role = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" viewBox="0 0 24 24" {1}>{2}</svg>',
        size,
        mark_safe(role),  # noqa: S308 - built by format_html above
        drawing(name),
    )


@lru_cache(maxsize=KEPT, typed=True)
def chip(text: str, kind: str = "plain") -> SafeString:
    """A short status; its kind shows by color and by shape."""
    sign = icon(CHIP_ICONS[kind], 13) if kind in CHIP_ICONS else ""
    return format_html('<span class="chip {}">{}{}</span>', kind, sign, text)


def pattern(name: str) -> tuple[int, str]:
    """One of eight hues, and a mirrored pattern of squares on a grid of seven as an SVG path.

    The same for the same name in any letter case.
    """
    digest = hashlib.blake2b(name.lower().encode(), digest_size=16).digest()
    path = ""
    for row in range(5):
        half = "".join("#" if digest[1 + 3 * row + column] % 2 else "." for column in range(3))
        for run in re.finditer("#+", half + half[1::-1]):
            width = run.end() - run.start()
            path += f"M{run.start() + 1} {row + 1}h{width}v1h-{width}z"
    return digest[0] % HUES, path


def identicon(name: str, size: int, *, is_bot: bool = False) -> SafeString:
    """A generated face, drawn in the page itself."""
    hue, path = pattern(name)
    return format_html(
        '<svg class="avatar hue-{0}{1}" width="{2}" height="{2}" viewBox="0 0 7 7"'
        ' shape-rendering="crispEdges" aria-hidden="true"><path d="{3}"/></svg>',
        hue,
        " is-bot" if is_bot else "",
        size,
        path,
    )


@lru_cache(maxsize=KEPT)
def face(handle: str, picture: str, size: int, *, is_bot: bool, prefix: str = "/") -> SafeString:
    """The picture of a person on this site below `prefix`, or a generated one."""
    if not picture:
        return identicon(handle, size, is_bot=is_bot)
    return format_html(
        '<img class="avatar" src="{0}?v={1:x}" width="{2}" height="{2}" alt="" loading="lazy">',
        reverse("people:avatar", args=[handle]),
        crc32(picture.encode()),
        size,
    )


def person(
    handle: str, name: str, picture: str, size: int = 24, *, is_bot: bool = False
) -> SafeString:
    """Picture, name and handle on one line, leading to the profile."""
    return person_below(get_script_prefix(), handle, name, picture, size, is_bot=is_bot)


@lru_cache(maxsize=KEPT, typed=True)
def person_below(
    prefix: str, handle: str, name: str, picture: str, size: int, *, is_bot: bool
) -> SafeString:
    """The same on a site below `prefix`, for who draws many."""
    return format_html(
        '<a class="person" href="{}">{}<span class="person-name" dir="auto">{}</span>{}</a>',
        reverse("people:profile", args=[handle]),
        face(handle, picture, size, is_bot=is_bot, prefix=prefix),
        name or handle,
        format_html('<span class="handle">@{}</span>', handle) if name not in ("", handle) else "",
    )
