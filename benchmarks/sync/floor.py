"""The yardstick: the fewest requests and the least work we know of that fetch the same.

REST lists for issues, comments and line comments, GraphQL pages of pull
requests with their reviews, git for commits; 8 connections; plain bulk
upserts into SQLite. It trusts page numbers, keeps no people, weighs no
completeness, survives no fault and notices nothing that is gone.
"""

import json
import re
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import partial
from typing import Any

import urllib3

from benchmarks.sync.measured import API, CLONE, FOLDER, NAME, TOKEN, weighed

CONNECTIONS = 8
HEADERS = {"Authorization": f"Bearer {TOKEN}", "User-Agent": "floor", "Accept-Encoding": "gzip"}
LAST = re.compile(r'[?&]page=(\d+)[^>]*>; rel="last"')
OWNER, REPOSITORY = NAME.split("/")
Row = tuple[Any, ...]
Answer = tuple[str, list[Any], list["Ask"]]  # what it is, its rows, what to ask next
Ask = Callable[[], Answer]
PULLS = """
query($owner: String!, $name: String!, $after: String, $field: IssueOrderField!,
      $direction: OrderDirection!) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: 100, after: $after, orderBy: {field: $field, direction: $direction}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        fullDatabaseId number title state createdAt updatedAt closedAt mergedAt
        author { ...actor }
        reviews(first: 20) {
          totalCount
          nodes { fullDatabaseId state submittedAt updatedAt author { ...actor } }
        }
      }
    }
  }
}
fragment actor on Actor { login ... on User { databaseId } ... on Bot { databaseId } }
"""
TABLES = {
    "item": "id INTEGER PRIMARY KEY, kind, number, title, state, author, login, created, updated, "
    "closed, merged",
    "comment": "id INTEGER PRIMARY KEY, number, author, login, created, updated",
    "line_comment": "id INTEGER PRIMARY KEY, number, author, login, created, updated",
    "review": "id INTEGER PRIMARY KEY, number, state, author, login, created, updated",
    "git_commit": "id TEXT PRIMARY KEY, author, email, created, title",
    "since": "id TEXT PRIMARY KEY, moment",
}
LISTS = {"item": "issues", "comment": "issues/comments", "line_comment": "pulls/comments"}


class Floor:
    """One run over what is new since the last."""

    def __init__(self) -> None:
        self.http = urllib3.PoolManager(maxsize=CONNECTIONS, headers=HEADERS)
        self.store = sqlite3.connect(FOLDER / "floor.sqlite3")
        for table, columns in TABLES.items():
            self.store.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
        self.since: dict[str, str] = dict(self.store.execute("SELECT id, moment FROM since"))
        self.base = self.since.pop("base", f"{API}/repos/{NAME}")
        self.seen = dict(self.since)
        self.asks_pulls = False

    def run(self) -> None:
        """Fetch by threads, store by this one as answers come in."""
        first: list[Ask] = [partial(self.page, name, 1) for name in LISTS]
        first.append(partial(commits, self.since.get("git_commit", "")))
        if not self.since:
            first.append(partial(self.pulls, None))
        with ThreadPoolExecutor(CONNECTIONS) as threads:
            waiting = {threads.submit(ask) for ask in first}
            while waiting:
                over, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for done in over:
                    table, rows, follow = done.result()
                    self.keep(table, rows)
                    if self.tells_of_pulls(table, rows):
                        follow.append(partial(self.pulls, None))
                    waiting |= {threads.submit(ask) for ask in follow}
        self.put("since", [*self.seen.items(), ("base", self.base)])
        self.store.commit()

    def tells_of_pulls(self, table: str, rows: list[Any]) -> bool:
        """Whether this is the first sign that a pull request changed."""
        if table != "item" or not self.since or self.asks_pulls:
            return False
        self.asks_pulls = any("pull_request" in row for row in rows)
        return self.asks_pulls

    def page(self, table: str, number: int) -> Answer:
        """One page of a list; the first one tells the numbers of the rest."""
        fields = {"state": "all"} if table == "item" else {}
        fields |= {"sort": "updated", "direction": "asc", "per_page": "100", "page": str(number)}
        if table in self.since:
            fields["since"] = self.since[table]
        answer = self.http.request("GET", f"{self.base}/{LISTS[table]}", fields=fields)
        assert answer.status == 200, answer.data[:200]
        if answer.retries and answer.retries.history:  # renamed: do not ask by the old name again
            self.base = f"{API}{answer.retries.history[-1].redirect_location.partition(API)[2]}"
            self.base = self.base.partition(f"/{LISTS[table]}")[0]
        last = LAST.search(answer.headers.get("Link", "")) if number == 1 else None
        rest = range(2, int(last[1]) + 1 if last else 0)
        return table, json.loads(answer.data), [partial(self.page, table, one) for one in rest]

    def pulls(self, after: str | None) -> Answer:
        """A page of all pull requests at first, later of those that changed."""
        since = self.since.get("pull", "")
        order = ("UPDATED_AT", "DESC") if since else ("CREATED_AT", "ASC")
        variables = dict(zip(("field", "direction"), order, strict=True))
        variables |= {"owner": OWNER, "name": REPOSITORY, "after": after}
        body = json.dumps({"query": PULLS, "variables": variables})
        answer = self.http.request("POST", f"{API}/graphql", body=body)
        page = json.loads(answer.data)["data"]["repository"]["pullRequests"]
        nodes = [node for node in page["nodes"] if node["updatedAt"] >= since]
        if len(nodes) < len(page["nodes"]) or not page["pageInfo"]["hasNextPage"]:
            return "pull", nodes, []
        return "pull", nodes, [partial(self.pulls, page["pageInfo"]["endCursor"])]

    def keep(self, table: str, found: list[Any]) -> None:
        """Turn answers into rows and store them."""
        if table == "git_commit":
            self.put(table, found)
            self.seen[table] = found[0][0] if found else self.since.get(table, "")
            return
        name = "updatedAt" if table == "pull" else "updated_at"
        newest = max((one[name] for one in found), default="")
        self.seen[table] = max(self.seen.get(table, ""), newest)
        if table == "pull":
            self.put("item", [of_pull(one) for one in found])
            self.put("review", [row for one in found for row in of_reviews(one)])
            return
        if table == "item":
            found = [one for one in found if "pull_request" not in one]
        self.put(table, [ROWS[table](one) for one in found])

    def put(self, table: str, rows: list[Row]) -> None:
        if rows:
            places = ", ".join("?" * len(rows[0]))
            self.store.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)


def by(user: Any) -> tuple[Any, Any]:
    return (user["id"], user["login"]) if user else (None, None)


def by_actor(actor: Any) -> tuple[Any, Any]:
    return (actor.get("databaseId"), actor["login"]) if actor else (None, None)


def of_issue(one: Any) -> Row:
    times = (one["created_at"], one["updated_at"], one["closed_at"], None)
    said = (one["id"], "issue", one["number"], one["title"], one["state"])
    return (*said, *by(one["user"]), *times)


def of_comment(one: Any) -> Row:
    about = one.get("issue_url") or one["pull_request_url"]
    number = int(about.rpartition("/")[2])
    return (one["id"], number, *by(one["user"]), one["created_at"], one["updated_at"])


def of_pull(one: Any) -> Row:
    times = (one["createdAt"], one["updatedAt"], one["closedAt"], one["mergedAt"])
    said = (int(one["fullDatabaseId"]), "pull", one["number"], one["title"], one["state"])
    return (*said, *by_actor(one["author"]), *times)


def of_reviews(pull: Any) -> Iterator[Row]:
    assert pull["reviews"]["totalCount"] == len(pull["reviews"]["nodes"])
    for one in pull["reviews"]["nodes"]:
        said = (int(one["fullDatabaseId"]), pull["number"], one["state"])
        yield (*said, *by_actor(one["author"]), one["submittedAt"], one["updatedAt"])


ROWS: dict[str, Callable[[Any], Row]] = {
    "item": of_issue,
    "comment": of_comment,
    "line_comment": of_comment,
}


def commits(known: str) -> Answer:
    """Commits after the known one, the newest first."""
    bare = FOLDER / "floor.git"
    if known:
        git("-C", str(bare), "fetch", "--quiet", "origin", "main:main")
    else:
        git("clone", "--quiet", "--bare", f"{CLONE}/{NAME}.git", str(bare))
    wanted = f"{known}..main" if known else "main"
    said = git("-C", str(bare), "log", "--format=%H%x00%an%x00%ae%x00%aI%x00%s", wanted)
    return "git_commit", [tuple(line.split("\0")) for line in said.splitlines()], []


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def main() -> None:
    with weighed() as told:
        floor = Floor()
        floor.run()
        for table in TABLES:
            told[table] = floor.store.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


if __name__ == "__main__":
    main()
