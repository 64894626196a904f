"""Generated pictures for people who have none."""

import hashlib

from django.utils.html import format_html
from django.utils.safestring import SafeString

HUES = 8


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
