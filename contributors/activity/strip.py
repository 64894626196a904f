"""A strip of days: complete, short, nothing expected, not known; told by shape, then by color."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WIDTH, HEIGHT = 6, 16
# What a day is drawn as, from its left edge: a tile, a full bar, a dot, a ring.
SHAPES = {
    "whole": "M%s 4h4v8h-4z",
    "short": "M%s 0h4v16h-4z",
    "none": "M%s 7h2v2h-2z",
    "unknown": "M%s 5h4v6h-4zm1 1v4h2v-4z",
}
WORDS = {
    "whole": gettext_lazy("complete"),
    "short": gettext_lazy("something missing"),
    "none": gettext_lazy("nothing expected"),
    "unknown": gettext_lazy("not known"),
}
Counts = Mapping[date, tuple[int, int]]  # day: received, expected


@dataclass(frozen=True, slots=True)
class Strip:
    """The days of one repository from `start` on."""

    start: date
    states: Sequence[str]

    @property
    def said(self) -> str:
        """What the strip shows, in words and numbers."""
        counts = Counter(self.states)
        parts = (f"{WORDS[state]} {counts[state]}" for state in SHAPES if counts[state])
        return _("Days: %(parts)s") % {"parts": ", ".join(parts)}

    @property
    def svg(self) -> SafeString:
        """The drawing, which says the same to those who do not see it."""
        drawn: dict[str, list[str]] = {}
        for place, state in enumerate(self.states):
            drawn.setdefault(state, []).append(SHAPES[state] % (place * WIDTH + 1))
        paths = format_html_join(
            "", '<path class="{}" d="{}"/>', ((one, "".join(d)) for one, d in drawn.items())
        )
        size = len(self.states) * WIDTH
        return format_html(
            '<svg class="days-strip" viewBox="0 0 {} {}" preserveAspectRatio="none"'
            ' role="img" aria-label="{}">{}</svg>',
            size,
            HEIGHT,
            self.said,
            paths,
        )


def strip_of(
    counts: Counts,
    start: date,
    end: date,
    *,
    known_until: date | None,
    open_from: date | None = None,
) -> Strip:
    """The days from `start` to before `end`; what nobody has read yet is not known."""
    days = [start + timedelta(days=number) for number in range((end - start).days)]
    opens = open_from or date.max
    return Strip(start, [_state(counts.get(day), day, known_until, opens) for day in days])


def _state(count: tuple[int, int] | None, day: date, known_until: date | None, opens: date) -> str:
    if count is not None and count[0] < count[1]:
        return "short"
    if day >= opens:
        return "unknown"
    if count is not None and count[1]:
        return "whole"
    return "none" if known_until is not None and day <= known_until else "unknown"
