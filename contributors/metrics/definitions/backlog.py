"""What is open, what moved, and how long things take until they are closed.

These take every item that was open at some time in the period, however old.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from contributors.metrics.definitions.durations import (
    FOLLOW_UP,
    Span,
    histogram,
    kaplan_meier_median,
    spread,
)
from contributors.metrics.definitions.flow import closed, open_at_end, opened, sift
from contributors.metrics.definitions.rows import (
    ISSUE,
    Finding,
    Item,
    Period,
    Touch,
    defined,
    found_once,
    share,
)

LABELS_TOLD = 5  # labels kept in the details, the most frequent first
# How repositories call a defect, unless they say otherwise.
DEFECT_LABELS = frozenset({"bug", "defect", "kind/bug", "type: bug", "type/bug", "regression"})


def seconds_between(start: datetime, end: datetime) -> float:
    """Never negative: clocks of sources disagree."""
    return max((end - start).total_seconds(), 0)


class Touched(NamedTuple):
    """How many issues people touched, how many only bots did, and how many are gone."""

    active: int
    bots: int
    gone: int


@found_once
def touched(touches: Sequence[Touch], period: Period) -> Touched:
    """The distinct issues of a period on which anything was done."""
    start, end = period.start, period.end
    found = [touch for touch in touches if start <= touch.day < end]
    there = {touch.item for touch in found if not touch.is_deleted}
    gone = {touch.item for touch in found if touch.is_deleted}
    active = {touch.item for touch in found if not touch.is_bot and not touch.is_deleted}
    return Touched(len(active), len(there - active), len(gone))


@defined("count")
def issues_active(touches: Sequence[Touch], period: Period) -> Finding:
    """Distinct issues that somebody opened, closed, reopened or spoke on in the period.

    What only bots touched was not active; its number is `bots`.
    """
    active, bots, gone = touched(touches, period)
    return Finding(active, active, share(gone, active + bots + gone), {"bots": bots})


@found_once
def ages_at_end(items: Sequence[Item], period: Period) -> dict[str, float | None]:
    """How old the issues are that are open at the end of a period."""
    end = period.ends_at
    return spread(
        [
            seconds_between(item.opened_at, min(end, item.observed_until))
            for item in open_at_end(items, period)[0]
        ]
    )


@defined("seconds")
def issue_age(items: Sequence[Item], period: Period) -> Finding:
    """How old the issues are that are open at the end of the period; the median.

    Age is counted up to the end, or up to when the source was last read if that
    was earlier.
    """
    people, bots, gone = open_at_end(items, period)
    found = ages_at_end(items, period)
    return Finding(found["median"], len(people), gone, {"bots": bots, **found})


@defined("seconds")
def issue_resolution_duration(
    items: Sequence[Item], period: Period, *, by_opening: bool = False
) -> Finding:
    """From opening to the last close, for issues closed in the period; the median.

    What is still open at the end is no part of it and stands beside: `open` and
    `open_median`. `by_opening` takes the issues opened in the period instead,
    followed for `FOLLOW_UP`; what is open then is censored, and the value is the
    Kaplan-Meier median.
    """
    if by_opening:
        return followed(items, period)
    people, bots, gone = closed(items, period)
    waiting, _, _ = open_at_end(items, period)
    seconds = [seconds_between(item.opened_at, item.closed_at) for item in people if item.closed_at]
    found = spread(seconds)
    details = {
        "bots": bots,
        "open": len(waiting),
        "open_median": ages_at_end(items, period)["median"],
        **found,
        "hours": histogram(seconds),
    }
    return Finding(found["median"], len(seconds), gone, details)


def followed(items: Sequence[Item], period: Period) -> Finding:
    """Issues opened in the period, until they were closed or last seen to be open."""
    people, bots, gone = opened(items, period, ISSUE)
    spans = [closing_span(item, period.ends_at + FOLLOW_UP) for item in people]
    ended = [span.seconds for span in spans if span.has_ended]
    details = {
        "bots": bots,
        "open": len(spans) - len(ended),
        **spread(ended),
        "hours": histogram(ended),
    }
    return Finding(kaplan_meier_median(spans), len(spans), gone, details)


def closing_span(item: Item, limit: datetime) -> Span:
    """From opening to the last close, censored where the source was last read."""
    until = min(item.observed_until, limit)
    if item.ended_at is not None and item.ended_at <= until:
        return Span(seconds_between(item.opened_at, item.ended_at), has_ended=True)
    return Span(seconds_between(item.opened_at, until), has_ended=False)


@defined("seconds")
def time_to_close(items: Sequence[Item], period: Period) -> Finding:
    """From opening to close, for issues and change requests closed in the period.

    The value is the median to the last close; `first_median` counts to the first
    one, which a reopening may have voided. Kinds and labels stand beside.
    """
    found = [item for item in items if period.has(item.ended_at)]
    there = [item for item in found if not item.is_deleted]
    people = [item for item in there if not item.is_bot]
    lasting = [
        (item, seconds_between(item.opened_at, item.ended_at or item.opened_at)) for item in people
    ]
    whole = spread([seconds for _, seconds in lasting])
    firsts = [
        seconds_between(item.opened_at, item.first_closed_at)
        for item in people
        if item.first_closed_at
    ]
    details = {
        "bots": len(there) - len(people),
        "first_median": spread(firsts)["median"],
        **whole,
        "kinds": medians(lasting, lambda item: [item.kind]),
        "labels": most_frequent(medians(lasting, lambda item: item.labels)),
    }
    return Finding(
        whole["median"], len(people), share(len(found) - len(there), len(found)), details
    )


Medians = dict[str, dict[str, float | int | None]]


def medians(
    lasting: Sequence[tuple[Item, float]], names: Callable[[Item], Iterable[str]]
) -> Medians:
    """Median and number by each name that an item goes by."""
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for item, seconds in lasting:
        for name in dict.fromkeys(names(item)):
            groups[name].append(seconds)
    return {
        name: {"median": spread(found)["median"], "n": len(found)}
        for name, found in sorted(groups.items())
    }


def most_frequent(found: Medians) -> Medians:
    """Those with the most items; equal ones by name."""
    ranked = sorted(found.items(), key=lambda pair: (-(pair[1]["n"] or 0), pair[0]))
    return dict(ranked[:LABELS_TOLD])


def is_defect(item: Item, named: Collection[str], by_repository: Mapping[int, Any]) -> bool:
    """Whether one of its labels says so, in the words of its repository."""
    if not item.labels:
        return False
    words = by_repository.get(item.repository, named)
    return any(label.casefold() in words for label in item.labels)


@defined("seconds")
def defect_resolution_duration(
    items: Sequence[Item],
    period: Period,
    *,
    labels: Collection[str] = DEFECT_LABELS,
    by_repository: Mapping[int, Collection[str]] | None = None,
) -> Finding:
    """From report to merged fix or rejection, for defects resolved in the period; the median.

    A defect is an issue with a label that says so, by default or as its
    repository calls it (lower case). Where no fix is linked the close counts.
    """
    named = by_repository or {}

    def is_mine(item: Item) -> bool:
        return period.has(resolved_at(item)) and is_defect(item, labels, named)

    people, bots, gone = sift(items, ISSUE, is_mine)
    seconds = [
        seconds_between(item.opened_at, resolved_at(item) or item.opened_at) for item in people
    ]
    found = spread(seconds)
    rejected = sum(item.reason in {"not_planned", "duplicate"} for item in people)
    details = {
        "bots": bots,
        "fixed": len(people) - rejected,
        "rejected": rejected,
        "open": sum(is_defect(item, labels, named) for item in open_at_end(items, period)[0]),
        **found,
    }
    return Finding(found["median"], len(seconds), gone, details)


def resolved_at(item: Item) -> datetime | None:
    """When its fix was merged; without one when it was closed; None while it is open."""
    if item.closed_at is None:
        return None
    return min(item.landed_at, item.closed_at) if item.landed_at else item.closed_at
