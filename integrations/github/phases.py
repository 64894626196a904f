"""The lanes of one reading: issues, comments, pull requests, releases, each a generator of pages.

Each runs in a thread of its own, touches no database and moves only its part
of the cursor.
"""

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from contributors.activity.records import Batch
from integrations.connections.protocol import Page
from integrations.github import batches, walk
from integrations.github import listing as lists
from integrations.github.cursor import Cursor
from integrations.github.lanes import Lane
from integrations.github.listing import Item, Listing, Reading
from integrations.github.mapping import expected
from integrations.github.openly import OpenPulls
from integrations.github.pulls import PHASE, Node, Pulls
from integrations.github.shapes import pull_request_as_rest, review_as_rest
from integrations.github.shelf import LONGEST
from integrations.github.transport import Gone, Locked, Transport

logger = logging.getLogger(__name__)


class Signs:
    """What the list of issues tells the reading of pull requests: that something changed, and when.

    `number` grows with every page of changes and is stored with the issues; the
    pull requests store which number they have answered.
    """

    def __init__(self, part: Mapping[str, Any]) -> None:
        self.number = int(part.get("signs", 0))
        # Heard by a run that was cut off, and perhaps not answered any more.
        self.pulls: list[str] = [part["heard"]] if "heard" in part else []
        self.are_all_heard = Event()
        self.is_off = False

    def hear(self, reading: Reading) -> dict[str, Any]:
        """Note a page of changes; what to store with it."""
        if reading.is_change:
            self.number += 1
            self.pulls += reading.pulls
        return {"signs": self.number} | ({"heard": max(self.pulls)} if self.pulls else {})

    def since(self, moment: str) -> int:
        """How many pull requests changed at this moment or later."""
        return sum(one >= moment for one in self.pulls)


class Phases:
    """The readings of one run, over one transport."""

    def __init__(
        self, transport: Transport, place: Mapping[str, str], pool: Executor, signs: Signs
    ) -> None:
        self.transport = transport
        self.place = place
        self.pool = pool
        self.signs = signs
        self.totals: dict[str, int] = {}
        self.looks: dict[str, tuple[int, str]] = {}  # how long each list was said to be, and when

    def lanes(self, cursor: Cursor) -> list[Lane]:
        """Each reading with the phase it owns: what others hang on comes first."""
        readings = {
            "issues": self.issues,
            PHASE: self.pulls,
            "issue_comments": self.comments,
            "review_comments": self.line_comments,
            "releases": self.releases,
        }
        return [Lane(cursor.of([phase]), read) for phase, read in readings.items()]

    def path(self, rest: str = "") -> str:
        """An address below the repository."""
        return "/".join(filter(None, ["repos", self.place["owner"], self.place["name"], rest]))

    def issues(self, cursor: Cursor) -> Generator[Page]:
        """Issues; the pull requests among them only say that they changed."""
        part, signs = cursor.phase("issues"), self.signs
        listing = Listing("issues", self.path("issues"), {"state": "all"}, issues_as_records)
        try:
            for reading, done in self._readings(listing, cursor):
                part.update(signs.hear(reading))
                yield self._list_page(listing, reading, done)
        except Gone:  # issues are switched off in this repository; pull requests may be there
            signs.number += 1
            part.update(done=True, off=True, signs=signs.number)
            signs.is_off = True
            yield Page(Batch(), {}, "issues")
        finally:
            signs.are_all_heard.set()

    def comments(self, cursor: Cursor) -> Generator[Page]:
        """What was said on issues and pull requests."""
        listing = Listing("issue_comments", self.path("issues/comments"), {}, comments_as_records)
        try:
            yield from self._listed(listing, cursor)
        except Gone:  # with the issues their comments may be switched off
            self.signs.are_all_heard.wait()
            if not self.signs.is_off:
                raise
            cursor.phase(listing.phase)["done"] = True
            yield Page(Batch(), {}, listing.phase)

    def line_comments(self, cursor: Cursor) -> Generator[Page]:
        """What was said on lines of pull requests."""
        path = self.path("pulls/comments")
        yield from self._listed(Listing("review_comments", path, {}, lines_as_records), cursor)

    def _listed(self, listing: Listing, cursor: Cursor) -> Iterator[Page]:
        for reading, done in self._readings(listing, cursor):
            yield self._list_page(listing, reading, done)

    def _list_page(self, listing: Listing, reading: Reading, done: int) -> Page:
        """What came of a list, with how far its first reading is."""
        count = reading.size - len(reading.pulls)
        return Page(
            reading.batch,
            {},
            listing.phase,
            counts={listing.phase: count} if count else {},
            expected=reading.expected,
            facts=self._size(listing.phase, reading.total, reading.looked_at),
            done=min(done, reading.total or done),
            total=reading.total,
        )

    def _size(self, phase: str, total: int, at: str) -> dict[str, Any]:
        """How long a list is and when that was seen, told once for each look."""
        if not total or self.looks.get(phase) == (total, at):
            return {}
        self.looks[phase] = total, at
        return {"lists": {phase: {"total": total, "at": at}}}

    def _readings(self, listing: Listing, cursor: Cursor) -> Iterator[tuple[Reading, int]]:
        """Pages worth a transaction, and how much has come with them."""
        done = 0
        for reading in walk.together(walk.walk(self.transport, listing, cursor, self.pool)):
            done += reading.size
            yield reading, done

    def pulls(self, cursor: Cursor) -> Generator[Page]:
        """Pull requests with their reviews: all, then what there are signs of."""
        try:
            yield from self._pulls_by_graphql(cursor)
        except Locked:
            logger.warning(
                "Without a token %s is read by REST, at a request for each pull request. "
                "Set GITHUB_TOKEN.",
                "/".join(self.place.values()),
            )
            yield from self._pulls_openly(cursor)

    def _pulls_by_graphql(self, cursor: Cursor) -> Iterator[Page]:
        """A hundred at once, with the overview in the first answer."""
        walk, part, done = Pulls(self.transport, self.place, cursor), cursor.phase(PHASE), 0
        if totals := told_before(part):
            self.totals, walk.wants_overview = totals, False
        is_first = "answered" not in part
        if not part.get("done"):
            for nodes in walk.all():
                done += len(nodes)
                yield self._pulls_page(walk, nodes, done, part)
        signs, guess = self._heard(part, is_first=is_first)
        if signs is None:
            yield from self._quiet(part, is_first=is_first)
            return
        for nodes in walk.changed(guess=guess, signs=signs):
            done += len(nodes)
            yield self._pulls_page(walk, nodes, done, part)

    def _heard(self, part: Mapping[str, Any], *, is_first: bool) -> tuple[int | None, int]:
        """The signs of change to answer, None for none, and how many pull requests they are of.

        What changed before the first reading began, long enough ago for that
        change to be over, was read by it.
        """
        self.signs.are_all_heard.wait()
        guess = self.signs.since(str(part.get("since", "")))
        if is_first and part.get("is_settled"):
            guess = sum(one > part["since"] for one in self.signs.pulls)
        is_quiet = not guess if is_first else self.signs.number == part.get("answered", 0)
        return None if is_quiet else self.signs.number, guess

    def _quiet(self, part: dict[str, Any], *, is_first: bool) -> Iterator[Page]:
        """Nothing to answer, which is to be remembered after a first reading."""
        if is_first:
            part["answered"] = self.signs.number
            yield Page(Batch(), {}, "change_requests")

    def _pulls_page(
        self, walk: Pulls, nodes: Sequence[Node], done: int, part: dict[str, Any]
    ) -> Page:
        pulls = [pull_request_as_rest(node) for node in nodes]
        reviews = [
            review_as_rest(review, number=node["number"])
            for node in nodes
            for review in node["reviews"]["nodes"]
        ]
        return Page(
            batches.of_open_pulls(pulls, reviews),
            {},
            "change_requests",
            counts={"change_requests": len(nodes), "reviews": sum(one["reviews"] for one in pulls)},
            expected=[expected(pull) for pull in pulls],
            facts=self._facts(walk.overview, part),
            done=done,
            total=max(walk.total, done),
        )

    def _facts(self, overview: Node | None, part: dict[str, Any]) -> dict[str, Any]:
        """What the overview tells, once a reading."""
        if overview is None or self.totals:
            return {}
        at = datetime.now(UTC).isoformat()
        self.totals = {
            "issues": overview["issues"]["totalCount"],
            "change_requests": overview["pullRequests"]["totalCount"],
        }
        part["totals"] = {**self.totals, "at": at}
        return {
            "totals": self.totals,
            "totals_at": at,
            "labels": overview["labels"]["nodes"],
            "milestones": overview["milestones"]["nodes"],
        }

    def _pulls_openly(self, cursor: Cursor) -> Iterator[Page]:
        """As anybody may see them, some at once."""
        walk, part, done = OpenPulls(self.transport, self.path(), cursor), cursor.phase(PHASE), 0
        is_first = "answered" not in part
        if not part.get("done"):
            for pulls, reviews in walk.all():
                done += len(pulls)
                yield open_page(pulls, reviews, done)
        signs, _guess = self._heard(part, is_first=is_first)
        if signs is None:
            yield from self._quiet(part, is_first=is_first)
            return
        for pulls, reviews in walk.changed(signs=signs):
            done += len(pulls)
            yield open_page(pulls, reviews, done)

    def releases(self, cursor: Cursor) -> Generator[Page]:
        """Releases, the newest first; once all are known, the first page tells what is new."""
        part = cursor.phase("releases")
        answer = self.transport.get_opening(
            self.path("releases"), cursor.etag("releases"), per_page=lists.PAGE_SIZE
        )
        etag, at, total = answer.etag, answer.at, 0
        while answer.data:
            batch = batches.of_releases(answer.data)
            total += len(batch.contributions)
            follow = "" if part.get("done") else answer.next_url
            if not follow:
                break
            yield Page(batch, {}, "releases")
            answer = self.transport.get_kept(follow)
        if answer.data is None:
            return
        is_whole = not part.get("done") or not answer.next_url
        cursor.keep_etag("releases", etag)
        part["done"] = True
        yield Page(
            batches.of_releases(answer.data),
            {},
            "releases",
            counts={"releases": len(answer.data)},
            facts=self._size("releases", total, at.isoformat()) if is_whole else {},
        )


def told_before(part: dict[str, Any]) -> dict[str, int]:
    """The totals that a run of this reading stored before it was cut off, not too long ago."""
    told = dict(part.get("totals", {}))
    at = datetime.fromisoformat(told.pop("at", "1970-01-01T00:00:00+00:00"))
    return told if datetime.now(UTC) - at < timedelta(seconds=LONGEST) else {}


def issues_as_records(items: Sequence[Item]) -> Reading:
    """A page of issues and of the pull requests that GitHub lists among them."""
    return Reading(
        batches.of_issues(items),
        len(items),
        [expected(item) for item in items],
        [item["updated_at"] for item in items if "pull_request" in item],
    )


def comments_as_records(items: Sequence[Item]) -> Reading:
    """A page of comments on issues and pull requests."""
    return Reading(batches.of_comments(items), len(items))


def lines_as_records(items: Sequence[Item]) -> Reading:
    """A page of comments on lines."""
    return Reading(batches.of_review_comments(items), len(items))


def open_page(pulls: Sequence[Item], reviews: Sequence[Item], done: int) -> Page:
    """Pull requests and reviews as REST shows them to anybody."""
    return Page(
        batches.of_open_pulls(pulls, reviews),
        {},
        "change_requests",
        counts={"change_requests": len(pulls), "reviews": len(reviews)},
        expected=[expected(pull) for pull in pulls],
        done=done,
    )
