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
from integrations.github.vanished import AT_ONCE, Held, Vanished

PHASE = "comparing"
logger = logging.getLogger(__name__)
DAILY = timedelta(days=1)
MOST_ITEMS = 1_000  # numbers of one run; the next goes on below them
IN_TURN = 10  # items asked how many comments they have, for each act that a run read
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
        self.counts: dict[int, int] = {}  # comments on items asked about

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
            yield from self._items()
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

    def _items(self) -> Iterator[Page]:
        """Issues and pull requests that are gone, and how many comments GitHub counts on others."""
        search = Vanished(
            self.transport, self.place, self.repository, size=self.part.get("size", AT_ONCE)
        )
        at = timezone.now()
        held = self._unlisted() if self.listed.is_full else self._doubtful(search)
        if search.absent is not None:
            yield self._page(search.absent, at=at)
            held = {number: one for number, one in held.items() if self._is_short(one[0])}
        at = timezone.now()
        for gone in search.gone(held):
            yield self._page(gone, at=at)
            at = timezone.now()
        self.part["size"], self.counts = search.size, search.counts
        for kind in NAMES:
            self._settle(kind)

    def _unlisted(self) -> Held:
        """All that a whole list lacked."""
        return {
            number: (kind, str(one))
            for kind in NAMES
            for one, number in self.listed.unlisted(kind).items()
        }

    def _doubtful(self, search: Vanished) -> Held:
        """Where GitHub counts fewer than we hold, and some others in turn.

        A comment that is deleted leaves no trace in any list; the more happens,
        the more items are asked how many they have.
        """
        held: dict[int, tuple[str, str]] = {}
        short = [kind for kind in NAMES if self._is_short(kind)]
        turn = search.beside = self._in_turn(search)
        for kind in short:
            part = self.part[kind]
            suspects = search.suspects(kind, below=part.pop("below", None))
            held |= dict(islice(suspects.items(), MOST_ITEMS))
            if len(suspects) > MOST_ITEMS:
                part["below"], self.is_whole = min(held), False
        if search.absent is not None:
            self._turned(search, turn, turn)
            return {number: one for number, one in held.items() if number not in turn}
        asked = dict(islice(turn.items(), max(0, search.size - len(held))))
        self._turned(search, turn, asked)
        return {**held, **asked}

    def _turned(self, search: Vanished, turn: Held, asked: Held) -> None:
        """Remember where the turn goes on: behind what was asked about, or from the start."""
        is_over = len(asked) == len(turn) < self._most_in_turn(search)
        self.part["turn"] = 0 if is_over else max(asked, default=self.part.get("turn", 0))

    def _in_turn(self, search: Vanished) -> Held:
        """What the question holds besides: items with comments.

        None after a first reading, or where REST alone answers.
        """
        most = self._most_in_turn(search)
        if not most or not self.totals or "at" not in self.part:
            return {}
        return search.spoken_of(after=self.part.get("turn", 0), most=most)

    def _most_in_turn(self, search: Vanished) -> int:
        return min(search.size, self.listed.count * IN_TURN)

    def _is_short(self, kind: str) -> bool:
        """Whether GitHub counts fewer than we hold, and not the same as when we last looked."""
        missing = self._missing(kind)
        return missing > 0 and missing != self.part.setdefault(kind, {}).get("settled")

    def _settle(self, kind: str) -> None:
        """What GitHub counts and does not show is not looked for each time."""
        part = self.part.setdefault(kind, {})
        if self.totals and "below" not in part:
            part["settled"] = self._missing(kind)

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

    def _talks(self) -> Iterator[Page]:
        """Comments, where GitHub counted another number than we hold."""
        numbers = set(differing(self.source, self.counts)) | self._unlinked()
        if outdated := self._outdated(numbers):
            yield self._page({}, at=timezone.now(), expected=outdated)
        if self.listed.is_full:
            numbers |= set(self.listed.unlisted("issue_comment").values())
        asked = sorted(numbers, reverse=True)
        if not self.listed.is_full and len(asked) > MOST_TALKS:
            asked, self.is_whole = asked[:MOST_TALKS], False
        at = timezone.now()
        for talks in Replies(self.transport, self.place).of(asked):
            yield self._compared(talks, at)
            at = timezone.now()

    def _outdated(self, asked: set[int]) -> list[Expected]:
        """What GitHub counted just now where an older count stands, though we hold as many.

        Such as of a comment whose deletion was told before we had read it.
        """
        rows = self.source.expected_items.filter(number__in=set(self.counts) - asked)
        return [
            Expected(number, opened_on, comments=self.counts[number])
            for number, opened_on, comments in rows.values_list("number", "opened_on", "comments")
            if comments is not None and comments != self.counts[number]
        ]

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
            if talk.comments is None:
                gone[kind].append(one)
                gone["issue_comment"] += sorted(held[talk.number])
                continue
            if opened_on is None:
                continue
            listed = {str(comment["id"]) for comment in talk.comments}
            gone["issue_comment"] += sorted(held[talk.number] - listed)
            fresh += (one for one in talk.comments if str(one["id"]) not in held[talk.number])
            expected.append(Expected(talk.number, opened_on, comments=len(listed)))
        gone.pop("", None)
        return self._page(gone, at=at, batch=batches.of_comments(fresh), expected=expected)

    def _held(self, kind: str, numbers: Iterable[int]) -> defaultdict[int, set[str]]:
        """Ids we hold by number."""
        asked, acts = list(numbers), Contribution.objects.present().filter(kind=kind)
        tied = acts.filter(work_item__repository=self.repository, work_item__number__in=asked)
        loose = acts.filter(repository=self.repository, work_item=None, work_item_number__in=asked)
        found: defaultdict[int, set[str]] = defaultdict(set)
        for rows in (tied, loose):
            for number, one in rows.values_list("work_item_number", "external_id"):
                found[number or 0].add(one)
        return found

    def _unlinked(self) -> set[int]:
        """Numbers of what was spoken on and is not held: it vanished while lists were read."""
        rows = Contribution.objects.present().filter(
            repository=self.repository,
            kind="issue_comment",
            work_item=None,
            work_item_number__isnull=False,
        )
        numbers = rows.values_list("work_item_number", flat=True).distinct()
        return {number for number in numbers if number is not None}

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
