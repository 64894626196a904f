"""Lists of the REST API walked in the order in which things changed.

A page number cannot be trusted: what changes during the walk moves to the end
and shifts what follows it. So each page is asked for by the newest change of
the one before, and only pages within one second are told apart by GitHub's
own `next` link.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from community.lib.refusals import Refused
from integrations.connections.protocol import OutOfBudget
from integrations.github.cursor import Cursor
from integrations.github.transport import Answer, Transport

PAGE_SIZE = 100
AT_ONCE = 500  # storing costs little a row and much a page
OVERLAP = timedelta(minutes=2)  # GitHub's replicas may show a change late
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of one repository that can be asked for by `since`."""

    phase: str
    path: str
    parameters: Mapping[str, str]


def together(pages: Iterable[list[Item]]) -> Iterator[list[Item]]:
    """Pages put together until they are worth a transaction; a fault keeps what came before it."""
    held: list[Item] = []
    try:
        for items in pages:
            held += items
            if len(held) >= AT_ONCE:
                yield held
                held = []
    except (OutOfBudget, Refused):
        if held:
            yield held
        raise
    if held:
        yield held


def changed(transport: Transport, listing: Listing, cursor: Cursor) -> Iterator[list[Item]]:
    """Pages of what changed since the cursor, which is moved before each is given.

    Nothing is given when GitHub answers that nothing changed.
    """
    part = cursor.phase(listing.phase)
    since = str(part.get("since", ""))
    before: set[tuple[int, str]] = set()
    answer = _ask(transport, listing, since, cursor.etag(listing.phase))
    if answer.data == []:
        cursor.keep_etag(listing.phase, answer.etag)
        part["done"] = True
    while answer.data:
        items = [item for item in answer.data if _mark(item) not in before]
        before = {_mark(item) for item in answer.data}
        newest = max(str(item["updated_at"]) for item in answer.data)
        if not answer.next_url:
            _come_to_rest(cursor, listing.phase, since, newest, answer)
            yield items
            return
        cursor.keep_etag(listing.phase, "")
        part["since"] = newest
        yield items
        if newest > since:
            since = newest
            answer = _ask(transport, listing, since, "")
        else:
            answer = transport.get(answer.next_url)


def _ask(transport: Transport, listing: Listing, since: str, etag: str) -> Answer:
    """The first page from `since` on."""
    more = {"since": since} if since else {}
    parameters = {**listing.parameters, **more, "per_page": str(PAGE_SIZE)}
    return transport.get(listing.path, etag, **parameters)


def _come_to_rest(cursor: Cursor, phase: str, since: str, newest: str, answer: Answer) -> None:
    """Ask the same next time, so that its validator serves, unless that leaves no overlap."""
    at_most = _earlier(newest)
    if "page=" in answer.url.replace("per_page=", "") or since > at_most:
        cursor.keep_etag(phase, "")
        cursor.phase(phase)["since"] = min(since or at_most, at_most)
    else:
        cursor.keep_etag(phase, answer.etag)
        cursor.phase(phase)["since"] = since
    cursor.phase(phase)["done"] = True


def _earlier(moment: str) -> str:
    """The overlap before a moment, as GitHub writes it."""
    return f"{datetime.fromisoformat(moment) - OVERLAP:%Y-%m-%dT%H:%M:%SZ}"


def _mark(item: Item) -> tuple[int, str]:
    """One version of one item."""
    return item["id"], item["updated_at"]
