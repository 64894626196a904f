"""Figures for other people's pages: drawings that stand alone, of what everybody may see."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from contributors.metrics.charts import Axis, Series, line_chart
from contributors.metrics.explore import Answer, answer
from contributors.metrics.feeds import readable
from contributors.metrics.formats import phrase
from contributors.metrics.periods import window_of
from contributors.metrics.pictures import floored, note, scale_of, scaled
from contributors.metrics.queries import measures
from contributors.metrics.questions import Question, question_of
from contributors.metrics.svg import tag

# About the width of a letter of the badge, and of a Chinese sign.
LETTER, SIGN, PAD = 6.6, 11.5, 9.0
BADGE = {"height": 22, "ink": "#fff", "left": "#444b57", "right": "#26458f"}
WIDTH, HEIGHT = 640, 300
# The site's colors in the notation that every drawing program reads.
STYLE = """
svg { color-scheme: light dark; }
text { font: 12px system-ui, "PingFang SC", "Noto Sans SC", sans-serif; fill: #4d525c; }
.plot { overflow: visible; }
.back { fill: #fefdfb; stroke: #dfdad2; }
.title { font-size: 16px; font-weight: 600; fill: #1c2029; }
.grid line { stroke: #dfdad2; }
.untracked { fill: #f4efe6; }
.hit { fill: none; }
.line { fill: none; stroke: #26458f; stroke-width: 2; stroke-linejoin: round; }
.marks { fill: #26458f; }
@media (prefers-color-scheme: dark) {
text { fill: #b0aca4; }
.back { fill: #1a1d24; stroke: #31353f; }
.title { fill: #e9e6e0; }
.grid line { stroke: #31353f; }
.untracked { fill: #12141a; }
.line { stroke: #8aa8ec; }
.marks { fill: #8aa8ec; }
}
"""
# What the policy of a drawing lets in: this style and nothing else.
STYLE_HASH = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"


@dataclass(frozen=True, slots=True)
class Headline:
    """A metric of a scope in one value."""

    label: str
    value: str
    period: str
    before: float | None
    now: float | None
    year_ago: float | None = None


def public_answer(scope: str, metric: str, by: str = "") -> Answer:
    """The last months, or other steps, of a metric as everybody may see them; 404 for all else."""
    query = QueryDict(mutable=True)
    query.update({"scope": scope, "metric": metric, "by": by})
    viewer = AnonymousUser()
    return answer(question_of(query, viewer), viewer)


def headline(found: Answer, query: Mapping[str, str]) -> Headline:
    """The value of the period asked for; of all steps where only months are kept."""
    question = found.question
    unit = question.metric.unit
    label = readable(f"{question.name} · {question.metric.label}")
    extent = question.extent
    window = window_of(query, extent) if extent else None
    one = measures(question.place, window).get(question.metric.key) if window else None
    if one is None or window is None:
        value, period = found.summary.value, question.window.label
        return Headline(label, phrase(value, unit), period, None, value)
    more = (one.before, one.value, one.year_ago)
    return Headline(label, phrase(one.value, unit), window.label, *more)


def width_of(words: str) -> float:
    """How wide words are about, in pixels."""
    return sum(SIGN if ord(sign) > 0x2E7F else LETTER for sign in words) + 2 * PAD


def badge(question: Question, told: Headline) -> SafeString:
    """Label and value side by side, in colors that stand on light and dark."""
    label = readable(str(question.metric.label))
    left, right = width_of(label), width_of(told.value)
    title = f"{told.label}: {told.value} ({told.period})"
    words = {"y": 15, "text_anchor": "middle", "fill": BADGE["ink"], "font_size": 11.5}
    face = {"font_family": "Verdana, DejaVu Sans, PingFang SC, Microsoft YaHei, sans-serif"}
    height = BADGE["height"]
    return tag(
        "svg",
        tag("title", title),
        tag("rect", width=f"{left + right:.0f}", height=height, rx=4, fill=BADGE["left"]),
        tag(
            "rect", x=f"{left:.0f}", width=f"{right:.0f}", height=height, rx=4, fill=BADGE["right"]
        ),
        tag("rect", x=f"{left:.0f}", width=4, height=height, fill=BADGE["right"]),
        tag("text", label, x=f"{left / 2:.0f}", **words, **face),
        tag("text", told.value, x=f"{left + right / 2:.0f}", **words, **face),
        xmlns="http://www.w3.org/2000/svg",
        width=f"{left + right:.0f}",
        height=height,
        role="img",
        aria_label=title,
    )


def line(found: Answer, key: str) -> tuple[SafeString, str]:
    """The steps of an answer as one line, and the unit of its axis."""
    question = found.question
    values = found.values()
    scale, unit = scale_of(question.metric.unit, values)
    axis = Axis(
        [question.step.short(start) for start in question.starts],
        [question.step.name(start) for start in question.starts],
        unit,
    )
    series = [Series(question.metric.label, scaled(values, scale))]
    title = readable(f"{question.name} · {question.metric.label}")
    return line_chart(key, title, series, axis, is_whole=question.metric.unit == "count"), unit


def whole(found: Answer) -> str:
    """How complete the data is, where it is not."""
    if found.gap is None or found.gap.weight.share is None:
        return ""
    return _("%(shown)s complete") % {"shown": floored(found.gap.weight.share)}


def shortened(words: str, most: float = 400) -> str:
    """As many letters as the head of a chart has room for."""
    if width_of(words) * 1.3 <= most:
        return words
    while width_of(words) * 1.3 > most:
        words = words[:-1]
    return f"{words}…"


def chart(found: Answer) -> SafeString:
    """A drawing that needs no page around it, light or dark as the reader's system is."""
    question = found.question
    drawn, unit = line(found, "chart-embed")
    title = shortened(readable(f"{question.name} · {question.metric.label}"))
    told = " · ".join(filter(None, [unit, question.window.label]))
    told_whole = whole(found)
    foot = readable(" · ".join(filter(None, [settings.COMMUNITY_NAME, told_whole, note(found)])))
    return tag(
        "svg",
        tag("style", SafeString(STYLE)),
        tag("rect", class_="back", x=0.5, y=0.5, width=WIDTH - 1, height=HEIGHT - 1, rx=8),
        tag("text", title, class_="title", x=16, y=28),
        tag("text", told, x=WIDTH - 16, y=28, text_anchor="end"),
        tag("svg", drawn, x=56, y=44, width=WIDTH - 80, height=220, overflow="visible"),
        tag("text", foot, x=16, y=HEIGHT - 12),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        width=WIDTH,
        height=HEIGHT,
        role="img",
    )
