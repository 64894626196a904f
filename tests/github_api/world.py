"""An invented repository with everything people do there, the same for the same seed."""

import random
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2024, 1, 8, 9, tzinfo=UTC)
WORDS = ("door", "hall", "lamp", "oven", "关闭", "roof", "seal", "bench", "书架", "stair")
OUTCOMES = ("APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED")
Row = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """How much there is of everything."""

    issues: int = 30
    pulls: int = 20
    comments: int = 80
    reviews: int = 35
    line_comments: int = 25
    releases: int = 3
    commits: int = 15
    people: int = 12


@dataclass
class World:
    """One repository; `tick` is the clock of everything that happens in it."""

    seed: int = 1
    size: Size = field(default_factory=Size)
    id: int = 77_001
    full_name: str = "guild/hall"
    has_issues: bool = True
    former_names: set[str] = field(default_factory=set)
    now: datetime = START
    users: dict[int, Row] = field(default_factory=dict)
    issues: dict[int, Row] = field(default_factory=dict)  # by number
    pulls: dict[int, Row] = field(default_factory=dict)
    comments: dict[int, Row] = field(default_factory=dict)  # by id
    reviews: dict[int, Row] = field(default_factory=dict)
    line_comments: dict[int, Row] = field(default_factory=dict)
    releases: dict[int, Row] = field(default_factory=dict)
    commits: dict[str, int | None] = field(default_factory=dict)  # oid -> user id
    next_number: int = 1

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.comment_counts: Counter[int] = Counter()
        self.reviews_by_number: dict[int, list[Row]] = {}
        self.next_id = 3_000_000_000 + self.seed * 10_000_000  # beyond 32 bits, as at GitHub
        for place in range(self.size.people):
            self.add_user(f"person-{place}")
        self.bot = self.add_user("tidy[bot]", type="Bot")
        self._populate()

    def tick(self) -> str:
        """The next moment; sometimes the same second again."""
        self.now += timedelta(seconds=self.random.choice((0, 1, 600, 7_200)))
        return stamp(self.now)

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id

    def add_user(self, login: str, **more: Any) -> Row:
        user = {"id": 5_000 + len(self.users), "login": login, "type": "User", **more}
        self.users[user["id"]] = user
        return user

    def somebody(self) -> Row | None:
        """A person, at times a bot, at times an account that was deleted."""
        draw = self.random.random()
        if draw < 0.05:
            return None
        return self.bot if draw < 0.12 else self.users[5_000 + self.random.randrange(self.people)]

    @property
    def people(self) -> int:
        return self.size.people

    def title(self) -> str:
        return " ".join(self.random.choice(WORDS) for _ in range(4))

    def _populate(self) -> None:
        kinds = ["issue"] * self.size.issues + ["pull"] * self.size.pulls
        self.random.shuffle(kinds)
        for kind in kinds:
            if self.random.random() < 0.03:
                self.next_number += 1  # a discussion took the number
            self.add_item(kind)
        items, pulls = [*self.issues, *self.pulls], list(self.pulls)
        for say, count, among in (
            (self.comment, self.size.comments, items),
            (self.review, self.size.reviews, pulls),
            (self.line_comment, self.size.line_comments, pulls),
        ):
            for _ in range(count if among else 0):
                say(self.random.choice(among))
        for place in range(self.size.releases):
            self.release(f"v{place}")
        for number in self.random.sample(list(self.pulls), len(self.pulls) // 2):
            self.close(number, merged=self.random.random() < 0.8)
        for number in self.random.sample(list(self.issues), len(self.issues) // 2):
            self.close(number)

    def add_item(self, kind: str = "issue") -> int:
        at = self.tick()
        row = {
            "id": self.new_id(),
            "number": self.next_number,
            "title": self.title(),
            "user": self.somebody(),
            "labels": self.random.sample(("bug", "help wanted", "question"), 1),
            "state": "open",
            "created_at": at,
            "updated_at": at,
            "closed_at": None,
            "merged_at": None,
            "closed_by": None,
            "state_reason": None,
        }
        (self.issues if kind == "issue" else self.pulls)[self.next_number] = row
        self.next_number += 1
        return row["number"]

    def item(self, number: int) -> Row:
        return self.issues.get(number) or self.pulls[number]

    def touch(self, number: int) -> str:
        at = self.tick()
        self.item(number)["updated_at"] = at
        return at

    def _say(self, store: dict[int, Row], number: int, **more: Any) -> Row:
        at = self.touch(number)
        row = {
            "id": self.new_id(),
            "number": number,
            "user": self.somebody(),
            "created_at": at,
            "updated_at": at,
            **more,
        }
        store[row["id"]] = row
        return row

    def comment(self, number: int) -> Row:
        self.comment_counts[number] += 1
        return self._say(self.comments, number, body=self.title())

    def review(self, number: int) -> Row:
        row = self._say(self.reviews, number, state=self.random.choice(OUTCOMES))
        self.reviews_by_number.setdefault(number, []).append(row)
        return row

    def line_comment(self, number: int) -> Row:
        return self._say(self.line_comments, number, body=self.title())

    def release(self, tag: str) -> Row:
        at = self.tick()
        row = {"id": self.new_id(), "tag": tag, "user": self.somebody(), "created_at": at}
        self.releases[row["id"]] = row
        return row

    def edit_comment(self, key: int) -> Row:
        row = self.comments[key]
        row["updated_at"] = self.touch(row["number"])
        row["body"] = "edited"
        return row

    def close(self, number: int, *, merged: bool = False) -> None:
        at = self.touch(number)
        row = self.item(number)
        row.update(state="closed", closed_at=at, closed_by=self.somebody())
        if number in self.pulls:
            row["merged_at"] = at if merged else None
        else:
            row["state_reason"] = self.random.choice(("completed", "not_planned"))

    def comment_count(self, number: int) -> int:
        return self.comment_counts[number]

    def reviews_of(self, number: int) -> list[Row]:
        return self.reviews_by_number.get(number, [])

    def write_git(self, folder: Path) -> Path:
        """A bare repository under `folder`, as `clone_url` names it below GITHUB_CLONE_BASE."""
        bare = folder / f"{self.full_name}.git"
        bare.mkdir(parents=True)
        git(bare, "init", "--quiet", "--bare", "--initial-branch=main", ".")
        lines, authors = [], []
        for place in range(self.size.commits):
            user = self.somebody()
            author = user or {"login": "outsider"}
            when = int((START + timedelta(hours=place)).timestamp())
            who = f"{author['login']} <{author['login']}@example.org> {when} +0200"
            message, data = f"Change {place}\n", f"line {place}\n"
            lines.append(
                f"commit refs/heads/main\nauthor {who}\ncommitter {who}\n"
                f"data {len(message)}\n{message}M 100644 inline f{place}\n"
                f"data {len(data)}\n{data}"
            )
            authors.append(user["id"] if user else None)
        git(bare, "fast-import", "--quiet", given="\n".join(lines))
        oids = git(bare, "rev-list", "--reverse", "main").split() if lines else []
        self.commits = dict(zip(oids, authors, strict=True))
        return folder


def git(folder: Path, *arguments: str, given: str = "") -> str:
    """What git printed."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=given, capture_output=True, text=True, check=True
    )
    return done.stdout


def stamp(moment: datetime) -> str:
    """A time as GitHub writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
