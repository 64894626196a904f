"""Lists of the REST API: the whole list the first time, later what changed, in that order.

While going by time of change a page number cannot be trusted: what changes
during the walk moves to the end and shifts what follows it. So each page is
asked for by the newest change of the one before, and only pages within one
second are told apart by GitHub's own `next` link.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import replace

from community.lib.refusals import Refused
from contributors.activity.records import Batch
from integrations.connections.protocol import OutOfBudget
from integrations.github import listing as lists
from integrations.github.answers import NO_ETAG, Answer, Etag, TooDeep, page_of
from integrations.github.cursor import Cursor
from integrations.github.firstwalk import FirstWalk
from integrations.github.listing import Item, Listing, Reading
from integrations.github.transport import Transport

AT_ONCE = 500  # storing costs little a row and much a page
BY_CHANGE = {"sort": "updated", "direction": "asc"}


def together(readings: Iterable[Reading]) -> Generator[Reading]:
    """Pages put together until they are worth a transaction; a fault keeps what came before it."""
    held: Reading | None = None
    try:
        for reading in readings:
            held = reading if held is None else joined(held, reading)
            if held.size >= AT_ONCE:
                yield held
                held = None
    except (OutOfBudget, Refused):
        if held is not None:
            yield held
        raise
    if held is not None:
        yield held


def joined(one: Reading, more: Reading) -> Reading:
    """Two readings as one."""
    batch = Batch(
        [*one.batch.work_items, *more.batch.work_items],
        [*one.batch.contributions, *more.batch.contributions],
    )
    return Reading(
        batch,
        one.size + more.size,
        one.expected + more.expected,
        one.pulls + more.pulls,
        more.is_change,
        more.total or one.total,
        more.looked_at or one.looked_at,
    )


def walk(
    transport: Transport, listing: Listing, cursor: Cursor, pool: Executor
) -> Iterator[Reading]:
    """The whole list the first time, then what changed; the cursor moves before each reading."""
    part = cursor.phase(listing.phase)
    if not part.get("since") and not part.get("done"):
        try:
            yield from FirstWalk(transport, listing, part, pool).readings()
        except TooDeep:  # GitHub turns page numbers away in long lists: by change, from the start
            part.clear()
    yield from changed(transport, listing, cursor)


def changed(transport: Transport, listing: Listing, cursor: Cursor) -> Iterator[Reading]:
    """What changed since the cursor; nothing when GitHub answers that nothing changed."""
    part = cursor.phase(listing.phase)
    since = str(part.get("since", ""))
    before: set[tuple[int, str]] = set()
    answer = _ask(transport.get_opening, listing, since, cursor.etag(listing.phase))
    if answer.data == []:
        cursor.keep_etag(listing.phase, answer.etag)
        part["done"] = True
    while answer.data:
        marks = {_mark(item) for item in answer.data}
        if before and before.isdisjoint(marks):  # the page begins too late: ask once more
            answer = transport.get(answer.url)
            marks = {_mark(item) for item in answer.data}
        items = [item for item in answer.data if _mark(item) not in before]
        before = marks
        newest = max(str(item["updated_at"]) for item in answer.data)
        if not answer.next_url:
            _come_to_rest(cursor, listing.phase, since, newest, answer)
            yield replace(listing.take(items), is_change=True)
            return
        cursor.keep_etag(listing.phase, NO_ETAG)
        part["since"] = newest
        yield replace(listing.take(items), is_change=True)
        if newest > since:
            since = newest
            answer = _ask(transport.get_kept, listing, since, NO_ETAG)
        else:
            before = set()
            answer = transport.get(answer.next_url)


def _ask(get: Callable[..., Answer], listing: Listing, since: str, etag: Etag) -> Answer:
    """The first page from `since` on."""
    more = {"since": since} if since else {}
    parameters = {**listing.parameters, **BY_CHANGE, **more, "per_page": str(lists.PAGE_SIZE)}
    return get(listing.path, etag, **parameters)


def _come_to_rest(cursor: Cursor, phase: str, since: str, newest: str, answer: Answer) -> None:
    """Ask the same next time, so that its validator serves, unless that leaves no overlap."""
    at_most = lists.earlier(newest)
    if page_of(answer.url) or since > at_most:
        cursor.keep_etag(phase, NO_ETAG)
        cursor.phase(phase)["since"] = min(since or at_most, at_most)
    else:
        cursor.keep_etag(phase, answer.etag)
        cursor.phase(phase)["since"] = since
    cursor.phase(phase)["done"] = True


def _mark(item: Item) -> tuple[int, str]:
    """One version of one item."""
    return item["id"], item["updated_at"]
