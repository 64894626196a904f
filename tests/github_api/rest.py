"""The world's rows as the REST API shows them, with every field that GitHub documents as there."""

from typing import Any

from tests.github_api.replies import as_text
from tests.github_api.rows import Row
from tests.github_api.world import World

WEB = "https://github.com"


class Rest:
    """Payloads with addresses under one base."""

    def __init__(self, world: World, base: str) -> None:
        self.world = world
        self.base = base
        self.api = f"{base}/repos/{world.full_name}"
        self.web = f"{WEB}/{world.full_name}"
        self.seen_with = (self.api, world.users.version)

    def text(self, kind: str, row: Row) -> bytes:
        """A row as it goes over the line, rendered anew only when something of it changed."""
        key = (row.version, self.world.comment_counts.get(row.get("number", 0)), self.seen_with)
        known = row.shown.get(kind)
        if known is None or known[0] != key:
            known = row.shown[kind] = key, as_text(getattr(self, kind)(row))
        return known[1]

    def user(self, user: Row | None) -> Row | None:
        if user is None:
            return None
        at = f"{self.base}/users/{user['login']}"
        links = {
            name: f"{at}/{name.removesuffix('_url')}"
            for name in (
                "events_url",
                "followers_url",
                "following_url",
                "gists_url",
                "organizations_url",
                "received_events_url",
                "repos_url",
                "starred_url",
                "subscriptions_url",
            )
        }
        return {
            **links,
            "login": user["login"],
            "id": user["id"],
            "node_id": f"U_{user['id']}",
            "avatar_url": f"https://avatars.githubusercontent.com/u/{user['id']}?v=4",
            "gravatar_id": "",
            "url": at,
            "html_url": f"{WEB}/{user['login']}",
            "type": user["type"],
            "site_admin": False,
        }

    def label(self, name: str) -> Row:
        return {
            "id": sum(name.encode()),
            "node_id": f"L_{name}",
            "url": f"{self.api}/labels/{name.replace(' ', '%20')}",
            "name": name,
            "color": "d73a4a",
            "default": False,
            "description": "",
        }

    def issue(self, row: Row) -> Row:
        number = row["number"]
        is_pull = number in self.world.pulls
        at = f"{self.api}/issues/{number}"
        found = {
            "id": row["id"] + (500_000_000 if is_pull else 0),  # a pull's id as an issue differs
            "node_id": f"{'PR' if is_pull else 'I'}_{row['id']}",
            "url": at,
            "repository_url": self.api,
            "labels_url": f"{at}/labels{{/name}}",
            "comments_url": f"{at}/comments",
            "events_url": f"{at}/events",
            "html_url": f"{self.web}/{'pull' if is_pull else 'issues'}/{number}",
            "number": number,
            "title": row["title"],
            "user": self.user(row["user"]),
            "labels": [self.label(name) for name in row["labels"]],
            "state": row["state"],
            "state_reason": row["state_reason"],
            "locked": row.get("locked", False),
            "assignee": None,
            "assignees": [],
            "milestone": None,
            "comments": self.world.comment_count(number),
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
            "closed_at": row["closed_at"],
            "closed_by": self.user(row["closed_by"]),
            "author_association": "NONE",
            "active_lock_reason": row.get("active_lock_reason"),
            "body": row["title"],
        }
        if is_pull:
            pull = f"{self.web}/pull/{number}"
            found["draft"] = False
            found["pull_request"] = {
                "url": f"{self.api}/pulls/{number}",
                "html_url": pull,
                "diff_url": f"{pull}.diff",
                "patch_url": f"{pull}.patch",
                "merged_at": row["merged_at"],
            }
        return found

    def pull(self, row: Row) -> Row:
        """As the list of pull requests shows it: without counts and without who merged it."""
        number, shown = row["number"], self.issue(row)
        kept = ("labels", "milestone", "title", "user", "locked", "assignee", "assignees", "body")
        times = ("created_at", "updated_at", "closed_at", "merged_at")
        return {
            **{name: shown[name] for name in (*kept, "state", "html_url", "number")},
            **{name: row[name] for name in times},
            "id": row["id"],
            "node_id": f"PR_{row['id']}",
            "url": f"{self.api}/pulls/{number}",
            "draft": False,
        }

    def whole_pull(self, row: Row) -> Row:
        """As its own address shows it, with who merged it and the counts."""
        return {
            **self.pull(row),
            "merged": row["merged_at"] is not None,
            "merged_by": self.user(row["closed_by"]) if row["merged_at"] else None,
            "comments": self.world.comment_count(row["number"]),
            "review_comments": len(self.world.line_comments_of(row["number"])),
        }

    def review(self, row: Row) -> Row:
        number = row["number"]
        submitted = {} if row["state"] == "PENDING" else {"submitted_at": row["created_at"]}
        return {
            "id": row["id"],
            "node_id": f"PRR_{row['id']}",
            "user": self.user(row["user"]),
            "body": "",
            "state": row["state"],
            "html_url": f"{self.web}/pull/{number}#pullrequestreview-{row['id']}",
            "pull_request_url": f"{self.api}/pulls/{number}",
            "commit_id": "0" * 40,
            **submitted,
        }

    def commit(self, oid: str) -> Row:
        user = self.world.users.get(self.world.commits[oid] or 0)
        return {
            "sha": oid,
            "node_id": f"C_{oid}",
            "url": f"{self.api}/commits/{oid}",
            "html_url": f"{self.web}/commit/{oid}",
            "comments_url": f"{self.api}/commits/{oid}/comments",
            "commit": {"message": "Change", "comment_count": 0},
            "author": self.user(user),
            "committer": self.user(user),
            "parents": [],
        }

    def comment(self, row: Row) -> Row:
        number = row["number"]
        part = "pull" if number in self.world.pulls else "issues"
        return {
            "id": row["id"],
            "node_id": f"IC_{row['id']}",
            "url": f"{self.api}/issues/comments/{row['id']}",
            "html_url": f"{self.web}/{part}/{number}#issuecomment-{row['id']}",
            "issue_url": f"{self.api}/issues/{number}",
            "user": self.user(row["user"]),
            "body": row["body"],
            "author_association": "NONE",
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
        }

    def line_comment(self, row: Row) -> Row:
        number = row["number"]
        at = f"{self.api}/pulls/comments/{row['id']}"
        web = f"{self.web}/pull/{number}#discussion_r{row['id']}"
        pull = f"{self.api}/pulls/{number}"
        return {
            "id": row["id"],
            "node_id": f"PRRC_{row['id']}",
            "url": at,
            "html_url": web,
            "pull_request_url": pull,
            "pull_request_review_id": row["review_id"],
            "diff_hunk": "@@ -1 +1 @@",
            "path": "door.py",
            "commit_id": "0" * 40,
            "original_commit_id": "0" * 40,
            "user": self.user(row["user"]),
            "body": row["body"],
            "author_association": "NONE",
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
            "_links": {
                "self": {"href": at},
                "html": {"href": web},
                "pull_request": {"href": pull},
            },
        }

    def release(self, row: Row) -> Row:
        at = f"{self.api}/releases/{row['id']}"
        return {
            "id": row["id"],
            "node_id": f"RE_{row['id']}",
            "url": at,
            "assets_url": f"{at}/assets",
            "upload_url": f"{at}/assets{{?name,label}}",
            "html_url": f"{self.web}/releases/tag/{row['tag']}",
            "tarball_url": f"{self.api}/tarball/{row['tag']}",
            "zipball_url": f"{self.api}/zipball/{row['tag']}",
            "tag_name": row["tag"],
            "target_commitish": "main",
            "name": f"Release {row['tag']}",
            "body": "",
            "draft": False,
            "prerelease": False,
            "created_at": row["created_at"],
            "published_at": row["created_at"],
            "author": self.user(row["user"] or self.world.bot),
            "assets": [],
        }

    def repository(self) -> Row:
        owner = self.world.full_name.split("/")[0]
        found: dict[str, Any] = {
            "id": self.world.id,
            "node_id": f"R_{self.world.id}",
            "name": self.world.full_name.split("/")[1],
            "full_name": self.world.full_name,
            "owner": self.user({"id": 4_999, "login": owner, "type": "Organization"}),
            "private": self.world.is_private,
            "html_url": self.web,
            "description": "Where the guild meets.",
            "fork": False,
            "url": self.api,
            "clone_url": f"{self.web}.git",
            "git_url": f"git://github.com/{self.world.full_name}.git",
            "ssh_url": f"git@github.com:{self.world.full_name}.git",
            "svn_url": self.web,
            "mirror_url": None,
            "homepage": None,
            "language": "Python",
            "default_branch": "main",
            "license": {
                "key": "apache-2.0",
                "name": "Apache License 2.0",
                "spdx_id": "Apache-2.0",
                "url": f"{self.base}/licenses/apache-2.0",
                "node_id": "L_apache",
            },
            "topics": ["hall", "guild"],
            "visibility": "private" if self.world.is_private else "public",
            "created_at": "2024-01-08T09:00:00Z",
            "updated_at": "2024-01-08T09:00:00Z",
            "pushed_at": "2024-01-08T09:00:00Z",
        }
        found |= dict.fromkeys(TEMPLATES, "")
        found |= {name: f"{self.api}/{name.removesuffix('_url')}" for name in TEMPLATES}
        found |= dict.fromkeys(COUNTS, 0)
        found |= dict.fromkeys(FLAGS, False)
        return found | {"has_issues": self.world.has_issues}


COUNTS = (
    "forks",
    "forks_count",
    "network_count",
    "open_issues",
    "open_issues_count",
    "size",
    "stargazers_count",
    "subscribers_count",
    "watchers",
    "watchers_count",
)
FLAGS = (
    "archived",
    "disabled",
    "has_discussions",
    "has_downloads",
    "has_pages",
    "has_projects",
    "has_wiki",
)
TEMPLATE_NAMES = """
archive assignees blobs branches collaborators comments commits compare contents
contributors deployments downloads events forks git_commits git_refs git_tags hooks
issue_comment issue_events issues keys labels languages merges milestones notifications
pulls releases stargazers statuses subscribers subscription tags teams trees
"""
TEMPLATES = tuple(f"{name}_url" for name in TEMPLATE_NAMES.split())
