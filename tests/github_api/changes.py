"""What people and GitHub do to a repository after it was read: deleting, moving, renaming."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.github_api import bare
from tests.github_api.rows import Row

if TYPE_CHECKING:
    from tests.github_api.world import World

# Whom GitHub shows where an account was deleted; GraphQL shows nobody.
GHOST: Row = Row({"id": 10_137, "login": "ghost", "type": "User"})


class Changes:
    """The verbs of a world beyond writing; each leaves what GitHub would leave."""

    @contextmanager
    def same_second(self: "World") -> Iterator[None]:
        """Everything within happens at one time as GitHub writes it."""
        self.stands_still = True
        try:
            yield
        finally:
            self.stands_still = False

    def edit_issue(self: "World", number: int, title: str = "edited") -> Row:
        row = self.item(number)
        self.touch(number)
        row["title"] = title
        return row

    def reopen(self: "World", number: int) -> None:
        self.touch(number)
        self.item(number).update(state="open", closed_at=None, closed_by=None, state_reason=None)

    def delete_issue(self: "World", number: int) -> Row:
        """Gone with its comments; GitHub answers 410 for it and leaves the number empty."""
        row = self._take_out(number)
        self.deleted_issues.add(number)
        return row

    def _take_out(self: "World", number: int) -> Row:
        self._take_comments(number)
        row: Row = self.issues.pop(number)
        return row

    def _take_comments(self: "World", number: int) -> list[Row]:
        self.comment_counts.pop(number, None)
        rows = self.comments_by_number.pop(number, [])
        for row in rows:
            self.comments.pop(row["id"], None)
        return rows

    def delete_comment(self: "World", key: int) -> Row:
        """No list shows that it is gone: the item counts one less and says no new time."""
        row: Row = self.comments.pop(key)
        self.comment_counts[row["number"]] -= 1
        self.comments_by_number[row["number"]].remove(row)
        return row

    def delete_review(self: "World", key: int) -> Row:
        row: Row = self.reviews.pop(key)
        self.reviews_by_number[row["number"]].remove(row)
        return row

    def delete_line_comment(self: "World", key: int) -> Row:
        row: Row = self.line_comments.pop(key)
        self.lines_by_number[row["number"]].remove(row)
        return row

    def delete_release(self: "World", key: int) -> Row:
        row: Row = self.releases.pop(key)
        return row

    def transfer_issue(self: "World", number: int, to: "World") -> int:
        """Under a new number and new ids in another repository, with its comments.

        The old address leads to the new one. Gives the new number.
        """
        comments = self._take_comments(number)
        moved = Row({**self._take_out(number), "id": to.new_id(), "number": to.next_number})
        to.now = max(to.now, self.now)
        to.issues[to.next_number] = moved
        to.next_number += 1
        for row in comments:
            key = to.new_id()
            to.comments[key] = Row({**row, "id": key, "number": moved["number"]})
            to.comment_counts[moved["number"]] += 1
            to.comments_by_number.setdefault(moved["number"], []).append(to.comments[key])
        to.touch(moved["number"])
        self.transferred[number] = (to, moved["number"])
        return int(moved["number"])

    def convert_to_discussion(self: "World", number: int) -> int:
        """The issue stays, closed and locked; its comments are the discussion's from now on."""
        row = self.item(number)
        self._take_comments(number)
        if row["state"] == "open":
            self.close(number)
        row.update(locked=True, active_lock_reason="resolved")
        self.touch(number)
        self.discussions.append(self.next_number)
        self.next_number += 1
        return self.discussions[-1]

    def rename_user(self: "World", user: Row, login: str) -> Row:
        """The same account under another name; nothing it did says a new time."""
        user["login"] = login
        return user

    def recycle_login(self: "World", login: str) -> Row:
        """Somebody else signs up under a name that was given up."""
        holders = [user for user in self.users.values() if user["login"] == login]
        assert all(user.get("is_gone") for user in holders), "still in use"
        return self.add_user(login)

    def delete_user(self: "World", user: Row) -> None:
        """What the account did stays and is nobody's: REST shows a ghost, GraphQL null."""
        for store in self.stores():
            for row in store.values():
                for part in ("user", "closed_by"):
                    if (row.get(part) or {}).get("id") == user["id"]:
                        row[part] = GHOST
        for oid, author in self.commits.items():
            if author == user["id"]:
                self.commits[oid] = None
        user["is_gone"] = True

    def set_private(self: "World", *readers: str) -> None:
        """Seen by these tokens only; without any, by every token GitHub knows."""
        self.is_private, self.readers = True, frozenset(readers)

    def publish(self: "World") -> None:
        self.is_private, self.readers = False, frozenset()

    def rename(self: "World", full_name: str) -> None:
        """To a new name, or to a new owner; the old name leads there."""
        old = self.full_name
        self.former_names.add(old)
        self.former_names.discard(full_name)
        self.full_name = full_name
        if self.folder is not None:
            target = self.folder / f"{full_name}.git"
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{old}.git").rename(target)

    def push(self: "World", count: int = 1) -> list[str]:
        """New commits at the tip."""
        return bare.commit(self, count)

    def force_push(self: "World", drop: int = 2, add: int = 1) -> list[str]:
        """The last commits are no longer part of the history; others are. Gives the dropped."""
        return bare.rewrite(self, drop, add)
