"""Pull requests with their reviews by GraphQL: a tenth of the bytes of the REST list."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from integrations.github.cursor import Cursor
from integrations.github.documents import NESTED, PULLS
from integrations.github.listing import earlier
from integrations.github.transport import Overloaded, Transport

LARGEST, SMALLEST = 100, 5
GOOD = 4  # pages after which a size that was cut is tried larger again
PHASE = "pulls"
Node = dict[str, Any]


class Pulls:
    """Walks the pull requests of one repository.

    The first answer also holds the `overview` of the repository: how much there
    is, its labels and milestones.
    """

    def __init__(self, transport: Transport, place: Mapping[str, str], cursor: Cursor) -> None:
        self.transport = transport
        self.place = place
        self.part = cursor.phase(PHASE)
        self.size = self.largest = LARGEST
        self.good = 0
        self.total = 0
        self.overview: Node | None = None
        self.wants_overview = True

    def all(self) -> Iterator[list[Node]]:
        """Every one in the order of creation, which no change disturbs.

        What changes during the walk is found by one from `since` on, the latest
        change before the first page; `is_settled` says that this one is over.
        """
        more = True
        while more:
            found = self._page(self.part.get("after"), "CREATED_AT", "ASC")
            more = found["pageInfo"]["hasNextPage"]
            if "since" not in self.part and self.overview is not None:
                newest = max(
                    (one["updatedAt"] for one in self.overview["latest"]["nodes"]), default=""
                )
                now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
                self.part.update(since=newest, is_settled=newest < earlier(now))
            if more:
                self.part["after"] = found["pageInfo"]["endCursor"]
            else:
                self.part.pop("after", None)
                self.part["done"] = True
            yield found["nodes"]

    def changed(self, *, guess: int, signs: int) -> Iterator[list[Node]]:
        """The latest change first, down to what is known; the cursor moves at the end.

        `guess` says how many may have changed, `signs` what is answered by this walk.
        """
        self.size = max(SMALLEST, min(self.largest, guess + SMALLEST))
        since = str(self.part.get("since", ""))
        newest, after, ended = since, None, False
        while not ended:
            found = self._page(after, "UPDATED_AT", "DESC")
            nodes = [node for node in found["nodes"] if node["updatedAt"] >= since]
            newest = max([newest, *(node["updatedAt"] for node in nodes)])
            ended = len(nodes) < len(found["nodes"]) or not found["pageInfo"]["hasNextPage"]
            if ended:
                self.part.update(since=newest, answered=signs)
            yield nodes
            after, self.size = found["pageInfo"]["endCursor"], self.largest

    def _page(self, after: str | None, field: str, direction: str) -> Node:
        """One page, smaller where GitHub cannot answer the larger one in time."""
        ask = self.transport.graphql_kept if direction == "ASC" else self.transport.graphql
        while True:
            try:
                data = ask(
                    PULLS,
                    **self.place,
                    first=self.size,
                    after=after,
                    field=field,
                    direction=direction,
                    overview=self.wants_overview,
                )["repository"]
            except Overloaded:
                self._shrink()
                continue
            found: Node = data["pullRequests"]
            if not found["pageInfo"]["hasNextPage"] or found["pageInfo"]["endCursor"] != after:
                break
        self._grow()
        self.overview = self.overview or (data if self.wants_overview else None)
        self.wants_overview = False
        self.total = found["totalCount"]
        for node in found["nodes"]:
            self._complete(node, ask)
        return found

    def _shrink(self) -> None:
        """Half as many from now on. Raises `Refused` when it cannot be fewer."""
        if self.size <= SMALLEST:
            reason = Sentence(_("GitHub cannot list the pull requests."))
            raise Refused("too_large", reason)
        self.size = self.largest = max(SMALLEST, self.size // 2)
        self.good = 0

    def _grow(self) -> None:
        """After some good pages, twice as many again."""
        self.good += 1
        if self.largest < LARGEST and self.good >= GOOD:
            self.size = self.largest = min(LARGEST, self.largest * 2)
            self.good = 0

    def _complete(self, node: Node, ask: Callable[..., Node]) -> None:
        """Fetch what the nested lists were cut short of."""
        cut = [
            name
            for name in ("labels", "reviews")
            if node[name] and len(node[name]["nodes"]) < node[name]["totalCount"]
        ]
        if not cut:
            return
        reviews: list[Node] = []
        after: str | None = None
        while True:
            data = ask(
                NESTED,
                **self.place,
                number=node["number"],
                after=after,
                keep=not self.part.get("done"),
            )
            whole = data["repository"]["pullRequest"]
            reviews += whole["reviews"]["nodes"]
            after = whole["reviews"]["pageInfo"]["endCursor"]
            if not whole["reviews"]["pageInfo"]["hasNextPage"]:
                break
        node["labels"] = whole["labels"]
        node["reviews"] = {"totalCount": whole["reviews"]["totalCount"], "nodes": reviews}
