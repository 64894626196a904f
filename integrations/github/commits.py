"""Commits come by git: no request of the API is spent on them."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from community.projects.models import Repository
from integrations.connections.gitmirror import mirror
from integrations.connections.gitpages import commit_pages, history_at
from integrations.connections.gitprocess import GitFailed
from integrations.connections.protocol import Page
from integrations.github.cursor import Cursor

PHASE = "commits"


class Commits:
    """Reads the history of one repository of GitHub from a bare copy."""

    def __init__(self, repository: Repository, cursor: Cursor) -> None:
        self.repository = repository
        self.cursor = cursor
        self.count: int | None = None

    def pages(self, *, token: str, full: bool) -> Iterator[Page]:
        """New commits; afterwards `count` says how many the history holds. Raises `Refused`."""
        part = self.cursor.phase(PHASE)
        try:
            path = mirror(clone_address(self.repository), token=token)
            history = history_at(path, url=self.repository.url)
            if history.is_empty():
                part["done"], self.count = True, 0
                return
            for page in commit_pages(history, part, repository=self.repository, full=full):
                part.update(page.cursor)
                yield page
            part["done"], self.count = True, history.count()
        except GitFailed as failure:
            reason = _("Git could not read the repository: %(said)s")
            raise Refused("git_failed", Sentence(reason, {"said": failure.said})) from failure


def clone_address(repository: Repository) -> str:
    """What git is sent to: `clone_url`, or the same repository below GITHUB_CLONE_BASE.

    Without a base only https will do: a path in an answer must not make us
    read this machine's own files. Raises `Refused`.
    """
    base = settings.GITHUB_CLONE_BASE.removeprefix("file://").rstrip("/")
    if not base:
        if not repository.clone_url.startswith("https://"):
            reason = _("GitHub gave no https address to read commits from.")
            raise Refused("bad_clone_url", Sentence(reason))
        return repository.clone_url
    address = f"{base}/{repository.name}.git"
    if "://" not in base and not Path(address).exists():
        return f"{base}/{repository.name}"
    return address
