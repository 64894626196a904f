"""The invented forge's answers, in the shape of GitHub's REST API."""

from datetime import datetime
from typing import Any

from integrations.demo.cast import FIRST_ID, Member
from integrations.demo.works import HOST, OWNER

Json = dict[str, Any]


def stamp(moment: datetime) -> str:
    """A moment as GitHub writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def user(member: Member | None) -> Json | None:
    """An account; None where the account was deleted."""
    if member is None:
        return None
    return {
        "login": member.login,
        "id": FIRST_ID + member.number,
        "node_id": f"U_demo{member.number}",
        "avatar_url": "",
        "html_url": f"{HOST}/{member.login}",
        "type": "Bot" if member.is_bot else "User",
        "site_admin": False,
    }


class Forms:
    """Fills in the forge's answers about one repository; ids are unique in the whole story."""

    def __init__(self, repo: str, first_id: int) -> None:
        self.page = f"{HOST}/{OWNER}/{repo}"
        self.api = f"{HOST}/api/repos/{OWNER}/{repo}"
        self.last_id = first_id

    def named(self, kind: str) -> Json:
        """A fresh pair of ids."""
        self.last_id += 1
        return {"id": self.last_id, "node_id": f"{kind}_demo{self.last_id}"}

    def issue(self, number: int, author: Member | None, at: datetime, title: str) -> Json:
        """An open issue."""
        return {
            **self.named("I"),
            **self.opened(number, author, at, title),
            "url": f"{self.api}/issues/{number}",
            "html_url": f"{self.page}/issues/{number}",
            "state_reason": None,
            "closed_by": None,
        }

    def pull(self, number: int, author: Member | None, at: datetime, title: str) -> Json:
        """An open change request."""
        return {
            **self.named("PR"),
            **self.opened(number, author, at, title),
            "url": f"{self.api}/pulls/{number}",
            "html_url": f"{self.page}/pull/{number}",
            "draft": False,
            "merged_at": None,
            "merged_by": None,
        }

    def opened(self, number: int, author: Member | None, at: datetime, title: str) -> Json:
        """What issues and change requests share."""
        return {
            "number": number,
            "title": title,
            "user": user(author),
            "state": "open",
            "labels": [],
            "milestone": None,
            "body": "",
            "created_at": stamp(at),
            "updated_at": stamp(at),
            "closed_at": None,
        }

    def comment(self, number: int, author: Member | None, at: datetime, body: str) -> Json:
        """A comment below an issue or change request."""
        ids = self.named("IC")
        return {
            **ids,
            "user": user(author),
            "body": body,
            "created_at": stamp(at),
            "updated_at": stamp(at),
            "url": f"{self.api}/issues/comments/{ids['id']}",
            "issue_url": f"{self.api}/issues/{number}",
            "html_url": f"{self.page}/issues/{number}#issuecomment-{ids['id']}",
        }

    def review(self, number: int, author: Member, at: datetime, state: str, body: str) -> Json:
        """A verdict on a change request."""
        ids = self.named("PRR")
        return {
            **ids,
            "user": user(author),
            "body": body,
            "state": state,
            "submitted_at": stamp(at),
            "pull_request_url": f"{self.api}/pulls/{number}",
            "html_url": f"{self.page}/pull/{number}#pullrequestreview-{ids['id']}",
        }

    def review_comment(self, review: Json, author: Member, at: datetime, body: str) -> Json:
        """A remark on one line of a change request."""
        ids = self.named("PRRC")
        return {
            **ids,
            "user": user(author),
            "body": body,
            "path": "src/main",
            "created_at": stamp(at),
            "updated_at": stamp(at),
            "pull_request_review_id": review["id"],
            "pull_request_url": review["pull_request_url"],
            "html_url": f"{review['html_url'].split('#')[0]}#discussion_r{ids['id']}",
        }

    def release(self, tag: str, author: Member, at: datetime) -> Json:
        """A published release."""
        return {
            **self.named("RE"),
            "tag_name": tag,
            "name": tag,
            "author": user(author),
            "draft": False,
            "prerelease": False,
            "created_at": stamp(at),
            "published_at": stamp(at),
            "html_url": f"{self.page}/releases/tag/{tag}",
        }
