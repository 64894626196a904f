"""Commits as pages of records, with a cursor from which any run can go on."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.utils import timezone

from community.people.hashing import email_domain, email_hash
from community.projects.models import Repository
from contributors.activity.ingest import mark_deleted
from contributors.activity.models import Contribution
from contributors.activity.records import Actor, Batch, ContributionRecord
from integrations.connections.gitlog import REFS, Commit, Signature, read_commits
from integrations.connections.gitprocess import run, streaming, succeeds
from integrations.connections.protocol import Page

SOURCE = "git"
PAGE = 500
T = TypeVar("T")
KINDS = ("commit", "committed", "co_authored", "signed_off")
_NUMBERED = re.compile(r"^(\d+)\+(.+)@users\.noreply\.github\.com$", re.IGNORECASE)
_WEB_COMMITTER = "noreply@github.com"


@lru_cache(maxsize=8192)  # the same few people write most commits
def actor_of(who: Signature) -> Actor | None:
    """The person behind a signature; None when it names nobody.

    An address that GitHub made up carries the numeric id of the account.
    """
    email = who.email.strip().lower()
    if match := _NUMBERED.match(email):
        login = who.email.strip()[match.start(2) : match.end(2)]
        hashed = email_hash(email)
        return Actor("github", match[1], login=login, name=who.name, email_hash=hashed)
    named = email or who.name.strip()
    if not named:
        return None
    return Actor(
        provider=SOURCE,
        uid=email_hash(named),
        name=who.name.strip(),
        email_hash=email_hash(email) if email else "",
        email_domain=email_domain(email),
        is_bot=email == _WEB_COMMITTER,
    )


def commit_to_records(commit: Commit, *, url: str = "") -> list[ContributionRecord]:
    """The deeds of one commit: written, applied, co-written, signed off; each person once."""
    author, committer = actor_of(commit.author), actor_of(commit.committer)
    common: dict[str, Any] = {
        "source": SOURCE,
        "title": commit.title,
        "url": f"{url}/commit/{commit.sha}" if url.startswith("https://") else "",
        "zone_minutes": commit.zone_minutes,
        "is_merge": commit.is_merge,
    }
    records = [
        ContributionRecord(
            kind="commit",
            external_id=commit.sha,
            actor=author,
            occurred_at=commit.authored_at,
            lines_added=commit.lines_added,
            lines_removed=commit.lines_removed,
            **common,
        )
    ]
    common["occurred_at"] = commit.committed_at
    if committer is not None and not _is_same(committer, author):
        records.append(
            ContributionRecord(kind="committed", external_id=commit.sha, actor=committer, **common)
        )
    for kind, people in (("co_authored", commit.co_authors), ("signed_off", commit.signers)):
        seen = {None, _key(author) if kind == "co_authored" else None}
        for place, who in enumerate(people):
            actor = actor_of(who)
            if _key(actor) not in seen and actor is not None:
                seen.add(_key(actor))
                records.append(
                    ContributionRecord(
                        kind=kind, external_id=f"{commit.sha}:{place}", actor=actor, **common
                    )
                )
    return records


def unsaid(commit: Commit, records: Iterable[ContributionRecord]) -> set[tuple[str, str]]:
    """Kinds and ids that this commit could have brought under another mailmap, but did not."""
    possible = {("committed", commit.sha)}
    possible |= {("co_authored", f"{commit.sha}:{n}") for n in range(len(commit.co_authors))}
    possible |= {("signed_off", f"{commit.sha}:{n}") for n in range(len(commit.signers))}
    return possible - {(record.kind, record.external_id) for record in records}


def _key(actor: Actor | None) -> tuple[str, str] | None:
    return None if actor is None else (actor.provider, actor.uid)


def _is_same(one: Actor, other: Actor | None) -> bool:
    return _key(one) == _key(other)


@dataclass(frozen=True, slots=True)
class History:
    """A repository on this machine and how to read it."""

    path: Path
    url: str = ""
    merges: str = "include"
    refs: str = "head"

    def is_empty(self) -> bool:
        """Whether there is no commit to read."""
        if self.refs == "all":
            return not run(self.path, "for-each-ref", "--count=1", "refs/heads")
        return not succeeds(self.path, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")

    def mailmap(self) -> str:
        """What the mailmap is now, as an object name; empty when there is none."""
        if not succeeds(self.path, "rev-parse", "--verify", "--quiet", "HEAD:.mailmap"):
            return ""
        return run(self.path, "rev-parse", "HEAD:.mailmap").strip()

    def count(self, since_tips: Sequence[str] = ()) -> int:
        """How many commits count that are not reachable from these tips."""
        without = "".join(f"^{tip}\n" for tip in since_tips)
        return int(run(self.path, *self._rev_list(), "--count", "--stdin", stdin=without))

    def _rev_list(self) -> list[str]:
        skipped = ["--no-merges"] if self.merges == "exclude" else []
        return ["rev-list", *skipped, REFS[self.refs]]

    def present(self, tips: Sequence[str]) -> list[str]:
        """Those of these commits that the repository still holds."""
        asked = "".join(f"{tip}^{{commit}}\n" for tip in tips)
        answers = run(self.path, "cat-file", "--batch-check", stdin=asked).splitlines()
        return [
            tip for tip, answer in zip(tips, answers, strict=True) if not answer.endswith("missing")
        ]

    def is_rewritten(self, tips: Sequence[str]) -> bool:
        """Whether commits we read are no longer part of the history (a force-push)."""
        held = self.present(tips)
        if len(held) < len(tips):
            return True
        arguments = ["rev-list", "--max-count=1", "--stdin", "--not", REFS[self.refs]]
        return bool(tips) and bool(run(self.path, *arguments, stdin="\n".join(held) + "\n").strip())

    def shas(self) -> Iterator[str]:
        """Every commit that counts now."""
        with streaming(self.path, *self._rev_list()) as lines:
            for line in lines:
                yield line.decode().strip()


def history_at(
    path: Path, *, url: str = "", merges: str = "include", refs: str = "head"
) -> History:
    """A repository as it can be read: by every branch where HEAD names one that is not there."""
    history = History(path, url, merges, refs)
    return replace(history, refs="all") if history.is_empty() else history


@dataclass(slots=True)
class _Frontier:
    """The commits read so far, by those of them that no other one has as a parent."""

    tips: dict[str, None] = field(default_factory=dict)

    def take(self, commit: Commit) -> None:
        for parent in commit.parents:
            self.tips.pop(parent, None)
        self.tips[commit.sha] = None


def commit_pages(
    history: History, cursor: Mapping[str, Any], *, repository: Repository, full: bool
) -> Iterator[Page]:
    """Pages of commits since the cursor, or all of them; each page's cursor is exact.

    The cursor holds the tips of what was read and the mailmap under which it
    was read: with another mailmap, or after a force-push, everything is read
    again, and what is said no longer is marked as deleted. `by` in it says that
    somebody else's list brought commits, of which git knows better. Raises `GitFailed`.
    """
    if history.is_empty():
        return
    mailmap, tips = history.mailmap(), list(cursor.get("tips", []))
    anew = full or cursor.get("mailmap", mailmap) != mailmap or history.is_rewritten(tips)
    tips = [] if anew else tips
    is_mending = anew or bool(cursor.get("by"))
    if is_mending:
        retire_gone(repository, history)
    total, done = history.count(tips), 0
    frontier = _Frontier(dict.fromkeys(tips))
    with closing(_ahead(_told(history, tips))) as read:
        for chunk, told in read:
            for commit in chunk:
                frontier.take(commit)
            done += len(told)
            if is_mending:
                retire(repository, {key for one, records in told for key in unsaid(one, records)})
            yield Page(
                batch=Batch(contributions=[record for _, records in told for record in records]),
                cursor={"tips": list(frontier.tips), "mailmap": mailmap},
                phase="commits",
                counts=_counts([one for one, _ in told]),
                done=done,
                total=total,
            )


Told = list[tuple[Commit, list[ContributionRecord]]]


def _told(history: History, tips: Sequence[str]) -> Generator[tuple[list[Commit], Told]]:
    """The commits of each page, and those of them that count with their records."""
    with closing(read_commits(history.path, since_tips=tips, refs=history.refs)) as commits:
        for chunk in _chunks(commits):
            counted = (one for one in chunk if history.merges == "include" or not one.is_merge)
            yield chunk, [(one, commit_to_records(one, url=history.url)) for one in counted]


def _ahead(items: Generator[T]) -> Generator[T]:
    """The same, the next one being made in another thread while one is looked at."""
    with ThreadPoolExecutor(1) as crew, closing(items):
        coming = crew.submit(next, items, None)
        try:
            while (item := coming.result()) is not None:
                coming = crew.submit(next, items, None)
                yield item
        finally:
            wait([coming])


def retire_gone(repository: Repository, history: History) -> None:
    """Mark as deleted what hangs on commits that are no longer part of the history."""
    retire_all_but(repository, {bytes.fromhex(sha) for sha in history.shas()})


def retire_all_but(repository: Repository, alive: Collection[bytes]) -> None:
    """Mark as deleted what hangs on other commits than these."""
    rows = Contribution.objects.present().filter(repository=repository, kind__in=KINDS)
    named = rows.values_list("kind", "external_id").iterator()
    gone = {key for key in named if bytes.fromhex(key[1].partition(":")[0]) not in alive}
    retire(repository, gone)


def retire(repository: Repository, keys: Iterable[tuple[str, str]]) -> None:
    """Mark those of these kinds and ids as deleted that the ledger holds."""
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for kind, external_id in keys:
        by_kind[kind].append(external_id)
    rows = Contribution.objects.present().filter(repository=repository)
    for kind, external_ids in by_kind.items():
        for start in range(0, len(external_ids), PAGE):
            held = rows.filter(kind=kind, external_id__in=external_ids[start : start + PAGE])
            known = list(held.values_list("external_id", flat=True))
            if known:
                mark_deleted(
                    repository=repository, kind=kind, external_ids=known, at=timezone.now()
                )


def _counts(commits: Sequence[Commit]) -> Mapping[str, int]:
    redated = sum(one.is_redated for one in commits)
    return Counter(commits=len(commits), **({"redated": redated} if redated else {}))


def _chunks(commits: Iterable[Commit]) -> Iterator[list[Commit]]:
    rest = iter(commits)
    while chunk := list(islice(rest, PAGE)):
        yield chunk
