"""The health of a project: each item with its value, its threshold and its trend.

The thresholds follow the health score of LFX Insights, with its known flaws left
out: durations count what is still waiting, classes do not overlap, an empty
quarter is unknown rather than zero, stars and forks of a lifetime say nothing
about today, and no mean hides an item at zero. The level of a project is that of
its weakest known item.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

VERSION = 1
LEVELS = 5  # from 0 to 5
DAY = 86_400
# A change of less than a tenth is none.
STEADY = 0.1

Better = Literal["more", "less"]
Trend = Literal["better", "worse", "steady"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a metric of so many days must reach for each level from 1 to 5.

    Where more is better a value reaches a level at its threshold; where less is
    better it must stay below.
    """

    metric: str
    days: int
    better: Better
    thresholds: tuple[float, float, float, float, float]

    def level(self, value: float) -> int:
        """How many of the thresholds a value reaches."""
        if self.better == "more":
            return sum(value >= one for one in self.thresholds)
        return sum(value < one for one in self.thresholds)


RULES = (
    Rule("contributors", 90, "more", (2, 4, 7, 11, 21)),
    Rule("contributor_absence_factor", 365, "more", (2, 3, 5, 7, 10)),
    Rule("elephant_factor", 365, "more", (2, 3, 4, 6, 8)),
    Rule("retention", 90, "more", (0.03, 0.06, 0.10, 0.15, 0.20)),
    Rule("change_requests", 90, "more", (2, 4, 8, 16, 31)),
    Rule("time_to_first_response", 90, "less", (15 * DAY, 7 * DAY, 3 * DAY, 2 * DAY, 1 * DAY)),
    Rule(
        "issue_resolution_duration", 90, "less", (61 * DAY, 51 * DAY, 36 * DAY, 22 * DAY, 8 * DAY)
    ),
    Rule("change_request_duration", 90, "less", (30 * DAY, 21 * DAY, 15 * DAY, 7 * DAY, 3 * DAY)),
)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a metric says of a period, and what it said of the one before; None: nothing."""

    value: float | None
    before: float | None = None


@dataclass(frozen=True, slots=True)
class HealthItem:
    """One item; `threshold` is what its level took, `needed` what the next one takes."""

    metric: str
    days: int
    better: Better
    value: float | None
    level: int | None
    threshold: float | None
    needed: float | None
    trend: Trend | None
    version: int


@dataclass(frozen=True, slots=True)
class Health:
    """The level of the weakest known item, every item, and what the next level takes.

    `level` is None while no item is known. `to_do` holds the items that keep the
    project from the next level; `unknown` those that say nothing.
    """

    level: int | None
    items: tuple[HealthItem, ...]
    to_do: tuple[HealthItem, ...]
    unknown: tuple[HealthItem, ...]
    version: int


def health(
    observed: Mapping[str, Observed], rules: Sequence[Rule] = RULES, *, version: int = VERSION
) -> Health:
    """Judge each item by its rule; the level of the whole is that of the weakest."""
    items = tuple(judge(rule, observed.get(rule.metric), version) for rule in rules)
    levels = [item.level for item in items if item.level is not None]
    level = min(levels, default=None)
    weakest = tuple(item for item in items if item.level == level and item.needed is not None)
    unknown = tuple(item for item in items if item.level is None)
    return Health(level, items, weakest if level is not None else (), unknown, version)


def judge(rule: Rule, found: Observed | None, version: int) -> HealthItem:
    """One item; nothing is said where its metric says nothing, least of all zero."""
    value = found.value if found else None
    if found is None or value is None:
        first = rule.thresholds[0]
        return HealthItem(
            rule.metric, rule.days, rule.better, None, None, None, first, None, version
        )
    level = rule.level(value)
    return HealthItem(
        metric=rule.metric,
        days=rule.days,
        better=rule.better,
        value=value,
        level=level,
        threshold=rule.thresholds[level - 1] if level else None,
        needed=rule.thresholds[level] if level < LEVELS else None,
        trend=trend_of(rule.better, value, found.before),
        version=version,
    )


def trend_of(better: Better, value: float, before: float | None) -> Trend | None:
    """Better, worse or steady against the period before; None without one to compare with."""
    if before is None:
        return None
    if abs(value - before) <= STEADY * abs(before):
        return "steady"
    return "better" if (value > before) == (better == "more") else "worse"
