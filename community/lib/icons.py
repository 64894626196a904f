"""Lucide's drawings, put into the page so that they take the color of the text."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(settings.BASE_DIR) / "static" / "vendor" / "lucide"
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
