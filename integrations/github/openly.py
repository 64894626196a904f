"""Pull requests with their reviews by REST, for who has no token and so no GraphQL.

It costs a request for each pull request, so pages are small: what is allowed
without a token is soon used up, and a page that was stored is not asked again.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from integrations.github.cursor import Cursor
from integrations.github.pulls import PHASE
from integrations.github.transport import Transport

AT_ONCE = 25
REVIEWS = 100
Payload = dict[str, Any]


class OpenPulls:
    """Walks the pull requests of one repository as anybody may see them."""

    def __init__(self, transport: Transport, path: str, cursor: Cursor) -> None:
        self.transport = transport
        self.path = path
        self.part = cursor.phase(PHASE)

    def all(self) -> Iterator[tuple[list[Payload], list[Payload]]]:
        """Pull requests and their reviews in the order of creation, which no change disturbs."""
        if "since" not in self.part:
            latest, _ = self._page(1, "updated", "desc", size=1)
            self.part["since"] = latest[0]["updated_at"] if latest else ""
        more = True
        while more:
            number = int(self.part.get("page", 1))
            pulls, more = self._page(number, "created", "asc", size=AT_ONCE)
            found = pulls, self._reviews(pulls)
            if more:
                self.part["page"] = number + 1
            else:
                self.part.pop("page", None)
                self.part["done"] = True
            yield found

    def changed(self, *, signs: int) -> Iterator[tuple[list[Payload], list[Payload]]]:
        """The latest change first; what changes meanwhile only shows something twice."""
        since = str(self.part.get("since", ""))
        newest, number, more = since, 1, True
        while more:
            listed, more = self._page(number, "updated", "desc", size=AT_ONCE)
            pulls = [pull for pull in listed if pull["updated_at"] >= since]
            newest = max([newest, *(pull["updated_at"] for pull in pulls)])
            more, number = more and len(pulls) == len(listed), number + 1
            found = pulls, self._reviews(pulls)
            if not more:
                self.part.update(since=newest, answered=signs)
            yield found

    def _page(
        self, number: int, order: str, direction: str, *, size: int
    ) -> tuple[list[Payload], bool]:
        """One page, and whether there is another."""
        answer = self.transport.get(
            f"{self.path}/pulls",
            state="all",
            sort=order,
            direction=direction,
            per_page=size,
            page=number,
        )
        return answer.data, bool(answer.next_url)

    def _reviews(self, pulls: list[Payload]) -> list[Payload]:
        """Every review of these pull requests."""
        return [review for pull in pulls for review in self._reviews_of(pull)]

    def _reviews_of(self, pull: Mapping[str, Any]) -> list[Payload]:
        address = f"{self.path}/pulls/{pull['number']}/reviews"
        answer = self.transport.get(address, per_page=REVIEWS)
        found: list[Payload] = list(answer.data)
        while answer.next_url:
            answer = self.transport.get(answer.next_url)
            found += answer.data
        return found
