"""Pull requests with their reviews by GraphQL: a tenth of the bytes of the REST list."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from integrations.github.cursor import Cursor
from integrations.github.documents import NESTED, PULLS
from integrations.github.transport import Overloaded, Transport

LARGEST, SMALLEST = 100, 5
PHASE = "pulls"
Node = dict[str, Any]


class Pulls:
    """Walks the pull requests of one repository."""

    def __init__(self, transport: Transport, place: Mapping[str, str], cursor: Cursor) -> None:
        self.transport = transport
        self.place = place
        self.cursor = cursor
        self.size = LARGEST
        self.total = 0

    def pages(self, newest: str, *, changed: int) -> Iterator[list[Node]]:
        """All of them the first time, later those that changed since.

        `newest` is the latest change before the first page; what changes during
        the walk is found by the next one. `changed` guesses how many are new.
        """
        part = self.cursor.phase(PHASE)
        if part.get("done"):
            self.size = max(SMALLEST, min(LARGEST, changed + SMALLEST))
            yield from self._changed(str(part.get("since", "")))
        else:
            part.setdefault("since", newest)
            yield from self._all()

    def _all(self) -> Iterator[list[Node]]:
        """In the order of creation, which no change disturbs."""
        part = self.cursor.phase(PHASE)
        while True:
            found = self._page(part.get("after"), "CREATED_AT", "ASC")
            more = found["pageInfo"]["hasNextPage"]
            if more:
                part["after"] = found["pageInfo"]["endCursor"]
            else:
                part.pop("after", None)
                part.update(done=True, pending=False)
            yield found["nodes"]
            if not more:
                return

    def _changed(self, since: str) -> Iterator[list[Node]]:
        """The latest change first, down to what is known; the cursor moves at the end."""
        part = self.cursor.phase(PHASE)
        newest, after = since, None
        while True:
            found = self._page(after, "UPDATED_AT", "DESC")
            nodes = [node for node in found["nodes"] if node["updatedAt"] >= since]
            newest = max([newest, *(node["updatedAt"] for node in nodes)])
            ended = len(nodes) < len(found["nodes"]) or not found["pageInfo"]["hasNextPage"]
            if ended:
                part.update(since=newest, pending=False)
            yield nodes
            if ended:
                return
            after, self.size = found["pageInfo"]["endCursor"], LARGEST

    def _page(self, after: str | None, field: str, direction: str) -> Node:
        """One page, smaller where GitHub cannot answer the larger one in time."""
        while True:
            try:
                data = self.transport.graphql(
                    PULLS,
                    **self.place,
                    first=self.size,
                    after=after,
                    field=field,
                    direction=direction,
                )
                break
            except Overloaded:
                if self.size <= SMALLEST:
                    reason = Sentence(_("GitHub cannot list the pull requests."))
                    raise Refused("too_large", reason) from None
                self.size = max(SMALLEST, self.size // 2)
        found: Node = data["repository"]["pullRequests"]
        self.total = found["totalCount"]
        for node in found["nodes"]:
            self._complete(node)
        return found

    def _complete(self, node: Node) -> None:
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
            data = self.transport.graphql(NESTED, **self.place, number=node["number"], after=after)
            whole = data["repository"]["pullRequest"]
            reviews += whole["reviews"]["nodes"]
            after = whole["reviews"]["pageInfo"]["endCursor"]
            if not whole["reviews"]["pageInfo"]["hasNextPage"]:
                break
        node["labels"] = whole["labels"]
        node["reviews"] = {"totalCount": whole["reviews"]["totalCount"], "nodes": reviews}
