"""Small drawings side by side on one scale, each with its name above it."""

from collections.abc import Sequence
from itertools import groupby

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from contributors.metrics.charts import number
from contributors.metrics.svg import nice_ticks, percent, pixels, polyline, stretched, tag, text

HEIGHT, TOP, FLOOR = 112.0, 16.0, 90.0


def common_top(rows: Sequence[Sequence[float | None]], *, is_whole: bool) -> float:
    """The upper end of the scale that all of them share."""
    highest = max((value for row in rows for value in row if value is not None), default=0)
    return nice_ticks(highest, most=2, is_whole=is_whole)[-1]


def small_line(
    name: str, values: Sequence[float | None], names: Sequence[str], top: float, unit: str = ""
) -> SafeString:
    """A line over months, None a gap; what it says is told in words to who cannot see it."""
    known = [(band, value) for band, value in enumerate(values) if value is not None]
    runs = [
        [place(band, value or 0, len(values), top) for band, value in group]
        for is_known, group in groupby(enumerate(values), key=lambda pair: pair[1] is not None)
        if is_known
    ]
    points = [point for run in runs for point in run]
    circles = [tag("circle", cx=percent(x), cy=pixels(y), r="2") for x, y in points]
    return tag(
        "svg",
        tag("title", said(name, known, names, unit)),
        grid(top, unit),
        stretched([polyline(run, 1) for run in runs if len(run) > 1], HEIGHT),
        tag("g", *circles, class_="marks series-1"),
        text(names[0], 0, HEIGHT - 4),
        text(names[-1], 1, HEIGHT - 4, "end") if len(names) > 1 else "",
        class_="plot mini",
        width="100%",
        height=f"{HEIGHT:g}",
        role="img",
    )


def place(band: int, value: float, bands: int, top: float) -> tuple[float, float]:
    return 0.02 + 0.96 * (band + 0.5) / bands, FLOOR - (FLOOR - TOP) * value / top


def grid(top: float, unit: str) -> SafeString:
    """The floor and the upper end with its value."""
    lines = [
        tag("line", x1="0", x2="100%", y1=pixels(y), y2=pixels(y)) for y in (TOP, (TOP + FLOOR) / 2)
    ]
    floor = tag("line", x1="0", x2="100%", y1=pixels(FLOOR), y2=pixels(FLOOR), class_="floor")
    value = text(f"{number(top)} {unit}".strip(), 0, TOP - 4)
    return tag("g", tag("g", *lines, floor, class_="grid"), value, aria_hidden="true")


def said(name: str, known: Sequence[tuple[int, float]], names: Sequence[str], unit: str) -> str:
    """First, last and highest value in one sentence."""
    if not known:
        return _("%(name)s: nothing is known of this period.") % {"name": name}
    best = max(known, key=lambda pair: pair[1])
    shown = {band: f"{number(value)} {unit}".strip() for band, value in known}
    values = {
        "name": name,
        "first": f"{shown[known[0][0]]} ({names[known[0][0]]})",
        "last": f"{shown[known[-1][0]]} ({names[known[-1][0]]})",
        "most": f"{shown[best[0]]} ({names[best[0]]})",
    }
    return _("%(name)s: first %(first)s, last %(last)s, at most %(most)s.") % values
