"""Git repositories written by `git fast-import`: any author, date and shape, in one process."""

import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ADA = "Ada Lovelace <ada@example.org>"
BOB = "Bob <bob@example.org>"
NOON = 1_760_000_000  # 2025-10-09 08:53:20 UTC


@dataclass
class Draft:
    """A commit to write; parents are marks or names, files map paths to contents (None deletes)."""

    mark: int
    message: str = "Work"
    author: str = ADA
    committer: str = ""
    date: str = ""
    committed: str = ""
    parents: Sequence[int | str] = ()
    files: dict[str, bytes | None] = field(default_factory=dict)
    renames: dict[str, str] = field(default_factory=dict)
    branch: str = "main"
    encoding: str = ""


def git(path: Path, *arguments: str) -> str:
    """What git says in a repository, as itself and with nobody's settings."""
    done = subprocess.run(
        [
            "git",
            "-C",
            str(path),
            "-c",
            "user.name=Zed",
            "-c",
            "user.email=z@example.org",
            *arguments,
        ],
        check=True,
        capture_output=True,
    )
    return done.stdout.decode("utf-8", "replace").strip()


def make(path: Path, drafts: Iterable[Draft], *, bare: bool = True) -> Path:
    """A repository with these commits; the branch `main` is its default."""
    flags = ["--bare"] if bare else []
    subprocess.run(
        ["git", "init", "-q", "-b", "main", *flags, "--", str(path)],
        check=True,
        capture_output=True,
    )
    write(path, drafts)
    return path


def write(path: Path, drafts: Iterable[Draft], *flags: str) -> None:
    """Add commits to a repository; without parents a commit follows the one before."""
    stream = b"".join(_commit(draft) for draft in drafts)
    subprocess.run(
        [
            "git",
            "-C",
            str(path),
            "fast-import",
            "--quiet",
            "--force",
            "--date-format=raw-permissive",
            *flags,
        ],
        input=stream,
        check=True,
        capture_output=True,
    )


def _commit(draft: Draft) -> bytes:
    date = draft.date or f"{NOON + draft.mark * 60} +0000"
    message = draft.message.encode("utf-8", "surrogateescape")
    lines = [
        f"commit refs/heads/{draft.branch}",
        f"mark :{draft.mark}",
        f"author {draft.author} {date}",
        f"committer {draft.committer or draft.author} {draft.committed or date}",
        *([f"encoding {draft.encoding}"] if draft.encoding else []),
        f"data {len(message)}",
    ]
    body = "\n".join(lines).encode("utf-8", "surrogateescape") + b"\n" + message + b"\n"
    for place, parent in enumerate(draft.parents):
        named = f":{parent}" if isinstance(parent, int) else parent
        body += f"{'merge' if place else 'from'} {named}\n".encode()
    for old, new in draft.renames.items():
        body += f"R {old} {new}\n".encode()
    for name, content in draft.files.items():
        if content is None:
            body += f"D {name}\n".encode()
        else:
            body += f"M 100644 inline {name}\ndata {len(content)}\n".encode() + content + b"\n"
    return body + b"\n"
