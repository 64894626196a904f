"""The first reading of a list of the REST API: its pages by number, several at once.

A list in the order of creation is disturbed by no change, only by deletions,
which shift what comes behind them across the borders of pages. The last page,
looked at before and after, betrays that; then the pages are gone through
again, those that did not move without being billed. What changed during the
walk is found by the walk by time of change that follows.
"""

from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from community.lib.refusals import Sentence
from integrations.github import listing as lists
from integrations.github.answers import NO_ETAG, Answer, Etag, TooDeep
from integrations.github.listing import Item, Listing, Reading
from integrations.github.transport import Transport

AHEAD = 6  # pages of one list that may be fetched before their turn
ROUNDS = 3  # how often a list that keeps shifting is gone through


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page: what it holds, whose it is, and how to ask whether it changed."""

    number: int
    reading: Reading
    ids: list[int]
    newest: str
    etag: Etag
    at: datetime


class Seen:
    """Which page of a list showed which id last; in arrays, since lists are long."""

    def __init__(self) -> None:
        self._ids = array("Q")  # in order
        self._pages = array("L")

    def note(self, ids: Iterable[int], page: int) -> int:
        """Note what a page shows; how much of it no page had shown."""
        fresh = 0
        for one in ids:
            place = bisect_left(self._ids, one)  # at the end, but for what was shown twice
            if place < len(self._ids) and self._ids[place] == one:
                self._pages[place] = page
                continue
            self._ids.insert(place, one)
            self._pages.insert(place, page)
            fresh += 1
        return fresh

    def pages_of(self, ids: Iterable[int]) -> set[int]:
        """The pages that showed any of these."""
        found = set()
        for one in ids:
            place = bisect_left(self._ids, one)
            if place < len(self._ids) and self._ids[place] == one:
                found.add(self._pages[place])
        return found


class FirstWalk:
    """Every page of a list in the order of creation.

    The part of the cursor holds the next `page`, the moment of the first
    request as `start`, the `newest` change seen, how many things were `read`
    and, from before the walk, the `last` page with its first id and its length.
    """

    def __init__(
        self, transport: Transport, listing: Listing, part: dict[str, Any], pool: Executor
    ) -> None:
        self.transport = transport
        self.listing = listing
        self.part = part
        self.pool = pool
        self.seen = Seen()
        self.etags: dict[int, Etag] = {}
        self.tail: Fetched | None = None
        self.has_asked = False  # in this run; what lay on the shelf does not count

    def readings(self) -> Iterator[Reading]:
        """All pages, the part moved on before each; at the end it says where to go on from."""
        if "last" not in self.part:
            yield self._begin()
        for _round in range(ROUNDS):
            yield from self._pages()
            if self._is_whole():
                break
            yield self._begin()
        since = min(str(self.part["start"]), str(self.part.get("newest") or self.part["start"]))
        is_empty = not self.part["read"]
        self.part.clear()
        if not is_empty:
            self.part["since"] = lists.earlier(since)

    def _begin(self) -> Reading:
        """The first page; the last one is looked at beside it, to be compared in the end."""
        answer = self._ask(1)
        if answer.next_url and answer.last < 2:
            raise TooDeep("no_last_page", Sentence(""))
        first, last = self._fetched(1, answer), max(answer.last, 1)
        self.tail = first
        if last > 1:
            self.tail = self._page(last)
            # What was deleted between these two looks would show in no later one.
            first = self._fetched_again(1, first.etag) or first
        ids = self.tail.ids if self.tail else []
        self.part.setdefault("start", f"{answer.at:%Y-%m-%dT%H:%M:%SZ}")
        looked = self.tail or first
        self.part["last"] = {
            "page": last,
            "id": ids[0] if ids else 0,
            "size": len(ids),
            "at": looked.at.isoformat(),
        }
        if self.tail is not None and last > 1:
            etag = self.tail.etag
            self.part["last"] |= {"etag": etag.value, "by": etag.by}
        self.part["page"] = 2
        return self._taken(first)

    def _pages(self) -> Iterator[Reading]:
        """The pages behind the first, in order, fetched ahead."""
        last, number = int(self.part["last"]["page"]), int(self.part["page"])
        ahead: deque[tuple[int, Future[Fetched | None]]] = deque()
        try:
            while number <= last or ahead:
                while number <= last and len(ahead) < AHEAD:
                    ahead.append((number, self.pool.submit(self._next, number, last)))
                    number += 1
                place, future = ahead.popleft()
                believed = self._believed(place, last, future.result())
                self.part["page"] = place + 1
                for one in believed:
                    yield self._taken(one)
        finally:
            for _place, future in ahead:
                future.cancel()

    def _next(self, number: int, last: int) -> Fetched | None:
        """A page; the last one is here already, unless a run before this one fetched it."""
        if number == last and self.tail is not None:
            return self.tail
        return self._page(number, self.etags.get(number, NO_ETAG))

    def _page(self, number: int, etag: Etag = NO_ETAG) -> Fetched | None:
        """A page, or None when it is as it was."""
        answer = self._ask(number, etag)
        return None if answer.data is None else self._fetched(number, answer)

    def _fetched_again(self, number: int, etag: Etag) -> Fetched | None:
        """A second look at a page; None when it is as it was."""
        answer = self._look(number, etag)
        return None if answer.data is None else self._fetched(number, answer)

    def _ask(self, number: int, etag: Etag = NO_ETAG) -> Answer:
        """A page; in a later round what an earlier one saw is no answer."""
        is_late = bool(self.part.get("round"))
        ask = self.transport.get_anew if is_late else self.transport.get_kept
        answer = ask(self.listing.path, etag, **self._parameters(number))
        self.has_asked = self.has_asked or not answer.is_kept
        return answer

    def _look(self, number: int, etag: Etag) -> Answer:
        """The same for a second look, which must be later than every page it vouches for.

        One that lies on the shelf is later than the others there, and earlier
        than whatever this run has asked for itself.
        """
        ask = self.transport.get_anew if self.has_asked else self.transport.get_kept
        return ask(self.listing.path, etag, **self._parameters(number))

    def _parameters(self, number: int) -> dict[str, str]:
        parameters = {**self.listing.parameters, "sort": "created", "direction": "asc"}
        return parameters | {"per_page": str(lists.PAGE_SIZE), "page": str(number)}

    def _fetched(self, number: int, answer: Answer) -> Fetched:
        """The payloads as records, in the thread that fetched them."""
        items: list[Item] = answer.data
        self.etags[number] = answer.etag
        with self.transport.turn:
            reading = self.listing.take(items)
        return Fetched(
            number,
            reading,
            [item["id"] for item in items],
            max((str(item["updated_at"]) for item in items), default=""),
            answer.etag,
            answer.at,
        )

    def _believed(self, number: int, last: int, fetched: Fetched | None) -> list[Fetched]:
        """A page that is short, or shows what another did, is asked for once more.

        Where it insists, the other was the wrong one and is asked for as well.
        Without a validator, which may be that of the page there should have been.
        """
        if fetched is None:
            return []
        seen = self.seen.pages_of(fetched.ids) - {number}
        is_odd = number != last and len(fetched.ids) < lists.PAGE_SIZE
        if not (seen or is_odd) or self.part.get("round"):
            return [fetched]
        again = self._page(number) or fetched
        if again.ids != fetched.ids:
            return [again]
        others = (self._page(one) for one in sorted(seen))
        return [*(one for one in others if one is not None), again]

    def _taken(self, fetched: Fetched) -> Reading:
        """Note what was seen, as the cursor behind this page shall say."""
        fresh = self.seen.note(fetched.ids, fetched.number)
        self.part["read"] = int(self.part.get("read", 0)) + fresh
        self.part["newest"] = max(str(self.part.get("newest", "")), fetched.newest)
        fetched.reading.total = self.total
        fetched.reading.looked_at = str(self.part["last"].get("at") or self.part["start"])
        return fetched.reading

    @property
    def total(self) -> int:
        """How long the list was when its last page was looked at."""
        last = self.part["last"]
        return (int(last["page"]) - 1) * lists.PAGE_SIZE + int(last["size"])

    def _is_whole(self) -> bool:
        """Whether no deletion shifted the pages while they were read, and none was a wrong one."""
        last, number = self.part["last"], int(self.part.get("round", 0)) + 1
        if last["page"] == 1:
            return True
        is_short = self.part["read"] < self.total and number == 1
        is_whole = not is_short and not was_shifted(
            self._look(last["page"], Etag(last["etag"], last["by"])), last
        )
        self.part["round"] = number  # not before the answer, which may not come in this run
        return is_whole


def was_shifted(now: Answer, before: dict[str, Any]) -> bool:
    """Whether the last page begins with something else than before, or became shorter."""
    if now.data is None:
        return False
    is_same = bool(now.data) and now.data[0]["id"] == before["id"]
    return not is_same or len(now.data) < before["size"]
