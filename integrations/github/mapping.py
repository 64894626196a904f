"""GitHub's payloads as records: pure, one function per kind, for pages and deliveries alike.

All take the shape of the REST API, which is also that of webhook deliveries;
`shapes.py` brings answers of the GraphQL API into it first.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from contributors.activity.records import Actor, Batch, ContributionRecord, WorkItemRecord
from integrations.connections.protocol import Expected

SOURCE = "github"
GHOST = "ghost"  # what GitHub shows in place of accounts that were deleted
Payload = Mapping[str, Any]


def actor(user: Payload | None) -> Actor | None:
    """The person by numeric id; None when GitHub itself no longer knows who it was."""
    if not user:
        return None
    name, avatar_url = user.get("name"), user.get("avatar_url")
    return _account(user.get("id"), user["login"], name, avatar_url, user.get("type"))


@lru_cache(maxsize=1024)  # the same few people do most
def _account(
    number: int | None, login: str, name: str | None, avatar_url: str | None, kind: str | None
) -> Actor | None:
    if not number or login.lower() == GHOST:
        return None
    return Actor(
        provider=SOURCE,
        uid=str(number),
        login=login,
        name=text(name, 255),
        # Without its size, in which the two APIs differ, so that nothing seems to change.
        avatar_url=text(avatar_url, 500).partition("?")[0],
        is_bot=kind == "Bot" or login.endswith("[bot]"),
    )


def issue_to_records(issue: Payload) -> Batch:
    """The issue and its opening; nothing for the change requests that GitHub lists among them."""
    if "pull_request" in issue:
        return Batch()
    item = _item(
        "issue",
        issue,
        state="closed" if _is_closed(issue) else "open",
        state_reason=text(issue.get("state_reason"), 40),
        closed_by=actor(issue.get("closed_by")),
    )
    return Batch(work_items=[item], contributions=[_opening(item)])


def pull_request_to_records(pull: Payload) -> Batch:
    """The change request and its opening."""
    merged_at = moment(pull.get("merged_at"))
    state = "merged" if merged_at else "closed" if _is_closed(pull) else "open"
    item = _item(
        "change_request",
        pull,
        state=state,
        merged_at=merged_at,
        closed_by=actor(pull.get("merged_by") if merged_at else pull.get("closed_by")),
        is_draft=bool(pull.get("draft")),
    )
    return Batch(work_items=[item], contributions=[_opening(item)])


def _is_closed(payload: Payload) -> bool:
    """Some deliveries leave the state out; only a closed one has a time of closing."""
    return payload.get("state") == "closed" or bool(payload.get("closed_at"))


def _item(
    kind: str,
    payload: Payload,
    *,
    state: str,
    closed_by: Actor | None,
    state_reason: str = "",
    merged_at: datetime | None = None,
    is_draft: bool = False,
) -> WorkItemRecord:
    """An issue or a pull request with the fields that both share."""
    milestone, labels = payload.get("milestone"), payload.get("labels")
    return WorkItemRecord(
        source=SOURCE,
        kind=kind,
        external_id=str(payload["id"]),
        number=payload["number"],
        title=text(payload["title"], 500),
        author=actor(payload.get("user")),
        state=state,
        opened_at=required(payload["created_at"]),
        updated_at=required(payload["updated_at"]),
        closed_at=moment(payload.get("closed_at")),
        merged_at=merged_at,
        closed_by=closed_by,
        url=text(payload["html_url"], 500),
        state_reason=state_reason,
        is_draft=is_draft,
        labels=label_names(labels) if labels else [],
        milestone=text(milestone.get("title"), 255) if milestone else "",
    )


def _opening(item: WorkItemRecord) -> ContributionRecord:
    """Opening an issue or a change request is an act of its own."""
    return ContributionRecord(
        source=SOURCE,
        kind=item.kind,
        external_id=item.external_id,
        actor=item.author,
        occurred_at=item.opened_at,
        work_item=item.number,
        title=item.title[:300],
        url=item.url,
        updated_at=item.updated_at,
    )


def comment_to_record(comment: Payload) -> ContributionRecord:
    """A comment in the discussion of an issue or a change request."""
    return _said("issue_comment", comment, comment["created_at"], comment["issue_url"])


def review_comment_to_record(comment: Payload) -> ContributionRecord:
    """A comment on a line of a change request."""
    return _said("review_comment", comment, comment["created_at"], comment["pull_request_url"])


def review_to_record(review: Payload) -> ContributionRecord | None:
    """A review with its outcome; None while it is a draft only its author sees."""
    submitted_at, outcome = review.get("submitted_at"), str(review["state"]).lower()
    if not submitted_at or outcome == "pending":
        return None
    return _said("review", review, submitted_at, review["pull_request_url"], outcome)


def release_to_record(release: Payload) -> ContributionRecord | None:
    """A published release; None for drafts."""
    if release.get("draft"):
        return None
    published_at = release.get("published_at") or release["created_at"]
    return ContributionRecord(
        source=SOURCE,
        kind="release",
        external_id=str(release["id"]),
        actor=actor(release.get("author")),
        occurred_at=required(published_at),
        title=text(release.get("name") or release["tag_name"], 300),
        url=text(release["html_url"], 500),
        outcome="prerelease" if release.get("prerelease") else "",
        updated_at=moment(release.get("updated_at")) or required(published_at),
    )


def _said(
    kind: str, payload: Payload, said_at: str, about: str, outcome: str = ""
) -> ContributionRecord:
    """A comment or a review at this moment, on the item with this address."""
    return ContributionRecord(
        source=SOURCE,
        kind=kind,
        external_id=str(payload["id"]),
        actor=actor(payload.get("user")),
        occurred_at=required(said_at),
        work_item=number_in(about),
        url=text(payload["html_url"], 500),
        outcome=outcome,
        updated_at=moment(payload.get("updated_at") or payload.get("submitted_at")),
    )


def expected(payload: Payload) -> Expected:
    """How much GitHub says belongs to an issue, or to a pull request in its REST shape."""
    return Expected(
        number=payload["number"],
        opened_on=required(payload["created_at"]).date(),
        comments=payload.get("comments"),
        reviews=payload.get("reviews"),
    )


def label_names(labels: Sequence[Any]) -> list[str]:
    """Names alone; GitHub gives labels as objects or as plain words."""
    names = [label["name"] if isinstance(label, Mapping) else label for label in labels]
    return sorted(text(name, 100) for name in names if name)


def number_in(url: str) -> int:
    """The number at the end of an API address of an issue or a pull request."""
    return int(url.rstrip("/").rsplit("/", 1)[1])


def moment(value: str | None) -> datetime | None:
    """An ISO 8601 time as GitHub writes it."""
    return required(value) if value else None


@lru_cache(maxsize=4096)  # many things are opened, changed and closed at once
def required(value: str) -> datetime:
    """A time that is always there."""
    return datetime.fromisoformat(value)


def text(value: str | None, longest: int) -> str:
    """What a column takes: no NUL, which PostgreSQL refuses, and not too long."""
    return (value or "").replace("\0", "")[:longest]
