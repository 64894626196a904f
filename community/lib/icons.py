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


def identicon(seed: str, size: int, *, is_bot: bool = False) -> SafeString:
    """A mirrored five-by-five pattern; the same seed always draws the same one."""
    digest = hashlib.sha256(seed.casefold().encode()).digest()
    cells = [
        (x, y) for x in range(3) for y in range(5) if digest[1 + 5 * x + y] % 5 < (3 if x else 2)
    ]
    squares = sorted({(column, y) for x, y in cells for column in (2 - x, 2 + x)})
    path = "".join(f"M{1 + x} {1 + y}h1v1h-1z" for x, y in squares)
    return format_html(
        '<svg class="avatar hue-{0}{1}" width="{2}" height="{2}" viewBox="0 0 7 7"'
        ' aria-hidden="true"><path d="{3}"/></svg>',
        digest[0] % HUES,
        " is-bot" if is_bot else "",
        size,
        path,
    )
