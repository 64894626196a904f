"""A plain PyGithub loop as somebody who knows the library writes it.

Whole pages, no pause between requests, nothing read that would make an object
complete itself by a request; reviews cost one request for each pull request.
"""

import logging
import sqlite3
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from github import Auth, Github

from benchmarks.sync.floor import git
from benchmarks.sync.measured import API, CLONE, FOLDER, NAME, TOKEN, weighed

Row = tuple[Any, ...]
TABLES = {
    "item": "id INTEGER PRIMARY KEY, number, title, state, author, login, created, updated, closed",
    "comment": "id INTEGER PRIMARY KEY, url, author, login, created, updated",
    "line_comment": "id INTEGER PRIMARY KEY, url, author, login, created, updated",
    "review": "id INTEGER PRIMARY KEY, number, state, author, login, submitted",
    "git_commit": "id TEXT PRIMARY KEY, author, email, created, title",
}


def main() -> None:
    logging.disable(logging.CRITICAL)
    with weighed() as told:
        store = sqlite3.connect(FOLDER / "loop.sqlite3")
        for table, columns in TABLES.items():
            store.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
        read(store)
        store.commit()
        for table in TABLES:
            told[table] = store.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def read(store: sqlite3.Connection) -> None:
    """Everything, or what changed since the newest that is stored."""
    options: dict[str, Any] = {"auth": Auth.Token(TOKEN), "base_url": API, "per_page": 100}
    # The library may stand no pause at all only when it is told so.
    hub = Github(**options, seconds_between_requests=None, seconds_between_writes=None)
    repository = hub.get_repo(NAME)
    newest = {table: latest(store, table) for table in ("item", "comment", "line_comment")}

    def since(table: str) -> dict[str, datetime]:
        return {"since": newest[table]} if newest[table] else {}

    by_change = {"sort": "updated", "direction": "asc"}
    issues = repository.get_issues(state="all", **by_change, **since("item"))
    put(store, "item", issues, of_item)
    comments = repository.get_issues_comments(**by_change, **since("comment"))
    put(store, "comment", comments, of_comment)
    lines = repository.get_pulls_review_comments(**by_change, **since("line_comment"))
    put(store, "line_comment", lines, of_comment)
    for pull in repository.get_pulls(state="all", sort="updated", direction="desc"):
        if newest["item"] and pull.updated_at < newest["item"]:
            break
        put(store, "review", pull.get_reviews(), lambda one, of=pull: of_review(one, of.number))
    commits(store)


def latest(store: sqlite3.Connection, table: str) -> datetime | None:
    found = store.execute(f"SELECT max(updated) FROM {table}").fetchone()[0]
    return datetime.fromisoformat(found).astimezone(UTC) if found else None


def put(
    store: sqlite3.Connection, table: str, found: Iterable[Any], shape: Callable[[Any], Row]
) -> None:
    places = ", ".join("?" * len(TABLES[table].split(", ")))
    rows = (shape(one) for one in found)
    store.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)


def by(user: Any) -> tuple[Any, Any]:
    return (user.id, user.login) if user else (None, None)


def at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def of_item(one: Any) -> Row:
    said = (one.id, one.number, one.title, one.state)
    return (*said, *by(one.user), at(one.created_at), at(one.updated_at), at(one.closed_at))


def of_comment(one: Any) -> Row:
    return (one.id, one.html_url, *by(one.user), at(one.created_at), at(one.updated_at))


def of_review(one: Any, number: int) -> Row:
    return (one.id, number, one.state, *by(one.user), at(one.submitted_at))


def commits(store: sqlite3.Connection) -> None:
    bare = FOLDER / "loop.git"
    if bare.exists():
        git("-C", str(bare), "fetch", "--quiet", "origin", "main:main")
    else:
        git("clone", "--quiet", "--bare", f"{CLONE}/{NAME}.git", str(bare))
    said = git("-C", str(bare), "log", "--format=%H%x00%an%x00%ae%x00%aI%x00%s", "main")
    rows = [line.split("\0") for line in said.splitlines()]
    put(store, "git_commit", rows, tuple)


if __name__ == "__main__":
    sys.exit(main())
