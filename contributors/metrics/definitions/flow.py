"""Issues and change requests that came and went.

Counts leave out what bots opened (its number stays in `details`) and what is
gone at the source (its share is `missing`).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

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
def issues_new(items: Sequence[Item], period: Period, *, with_reopened: bool = False) -> Finding:
    """Issues opened in the period; a reopened issue is a new one only if told so."""
    people, bots, gone = sift(items, ISSUE, lambda item: period.has(item.opened_at))
    number = len(people)
    if with_reopened:
        others, _, _ = sift(items, ISSUE, lambda item: bool(item.reopenings))
        number += sum(period.has(again) for item in others for _, again in item.reopenings)
    return Finding(number, number, gone, {"bots": bots})


def closes(item: Item, *, with_reopened: bool) -> list[datetime]:
    """When it was closed: for good, or each time where a reopened item is a new one."""
    earlier = [closed for closed, _ in item.reopenings] if with_reopened else []
    return [*earlier, item.closed_at] if item.closed_at else earlier


@defined("count", version=2)
def issues_closed(items: Sequence[Item], period: Period, *, with_reopened: bool = False) -> Finding:
    """Issues whose last close lies in the period, split by the reason given.

    Reopening voids the close, so a past value may fall. `per_opened` compares
    with the issues opened in the same period, `per_all` with all that were
    open at some time in it.
    """

    def ends(item: Item) -> int:
        return sum(map(period.has, closes(item, with_reopened=with_reopened)))

    people, bots, gone = sift(items, ISSUE, lambda item: ends(item) > 0)
    opened, _, _ = sift(items, ISSUE, lambda item: period.has(item.opened_at))
    still, _, _ = sift(items, ISSUE, lambda item: item.is_open_at(period.ends_at))
    number = sum(map(ends, people))
    reasons: Counter[str] = Counter()
    for item in people:
        reasons[item.reason or "unstated"] += ends(item)
    details = {
        "bots": bots,
        "reasons": dict(sorted(reasons.items())),
        "per_opened": share(number, len(opened)),
        "per_all": share(number, number + len(still)),
    }
    return Finding(number, number, gone, details)


@defined("count")
def change_requests(
    items: Sequence[Item],
    period: Period,
    *,
    with_drafts: bool = True,
    from_ready: bool = False,
) -> Finding:
    """Change requests opened in the period; drafts count unless told otherwise.

    `from_ready` counts a former draft from when it was made ready for review.
    """

    def began(item: Item) -> datetime:
        return item.ready_at or item.opened_at if from_ready else item.opened_at

    people, bots, gone = sift(items, CHANGE_REQUEST, lambda item: period.has(began(item)))
    drafts = sum(item.is_draft for item in people)
    number = len(people) if with_drafts and not from_ready else len(people) - drafts
    return Finding(number, number, gone, {"bots": bots, "drafts": drafts})


def accepted_at(item: Item) -> datetime | None:
    """When it was merged; or closed, where its commit landed on the default branch.

    Bots that squash or rebase close a request without the merge flag.
    """
    return item.merged_at or (item.closed_at if item.landed_at else None)


@defined("count")
def change_requests_accepted(items: Sequence[Item], period: Period) -> Finding:
    """Change requests merged in the period."""
    people, bots, gone = sift(items, CHANGE_REQUEST, lambda item: period.has(accepted_at(item)))
    return Finding(len(people), len(people), gone, {"bots": bots})


def is_declined(item: Item, period: Period) -> bool:
    """Closed in the period for good, without a merge and without another in its place."""
    return accepted_at(item) is None and not item.is_superseded and period.has(item.closed_at)


@defined("count")
def change_requests_declined(items: Sequence[Item], period: Period) -> Finding:
    """Change requests closed in the period without a merge.

    Those in whose place another came are `superseded`, and no refusals.
    """
    people, bots, gone = sift(items, CHANGE_REQUEST, lambda item: is_declined(item, period))
    replaced, _, _ = sift(
        items, CHANGE_REQUEST, lambda item: item.is_superseded and period.has(item.closed_at)
    )
    superseded = sum(accepted_at(item) is None for item in replaced)
    return Finding(len(people), len(people), gone, {"bots": bots, "superseded": superseded})


@defined("ratio")
def acceptance_ratio(items: Sequence[Item], period: Period) -> Finding:
    """Merged to declined change requests; `share` is merged of both together.

    None when nothing was declined, never infinite.
    """
    merged, _, _ = sift(items, CHANGE_REQUEST, lambda item: period.has(accepted_at(item)))
    declined, _, _ = sift(items, CHANGE_REQUEST, lambda item: is_declined(item, period))
    decided = len(merged) + len(declined)
    details = {
        "accepted": len(merged),
        "declined": len(declined),
        "share": share(len(merged), decided),
    }
    return Finding(share(len(merged), len(declined)), decided, None, details)
