"""Answers of the GraphQL API brought into the shape of the REST API; pure."""

from collections.abc import Mapping
from typing import Any

Node = Mapping[str, Any]


def user_as_rest(actor: Node | None) -> dict[str, Any] | None:
    """An actor; GraphQL leaves the `[bot]` off the logins of bots."""
    if not actor or not actor.get("databaseId"):
        return None
    kind, login = actor["__typename"], actor["login"]
    if kind == "Bot" and not login.endswith("[bot]"):
        login = f"{login}[bot]"
    return {
        "id": actor["databaseId"],
        "login": login,
        "type": kind,
        "avatar_url": actor.get("avatarUrl", ""),
    }


def pull_request_as_rest(node: Node) -> dict[str, Any]:
    """A pull request; `reviews` is how many GitHub counts, but for drafts only we see."""
    drafts = sum(review["state"] == "PENDING" for review in node["reviews"]["nodes"])
    return {
        "id": int(node["fullDatabaseId"]),
        "number": node["number"],
        "title": node["title"],
        "html_url": node["url"],
        "user": user_as_rest(node["author"]),
        "state": "open" if node["state"] == "OPEN" else "closed",
        "draft": node["isDraft"],
        "labels": node["labels"]["nodes"] if node["labels"] else [],
        "milestone": node["milestone"],
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
        "closed_at": node["closedAt"],
        "merged_at": node["mergedAt"],
        "merged_by": user_as_rest(node["mergedBy"]),
        "comments": node["comments"]["totalCount"],
        "reviews": node["reviews"]["totalCount"] - drafts,
    }


def review_as_rest(node: Node, *, number: int) -> dict[str, Any]:
    """A review of the pull request of this number."""
    return {
        "id": int(node["fullDatabaseId"]),
        "user": user_as_rest(node["author"]),
        "state": node["state"],
        "submitted_at": node["submittedAt"],
        "updated_at": node["updatedAt"],
        "html_url": node["url"],
        "pull_request_url": f"pulls/{number}",
    }


def comment_as_rest(node: Node, *, number: int) -> dict[str, Any]:
    """A comment on the issue or pull request of this number."""
    return {
        "id": int(node["fullDatabaseId"]),
        "user": user_as_rest(node["author"]),
        "created_at": node["createdAt"],
        "updated_at": node["updatedAt"],
        "html_url": node["url"],
        "issue_url": f"issues/{number}",
    }
