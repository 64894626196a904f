"""What GitHub would push: the deliveries of a world while things happen in it, and how they look.

A `HookedWorld` notes a delivery for everything people do, with the payload as
it stood at that moment; `Sent.request()` is what GitHub would post.
"""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

from integrations.github.signing import signature_of
from tests.github_api.changes import GHOST
from tests.github_api.rest import Rest
from tests.github_api.rows import Row
from tests.github_api.world import World

API = "https://api.github.com"
HOOK = "4242"
SECRET = "a-secret-for-tests"


@dataclass(frozen=True)
class Sent:
    """One delivery: its id, its event, and its payload as text."""

    guid: str
    event: str
    text: str
    hook: str = HOOK

    @property
    def payload(self) -> dict[str, Any]:
        """The payload again."""
        return dict(json.loads(self.text))

    def body(self, *, as_form: bool = False) -> bytes:
        """The bytes that are signed."""
        return (urlencode({"payload": self.text}) if as_form else self.text).encode()

    def headers(self, secret: str = SECRET, *, as_form: bool = False) -> dict[str, str]:
        """The headers GitHub sends along."""
        kind = "application/x-www-form-urlencoded" if as_form else "application/json"
        return {
            "Content-Type": kind,
            "User-Agent": "GitHub-Hookshot/044aadd",
            "X-GitHub-Delivery": self.guid,
            "X-GitHub-Event": self.event,
            "X-GitHub-Hook-ID": self.hook,
            "X-GitHub-Hook-Installation-Target-ID": "77001",
            "X-GitHub-Hook-Installation-Target-Type": "repository",
            "X-Hub-Signature-256": signature_of(self.body(as_form=as_form), secret),
        }


def sent(event: str, payload: dict[str, Any], *, number: int = 1) -> Sent:
    """A delivery of this payload; the number makes its id."""
    guid = str(Random(number).getrandbits(128).to_bytes(16, "big").hex())
    parts = (guid[:8], guid[8:12], guid[12:16], guid[16:20], guid[20:])
    return Sent("-".join(parts), event, json.dumps(payload, ensure_ascii=False))


@dataclass
class HookedWorld(World):
    """A world with a webhook that sees everything from the first issue on."""

    deliveries: list[Sent] = field(default_factory=list)

    def tell(self, event: str, action: str, sender: Row | None, **about: Any) -> None:
        """Note a delivery; who did it may be an account that is gone by now."""
        show = Rest(self, API)
        payload = {
            **({"action": action} if action else {}),
            **about,
            "repository": show.repository(),
            "sender": show.user(sender or GHOST),
        }
        self.deliveries.append(
            sent(event, payload, number=self.seed * 10**6 + len(self.deliveries))
        )

    def issue_payload(self, number: int) -> Row:
        """An issue; GitHub leaves out of deliveries who closed it."""
        shown = Rest(self, API).issue(self.item(number))
        del shown["closed_by"]
        return shown

    def tell_item(self, action: str, number: int, sender: Row | None) -> None:
        if number in self.pulls:
            pull = Rest(self, API).whole_pull(self.pulls[number])
            self.tell("pull_request", action, sender, number=number, pull_request=pull)
        else:
            self.tell("issues", action, sender, issue=self.issue_payload(number))

    def add_item(self, kind: str = "issue") -> int:
        number = super().add_item(kind)
        self.tell_item("opened", number, self.item(number)["user"])
        return number

    def close(self, number: int, *, merged: bool = False) -> None:
        super().close(number, merged=merged)
        self.tell_item("closed", number, self.item(number)["closed_by"])

    def reopen(self, number: int) -> None:
        super().reopen(number)
        self.tell_item("reopened", number, self.bot)

    def edit_issue(self, number: int, title: str = "edited") -> Row:
        row = super().edit_issue(number, title)
        self.tell_item("edited", number, row["user"])
        return row

    def delete_issue(self, number: int) -> Row:
        shown = self.issue_payload(number)
        row = super().delete_issue(number)
        self.tell("issues", "deleted", self.bot, issue=shown)
        return row

    def comment(self, number: int) -> Row:
        row = super().comment(number)
        self._tell_comment("created", row)
        return row

    def edit_comment(self, key: int) -> Row:
        row = super().edit_comment(key)
        self._tell_comment("edited", row)
        return row

    def delete_comment(self, key: int) -> Row:
        row = super().delete_comment(key)
        self._tell_comment("deleted", row)
        return row

    def _tell_comment(self, action: str, row: Row) -> None:
        shown = Rest(self, API).comment(row)
        issue = self.issue_payload(row["number"])
        self.tell("issue_comment", action, row["user"], issue=issue, comment=shown)

    def review(self, number: int) -> Row:
        row = super().review(number)
        show = Rest(self, API)
        # The state goes out in lower case and the pull request cut short.
        review = {**show.review(row), "state": row["state"].lower()}
        pull = show.pull(self.pulls[number])
        about = {"review": review, "pull_request": pull}
        if row["state"] == "DISMISSED":
            first = {**about, "review": {**review, "state": "approved"}}
            self.tell("pull_request_review", "submitted", row["user"], **first)
            self.tell("pull_request_review", "dismissed", row["user"], **about)
        else:
            self.tell("pull_request_review", "submitted", row["user"], **about)
        return row

    def line_comment(self, number: int) -> Row:
        row = super().line_comment(number)
        self._tell_line_comment("created", row)
        return row

    def delete_line_comment(self, key: int) -> Row:
        row = super().delete_line_comment(key)
        self._tell_line_comment("deleted", row)
        return row

    def _tell_line_comment(self, action: str, row: Row) -> None:
        show = Rest(self, API)
        about = {
            "comment": show.line_comment(row),
            "pull_request": show.pull(self.pulls[row["number"]]),
        }
        self.tell("pull_request_review_comment", action, row["user"], **about)

    def release(self, tag: str) -> Row:
        row = super().release(tag)
        shown = Rest(self, API).release(row)
        for action in ("published", "released"):
            self.tell("release", action, row["user"], release=shown)
        return row

    def delete_release(self, key: int) -> Row:
        row = super().delete_release(key)
        self.tell("release", "deleted", self.bot, release=Rest(self, API).release(row))
        return row

    def rename(self, full_name: str) -> None:
        super().rename(full_name)
        self.tell("repository", "renamed", self.bot)
