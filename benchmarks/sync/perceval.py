"""grimoirelab-perceval over the same repository, by its own Python.

Issues and pull requests by its backend for GitHub, commits by the one for git;
each item is stored as it comes, and the next run asks for what changed since.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from perceval.backends.core.git import Git
from perceval.backends.core.github import GitHub

from benchmarks.sync.measured import API, CLONE, FOLDER, NAME, TOKEN, weighed

CATEGORIES = ("issue", "pull_request")


def main() -> None:
    logging.disable(logging.CRITICAL)
    owner, repository = NAME.split("/")
    with weighed() as told:
        store = sqlite3.connect(FOLDER / "perceval.sqlite3")
        columns = "category, uuid, updated, data, PRIMARY KEY (category, uuid)"
        store.execute(f"CREATE TABLE IF NOT EXISTS item ({columns})")
        for category in CATEGORIES:
            hub = GitHub(owner, repository, api_token=[TOKEN], base_url=API)
            keep(store, category, hub.fetch(category=category, from_date=newest(store, category)))
        known = newest(store, "commit") is not None
        history = Git(f"{CLONE}/{NAME}.git", str(FOLDER / "perceval.git"))
        keep(store, "commit", history.fetch(latest_items=known))
        store.commit()
        for category in (*CATEGORIES, "commit"):
            count = "SELECT count(*) FROM item WHERE category = ?"
            told[category] = store.execute(count, [category]).fetchone()[0]


def newest(store: sqlite3.Connection, category: str) -> datetime | None:
    """When the newest item that is stored changed."""
    ask = "SELECT max(updated) FROM item WHERE category = ?"
    found = store.execute(ask, [category]).fetchone()[0]
    return datetime.fromtimestamp(found, UTC) if found else None


def keep(store: sqlite3.Connection, category: str, items: Iterable[Any]) -> None:
    """Store what perceval yields."""
    rows = (
        (category, item["uuid"], item["updated_on"], json.dumps(item["data"])) for item in items
    )
    store.executemany("INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?)", rows)


if __name__ == "__main__":
    main()
