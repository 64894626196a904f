"""Drawing in SVG that needs no style: attributes and classes only.

Widths are percentages and heights pixels, so that a drawing fills its place
while its words keep their size, on a phone as on a desk.
"""

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

# What tells series apart without color: stroke patterns of lines, in series order.
DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 4", "12 4", "4 2 1 2")
TICK_STEPS = (1, 2, 5, 10)


def tag(name: str, *content: object, **attributes: object) -> SafeString:
    """An element; `class_` and `text_anchor` become `class` and `text-anchor`."""
    pairs = (
        (key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
        if value is not None
    )
    # Names of elements and attributes are ours, values and contents are escaped.
    words = format_html_join("", ' {}="{}"', pairs)
    if not content:
        return format_html("<{}{}/>", SafeString(name), words)
    inside = format_html_join("", "{}", ((part,) for part in content))
    return format_html("<{0}{1}>{2}</{0}>", SafeString(name), words, inside)


def joined(parts: Iterable[object]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def percent(share: float) -> str:
    """A share of the width as an attribute."""
    return f"{round(100 * share, 2):g}%"


def pixels(value: float) -> str:
    return f"{round(value, 1):g}"


def nice_ticks(top: float, *, most: int = 4, is_whole: bool = True) -> list[float]:
    """Round values from zero to at least `top`, at most `most` steps of 1, 2 or 5."""
    if top <= 0:
        return [0.0, 1.0]
    rough = top / most
    magnitude = 10.0 ** floor(log10(rough))
    step = next(factor * magnitude for factor in TICK_STEPS if factor * magnitude >= rough)
    if is_whole:
        step = max(step, 1.0)
    return [round(step * at, 10) for at in range(ceil(round(top / step, 9)) + 1)]


def polyline(points: Sequence[tuple[float, float]], index: int) -> SafeString:
    """A line through (share of width, y in pixels) for the inside of `stretched`."""
    drawn = " ".join(f"{1000 * x:.0f},{y:.1f}" for x, y in points)
    return tag(
        "polyline",
        points=drawn,
        class_=f"line series-{index}",
        stroke_dasharray=DASHES[(index - 1) % len(DASHES)] or None,
        vector_effect="non-scaling-stroke",
    )


def stretched(lines: Iterable[SafeString], height: float) -> SafeString:
    """Lines drawn out to the width of their place, as thick at every width."""
    return tag(
        "svg",
        *lines,
        viewBox=f"0 0 1000 {height:g}",
        preserveAspectRatio="none",
        width="100%",
        height=f"{height:g}",
        fill="none",
    )


def text(words: object, x: float, y: float, anchor: str = "start", kind: str = "") -> SafeString:
    return tag("text", words, x=percent(x), y=pixels(y), text_anchor=anchor, class_=kind or None)
