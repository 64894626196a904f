"""Commits come by git: no request of the API is spent on them, but for who wrote them.

Where git cannot reach them, GitHub's list of the history stands in.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from community.projects.models import Repository
from contributors.activity.records import Batch
from integrations.connections.gitmirror import mirror
from integrations.connections.gitpages import commit_pages, history_at
from integrations.connections.gitprocess import GitFailed
from integrations.connections.protocol import Page
from integrations.github import authors
from integrations.github.cursor import Cursor
from integrations.github.history import BY, OWN, Walk
from integrations.github.transport import Transport

PHASE = "commits"


class Commits:
    """Reads the history of one repository of GitHub, in the thread that writes.

    What it has to wait for, git and GitHub, runs in other threads; meanwhile it
    gives None, and rings a bell when the wait is over.
    """

    def __init__(
        self,
        repository: Repository,
        cursor: Cursor,
        transport: Transport,
        place: Mapping[str, str],
        pool: Executor,
        ring: Callable[..., None],
    ) -> None:
        self.repository = repository
        self.cursor = cursor
        self.part = cursor.phase(PHASE)
        self.transport = transport
        self.pool = pool
        self.ring = ring
        self.authors = authors.Authors(transport, place, repository, cursor)
        self.walk = Walk(transport, place, repository, self.part)
        self.count: int | None = None

    def pages(self, git: Executor, *, token: str, full: bool) -> Iterator[Page | None]:
        """New commits, then the accounts behind their addresses. Raises `Refused`."""
        before = dict(self.part)
        for page in self._commits(git, token=token, full=full):
            if page is None:
                yield None
                continue
            yield from self._introduced(page.batch)
            yield replace(page, cursor={})
        is_pending = self.cursor.phase(authors.PHASE).get("pending")
        if not is_pending and self.part == before:
            return
        if is_pending:
            yield from self._linked()
        facts = {"commits": self.count, "commits_by": self.part.get("by", "git")}
        yield Page(Batch(), {}, authors.PHASE, facts=facts)

    def _commits(self, git: Executor, *, token: str, full: bool) -> Iterator[Page | None]:
        """Pages of new commits; afterwards `count` says how many the history holds."""
        try:
            yield from self._by_git(git, token=token, full=full)
            for name in OWN:
                self.part.pop(name, None)
        except Refused as failure:
            yield from self._by_list(Sentence.of(failure.reason), full=full)

    def _by_list(self, failure: Sentence, *, full: bool) -> Iterator[Page | None]:
        """The same from GitHub's list, since git failed. Raises `Refused` for both."""
        self.part["by"] = BY
        try:
            yield from self.walk.pages(partial(self._started, self.pool), full=full)
        except Refused as refusal:
            reason = _("%(git)s GitHub's list of commits cannot be read either: %(github)s")
            said = {"git": failure.as_json(), "github": Sentence.of(refusal.reason).as_json()}
            raise Refused(refusal.code, Sentence(reason, said)) from refusal
        self.part["done"], self.count = True, self.walk.total

    def _by_git(self, git: Executor, *, token: str, full: bool) -> Iterator[Page | None]:
        """The same from a copy that git makes. Raises `Refused`."""
        try:
            copying = self._started(git, mirror, clone_address(self.repository), token=token)
            yield from self._until(copying)
            history = history_at(copying.result(), url=self.repository.url)
            if history.is_empty():
                self.part["done"], self.count = True, 0
                return
            for page in commit_pages(history, self.part, repository=self.repository, full=full):
                self.part.update(page.cursor)
                yield page
            self.part["done"], self.count = True, history.count()
        except GitFailed as failure:
            reason = _("Git could not read the repository: %(said)s")
            raise Refused("git_failed", Sentence(reason, {"said": failure.said})) from failure

    def _introduced(self, batch: Batch) -> Iterator[None]:
        """Ask about addresses nobody has seen before their commits are stored."""
        self.cursor.phase(authors.PHASE)["pending"] = True
        for chunk in self.authors.unseen(batch):
            people = [one for one, _sha in chunk]
            if self.part.get("by"):  # the list names them
                told = [self.walk.accounts.get(sha) for _one, sha in chunk]
                self.authors.introduce(people, told)
                continue
            asking = self._started(self.pool, self.authors.users, [sha for _one, sha in chunk])
            yield from self._until(asking)
            users = authors.answered(asking)
            if users is None:
                return
            self.authors.introduce(people, users)

    def _linked(self) -> Iterator[Page | None]:
        """Ask about addresses not asked about before; a fault leaves them to the next run."""
        part = self.cursor.phase(authors.PHASE)
        while found := self.authors.unasked(after=part.get("identity", 0)):
            asked = [(key, sha) for key, uid, sha in found if uid not in self.authors.unknown]
            asking = self._started(self.pool, self.authors.users, [sha for _key, sha in asked])
            yield from self._until(asking)
            users = authors.answered(asking)
            if users is None:
                return
            for (key, _sha), user in zip(asked, users, strict=True):
                if user is not None:
                    authors.tie(key, user)
            part["identity"] = found[-1][0]
            yield Page(Batch(), {}, authors.PHASE)
        part.pop("pending", None)

    def _started(
        self, pool: Executor, work: Callable[..., Any], *given: Any, **named: Any
    ) -> Future[Any]:
        """Work in another thread that rings when it is over."""
        future = pool.submit(work, *given, **named)
        future.add_done_callback(self.ring)
        return future

    def _until(self, future: Future[Any]) -> Iterator[None]:
        while not future.done():
            yield None


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
