"""Issues and change requests that came and went.

Counts leave out what bots opened (its number stays in `details`) and what is
gone at the source (its share is `missing`).
"""

from collections import Counter
from collections.abc import Callable, Sequence

from contributors.metrics.definitions.rows import (
    CHANGE_REQUEST,
    ISSUE,
    Finding,
    Item,
    Period,
    defined,
    share,
)


def sift(
    items: Sequence[Item], kind: str, is_in: Callable[[Item], bool]
) -> tuple[list[Item], int, float | None]:
    """Items of a kind that people opened, how many bots opened, and the share gone."""
    found = [item for item in items if item.kind == kind and is_in(item)]
    there = [item for item in found if not item.is_deleted]
    people = [item for item in there if not item.is_bot]
    return people, len(there) - len(people), share(len(found) - len(there), len(found))


@defined("count")
def issues_new(items: Sequence[Item], period: Period) -> Finding:
    """Issues opened in the period; a reopened issue is not a new one."""
    people, bots, gone = sift(items, ISSUE, lambda item: period.has(item.opened_at))
    return Finding(len(people), len(people), gone, {"bots": bots})


@defined("count")
def issues_closed(items: Sequence[Item], period: Period) -> Finding:
    """Issues whose last close lies in the period, split by the reason given.

    Reopening voids the close, so a past value may fall. `per_opened` compares
    with the issues opened in the same period.
    """
    people, bots, gone = sift(items, ISSUE, lambda item: period.has(item.closed_at))
    opened, _, _ = sift(items, ISSUE, lambda item: period.has(item.opened_at))
    reasons = Counter(item.reason or "unstated" for item in people)
    details = {
        "bots": bots,
        "reasons": dict(sorted(reasons.items())),
        "per_opened": share(len(people), len(opened)),
    }
    return Finding(len(people), len(people), gone, details)


@defined("count")
def change_requests(items: Sequence[Item], period: Period, *, with_drafts: bool = True) -> Finding:
    """Change requests opened in the period; drafts count unless told otherwise."""
    people, bots, gone = sift(items, CHANGE_REQUEST, lambda item: period.has(item.opened_at))
    drafts = sum(item.is_draft for item in people)
    number = len(people) if with_drafts else len(people) - drafts
    return Finding(number, number, gone, {"bots": bots, "drafts": drafts})


@defined("count")
def change_requests_accepted(items: Sequence[Item], period: Period) -> Finding:
    """Change requests merged in the period."""
    people, bots, gone = sift(items, CHANGE_REQUEST, lambda item: period.has(item.merged_at))
    return Finding(len(people), len(people), gone, {"bots": bots})


def is_declined(item: Item, period: Period) -> bool:
    return item.merged_at is None and period.has(item.closed_at)


@defined("count")
def change_requests_declined(items: Sequence[Item], period: Period) -> Finding:
    """Change requests closed in the period without having been merged."""
    people, bots, gone = sift(items, CHANGE_REQUEST, lambda item: is_declined(item, period))
    return Finding(len(people), len(people), gone, {"bots": bots})


@defined("ratio")
def acceptance_ratio(items: Sequence[Item], period: Period) -> Finding:
    """Merged to declined change requests; `share` is merged of both together.

    None when nothing was declined, never infinite.
    """
    merged, _, _ = sift(items, CHANGE_REQUEST, lambda item: period.has(item.merged_at))
    declined, _, _ = sift(items, CHANGE_REQUEST, lambda item: is_declined(item, period))
    decided = len(merged) + len(declined)
    details = {
        "accepted": len(merged),
        "declined": len(declined),
        "share": share(len(merged), decided),
    }
    return Finding(share(len(merged), len(declined)), decided, None, details)
