"""The bare git repository of a world."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tests.github_api.rows import Row

if TYPE_CHECKING:
    from tests.github_api.world import World

BRANCH = "refs/heads/main"
START = datetime(2024, 1, 8, 9, tzinfo=UTC)


def create(world: "World", folder: Path) -> None:
    """Write the repository under `folder`, with the world's commits."""
    path = folder / f"{world.full_name}.git"
    path.mkdir(parents=True)
    git(path, "init", "--quiet", "--bare", "--initial-branch=main", ".")
    world.folder = folder
    commit(world, world.size.commits)


def commit(world: "World", count: int) -> list[str]:
    """Put commits on the tip; gives their oids, the oldest first."""
    assert world.folder is not None
    path = world.folder / f"{world.full_name}.git"
    tip = next(reversed(world.commits), None)
    first = world.next_commit
    drafts = [draft(world, first + place) for place in range(count)]
    stream = [fast_import(one, first + place) for place, one in enumerate(drafts)]
    if tip and stream:
        stream[0] = stream[0].replace("\nM 100644", f"\nfrom {tip}\nM 100644", 1)
    git(path, "fast-import", "--quiet", "--force", given="\n".join(stream))
    since = [f"^{tip}"] if tip else []
    oids = git(path, "rev-list", "--reverse", "main", *since).split() if count else []
    for oid, one in zip(oids, drafts, strict=True):
        world.commits[oid] = one.pop("user_id")
        world.commit_rows[oid] = one | {"oid": oid, "parent": tip}
        tip = oid
    world.next_commit += count
    return oids


def rewrite(world: "World", drop: int, add: int) -> list[str]:
    """Take commits off the tip and put others there; gives those taken off."""
    assert world.folder is not None
    path = world.folder / f"{world.full_name}.git"
    dropped = list(world.commits)[-drop:]
    for oid in dropped:
        del world.commits[oid]
    git(path, "update-ref", BRANCH, next(reversed(world.commits)))
    commit(world, add)
    return dropped


def draft(world: "World", place: int) -> Row:
    """What one commit will say."""
    user = world.somebody()
    login = (user or {"login": "outsider"})["login"]
    return {
        "user_id": user["id"] if user else None,
        "name": login,
        "email": f"{login}@example.org",
        "at": START + timedelta(hours=place),
        "message": f"Change {place}",
        "additions": 1,
        "deletions": 0,
    }


def fast_import(row: Row, place: int) -> str:
    """The same as git's fast-import reads it."""
    who = f"{row['name']} <{row['email']}> {int(row['at'].timestamp())} +0200"
    message, data = f"{row['message']}\n", f"line {place}\n"
    return (
        f"commit {BRANCH}\nauthor {who}\ncommitter {who}\n"
        f"data {len(message)}\n{message}M 100644 inline f{place}\n"
        f"data {len(data)}\n{data}"
    )


def git(folder: Path, *arguments: str, given: str = "") -> str:
    """What git printed."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=given, capture_output=True, text=True, check=True
    )
    return done.stdout
