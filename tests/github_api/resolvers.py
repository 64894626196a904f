"""How the fields of GitHub's graph are found in the world: functions of graph, row, arguments."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.github_api.changes import GHOST
from tests.github_api.query import Missing
from tests.github_api.routes import sorted_rows
from tests.github_api.rows import Row
from tests.github_api.world import World, stamp

MOST = 100  # rows of one connection
COLUMNS = {"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "NAME": "tag"}
Given = Mapping[str, Any]


class Graph:
    """One repository, and the way to the others that a token may see."""

    def __init__(self, world: World, door: "Door") -> None:
        self.world = world
        self.door = door
        self.web = f"https://github.com/{world.full_name}"

    def address(self, number: int, part: str = "") -> str:
        kind = "pull" if number in self.world.pulls else "issues"
        return f"{self.web}/{kind}/{number}{part}"


class Door:
    """The root of the graph as one token sees it."""

    def __init__(self, named: Callable[[str], World | None], worlds: Sequence[World]) -> None:
        self.named = named
        self.worlds = worlds
        self.rate: Row = {}

    def graph(self, world: World) -> Graph:
        return Graph(world, self)


class Connection(Row):
    """Rows of a list, and whether there are more."""

    def __missing__(self, name: str) -> Any:
        raise Missing(
            "MISSING_PAGINATION_BOUNDARIES",
            "You must provide a `first` or `last` value to properly paginate.",
        )


def page(rows: Sequence[Any], given: Given) -> Connection:
    """A connection; GitHub wants `first` and gives at most a hundred."""
    first, after = given.get("first"), given.get("after")
    if first is None:
        return Connection(totalCount=len(rows))
    if not 1 <= first <= MOST:
        raise Missing(
            "EXCESSIVE_PAGINATION",
            f"Requesting {first} records on the connection exceeds the `first` limit of 100.",
        )
    start = int(b64decode(after).decode().removeprefix("cursor:")) if after else 0
    nodes = rows[start : start + first]
    end = b64encode(f"cursor:{start + len(nodes)}".encode()).decode() if nodes else None
    return Connection(
        totalCount=len(rows),
        nodes=nodes,
        pageInfo={"hasNextPage": start + len(nodes) < len(rows), "endCursor": end},
    )


def in_order(rows: Sequence[Row], given: Given) -> Sequence[Row]:
    """As `orderBy` wants; by creation unless said otherwise."""
    order = given.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    column = COLUMNS[order["field"]]
    return sorted(
        rows, key=lambda row: (row[column], row["id"]), reverse=order["direction"] == "DESC"
    )


def repository(door: Door, _: Any, given: Given) -> Graph:
    name = f"{given['owner']}/{given['name']}"
    world = door.named(name)
    renamed = world is not None and world.full_name.lower() != name.lower()
    if world is None or (renamed and given.get("followRenames") is False):
        raise Missing("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")
    return door.graph(world)


def issue(graph: Graph, _: Any, given: Given) -> Row:
    number = given["number"]
    if number not in graph.world.issues or not graph.world.has_issues:
        raise Missing("NOT_FOUND", f"Could not resolve to an Issue with the number of {number}.")
    return graph.world.issues[number]


def pull(graph: Graph, _: Any, given: Given) -> Row:
    number = given["number"]
    if number not in graph.world.pulls:
        raise Missing(
            "NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}."
        )
    return graph.world.pulls[number]


def issue_or_pull(graph: Graph, _: Any, given: Given) -> tuple[str, Graph, Row]:
    number, world = given["number"], graph.world
    if number in world.pulls:
        return "PullRequest", graph, world.pulls[number]
    if number not in world.issues or not world.has_issues:
        message = f"Could not resolve to an issue or pull request with the number of {number}."
        raise Missing("NOT_FOUND", message)
    return "Issue", graph, world.issues[number]


def issues(graph: Graph, _: Any, given: Given) -> Connection:
    chosen = given.get("filterBy") or {}
    states = given.get("states") or chosen.get("states")
    rows = in_list(graph.world, "issues", given) if graph.world.has_issues else []
    if since := chosen.get("since"):
        rows = [row for row in rows if row["updated_at"] >= since]
    if states:
        rows = [row for row in rows if row["state"].upper() in states]
    return page(rows, given)


def pulls(graph: Graph, _: Any, given: Given) -> Connection:
    rows = in_list(graph.world, "pulls", given)
    if states := given.get("states"):
        rows = [row for row in rows if pull_state(graph, row, {}) in states]
    return page(rows, given)


def in_list(world: World, name: str, given: Given) -> Sequence[Row]:
    """One of the repository's lists, as `orderBy` wants it."""
    order = given.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    rows = sorted_rows(world, name, COLUMNS[order["field"]])
    return rows if order["direction"] == "ASC" else rows[::-1]


def releases(graph: Graph, _: Any, given: Given) -> Connection:
    return page(in_order(list(graph.world.releases.values()), given), given)


def comments(graph: Graph, row: Row, given: Given) -> Connection:
    if "first" not in given:
        return Connection(totalCount=graph.world.comment_count(row["number"]))
    return page(in_order(graph.world.comments_of(row["number"]), given), given)


def line_comments(graph: Graph, row: Row, given: Given) -> Connection:
    """Of a review."""
    of_pull = graph.world.line_comments_of(row["number"])
    return page([one for one in of_pull if one["review_id"] == row["id"]], given)


def threads(graph: Graph, row: Row, given: Given) -> Connection:
    """Each line comment begins one of its own."""
    rows = graph.world.line_comments_of(row["number"])
    return page([{"id": one["id"], "said": [one]} for one in rows], given)


def labels(graph: Graph, row: Any, given: Given) -> Connection:
    names = row["labels"] if isinstance(row, dict) else ("bug", "help wanted", "question")
    return page([{"name": one, "color": "d73a4a", "description": ""} for one in names], given)


def pull_state(_: Graph, row: Row, __: Given) -> str:
    return "MERGED" if row["merged_at"] else str(row["state"]).upper()


def author(_: Graph, row: Row, __: Given) -> Row | None:
    return nobody_if_gone(row["user"])


def merged_by(_: Graph, row: Row, __: Given) -> Row | None:
    return nobody_if_gone(row["closed_by"]) if row["merged_at"] else None


def nobody_if_gone(user: Row | None) -> Row | None:
    return None if user is GHOST else user


def git_user(graph: Graph, row: Row, __: Given) -> Row | None:
    """The account behind an address; GitHub names people only."""
    user = graph.world.users.get(graph.world.commits.get(row["oid"]) or 0)
    return user if user is not None and user["type"] == "User" else None


def commit(graph: Graph, oid: str) -> tuple[str, Graph, Row] | None:
    row = graph.world.commit_rows.get(oid)
    return None if row is None else ("Commit", graph, row)


def branch(graph: Graph, _: Any, given: Given) -> Row | None:
    wanted = given.get("qualifiedName", "main").removeprefix("refs/heads/")
    if wanted != "main" or not graph.world.commits:
        return None
    return {"id": "REF_main", "name": "main", "prefix": "refs/heads/"}


def tip(graph: Graph, _: Any, __: Given) -> tuple[str, Graph, Row] | None:
    return commit(graph, next(reversed(graph.world.commits)))


def history(graph: Graph, row: Row, given: Given) -> Connection:
    """A commit and those before it, the newest first."""
    oids = list(graph.world.commits)
    oids = oids[: oids.index(row["oid"]) + 1][::-1] if row["oid"] in oids else [row["oid"]]
    rows = [graph.world.commit_rows[oid] for oid in oids]
    since, until = given.get("since", ""), given.get("until", "9")
    return page([one for one in rows if since <= stamp(one["at"]) <= until], given)


def parents(graph: Graph, row: Row, given: Given) -> Connection:
    found = graph.world.commit_rows.get(row["parent"] or "")
    return page([found] if found else [], given)


def nodes(door: Door, _: Any, given: Given) -> list[Any]:
    """Anything by its id; what is gone or unseen is null, with an error beside."""
    return [found_node(door, one) for one in given["ids"]]


def node(door: Door, _: Any, given: Given) -> Any:
    found = found_node(door, given["id"])
    if isinstance(found, Missing):
        raise found
    return found


def found_node(door: Door, text: str) -> Any:
    prefix, _, number = text.partition("_")
    kind, store = NODES.get(prefix, ("", ""))
    for world in door.worlds if kind and number.isdigit() else ():
        if kind == "Repository" and world.id == int(number):
            return kind, door.graph(world), door.graph(world)
        row = world.by_id(store, int(number)) if store else None
        if row is not None:
            return kind, door.graph(world), row
    return Missing("NOT_FOUND", f"Could not resolve to a node with the global id of '{text}'")


NODES = {
    "I": ("Issue", "issues"),
    "PR": ("PullRequest", "pulls"),
    "IC": ("IssueComment", "comments"),
    "PRR": ("PullRequestReview", "reviews"),
    "PRRC": ("PullRequestReviewComment", "line_comments"),
    "RE": ("Release", "releases"),
    "U": ("User", "users"),
    "R": ("Repository", ""),
}
