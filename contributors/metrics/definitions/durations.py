"""How long things take, with what has not ended yet neither dropped nor guessed."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from contributors.metrics.definitions.flow import opened, sift
from contributors.metrics.definitions.rows import (
    CHANGE_REQUEST,
    ISSUE,
    Finding,
    Item,
    Period,
    defined,
    share,
)

ANSWERED_WITHIN_DAYS = (1, 3, 7, 15)
# Items are followed this long after the period ends, so that a settled figure stays.
FOLLOW_UP = timedelta(days=31)
DAY = 86_400


class Span(NamedTuple):
    """A duration in seconds that ended, or that was only seen to last so long."""

    seconds: float
    has_ended: bool


def percentile(sorted_values: Sequence[float], part: float) -> float | None:
    """The value below which a part of the values lies, interpolated linearly.

    As `percentile_cont` of SQL: position (n - 1) * part.
    """
    if not sorted_values:
        return None
    position = (len(sorted_values) - 1) * part
    low = int(position)
    high = min(low + 1, len(sorted_values) - 1)
    return sorted_values[low] + (sorted_values[high] - sorted_values[low]) * (position - low)


def kaplan_meier_median(spans: Sequence[Span]) -> float | None:
    """The time by which half have ended, in seconds, counting the unended as at risk
    until they were last seen; None while fewer than half are known to have ended.

    Kaplan and Meier, Journal of the American Statistical Association 53 (1958).
    """
    at_risk, surviving = len(spans), 1.0
    for _, group in groupby(sorted(spans), key=attrgetter("seconds")):
        tied = list(group)
        ended = sum(span.has_ended for span in tied)
        surviving *= 1 - ended / at_risk
        at_risk -= len(tied)
        # Rounding must not keep exactly half from counting as half.
        if ended and surviving <= 0.5 + 1e-12:
            return tied[0].seconds
    return None


def answered_within(spans: Sequence[Span], days: int) -> dict[str, float | int | None]:
    """The share ended within so many days, of those seen for as long or ended before."""
    known = [span for span in spans if span.has_ended or span.seconds >= days * DAY]
    ended = sum(span.has_ended and span.seconds <= days * DAY for span in known)
    return {"share": share(ended, len(known)), "n": len(known)}


def spread(seconds: Sequence[float]) -> dict[str, float | None]:
    """Mean, median and the 15th and 85th percentile, in seconds."""
    ordered = sorted(seconds)
    # A sum in the order of size does not depend on the order of the rows.
    return {
        "mean": share(sum(ordered), len(ordered)),
        "median": percentile(ordered, 0.5),
        "p15": percentile(ordered, 0.15),
        "p85": percentile(ordered, 0.85),
    }


def response_span(item: Item, seen_until: datetime) -> Span:
    """From opening to the first response, or as long as it was seen to go without."""
    answered = item.first_response_at
    if answered is not None and answered <= seen_until:
        return Span(max((answered - item.opened_at).total_seconds(), 0), has_ended=True)
    return Span(max((seen_until - item.opened_at).total_seconds(), 0), has_ended=False)


def by_maintainers(item: Item) -> Item:
    """The item as if nobody but who was a maintainer on that day had answered."""
    answers = [
        reply.at
        for reply in item.replies
        if reply.is_maintainer
        and not reply.is_bot
        and not reply.is_pending
        # Nobody answers themselves; who is not known may be the author.
        and reply.person is not None
        and reply.person != item.author
    ]
    return item._replace(first_response_at=min(answers, default=None))


def responses(items: Sequence[Item], period: Period, *kinds: str) -> Finding:
    """Spans of the items that people opened in the period, followed for `FOLLOW_UP`."""
    people, bots, gone = opened(items, period, *kinds)
    limit = period.ends_at + FOLLOW_UP
    spans = [response_span(item, min(item.observed_until, limit)) for item in people]
    ended = [span.seconds for span in spans if span.has_ended]
    details = {
        "answered": len(ended),
        "unanswered": len(spans) - len(ended),
        "bots": bots,
        "within": {str(days): answered_within(spans, days) for days in ANSWERED_WITHIN_DAYS},
        **spread(ended),
        "hours": histogram(ended),
    }
    return Finding(kaplan_meier_median(spans), len(spans), gone, details)


# Upper ends in hours; what takes longer falls into a last class without an end.
CLASSES = (1, 4, 12, 24, 72, 168, 360, 720)
CLASS_ENDS = [3600 * hours for hours in CLASSES]


def histogram(seconds: Sequence[float]) -> list[int]:
    """How many took up to 1, 4, 12, 24, 72, 168, 360, 720 hours, and longer."""
    counts = [0] * (len(CLASSES) + 1)
    for value in seconds:
        counts[bisect_left(CLASS_ENDS, value)] += 1
    return counts


@defined("seconds")
def issue_response_time(items: Sequence[Item], period: Period) -> Finding:
    """From the opening of an issue in the period to the first answer by somebody else.

    The value is the Kaplan-Meier median; what is unanswered is censored at the
    end of what was observed. A close is no answer.
    """
    return responses(items, period, ISSUE)


@defined("seconds")
def time_to_first_response(
    items: Sequence[Item], period: Period, *, maintainers_only: bool = False
) -> Finding:
    """As the issue response time, for issues and change requests, reviews included.

    `maintainers_only` takes the answers of those who were maintainers on the day.
    """
    answered = [by_maintainers(item) for item in items] if maintainers_only else items
    return responses(answered, period, ISSUE, CHANGE_REQUEST)


@defined("seconds")
def change_request_duration(items: Sequence[Item], period: Period) -> Finding:
    """From opening to merge, for change requests merged in the period; the median.

    As CHAOSS has it, nothing said after the merge matters.
    """
    people, bots, gone = sift(items, CHANGE_REQUEST, lambda item: period.has(item.merged_at))
    seconds = [
        max((item.merged_at - item.opened_at).total_seconds(), 0)
        for item in people
        if item.merged_at
    ]
    found = spread(seconds)
    details = {"bots": bots, "hours": histogram(seconds), **found}
    return Finding(found["median"], len(seconds), gone, details)
