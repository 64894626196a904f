"""The REST addresses of one repository."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter

from tests.github_api.replies import Asked, Reply, as_text, missing, moved, paged
from tests.github_api.rest import Rest
from tests.github_api.rows import Row, Store
from tests.github_api.world import World

LISTS = {
    "issues": ("issues_and_pulls", "issue"),
    "issues/comments": ("comments", "comment"),
    "pulls/comments": ("line_comments", "line_comment"),
    "pulls": ("pulls", "pull"),
}


def repository(world: World, base: str, asked: Asked, rest: str) -> Reply:
    """What GitHub answers below /repos/OWNER/NAME."""
    show = Rest(world, base)
    if not rest:
        return Reply(200, show.repository())
    if (rest == "issues" or rest.startswith("issues/")) and not world.has_issues:
        is_pull = rest.startswith("issues/") and numbered(rest.split("/")[1]) in world.pulls
        if rest != "issues/comments" and not is_pull:
            return Reply(410, {"message": "Issues has been disabled in this repository."})
    found = listed(world, show, base, asked, rest)
    return found or single(world, show, base, asked, rest)


def listed(world: World, show: Rest, base: str, asked: Asked, rest: str) -> Reply | None:
    """A page of one of the repository's lists; None for any other address."""
    address = f"{base}{asked.path}"
    if rest == "commits":
        oids = since_commit(list(world.commits), asked.query.get("sha", ""))
        return paged(address, oids, asked.query, lambda oid: as_text(show.commit(oid)))
    if rest == "releases":
        newest = [*world.releases.values()][::-1]
        return paged(address, newest, asked.query, partial(show.text, "release"))
    if rest not in LISTS:
        return None
    name, kind = LISTS[rest]
    return paged(address, ordered(world, name, asked.query), asked.query, partial(show.text, kind))


def single(world: World, show: Rest, base: str, asked: Asked, rest: str) -> Reply:
    """One object, or what belongs to one issue or pull request."""
    *where, last = rest.split("/")
    stores: dict[str, tuple[Mapping[int, Row], Callable[[Row], Row]]] = {
        "issues": (world.issues | world.pulls, show.issue),
        "pulls": (world.pulls, show.whole_pull),
        "issues/comments": (world.comments, show.comment),
        "pulls/comments": (world.line_comments, show.line_comment),
        "releases": (world.releases, show.release),
    }
    if "/".join(where) in stores:
        store, render = stores["/".join(where)]
        row = store.get(numbered(last))
        if row is not None:
            return Reply(200, render(row))
        return gone(world, base, asked, numbered(last), "") if where == ["issues"] else missing()
    return belonging(world, show, base, asked, rest)


def belonging(world: World, show: Rest, base: str, asked: Asked, rest: str) -> Reply:
    """The comments or reviews of one item."""
    kind, _, more = rest.partition("/")
    number, _, part = more.partition("/")
    parts: dict[tuple[str, str], tuple[Mapping[int, Row], list[Row], str]] = {
        ("issues", "comments"): (
            world.issues | world.pulls,
            world.comments_of(numbered(number)),
            "comment",
        ),
        ("pulls", "reviews"): (world.pulls, world.reviews_of(numbered(number)), "review"),
        ("pulls", "comments"): (
            world.pulls,
            world.line_comments_of(numbered(number)),
            "line_comment",
        ),
    }
    if (kind, part) not in parts:
        return missing()
    store, rows, shown = parts[kind, part]
    if numbered(number) not in store:
        is_issue = kind == "issues"
        return gone(world, base, asked, numbered(number), f"/{part}") if is_issue else missing()
    if part == "comments" and "since" in asked.query:
        rows = [row for row in rows if row["updated_at"] >= asked.query["since"]]
    return paged(f"{base}{asked.path}", rows, asked.query, partial(show.text, shown))


def gone(world: World, base: str, asked: Asked, number: int, more: str) -> Reply:
    """An issue that is no longer here: transferred, deleted, or never there."""
    if number in world.transferred:
        to, there = world.transferred[number]
        if to.is_private and to.readers and asked.token not in to.readers:
            return missing()
        return moved(f"{base}/repositories/{to.id}/issues/{there}{more}", asked.query)
    if number in world.deleted_issues:
        return Reply(410, {"message": "This issue was deleted", "status": "410"})
    return missing()


def numbered(text: str) -> int:
    """A number in an address; -1 for anything else."""
    return int(text) if text.isdigit() else -1


def since_commit(oids: list[str], sha: str) -> list[str]:
    """A commit, or the latest, and those before it, the newest first."""
    return oids[: oids.index(sha) + 1 if sha in oids else None][::-1]


def sorted_rows(world: World, name: str, column: str) -> Sequence[Row]:
    """A list of the repository by a time; the list of issues holds the pull requests too."""
    if name != "issues_and_pulls":
        store: Store = getattr(world, name)
        return store.by(column)
    version = world.issues.version, world.pulls.version
    known, rows = world.orders.get(column, ((-1, -1), []))
    if known != version:
        both = [*world.issues.values(), *world.pulls.values()]
        rows = sorted(both, key=lambda row: (row[column], row["id"]))
        world.orders[column] = version, rows
    return rows


def ordered(world: World, name: str, query: dict[str, str]) -> Sequence[Row]:
    """Filtered and sorted as the lists of issues and comments are."""
    column = {"updated": "updated_at"}.get(query.get("sort", "created"), "created_at")
    rows, since = sorted_rows(world, name, column), query.get("since")
    if since and column == "updated_at":
        rows = rows[bisect_left(rows, since, key=itemgetter(column)) :]
    elif since:
        rows = [row for row in rows if row["updated_at"] >= since]
    if query.get("state", "all") != "all":
        rows = [row for row in rows if row["state"] == query["state"]]
    direction = query.get("direction", "asc" if "state" not in query else "desc")
    return rows[::-1] if direction == "desc" else rows
