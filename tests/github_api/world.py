"""An invented repository with everything people do there, the same for the same seed."""

import random
from collections import Counter
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.github_api import bare
from tests.github_api.changes import Changes
from tests.github_api.rows import Row, Store

START = datetime(2024, 1, 8, 9, tzinfo=UTC)
A_LIFE = 17_500  # things that happen between then and today
WORDS = ("door", "hall", "lamp", "oven", "关闭", "roof", "seal", "bench", "书架", "stair")
OUTCOMES = ("APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED")


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


@dataclass(eq=False)
class World(Changes):
    """One repository; `tick` is the clock of everything that happens in it."""

    seed: int = 1
    size: Size = field(default_factory=Size)
    id: int = 77_001
    full_name: str = "guild/hall"
    has_issues: bool = True
    former_names: set[str] = field(default_factory=set)
    now: datetime = START
    users: Store = field(default_factory=Store)
    issues: Store = field(default_factory=Store)  # by number
    pulls: Store = field(default_factory=Store)
    comments: Store = field(default_factory=Store)  # by id
    reviews: Store = field(default_factory=Store)
    line_comments: Store = field(default_factory=Store)
    releases: Store = field(default_factory=Store)
    commits: dict[str, int | None] = field(default_factory=dict)  # oid -> user id
    commit_rows: dict[str, Row] = field(default_factory=dict)  # dropped ones stay, as at GitHub
    deleted_issues: set[int] = field(default_factory=set)
    transferred: dict[int, tuple["World", int]] = field(default_factory=dict)
    discussions: list[int] = field(default_factory=list)
    next_number: int = 1
    next_commit: int = 0
    is_private: bool = False
    readers: frozenset[str] = frozenset()
    folder: Path | None = None
    stands_still: bool = False

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        # The more happens, the faster: what is to come yet would be read as what changed since.
        hurry = max(1, sum(astuple(self.size)) // A_LIFE)
        self.steps = (0, 1, 600 // hurry, 7_200 // hurry)
        self.comment_counts: Counter[int] = Counter()
        self.reviews_by_number: dict[int, list[Row]] = {}
        self.comments_by_number: dict[int, list[Row]] = {}
        self.lines_by_number: dict[int, list[Row]] = {}
        self.orders: dict[str, tuple[tuple[int, int], list[Row]]] = {}
        self.next_id = 3_000_000_000 + self.seed * 10_000_000  # beyond 32 bits, as at GitHub
        self.crowd = [self.known(f"person-{place}") for place in range(self.size.people)]
        self.bot = self.known("tidy[bot]", type="Bot")
        self._populate()

    def tick(self) -> str:
        """The next moment; sometimes the same second again."""
        if self.stands_still:
            return stamp(self.now)
        self.now += timedelta(seconds=self.random.choice(self.steps))
        return stamp(self.now)

    def new_id(self) -> int:
        self.next_id += 1
        return self.next_id

    def add_user(self, login: str, **more: Any) -> Row:
        key = max(self.users, default=4_999) + 1
        self.users[key] = Row({"id": key, "login": login, "type": "User", **more})
        return self.users[key]

    def known(self, login: str, **more: Any) -> Row:
        """The account of this name; worlds may share their people."""
        found = (user for user in self.users.values() if user["login"] == login)
        return next(found, None) or self.add_user(login, **more)

    def somebody(self) -> Row | None:
        """A person, at times a bot, at times an account that was deleted."""
        draw = self.random.random()
        if draw < 0.05:
            return None
        if draw < 0.12:
            return self.bot
        user = self.crowd[self.random.randrange(len(self.crowd))]
        return None if user.get("is_gone") else user

    def title(self) -> str:
        return " ".join(self.random.choice(WORDS) for _ in range(4))

    def _populate(self) -> None:
        kinds = ["issue"] * self.size.issues + ["pull"] * self.size.pulls
        self.random.shuffle(kinds)
        for kind in kinds:
            if self.random.random() < 0.03:
                self.discussions.append(self.next_number)
                self.next_number += 1
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
        row = Row(
            id=self.new_id(),
            number=self.next_number,
            title=self.title(),
            user=self.somebody(),
            labels=self.random.sample(("bug", "help wanted", "question"), 1),
            state="open",
            created_at=at,
            updated_at=at,
            closed_at=None,
            merged_at=None,
            closed_by=None,
            state_reason=None,
        )
        (self.issues if kind == "issue" else self.pulls)[self.next_number] = row
        self.next_number += 1
        return self.next_number - 1

    def item(self, number: int) -> Row:
        return self.issues.get(number) or self.pulls[number]

    def touch(self, number: int) -> str:
        at = self.tick()
        self.item(number)["updated_at"] = at
        return at

    def _say(self, store: Store, number: int, **more: Any) -> Row:
        at = self.touch(number)
        row = Row(
            id=self.new_id(),
            number=number,
            user=self.somebody(),
            created_at=at,
            updated_at=at,
            **more,
        )
        store[row["id"]] = row
        return row

    def comment(self, number: int) -> Row:
        self.comment_counts[number] += 1
        row = self._say(self.comments, number, body=self.title())
        self.comments_by_number.setdefault(number, []).append(row)
        return row

    def review(self, number: int) -> Row:
        row = self._say(self.reviews, number, state=self.random.choice(OUTCOMES))
        self.reviews_by_number.setdefault(number, []).append(row)
        return row

    def line_comment(self, number: int) -> Row:
        """Part of the latest review, as a rule; the oldest comments at GitHub have none."""
        reviews = self.reviews_of(number)
        review_id = reviews[-1]["id"] if reviews else None
        row = self._say(self.line_comments, number, body=self.title(), review_id=review_id)
        self.lines_by_number.setdefault(number, []).append(row)
        return row

    def release(self, tag: str) -> Row:
        at = self.tick()
        row = Row(id=self.new_id(), tag=tag, user=self.somebody(), created_at=at)
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

    def comments_of(self, number: int) -> list[Row]:
        return self.comments_by_number.get(number, [])

    def line_comments_of(self, number: int) -> list[Row]:
        return self.lines_by_number.get(number, [])

    def by_id(self, store: str, key: int) -> Row | None:
        """A row of a store by its id; issues and pull requests are kept by number."""
        rows: Store = getattr(self, store)
        if store not in ("issues", "pulls"):
            return rows.get(key)
        return next((row for row in rows.values() if row["id"] == key), None)

    def stores(self) -> tuple[Store, ...]:
        """Everything people made."""
        said = (self.comments, self.reviews, self.line_comments)
        return (self.issues, self.pulls, *said, self.releases)

    def write_git(self, folder: Path) -> Path:
        """A bare repository under `folder`, as `clone_url` names it below GITHUB_CLONE_BASE."""
        bare.create(self, folder)
        return folder


def stamp(moment: datetime) -> str:
    """A time as GitHub writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
