"""What is said on issues and pull requests, where GitHub's count is not ours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q

from community.people.bulk import among
from contributors.activity.models import Contribution, WorkItem
from integrations.connections.models import Source
from integrations.github.questions import COMMENTS_OF, comments_of
from integrations.github.shapes import comment_as_rest
from integrations.github.transport import Gone, Locked, Overloaded, Transport

AT_ONCE = 20
Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Talk:
    """All comments on one issue or pull request as GitHub lists them; None: it is not there."""

    number: int
    comments: list[Payload] | None


def differing(source: Source, counts: Mapping[int, int]) -> dict[int, int]:
    """Numbers whose comments we do not hold as many of as GitHub counted, and its count.

    `counts` are fresher than those that came with the items.
    Where something was said after the count, the next run counts again.
    """
    expected = {**_unlike(source), **counts}
    said = Q(contributions__kind="issue_comment", contributions__deleted_at=None)
    items = WorkItem.objects.present().filter(
        repository=source.repository, number__in=among(expected)
    )
    rows = items.order_by().annotate(
        held=Count("contributions", filter=said),
        latest=Max("contributions__occurred_at", filter=said),
    )
    found = rows.values_list("number", "held", "latest", "updated_at")
    return {
        number: expected[number]
        for number, held, latest, changed_at in found
        if held != expected[number] and (latest is None or latest <= changed_at)
    }


def _unlike(source: Source) -> dict[int, int]:
    """Numbers with another count of comments than came with them, and that count.

    Both sides are read plainly and compared here: joined in one statement, PostgreSQL
    looks a count up three times for each item.
    """
    acts = Contribution.objects.present().filter(
        repository=source.repository, kind="issue_comment", work_item__deleted_at=None
    )
    by_number = acts.order_by().values("work_item__number").annotate(times=Count("pk"))
    held = dict(by_number.values_list("work_item__number", "times"))
    said = source.expected_items.exclude(comments=None).values_list("number", "comments")
    return {number: count or 0 for number, count in said if count != held.get(number, 0)}


class Replies:
    """Asks for the comments on many numbers at once."""

    def __init__(self, transport: Transport, place: Mapping[str, str]) -> None:
        self.transport = transport
        self.place = place
        self.size = AT_ONCE

    def of(self, numbers: Sequence[int]) -> Iterator[list[Talk]]:
        """All comments on these, some numbers at a time."""
        start = 0
        while start < len(numbers):
            asked = numbers[start : start + self.size]
            try:
                talks = self._asked(asked)
            except Overloaded:
                if self.size == 1:  # too long to be told; the list by change has it anyway
                    start += 1
                self.size = max(1, self.size // 2)
                continue
            start += len(asked)
            yield talks

    def _asked(self, numbers: Sequence[int]) -> list[Talk]:
        try:
            found = self.transport.graphql_partly(comments_of(numbers), **self.place)["repository"]
        except Locked:
            return [self._openly(number) for number in numbers]
        return [self._whole(number, found[f"n{number}"]) for number in numbers]

    def _whole(self, number: int, item: Mapping[str, Any] | None) -> Talk:
        """One of the answers, with what it was cut short of."""
        if item is None:
            return Talk(number, None)
        part, nodes = item["comments"], list(item["comments"]["nodes"])
        while part["pageInfo"]["hasNextPage"]:
            after = part["pageInfo"]["endCursor"]
            data = self.transport.graphql(COMMENTS_OF, **self.place, number=number, after=after)
            part = data["repository"]["issueOrPullRequest"]["comments"]
            nodes += part["nodes"]
        return Talk(number, [comment_as_rest(node, number=number) for node in nodes])

    def _openly(self, number: int) -> Talk:
        """The same by REST, at a request each."""
        path = f"repos/{self.place['owner']}/{self.place['name']}/issues/{number}/comments"
        try:
            answer = self.transport.get(path, per_page=100)
        except Gone:
            return Talk(number, None)
        if path not in answer.url:  # it was transferred, and these are those of its new home
            return Talk(number, None)
        found = list(answer.data)
        while answer.next_url:
            answer = self.transport.get(answer.next_url)
            found += answer.data
        return Talk(number, found)
