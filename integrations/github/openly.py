"""Pull requests with their reviews by REST, for who has no token and so no GraphQL.

It costs a request for each pull request, so pages are small: what is allowed
without a token is soon used up, and a page that was stored is not asked again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from integrations.github.cursor import Cursor
from integrations.github.pulls import PHASE
from integrations.github.transport import Answer, Transport

AT_ONCE = 25
REVIEWS = 100
Payload = dict[str, Any]
Get = Callable[..., Answer]


class OpenPulls:
    """Walks the pull requests of one repository as anybody may see them."""

    def __init__(self, transport: Transport, path: str, cursor: Cursor) -> None:
        self.transport = transport
        self.path = path
        self.part = cursor.phase(PHASE)

    def all(self) -> Iterator[tuple[list[Payload], list[Payload]]]:
        """Pull requests and their reviews in the order of creation, which no change disturbs."""
        get: Get = self.transport.get_kept
        if "since" not in self.part:
            answer = self._page(get, 1, "updated", "desc", size=1)
            self.part["since"] = answer.data[0]["updated_at"] if answer.data else ""
            if not answer.is_kept:  # what lies on the shelf is older than this look
                get = self.transport.get_anew
        more = True
        while more:
            number = int(self.part.get("page", 1))
            answer = self._page(get, number, "created", "asc", size=AT_ONCE)
            found, more = (answer.data, self._reviews(answer.data, get)), bool(answer.next_url)
            if more:
                self.part["page"] = number + 1
            else:
                self.part.pop("page", None)
                self.part["done"] = True
            yield found

    def changed(self, *, signs: int) -> Iterator[tuple[list[Payload], list[Payload]]]:
        """The latest change first; what changes meanwhile only shows something twice."""
        since, get = str(self.part.get("since", "")), self.transport.get
        newest, number, more = since, 1, True
        while more:
            answer = self._page(get, number, "updated", "desc", size=AT_ONCE)
            pulls = [pull for pull in answer.data if pull["updated_at"] >= since]
            newest = max([newest, *(pull["updated_at"] for pull in pulls)])
            more = bool(answer.next_url) and len(pulls) == len(answer.data)
            found, number = (pulls, self._reviews(pulls, get)), number + 1
            if not more:
                self.part.update(since=newest, answered=signs)
            yield found

    def _page(self, get: Get, number: int, order: str, direction: str, *, size: int) -> Answer:
        return get(
            f"{self.path}/pulls",
            state="all",
            sort=order,
            direction=direction,
            per_page=size,
            page=number,
        )

    def _reviews(self, pulls: list[Payload], get: Get) -> list[Payload]:
        """Every review of these pull requests."""
        return [review for pull in pulls for review in self._reviews_of(pull, get)]

    def _reviews_of(self, pull: Mapping[str, Any], get: Get) -> list[Payload]:
        answer = get(f"{self.path}/pulls/{pull['number']}/reviews", per_page=REVIEWS)
        found: list[Payload] = list(answer.data)
        while answer.next_url:
            answer = get(answer.next_url)
            found += answer.data
        return found
