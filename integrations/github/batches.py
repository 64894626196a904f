"""Pages of payloads as batches of records."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contributors.activity.records import Batch, ContributionRecord
from integrations.github.mapping import (
    comment_to_record,
    issue_to_records,
    pull_request_to_records,
    release_to_record,
    review_comment_to_record,
    review_to_record,
)
from integrations.github.shapes import pull_request_as_rest, review_as_rest

Payload = Mapping[str, Any]


def joined(batches: Iterable[Batch], more: Iterable[ContributionRecord | None] = ()) -> Batch:
    """Several batches and single acts as one."""
    found = list(batches)
    return Batch(
        work_items=[item for batch in found for item in batch.work_items],
        contributions=[
            *(act for batch in found for act in batch.contributions),
            *(act for act in more if act is not None),
        ],
    )


def of_issues(issues: Sequence[Payload]) -> Batch:
    """Issues; the pull requests that GitHub lists among them are left out."""
    return joined(issue_to_records(issue) for issue in issues)


def of_comments(comments: Sequence[Payload]) -> Batch:
    """Comments on issues and pull requests."""
    return Batch(contributions=[comment_to_record(comment) for comment in comments])


def of_review_comments(comments: Sequence[Payload]) -> Batch:
    """Comments on lines."""
    return Batch(contributions=[review_comment_to_record(comment) for comment in comments])


def of_releases(releases: Sequence[Payload]) -> Batch:
    """Published releases."""
    return joined((), (release_to_record(release) for release in releases))


def of_open_pulls(pulls: Sequence[Payload], reviews: Sequence[Payload]) -> Batch:
    """Pull requests with their reviews, as REST gives them."""
    return joined(map(pull_request_to_records, pulls), map(review_to_record, reviews))


def of_pulls(nodes: Sequence[Payload]) -> Batch:
    """Pull requests with their reviews, as GraphQL gives them."""
    return joined(
        (pull_request_to_records(pull_request_as_rest(node)) for node in nodes),
        (
            review_to_record(review_as_rest(review, number=node["number"]))
            for node in nodes
            for review in node["reviews"]["nodes"]
        ),
    )
