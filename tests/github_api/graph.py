"""GitHub's graph: for each type of the schema where its fields are found."""

from collections.abc import Callable
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

from graphql import build_schema

from tests.github_api import query
from tests.github_api.query import Fields
from tests.github_api.resolvers import (
    Door,
    Graph,
    author,
    branch,
    comments,
    commit,
    git_user,
    history,
    issue,
    issue_or_pull,
    issues,
    labels,
    line_comments,
    merged_by,
    node,
    nodes,
    page,
    parents,
    pull,
    pull_state,
    pulls,
    releases,
    repository,
    threads,
    tip,
)
from tests.github_api.rows import Row
from tests.github_api.world import stamp


def answer(door: Door, text: str, variables: Row, bill: Callable[[int, int], Row]) -> Row:
    """What GitHub would answer, errors included; `bill` gives what is left then."""

    def billed(points: int, nodes: int) -> None:
        door.rate = bill(points, nodes)

    return query.answer(SCHEMA, text, variables, door, billed)


def node_id(prefix: str) -> query.Resolver:
    return lambda _, row, __: f"{prefix}_{row['id']}"


def text_of(name: str) -> query.Resolver:
    return lambda _, row, __: str(row[name])


def upper(name: str) -> query.Resolver:
    return lambda _, row, __: row[name].upper() if row.get(name) else None


def always(value: Any) -> query.Resolver:
    return lambda *_: value


def url(part: str) -> query.Resolver:
    return lambda graph, row, _: graph.address(row["number"], part.format(row.get("id")))


def of_graph(read: Callable[[Graph], Any]) -> query.Resolver:
    return lambda graph, *_: read(graph)


ACTOR: dict[str, str | query.Resolver] = {
    "id": node_id("U"),
    "databaseId": "id",
    "login": lambda _, row, __: row["login"].removesuffix("[bot]"),
    "name": lambda _, row, __: row.get("name"),
    "avatarUrl": lambda _, row, given: (
        f"https://avatars.githubusercontent.com/u/{row['id']}"
        + (f"?s={given['size']}&v=4" if given.get("size") else "?v=4")
    ),
    "url": lambda _, row, __: f"https://github.com/{row['login']}",
}
TIMES: dict[str, str | query.Resolver] = {"createdAt": "created_at", "updatedAt": "updated_at"}
ITEM: dict[str, str | query.Resolver] = {
    **TIMES,
    "fullDatabaseId": text_of("id"),
    "number": "number",
    "title": "title",
    "url": url(""),
    "closedAt": "closed_at",
    "author": author,
    "milestone": always(None),
    "locked": lambda _, row, __: row.get("locked", False),
    "activeLockReason": upper("active_lock_reason"),
    "repository": of_graph(lambda graph: graph),
    "comments": comments,
    "labels": labels,
}


def when(_: Any, row: Any, __: Any) -> str:
    """The moment of a commit in UTC."""
    return stamp(row["at"])


def zoned(_: Any, row: Any, __: Any) -> str:
    """The same in the zone that the world's git writes."""
    return str(row["at"].astimezone(timezone(timedelta(hours=2))).isoformat())


SAID: dict[str, str | query.Resolver] = {
    **TIMES,
    "fullDatabaseId": text_of("id"),
    "author": author,
    "body": lambda _, row, __: row.get("body", ""),
}
CONNECTION = {"totalCount": "totalCount", "nodes": "nodes", "pageInfo": "pageInfo"}
MILESTONE = "number title description state dueOn closedAt url progressPercentage"
FIELDS: Fields = {
    "Query": {
        "node": node,
        "nodes": nodes,
        "rateLimit": of_graph(lambda door: door.rate),  # type: ignore[attr-defined]
        "repository": repository,
        "viewer": always({"id": 1, "login": "reader", "type": "User"}),
    },
    "RateLimit": {
        name: name for name in ("cost", "limit", "nodeCount", "remaining", "resetAt", "used")
    },
    "Repository": {
        "id": of_graph(lambda graph: f"R_{graph.world.id}"),
        "databaseId": of_graph(lambda graph: graph.world.id),
        "name": of_graph(lambda graph: graph.world.full_name.split("/")[1]),
        "nameWithOwner": of_graph(lambda graph: graph.world.full_name),
        "url": of_graph(lambda graph: graph.web),
        "isPrivate": of_graph(lambda graph: graph.world.is_private),
        "isArchived": always(False),
        "hasIssuesEnabled": of_graph(lambda graph: graph.world.has_issues),
        "visibility": of_graph(lambda graph: "PRIVATE" if graph.world.is_private else "PUBLIC"),
        "issue": issue,
        "issueOrPullRequest": issue_or_pull,
        "issues": issues,
        "pullRequest": pull,
        "pullRequests": pulls,
        "discussions": lambda graph, _, given: page(
            [{"number": number} for number in graph.world.discussions], given
        ),
        "releases": releases,
        "labels": labels,
        "milestones": lambda graph, _, given: page([], given),
        "defaultBranchRef": branch,
        "ref": branch,
        "object": lambda graph, _, given: commit(
            graph, given.get("oid") or given.get("expression", "")
        ),
    },
    "Ref": {"id": "id", "name": "name", "prefix": "prefix", "target": tip},
    "Commit": {
        "id": lambda _, row, __: f"C_{row['oid']}",
        "oid": "oid",
        "committedDate": when,
        "authoredDate": when,
        "additions": "additions",
        "deletions": "deletions",
        "message": "message",
        "messageHeadline": "message",
        "url": lambda graph, row, __: f"{graph.web}/commit/{row['oid']}",
        "author": lambda _, row, __: row,
        "committer": lambda _, row, __: row,
        "parents": parents,
        "history": history,
    },
    "GitActor": {"name": "name", "email": "email", "date": zoned, "user": git_user},
    "Issue": {
        **ITEM,
        "id": node_id("I"),
        "databaseId": "id",
        "state": upper("state"),
        "stateReason": upper("state_reason"),
    },
    "IssueComment": {
        **SAID,
        "id": node_id("IC"),
        "databaseId": "id",
        "url": url("#issuecomment-{}"),
        "issue": lambda graph, row, _: graph.world.item(row["number"]),
        "pullRequest": lambda graph, row, _: graph.world.pulls.get(row["number"]),
    },
    "PullRequest": {
        **ITEM,
        "id": node_id("PR"),
        "state": pull_state,
        "isDraft": always(False),
        "mergedAt": "merged_at",
        "mergedBy": merged_by,
        "reviews": lambda graph, row, given: page(graph.world.reviews_of(row["number"]), given),
        "reviewThreads": threads,
    },
    "PullRequestReview": {
        **SAID,
        "id": node_id("PRR"),
        "url": url("#pullrequestreview-{}"),
        "state": "state",
        "submittedAt": lambda _, row, __: None if row["state"] == "PENDING" else row["created_at"],
        "comments": line_comments,
    },
    "PullRequestReviewThread": {
        "id": node_id("PRRT"),
        "isResolved": always(False),
        "comments": lambda _, row, given: page(row["said"], given),
    },
    "PullRequestReviewComment": {
        **SAID,
        "id": node_id("PRRC"),
        "url": url("#discussion_r{}"),
        "path": always("door.py"),
        "state": always("SUBMITTED"),
        "pullRequestReview": lambda graph, row, _: graph.world.reviews.get(row["review_id"]),
    },
    "Release": {
        "id": node_id("RE"),
        "databaseId": "id",
        "tagName": "tag",
        "name": lambda _, row, __: f"Release {row['tag']}",
        "url": lambda graph, row, _: f"{graph.web}/releases/tag/{row['tag']}",
        "isDraft": always(False),
        "isPrerelease": always(False),
        "createdAt": "created_at",
        "publishedAt": "created_at",
        "author": author,
    },
    "Discussion": {
        "id": lambda _, row, __: f"D_{row['number']}",
        "number": "number",
        "title": always("A question"),
    },
    "Milestone": {name: name for name in MILESTONE.split()},
    "Label": {"name": "name", "color": "color", "description": "description"},
    "PageInfo": {"hasNextPage": "hasNextPage", "endCursor": "endCursor"},
    **dict.fromkeys(("User", "Bot", "Mannequin", "Organization"), ACTOR),
}
SCHEMA = build_schema((Path(__file__).parent / "subset.graphql").read_text())
SCHEMA.extensions["fields"] = FIELDS | {
    name: CONNECTION for name in SCHEMA.type_map if name.endswith("Connection")
}
