"""GraphQL over the world: our queries executed against the part of GitHub's schema they use."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphql import GraphQLError, build_schema, graphql_sync

from tests.github_api.changes import GHOST
from tests.github_api.rows import Row
from tests.github_api.world import World

SCHEMA = build_schema((Path(__file__).parent / "subset.graphql").read_text())
MOST = 100  # rows of one connection


def answer(seen: Callable[[str], World | None], query: str, variables: Row) -> Row:
    """What GitHub would answer, errors included; `seen` finds a repository by its name."""

    def find(_: Any, owner: str, name: str) -> Row:
        world = seen(f"{owner}/{name}")
        if world is None:
            raise GraphQLError(
                f"Could not resolve to a Repository with the name '{owner}/{name}'.",
                extensions={"type": "NOT_FOUND"},
            )
        return Graph(world).repository()

    done = graphql_sync(SCHEMA, query, {"repository": find}, variable_values=variables)
    found: Row = {"data": done.data}
    if done.errors:
        found["errors"] = [one.formatted | (one.extensions or {}) for one in done.errors]
    return found


class Graph:
    """Rows of the world as nodes; functions are called when their field is asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.web = f"https://github.com/{world.full_name}"

    def repository(self) -> Row:
        world = self.world
        return {
            "databaseId": world.id,
            "nameWithOwner": world.full_name,
            "issues": lambda info, first=None: {"totalCount": len(world.issues)},
            "pullRequests": self.pulls,
            "pullRequest": lambda info, number: self.pull(world.pulls[number]),
            "labels": lambda info, first=None, after=None: page(
                [self.label(name) for name in ("bug", "help wanted", "question")], first, after
            ),
            "milestones": lambda info, first=None, orderBy=None: page([], first, None),  # noqa: N803
            "object": self.commit,
        }

    def pulls(self, _: Any, first: int, after: str | None = None, orderBy: Any = None) -> Row:  # noqa: N803
        column = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at"}[orderBy["field"]]
        rows = sorted(
            self.world.pulls.values(),
            key=lambda row: (row[column], row["id"]),
            reverse=orderBy["direction"] == "DESC",
        )
        return page([self.pull(row) for row in rows], first, after)

    def pull(self, row: Row) -> Row:
        number, world = row["number"], self.world
        state = "MERGED" if row["merged_at"] else row["state"].upper()
        return {
            "fullDatabaseId": str(row["id"]),
            "number": number,
            "title": row["title"],
            "url": f"{self.web}/pull/{number}",
            "state": state,
            "isDraft": False,
            "createdAt": row["created_at"],
            "updatedAt": row["updated_at"],
            "closedAt": row["closed_at"],
            "mergedAt": row["merged_at"],
            "author": self.actor(row["user"]),
            "mergedBy": self.actor(row["closed_by"]) if row["merged_at"] else None,
            "milestone": None,
            "comments": lambda info, first=None: {"totalCount": world.comment_count(number)},
            "labels": lambda info, first=None, after=None: page(
                [self.label(name) for name in row["labels"]], first, after
            ),
            "reviews": lambda info, first=None, after=None: page(
                [self.review(one) for one in world.reviews_of(number)], first, after
            ),
        }

    def review(self, row: Row) -> Row:
        return {
            "fullDatabaseId": str(row["id"]),
            "url": f"{self.web}/pull/{row['number']}#pullrequestreview-{row['id']}",
            "state": row["state"],
            "submittedAt": None if row["state"] == "PENDING" else row["created_at"],
            "updatedAt": row["updated_at"],
            "author": self.actor(row["user"]),
        }

    def label(self, name: str) -> Row:
        return {"name": name, "color": "d73a4a", "description": ""}

    def actor(self, user: Row | None) -> Row | None:
        """GraphQL names bots without their suffix."""
        if user is None or user is GHOST:
            return None
        return {
            "__typename": user["type"],
            "databaseId": user["id"],
            "login": user["login"].removesuffix("[bot]"),
            "name": user.get("name"),
            "avatarUrl": f"https://avatars.githubusercontent.com/u/{user['id']}?s=80&v=4",
            "url": f"https://github.com/{user['login']}",
        }

    def commit(self, _: Any, oid: str) -> Row | None:
        if oid not in self.world.commits:
            return None
        user = self.world.users.get(self.world.commits[oid] or 0)
        is_person = user is not None and user["type"] == "User"
        author = {"name": "", "user": self.actor(user) if is_person else None}
        return {"__typename": "Commit", "oid": oid, "author": author}


def page(rows: list[Any], first: int | None, after: str | None) -> Row:
    """A connection; GitHub wants `first` and gives at most a hundred."""
    if first is None:
        raise GraphQLError("You must provide a `first` or `last` value to properly paginate.")
    if not 1 <= first <= MOST:
        raise GraphQLError(
            f"Requesting {first} records on the connection exceeds the limit of 100."
        )
    start = int(b64decode(after).decode().removeprefix("cursor:")) if after else 0
    nodes = rows[start : start + first]
    end = b64encode(f"cursor:{start + len(nodes)}".encode()).decode() if nodes else None
    return {
        "totalCount": len(rows),
        "nodes": nodes,
        "pageInfo": {"hasNextPage": start + len(nodes) < len(rows), "endCursor": end},
    }
