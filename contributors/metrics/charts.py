"""Charts as server-rendered SVG with the table behind them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contributors.metrics.formats import count
from contributors.metrics.svg import (
    joined,
    nice_ticks,
    percent,
    pixels,
    polyline,
    stretched,
    tag,
    text,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

HEIGHT, TOP, BOTTOM = 220.0, 14.0, 24.0
FLOOR = HEIGHT - BOTTOM
LABELED = 4  # lines that carry their names themselves
LABEL_GAP = 15.0
MOST_LABELS = 5
KEPT = 256  # drawings of some ten kilobytes


class Series(NamedTuple):
    """A named row of values, None where nothing is known."""

    label: "str | _StrPromise"
    values: Sequence[float | None]


class Mark(NamedTuple):
    """How many releases a band of a chart holds, and which."""

    number: int
    words: str


class Axis(NamedTuple):
    """The bands below a chart: short labels, full names, the unit of the values, releases."""

    labels: Sequence[str]
    names: Sequence[str]
    unit: str = ""
    marks: Sequence[Mark] = ()  # one for each band, or none at all


@dataclass(frozen=True, slots=True)
class Table:
    header: Sequence[object]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Chart:
    """What `parts/_chart.html` shows."""

    title: "str | _StrPromise"
    svg: SafeString | str
    table: Table
    data: Table  # the same for programs: plain dates and numbers
    unit: "str | _StrPromise" = ""
    n: int | None = None
    legend: Sequence[Mapping[str, object]] = field(default_factory=tuple)
    csv_url: str = ""
    json_url: str = ""
    note: "str | _StrPromise" = ""
    has_releases: bool = False
    plot: str = ""  # JSON of a long series, which `plot.js` draws so that it can be searched


@dataclass(frozen=True, slots=True)
class Plot:
    """The place of marks: bands side by side, values from the floor upwards."""

    labels: Sequence[str]  # short, below the axis
    names: Sequence[str]  # in full, read out
    ticks: Sequence[float]
    width: float = 1.0  # the share of the drawing that the bands fill
    marks: Sequence[Mark] = ()

    def center(self, band: int) -> float:
        return self.width * (band + 0.5) / len(self.labels)

    @property
    def band(self) -> float:
        return self.width / len(self.labels)

    def y(self, value: float) -> float:
        return FLOOR - (FLOOR - TOP) * value / self.ticks[-1]

    def grid(self) -> SafeString:
        lines = [
            tag("line", x1="0", x2="100%", y1=pixels(self.y(tick)), y2=pixels(self.y(tick)))
            for tick in self.ticks
        ]
        return tag("g", *lines, class_="grid")

    def axis(self) -> SafeString:
        """Values left of their lines, in the margin that the style sheet leaves."""
        values = [
            tag("text", number(tick), x="-8", y=pixels(self.y(tick) + 4), text_anchor="end")
            for tick in self.ticks
        ]
        step = -(-len(self.labels) // MOST_LABELS)
        last = len(self.labels) - 1
        shown = [band for band in range(len(self.labels)) if (last - band) % step == 0]
        below = [text(self.labels[b], self.center(b), HEIGHT - 6, "middle") for b in shown]
        return tag("g", *values, *below, class_="axis", aria_hidden="true")

    def columns(self, series: Sequence[Series], unit: str) -> SafeString:
        """One stop of the Tab key per band, which reads out what stands there."""
        return joined(
            self.column(band, spoken(name, series, band, unit) + self.released(band))
            for band, name in enumerate(self.names)
        )

    def released(self, band: int) -> str:
        """What a band reads out of its releases."""
        if not self.marks or not self.marks[band].number:
            return ""
        mark = self.marks[band]
        return ". " + _("Released: %(names)s") % {"names": mark.words or mark.number}

    def releases(self, key: str) -> SafeString:
        """A small triangle on a dashed line over each band in which something was released."""
        bands = [band for band, mark in enumerate(self.marks) if mark.number]
        if not bands:
            return SafeString("")
        # Attributes: rules of the style sheet do not reach into what is used.
        ends = {"y1": pixels(TOP - 4), "y2": pixels(FLOOR)}
        line = tag("line", **ends, stroke_dasharray="3 3", stroke_opacity="0.6")
        flag = tag("g", line, tag("path", d="M-4 2h8l-4 8z", stroke="none"), id=f"{key}-flag")
        uses = [tag("use", href=f"#{key}-flag", x=percent(self.center(band))) for band in bands]
        return tag("g", tag("defs", flag), *uses, class_="release", aria_hidden="true")

    def column(self, band: int, words: str) -> SafeString:
        hit = tag(
            "rect",
            class_="hit",
            x=percent(self.band * band),
            width=percent(self.band),
            height=f"{FLOOR:g}",
        )
        return tag(
            "g",
            tag("title", words),
            hit,
            class_="column",
            tabindex="0",
            role="img",
        )

    def untracked(self, series: Sequence[Series]) -> SafeString:
        """Shade the bands before anything was known."""
        known = [
            band
            for band in range(len(self.labels))
            if any(one.values[band] is not None for one in series)
        ]
        empty = min(known, default=0)
        if not empty:
            return SafeString("")
        shade = tag(
            "rect",
            class_="untracked",
            x="0",
            width=percent(self.band * empty),
            y=pixels(TOP),
            height=pixels(FLOOR - TOP),
        )
        words = _("no data before tracking")
        label = text(words, self.band * empty / 2, FLOOR - 8, "middle", "label")
        return joined([shade, label if empty > 3 else ""])


def spoken(name: str, series: Sequence[Series], band: int, unit: str) -> str:
    """What one band says: its name, then each series with its value."""
    said = []
    for one in series:
        value = one.values[band]
        shown = _("unknown") if value is None else f"{number(value)} {unit}".strip()
        said.append(f"{one.label}: {shown}" if len(series) > 1 else shown)
    return f"{name}: {', '.join(said)}"


def number(value: float) -> str:
    return count(value, 0 if value == int(value) else 1)


def drawing(key: str, title: object, about: str, *parts: object) -> SafeString:
    """The outer SVG with its title and description.

    A group, not an image: the bands inside can be reached with the keyboard.
    """
    return tag(
        "svg",
        tag("title", title, id=f"{key}-title"),
        tag("desc", about, id=f"{key}-desc"),
        *parts,
        class_="plot",
        width="100%",
        height=f"{HEIGHT:g}",
        role="group",
        aria_labelledby=f"{key}-title {key}-desc",
    )


def highest(series: Sequence[Series]) -> float:
    return max((v for one in series for v in one.values if v is not None), default=0)


def remembered(draw: Callable[..., SafeString]) -> Callable[..., SafeString]:
    """Draw what was drawn a moment ago, of the same figures in the same language, only once."""

    @lru_cache(maxsize=KEPT)
    def drawn(_language: str | None, *given: Any, **named: Any) -> SafeString:
        return draw(*given, **named)

    @wraps(draw)
    def asked(
        key: str, title: object, shown: Sequence[Any], axis: Axis, **named: Any
    ) -> SafeString:
        series = tuple(
            Series(str(one.label), tuple(one.values)) if isinstance(one, Series) else one
            for one in shown
        )
        names = tuple(map(str, axis.names))
        bands = Axis(tuple(axis.labels), names, str(axis.unit), tuple(axis.marks))
        return drawn(get_language(), key, str(title), series, bands, **named)

    return asked


@remembered
def line_chart(
    key: str,
    title: object,
    series: Sequence[Series],
    axis: Axis,
    *,
    is_whole: bool = True,
) -> SafeString:
    """Lines over bands; up to four carry their names at their ends."""
    has_names = 1 < len(series) <= LABELED
    ticks = nice_ticks(highest(series), is_whole=is_whole)
    plot = Plot(axis.labels, axis.names, ticks, 0.76 if has_names else 1.0, axis.marks)
    about = _("Lines over %(count)s periods.") % {"count": len(axis.labels)}
    return drawing(
        key,
        title,
        about,
        plot.untracked(series),
        plot.grid(),
        plot.axis(),
        plot.releases(key),
        lines(plot, series),
        end_labels(plot, series) if has_names else "",
        plot.columns(series, axis.unit),
    )


def lines(plot: Plot, series: Sequence[Series]) -> SafeString:
    """The runs of known values, each point marked; a gap stays a gap."""
    drawn: list[SafeString] = []
    marks: list[SafeString] = []
    for index, one in enumerate(series, start=1):
        points: list[tuple[float, float]] = []
        for is_known, group in groupby(enumerate(one.values), key=lambda pair: pair[1] is not None):
            run = [(plot.center(band), plot.y(value or 0)) for band, value in group if is_known]
            if len(run) > 1:
                drawn.append(polyline(run, index))
            points.extend(run)
        circles = (tag("circle", cx=percent(x), cy=pixels(y), r="2.5") for x, y in points)
        marks.append(tag("g", *circles, class_=f"marks series-{index}"))
    return joined([stretched(drawn, HEIGHT), *marks])


def end_labels(plot: Plot, series: Sequence[Series]) -> SafeString:
    """The name of each line beside its last point, moved apart where they would touch."""
    ends = []
    for index, one in enumerate(series, start=1):
        known = [value for value in one.values if value is not None]
        if known:
            ends.append((plot.y(known[-1]), index, one.label))
    placed: list[SafeString] = []
    lowest = TOP - LABEL_GAP
    for y, index, label in sorted(ends, key=lambda end: (end[0], end[1])):
        lowest = max(y + 4, lowest + LABEL_GAP)
        placed.append(text(label, plot.width + 0.01, lowest, "start", f"label series-{index}"))
    return joined(placed)


@remembered
def stacked_bars(
    key: str,
    title: object,
    series: Sequence[Series],
    axis: Axis,
) -> SafeString:
    """One bar per band, its parts on top of each other in the order of the series."""
    sums = [sum(one.values[band] or 0 for one in series) for band in range(len(axis.labels))]
    plot = Plot(axis.labels, axis.names, nice_ticks(max(sums, default=0)), marks=axis.marks)
    about = _("Bars over %(count)s periods, each kind on top of the other.") % {
        "count": len(axis.labels)
    }
    return drawing(
        key,
        title,
        about,
        plot.untracked(series),
        plot.grid(),
        plot.axis(),
        plot.releases(key),
        bars(plot, series),
        plot.columns(series, axis.unit),
    )


def bars(plot: Plot, series: Sequence[Series]) -> SafeString:
    """Each series on top of those before, a thin gap between them so that grey tells them apart."""
    reached = [0.0] * len(plot.labels)
    groups = []
    for index, one in enumerate(series, start=1):
        parts = []
        for band, value in enumerate(one.values):
            if value:
                parts.append(bar(plot, band, reached[band], reached[band] + value))
                reached[band] += value
        groups.append(tag("g", *parts, class_=f"marks series-{index}"))
    return joined(groups)


def bar(plot: Plot, band: int, bottom: float, top: float) -> SafeString:
    low, high = plot.y(bottom), plot.y(top)
    return tag(
        "rect",
        x=percent(plot.center(band) - plot.band * 0.34),
        width=percent(plot.band * 0.68),
        y=pixels(high),
        height=pixels(max(low - high - 1, 0.5)),
    )


@remembered
def histogram_bars(key: str, title: object, counts: Sequence[int], axis: Axis) -> SafeString:
    """How many fell into each class; every class keeps its label."""
    series = [Series(title_of(title), list(counts))]
    plot = Plot(axis.labels, axis.names, nice_ticks(max(counts, default=0)))
    about = _("A distribution over %(count)s classes.") % {"count": len(axis.labels)}
    return drawing(
        key, title, about, plot.grid(), plot.axis(), bars(plot, series), plot.columns(series, "")
    )


def title_of(title: object) -> str:
    return str(title)


def sparkline(values: Sequence[float | None]) -> SafeString:
    """A small line without words; None where nothing was known."""
    top = max((value for value in values if value is not None), default=0) or 1
    points = [
        (4 + 112 * at / max(len(values) - 1, 1), 26 - 22 * value / top)
        for at, value in enumerate(values)
        if value is not None
    ]
    if len(points) < 2:
        return SafeString("")
    drawn = " ".join(f"{x:.0f},{y:.1f}" for x, y in points)
    last = points[-1]
    return tag(
        "svg",
        tag("polyline", points=drawn, fill="none", class_="line series-1"),
        tag("circle", cx=f"{last[0]:.0f}", cy=f"{last[1]:.1f}", r="2.5", class_="mark series-1"),
        class_="spark",
        viewBox="0 0 120 30",
        width="120",
        height="30",
        role="img",
        aria_hidden="true",
    )
