"""The health of a project in words: each item with its value, thresholds and trend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from contributors.metrics.cards import change_of, note_of, rows_url
from contributors.metrics.comparing import reason_of
from contributors.metrics.definitions.health import (
    LEVELS,
    RULES,
    Health,
    HealthItem,
    Observed,
    Rule,
    health,
)
from contributors.metrics.formats import phrase
from contributors.metrics.periods import Window, recent_window
from contributors.metrics.queries import Measure, Place, extent_of, measures
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.wholeness import Gap, gap_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

KINDS = ("bad", "bad", "warn", "warn", "good", "good")  # of a level, as chips are colored


@dataclass(frozen=True, slots=True)
class Checked:
    """One item as a page shows it."""

    item: HealthItem
    measure: Measure | None
    gap: Gap | None
    rows_url: str

    @property
    def metric(self) -> Metric:
        return METRICS[self.item.metric]

    @property
    def value(self) -> str:
        return phrase(self.item.value, self.metric.unit)

    @property
    def kind(self) -> str:
        return "" if self.item.level is None else KINDS[self.item.level]

    @property
    def threshold(self) -> str:
        """What its level took."""
        return bound(self.item.better, self.item.threshold, self.metric)

    @property
    def needed(self) -> str:
        """What the next level takes."""
        return bound(self.item.better, self.item.needed, self.metric)

    @property
    def period(self) -> str:
        words = ngettext("Last %(count)s day", "Last %(count)s days", self.item.days)
        return words % {"count": self.item.days}

    @property
    def trend(self) -> Mapping[str, str] | None:
        """An arrow for the value, and whether that is better."""
        found = self.measure
        change = change_of(found.value, found.before, self.metric.unit) if found else None
        if change is None or self.item.trend is None:
            return None
        return {**change, "word": TRENDS[self.item.trend]()}

    @property
    def note(self) -> str:
        """Why nothing is known, or what has to stand beside the value."""
        if self.measure is None:
            return _("No figure of this period")
        if self.item.value is None:
            return reason_of(self.metric, self.measure)
        return note_of(self.metric.key, self.measure)

    @property
    def completeness(self) -> float | None:
        if self.measure is None:
            return None
        stored = self.measure.completeness
        return self.gap.share(stored) if self.gap else stored

    @property
    def task(self) -> str:
        """What has to be done about it, as a sentence."""
        words = {"metric": self.metric.label, "value": self.value, "needed": self.needed}
        return _("%(metric)s: %(needed)s instead of %(value)s") % words


TRENDS = {
    "better": lambda: pgettext("trend", "better"),
    "worse": lambda: pgettext("trend", "worse"),
    "steady": lambda: pgettext("trend", "steady"),
}


def bound(better: str, value: float | None, metric: Metric) -> str:
    """A threshold in words; empty where there is none."""
    if value is None:
        return ""
    words = {"value": phrase(value, metric.unit)}
    if better == "more":
        return pgettext("threshold", "at least %(value)s") % words
    return pgettext("threshold", "below %(value)s") % words


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything on the page of a project's health."""

    health: Health
    items: Sequence[Checked]

    @property
    def to_do(self) -> list[Checked]:
        """The items that keep the project from the next level."""
        return [one for one in self.items if one.item in self.health.to_do]

    @property
    def unknown(self) -> list[Checked]:
        return [one for one in self.items if one.item.level is None]

    @property
    def next_level(self) -> int | None:
        level = self.health.level
        return None if level is None or level == LEVELS else level + 1

    @property
    def kind(self) -> str:
        return "" if self.health.level is None else KINDS[self.health.level]


def checkup_of(place: Place, viewer: "Viewer", at: datetime) -> Checkup | None:
    """The health of a project by its finished figures; None while there are none."""
    extent = extent_of(place)
    if extent is None:
        return None
    windows = {days: recent_window(days, extent) for days in sorted({one.days for one in RULES})}
    found = {days: measures(place, window) for days, window in windows.items()}
    gaps = {days: gap_of(place, window, viewer, at) for days, window in windows.items()}
    mine = {rule.metric: found[rule.days].get(rule.metric) for rule in RULES}
    observed = {
        key: Observed(one.value, one.before) for key, one in mine.items() if one is not None
    }
    judged = health(observed)
    return Checkup(
        judged,
        [
            checked(item, mine[item.metric], gaps[item.days], place, windows[item.days])
            for item in judged.items
        ],
    )


def checked(
    item: HealthItem, found: Measure | None, gap: Gap | None, place: Place, window: Window
) -> Checked:
    is_tracked = found is not None and found.is_tracked
    return Checked(item, found, gap, rows_url(item.metric, place, window) if is_tracked else "")


def scale() -> list[dict[str, object]]:
    """Every rule with what each level takes."""
    return [
        {"metric": METRICS[rule.metric], "days": rule.days, "bounds": bounds(rule)}
        for rule in RULES
    ]


def bounds(rule: Rule) -> list[str]:
    return [bound(rule.better, value, METRICS[rule.metric]) for value in rule.thresholds]
