"""How change requests are looked at, and what they are made of."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from contributors.metrics.definitions.durations import (
    FOLLOW_UP,
    Span,
    kaplan_meier_median,
    percentile,
    spread,
)
from contributors.metrics.definitions.flow import opened
from contributors.metrics.definitions.rows import (
    CHANGE_REQUEST,
    Finding,
    Item,
    Period,
    Reply,
    defined,
    share,
)

OUTCOMES = {"approved": "approved", "changes_requested": "changes"}


class Step(NamedTuple):
    """One step of a change request: submitted, pushed, forced, requested, reviewed or ended."""

    at: datetime
    what: str
    person: int | None = None
    is_bot: bool = False


class Course(NamedTuple):
    """The steps of one change request in any order, and how far its source has been read."""

    author: int | None
    steps: tuple[Step, ...]
    observed_until: datetime
    is_bot: bool = False


def visible_reviews(item: Item, until: datetime) -> list[Reply]:
    """Reviews that others can see, up to a moment."""
    return [
        reply
        for reply in item.replies
        if reply.kind == "review" and not reply.is_pending and reply.at <= until
    ]


def is_by_another(reply: Reply, item: Item) -> bool:
    """By a known person who is neither a bot nor the author."""
    return not reply.is_bot and reply.person is not None and reply.person != item.author


@defined("share")
def change_request_reviews(items: Sequence[Item], period: Period) -> Finding:
    """The share of change requests opened in the period that somebody else reviewed.

    They are followed for `FOLLOW_UP`. Reviews by the author, by bots and by
    people no longer known count apart; pending ones are invisible.
    """
    people, bots, gone = opened(items, period, CHANGE_REQUEST)
    limit = period.ends_at + FOLLOW_UP
    outcomes: Counter[str] = Counter()
    apart: Counter[str] = Counter()
    numbers = []
    for item in people:
        seen = visible_reviews(item, limit)
        counted = [reply for reply in seen if is_by_another(reply, item)]
        numbers.append(len(counted))
        outcomes.update(OUTCOMES.get(reply.outcome, "comment") for reply in counted)
        apart.update(apart_as(reply) for reply in seen if not is_by_another(reply, item))
    ordered = sorted(numbers)
    reviewed = sum(number > 0 for number in numbers)
    details = {
        "bots": bots,
        "reviewed": reviewed,
        "reviews": sum(numbers),
        "mean": share(sum(numbers), len(numbers)),
        **{f"p{part}": percentile(ordered, part / 100) for part in (15, 50, 85)},
        "outcomes": dict(sorted(outcomes.items())),
        "apart": dict(sorted(apart.items())),
    }
    return Finding(share(reviewed, len(numbers)), len(numbers), gone, details)


def apart_as(reply: Reply) -> str:
    """Why a review is none by another person."""
    if reply.is_bot:
        return "bot"
    return "unknown" if reply.person is None else "author"


@defined("seconds")
def review_cycle_duration(courses: Sequence[Course], period: Period) -> Finding:
    """From each submission or push in the period to the next review or push.

    The value is the Kaplan-Meier median. A forced push begins a round as any push
    does, and so does asking a reviewer again once there was a review. A round that
    a push ended went without a review, so its length is told apart (`pushed`);
    one that nothing ended yet is censored.
    """
    rounds = [
        round_ for course in courses if not course.is_bot for round_ in rounds_of(course, period)
    ]
    spans = [span for span, _ in rounds]
    reviewed = [span.seconds for span, end in rounds if end == "reviewed"]
    pushed = [span.seconds for span, end in rounds if end == "pushed"]
    details = {
        "reviewed": len(reviewed),
        "pushed": len(pushed),
        "open": sum(end == "open" for _, end in rounds),
        "pushed_median": spread(pushed)["median"],
        **spread(reviewed),
    }
    return Finding(kaplan_meier_median(spans), len(spans), None, details)


BEGINS = {"submitted": "pushed", "pushed": "pushed", "forced": "pushed", "requested": "requested"}


def rounds_of(course: Course, period: Period) -> Iterator[tuple[Span, str]]:
    """The rounds that began in the period, each with how it ended."""
    limit = min(course.observed_until, period.ends_at + FOLLOW_UP)
    began: datetime | None = None
    for step in sorted(course.steps, key=lambda step: (step.at, step.what)):
        end = ending(step, course)
        if step.at > limit:
            break
        # Who is asked again while a round runs does not begin another.
        if end is None or (end == "requested" and began is not None):
            continue
        if began is not None:
            if period.has(began) and end != "ended":
                yield Span((step.at - began).total_seconds(), has_ended=True), end
            elif period.has(began):
                yield Span((step.at - began).total_seconds(), has_ended=False), "closed"
        began = step.at if step.what in BEGINS else None
    if began is not None and period.has(began):
        yield Span((limit - began).total_seconds(), has_ended=False), "open"


def ending(step: Step, course: Course) -> str | None:
    """How a step ends the round before it; None: it does not, as the author's own review."""
    if step.what in BEGINS:
        return BEGINS[step.what]
    if step.what == "ended":
        return "ended"
    is_own = step.person is None or step.person == course.author
    return None if step.is_bot or is_own else "reviewed"


@defined("ratio")
def change_request_commits(
    items: Sequence[Item], period: Period, *, with_merges: bool = True
) -> Finding:
    """Commits per change request opened in the period; the median.

    Distinct authors and co-authors stand beside, bots left out of both.
    """
    people, bots, gone = opened(items, period, CHANGE_REQUEST)
    numbers: list[int] = []
    authors: set[int] = set()
    helpers: set[int] = set()
    for item in people:
        counted = [one for one in item.commits if with_merges or not one.is_merge]
        numbers.append(sum(one.times for one in counted))
        authors |= {one.author for one in counted if one.author is not None and not one.is_bot}
        helpers |= item.helpers
    ordered = sorted(numbers)
    details = {
        "bots": bots,
        "commits": sum(numbers),
        "authors": len(authors),
        "co_authors": len(helpers),
        "mean": share(sum(numbers), len(numbers)),
        **{f"p{part}": percentile(ordered, part / 100) for part in (15, 85)},
    }
    return Finding(percentile(ordered, 0.5), len(numbers), gone, details)
