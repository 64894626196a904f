"""Deliveries as records: pure, one function per event, over the mapping that polling uses too."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contributors.activity.records import Batch, ContributionRecord
from integrations.connections.protocol import Expected
from integrations.github.batches import joined
from integrations.github.mapping import (
    comment_to_record,
    expected,
    issue_to_records,
    pull_request_to_records,
    release_to_record,
    required,
    review_comment_to_record,
    review_to_record,
)

Payload = Mapping[str, Any]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.\.?$)[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class Understood:
    """What a delivery says happened.

    `gone` names by kind what was deleted; `gone_at` is the payload's own time, when it
    last changed, `gone_from` when it was made public.
    `expected` holds as of `said_at`; `grows` or `shrinks` is the one count of it
    that this act changes. `runs` are further repositories, by their ids, that
    have to be read.
    """

    batch: Batch = field(default_factory=Batch)
    expected: Expected | None = None
    said_at: datetime | None = None
    grows: str = ""
    shrinks: str = ""
    gone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    gone_at: datetime | None = None
    gone_from: datetime | None = None
    new_name: str = ""
    is_hidden: bool = False
    wants_run: bool = False
    runs: Sequence[str] = ()


def understand(event: str, payload: Payload) -> Understood | None:
    """What happened; None for events that we do not know.

    Raises KeyError, TypeError, ValueError or AttributeError for a payload that is
    not what GitHub documents.
    """
    read = EVENTS.get(event)
    return read(payload) if read else None


def _issues(payload: Payload) -> Understood:
    issue, action = payload["issue"], payload["action"]
    if action == "closed" and not issue.get("closed_by"):
        issue = {**issue, "closed_by": payload.get("sender")}
    if action in {"deleted", "transferred"}:
        return Understood(
            gone={"issue": [str(issue["id"])]},
            gone_at=required(issue["updated_at"]),
            # The new issue has another id and number, and its comments go with it.
            runs=_ids([(payload.get("changes") or {}).get("new_repository")]),
        )
    return Understood(issue_to_records(issue), expected(issue), required(issue["updated_at"]))


def _issue_comment(payload: Payload) -> Understood:
    comment, issue = payload["comment"], payload["issue"]
    batch = issue_to_records(issue)
    if payload["action"] == "deleted":
        return Understood(
            batch,
            expected(issue),
            required(issue["updated_at"]),
            shrinks="comments",
            gone={"issue_comment": [str(comment["id"])]},
            gone_at=required(comment["updated_at"]),
            gone_from=required(comment["created_at"]),
        )
    whole = joined([batch], [comment_to_record(comment)])
    if payload["action"] != "created":
        return Understood(whole)
    return Understood(whole, expected(issue), required(issue["updated_at"]), "comments")


def _pull_request(payload: Payload) -> Understood:
    pull = payload["pull_request"]
    return Understood(pull_request_to_records(pull), expected(pull), required(pull["updated_at"]))


def _review(payload: Payload) -> Understood:
    # The pull request beside it is cut short: without counts and without who merged it.
    review, pull = payload["review"], payload["pull_request"]
    record = review_to_record(review)
    if record is None:
        return Understood()
    whole = joined((), [record])
    if payload["action"] != "submitted":
        return Understood(whole)
    said = Expected(pull["number"], required(pull["created_at"]).date())
    return Understood(whole, said, required(pull["updated_at"]), "reviews")


def _review_comment(payload: Payload) -> Understood:
    comment = payload["comment"]
    if payload["action"] == "deleted":
        return Understood(
            gone={"review_comment": [str(comment["id"])]},
            gone_at=required(comment["updated_at"]),
            gone_from=required(comment["created_at"]),
        )
    return Understood(joined((), [review_comment_to_record(comment)]))


def _release(payload: Payload) -> Understood:
    release = payload["release"]
    record: ContributionRecord | None = release_to_record(release)
    if payload["action"] in {"deleted", "unpublished"} or record is None:
        times = [release.get(name) for name in ("updated_at", "published_at", "created_at")]
        return Understood(
            gone={"release": [str(release["id"])]},
            gone_at=max(required(one) for one in times if one),
            gone_from=required(release.get("published_at") or release["created_at"]),
        )
    return Understood(joined((), [record]))


def _repository(payload: Payload) -> Understood:
    """Renamed, transferred, hidden, archived: GitHub is asked how the repository stands now."""
    is_named = payload["action"] in {"renamed", "transferred"}
    name = str(payload["repository"]["full_name"]) if is_named else ""
    if is_named and not NAME.fullmatch(name):  # it becomes part of an address
        raise ValueError("This is no name of a repository.")
    return Understood(new_name=name, is_hidden=payload["action"] == "privatized", wants_run=True)


def _installation(payload: Payload) -> Understood:
    """Which repositories an app may read has changed; asking them says what is left."""
    lists = ("repositories", "repositories_added", "repositories_removed")
    return Understood(runs=_ids(one for name in lists for one in payload.get(name) or ()))


def _discussion(payload: Payload) -> Understood:
    """One may be made of an issue, which loses its comments without a word."""
    return Understood(wants_run=payload["action"] in {"created", "transferred"})


def _read_again(_: Payload) -> Understood:
    """Commits come by git, labels and milestones with a reading: one way in for each."""
    return Understood(wants_run=True)


def _nothing(_: Payload) -> Understood:
    """Understood, and nothing to store."""
    return Understood()


def _ids(repositories: Any) -> list[str]:
    return [str(one["id"]) for one in repositories if one]


EVENTS: dict[str, Callable[[Payload], Understood]] = {
    "create": _read_again,
    "delete": _read_again,
    "discussion": _discussion,
    "installation": _installation,
    "installation_repositories": _installation,
    "issue_comment": _issue_comment,
    "issues": _issues,
    "label": _read_again,
    "member": _nothing,
    "meta": _nothing,
    "milestone": _read_again,
    "ping": _nothing,
    "public": _read_again,
    "pull_request": _pull_request,
    "pull_request_review": _review,
    "pull_request_review_comment": _review_comment,
    "push": _read_again,
    "release": _release,
    "repository": _repository,
}
