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
    found_once,
    share,
)

Sifted = tuple[list[Item], int, float | None]


def sifted(found: Sequence[Item]) -> Sifted:
    """Those of these items that people opened, how many bots opened, and the share gone."""
    there = [item for item in found if not item.is_deleted]
    people = [item for item in there if not item.is_bot]
    return people, len(there) - len(people), share(len(found) - len(there), len(found))


def sift(items: Sequence[Item], kind: str, is_in: Callable[[Item], bool]) -> Sifted:
    """Items of a kind that people opened, how many bots opened, and the share gone."""
    return sifted([item for item in items if item.kind == kind and is_in(item)])


@found_once
def opened(items: Sequence[Item], period: Period, *kinds: str) -> Sifted:
    """The items of some kinds that were opened in a period, sifted."""
    start, end = period.starts_at, period.ends_at
    return sifted([item for item in items if start <= item.opened_at < end and item.kind in kinds])


@found_once
def closed(items: Sequence[Item], period: Period) -> Sifted:
    """The issues whose last close lies in a period, sifted."""
    start, end = period.starts_at, period.ends_at
    issues = [item for item in items if item.closed_at is not None and item.kind == ISSUE]
    return sifted([item for item in issues if item.closed_at and start <= item.closed_at < end])


@found_once
def open_at_end(items: Sequence[Item], period: Period) -> Sifted:
    """The issues open at the end of a period, sifted."""
    end = period.ends_at
    return sifted([item for item in items if item.kind == ISSUE and item.is_open_at(end)])


@found_once
def accepted(items: Sequence[Item], period: Period) -> Sifted:
    """The change requests accepted in a period, sifted."""
    return sift(items, CHANGE_REQUEST, lambda item: period.has(accepted_at(item)))


@found_once
def declined(items: Sequence[Item], period: Period) -> Sifted:
    """The change requests declined in a period, sifted."""
    return sift(items, CHANGE_REQUEST, lambda item: is_declined(item, period))


@defined("count")
def issues_new(items: Sequence[Item], period: Period, *, with_reopened: bool = False) -> Finding:
    """Issues opened in the period; a reopened issue is a new one only if told so."""
    people, bots, gone = opened(items, period, ISSUE)
    number = len(people)
    if with_reopened:
        others, _, _ = sift(items, ISSUE, lambda item: bool(item.reopenings))
        number += sum(period.has(again) for item in others for _, again in item.reopenings)
    return Finding(number, number, gone, {"bots": bots})


def closes_in(item: Item, period: Period) -> int:
    """How often it was closed in a period, where a reopened item is a new one."""
    return sum(map(period.has, [*(end for end, _ in item.reopenings), item.closed_at]))


@defined("count", version=2)
def issues_closed(items: Sequence[Item], period: Period, *, with_reopened: bool = False) -> Finding:
    """Issues whose last close lies in the period, split by the reason given.

    Reopening voids the close, so a past value may fall. `per_opened` compares
    with the issues opened in the same period, `per_all` with all that were
    open at some time in it.
    """

    def ends(item: Item) -> int:
        return closes_in(item, period) if with_reopened else 1

    if with_reopened:
        people, bots, gone = sift(items, ISSUE, lambda item: ends(item) > 0)
    else:
        people, bots, gone = closed(items, period)
    new, _, _ = opened(items, period, ISSUE)
    still, _, _ = open_at_end(items, period)
    number = sum(map(ends, people))
    reasons: Counter[str] = Counter()
    for item in people:
        reasons[item.reason or "unstated"] += ends(item)
    details = {
        "bots": bots,
        "reasons": dict(sorted(reasons.items())),
        "per_opened": share(number, len(new)),
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
        return item.ready_at or item.opened_at

    if from_ready:
        people, bots, gone = sift(items, CHANGE_REQUEST, lambda item: period.has(began(item)))
    else:
        people, bots, gone = opened(items, period, CHANGE_REQUEST)
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
    people, bots, gone = accepted(items, period)
    return Finding(len(people), len(people), gone, {"bots": bots})


def is_declined(item: Item, period: Period) -> bool:
    """Closed in the period for good, without a merge and without another in its place."""
    return accepted_at(item) is None and not item.is_superseded and period.has(item.closed_at)


@defined("count")
def change_requests_declined(items: Sequence[Item], period: Period) -> Finding:
    """Change requests closed in the period without a merge.

    Those in whose place another came are `superseded`, and no refusals.
    """
    people, bots, gone = declined(items, period)
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
    merged, refused = len(accepted(items, period)[0]), len(declined(items, period)[0])
    decided = merged + refused
    details = {"accepted": merged, "declined": refused, "share": share(merged, decided)}
    return Finding(share(merged, refused), decided, None, details)
