"""Drawings put into the page: Lucide's icons, and faces for people without a picture."""

import hashlib
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(settings.BASE_DIR) / "static" / "vendor" / "lucide"
HUES = 8
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def drawing(name: str) -> SafeString:
    """The shapes inside the icon of this name; raises `LookupError` when it is not vendored."""
    path = FOLDER / f"{name}.svg"
    found = _DRAWING.search(path.read_text()) if path.is_file() else None
    if found is None:
        raise LookupError(f"No icon is called {name!r} in {FOLDER}.")
    return mark_safe(" ".join(found[1].split()))  # noqa: S308 - a vendored file, checked by its hash


def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """An inline SVG: hidden from screen readers, unless a label says what it means."""
    role = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" viewBox="0 0 24 24" {1}>{2}</svg>',
        size,
        mark_safe(role),  # noqa: S308 - built by format_html above
        drawing(name),
    )


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
