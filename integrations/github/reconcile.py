"""Brings the ledger to what GitHub holds, where lists of changes alone do not say it.

A list of what changed never names what is gone. So GitHub's counts are compared
with ours, where they part it is asked about what could be gone, and only what it
then does not show is marked.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.utils import timezone

from community.lib.refusals import Refused
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.records import Batch
from integrations.connections.models import Source
from integrations.connections.protocol import Expected, Page
from integrations.github import batches
from integrations.github.cursor import Cursor
from integrations.github.questions import TOTALS
from integrations.github.relisting import Listed
from integrations.github.replies import Replies, Talk, differing
from integrations.github.singles import Singles
from integrations.github.transport import Locked, Overloaded, Transport
from integrations.github.vanished import Vanished

PHASE = "comparing"
logger = logging.getLogger(__name__)
DAILY = timedelta(days=1)
MOST_ITEMS = 1_000  # numbers of one run; the next goes on below them
MOST_TALKS = 200  # items of one run
MOST_SINGLES = 20  # requests of one run for single things
NAMES = {"issue": "issues", "change_request": "change_requests"}  # kind: name among the totals


class Reconciliation:
    """The last phase of a run: what GitHub no longer shows, and what lists of changes skipped."""

    def __init__(
        self,
        *,
        transport: Transport,
        place: Mapping[str, str],
        source: Source,
        cursor: Cursor,
        totals: Mapping[str, int],
        listed: Listed,
    ) -> None:
        self.transport = transport
        self.place = place
        self.source = source
        self.repository = source.repository
        self.cursor = cursor
        self.totals = totals
        self.listed = listed
        self.part = cursor.phase(PHASE)
        self.is_whole = True

    def is_wanted(self) -> bool:
        """Something changed since the last comparison, or it is long ago, or all was listed."""
        last = self.part.get("at", "")
        is_due = not last or self.listed.at - datetime.fromisoformat(last) >= DAILY
        return self.listed.is_full or bool(self.part.get("pending")) or is_due

    def pages(self) -> Iterator[Page]:
        """What is gone, what is to be added, and what GitHub itself lists where counts differ.

        What GitHub cannot tell now is asked again by the next run. Raises `OutOfBudget`.
        """
        try:
            for kind in NAMES:
                yield from self._items(kind)
            yield from self._talks()
            yield from self._line_comments()
            yield from self._releases()
        except (Overloaded, Refused) as fault:
            logger.warning("%s could not be compared with GitHub: %s", self.source, fault)
            return
        if self.is_whole:
            self.part.pop("pending", None)
        self.part["at"] = self.listed.at.isoformat()

    def _page(self, gone: Mapping[str, list[str]], *, at: datetime, **more: Any) -> Page:
        gone = {kind: ids for kind, ids in gone.items() if ids}
        counts = {"gone": sum(map(len, gone.values()))} if gone else {}
        batch = more.pop("batch", Batch())
        return Page(
            batch, self.cursor.snapshot(), PHASE, counts=counts, gone=gone, gone_at=at, **more
        )

    def _items(self, kind: str) -> Iterator[Page]:
        """Issues or pull requests of which GitHub counts fewer than we hold."""
        search = Vanished(self.transport, self.place, self.repository)
        if self.listed.is_full:
            unlisted = self.listed.unlisted(kind)
            held = {number: str(one) for one, number in unlisted.items()}
            yield from self._gone(search, kind, held, len(held))
            return
        missing, part = self._missing(kind), self.part.setdefault(kind, {})
        if missing <= 0 or missing == part.get("settled"):
            return
        suspects = search.suspects(kind, below=part.pop("below", None))
        asked = dict(islice(suspects.items(), MOST_ITEMS))
        yield from self._gone(search, kind, asked, missing)
        left = self._missing(kind)
        if left and len(asked) < len(suspects):
            part["below"], self.is_whole = min(asked), False
        else:  # what GitHub counts and does not show is not asked for each time
            part["settled"] = left

    def _missing(self, kind: str) -> int:
        """How many more we hold than GitHub counts."""
        if not self.totals:
            try:
                found = self.transport.graphql(TOTALS, **self.place)["repository"]
            except Locked:
                return 0
            counts = (found["issues"], found["pullRequests"])
            self.totals = {
                name: count["totalCount"]
                for name, count in zip(NAMES.values(), counts, strict=True)
            }
        held = WorkItem.objects.present().filter(repository=self.repository, kind=kind)
        return held.count() - self.totals[NAMES[kind]]

    def _gone(
        self, search: Vanished, kind: str, held: Mapping[int, str], at_most: int
    ) -> Iterator[Page]:
        """Ask about each of these, until so many are found to be gone."""
        at = timezone.now()
        for ids in search.gone(kind, held, at_most=at_most):
            yield self._page({kind: ids}, at=at)
            at = timezone.now()

    def _talks(self) -> Iterator[Page]:
        """Comments, where GitHub counted another number than we hold."""
        numbers = set(differing(self.source))
        if self.listed.is_full:
            numbers |= set(self.listed.unlisted("issue_comment").values())
        asked = sorted(numbers, reverse=True)
        if not self.listed.is_full and len(asked) > MOST_TALKS:
            asked, self.is_whole = asked[:MOST_TALKS], False
        at = timezone.now()
        for talks in Replies(self.transport, self.place).of(asked):
            yield self._compared(talks, at)
            at = timezone.now()

    def _compared(self, talks: Sequence[Talk], at: datetime) -> Page:
        """What was listed on some items against what we hold there."""
        numbers = [talk.number for talk in talks]
        items = {
            number: (kind, one, opened_at.astimezone(UTC).date())
            for number, kind, one, opened_at in WorkItem.objects.present()
            .filter(repository=self.repository, number__in=numbers)
            .values_list("number", "kind", "external_id", "opened_at")
        }
        gone: defaultdict[str, list[str]] = defaultdict(list)
        fresh: list[Mapping[str, Any]] = []
        expected = []
        held = self._held("issue_comment", numbers)
        for talk in talks:
            kind, one, opened_on = items.get(talk.number, ("", "", None))
            if talk.comments is None or opened_on is None:
                gone[kind].append(one)
                continue
            listed = {str(comment["id"]) for comment in talk.comments}
            gone["issue_comment"] += sorted(held[talk.number] - listed)
            fresh += (one for one in talk.comments if str(one["id"]) not in held[talk.number])
            expected.append(Expected(talk.number, opened_on, comments=len(listed)))
        gone.pop("", None)
        return self._page(gone, at=at, batch=batches.of_comments(fresh), expected=expected)

    def _held(self, kind: str, numbers: Iterable[int]) -> defaultdict[int, set[str]]:
        """Ids we hold by number."""
        rows = Contribution.objects.present().filter(
            kind=kind, work_item__repository=self.repository, work_item__number__in=numbers
        )
        found: defaultdict[int, set[str]] = defaultdict(set)
        for number, one in rows.values_list("work_item__number", "external_id"):
            found[number].add(one)
        return found

    def _line_comments(self) -> Iterator[Page]:
        """Comments on lines that a whole list lacked; nothing counts them."""
        if not self.listed.is_full:
            return
        unlisted = self.listed.unlisted("review_comment")
        for number in sorted(set(unlisted.values())):
            at = timezone.now()
            there = Singles(self.transport, self.place).line_comments(number)
            held = {str(one) for one, where in unlisted.items() if where == number}
            yield self._page({"review_comment": sorted(held - there)}, at=at)

    def _releases(self) -> Iterator[Page]:
        """Releases that their list lacked."""
        at = timezone.now()
        unlisted = self.listed.releases_unlisted()[:MOST_SINGLES]
        singles = Singles(self.transport, self.place)
        gone = [one for one in unlisted if not singles.has_release(one)]
        if gone:
            yield self._page({"release": gone}, at=at)
