"""Plain git: any repository that this machine or another one holds, bare or not."""

import hashlib
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from community.lib.refusals import NOTHING, Refused, Sentence
from contributors.activity.models import Completeness, Contribution, DayCount
from contributors.activity.records import CompletenessRecord
from integrations.connections.gitmirror import (
    copy_of,
    default_branch,
    local_repository,
    mirror,
    parse_remote,
)
from integrations.connections.gitpages import History, commit_pages, history_at
from integrations.connections.gitprocess import GitFailed, run
from integrations.connections.keys import Key, first_secret
from integrations.connections.models import Source
from integrations.connections.protocol import Described, Page

LONGEST_ID = 191
NO_DESCRIPTION = "Unnamed repository"


class GitConnector:
    """Reads the commits of one repository.

    Options of the source: `merges` is include or exclude, `refs` is head or all.
    """

    name = "git"

    def describe(self, location: str, *, keys: Sequence[Key]) -> Described:
        """Look the repository up by address or path. Raises `Refused`."""
        remote = parse_remote(location)
        if remote is None:
            return _describe_local(local_repository(location))
        url = remote.url.removesuffix("/").removesuffix(".git")
        return Described(
            external_id=_short(remote.url),
            name="/".join(url.replace(":", "/").split("/")[-2:]),
            url=url if remote.scheme == "https" else "",
            clone_url=remote.url,
            default_branch=default_branch(location, token=first_secret(keys)),
            location=remote.url,
        )

    def pages(self, source: Source, *, keys: Sequence[Key], full: bool) -> Generator[Page]:
        """Commits since the cursor, oldest first. Raises `Refused`."""
        history = _history(source, mirror(source.location, token=first_secret(keys)))
        try:
            yield from commit_pages(history, source.cursor, repository=source.repository, full=full)
        except GitFailed as failure:
            reason = _("Git could not read the repository: %(said)s")
            raise Refused("git_failed", Sentence(reason, {"said": failure.said})) from failure

    def requests(self) -> Mapping[str, int]:
        """Git asks no API."""
        return {"rest": 0, "graphql": 0, "not_modified": 0}

    def budget(self) -> Mapping[str, Any]:
        """Nobody meters git."""
        return {}

    def completeness(self, source: Source, /) -> Sequence[CompletenessRecord]:
        """Commits of the history against commits in the ledger, by the day they were written."""
        received = _received(source)
        try:
            missing = _missing(source, sum(received.values()))
        except (GitFailed, Refused):
            rows = Completeness.objects.filter(repository=source.repository)
            known = rows.values_list("day", "expected", "received", "reason")
            return [CompletenessRecord(*row) for row in known]
        reason = Sentence(_("Commits that were not read yet"))
        return [
            CompletenessRecord(
                day,
                received[day] + missing[day],
                received[day],
                reason if missing[day] else NOTHING,
            )
            for day in sorted({*received, *missing})
        ]


def _describe_local(path: Path) -> Described:
    head = run(path, "rev-parse", "--absolute-git-dir").strip()
    words = Path(head) / "description"
    text = words.read_text(errors="replace").strip() if words.is_file() else ""
    try:
        branch = run(path, "symbolic-ref", "--short", "--quiet", "HEAD").strip()
    except GitFailed:  # a detached HEAD
        branch = ""
    return Described(
        external_id=_short(str(path)),
        name=(path.parent if path.name == ".git" else path).name.removesuffix(".git"),
        clone_url=str(path),
        default_branch=branch,
        description="" if text.startswith(NO_DESCRIPTION) else text,
        location=str(path),
    )


def _short(text: str) -> str:
    """An id of its own for any address, as it is when it fits."""
    return text if len(text) <= LONGEST_ID else hashlib.sha256(text.encode()).hexdigest()


def _history(source: Source, path: Path) -> History:
    return history_at(
        path,
        url=source.repository.url,
        merges=source.options.get("merges", "include"),
        refs=source.options.get("refs", "head"),
    )


def _received(source: Source) -> Counter[date]:
    """Commits in the ledger by day."""
    rows = DayCount.objects.filter(repository=source.repository, kind=Contribution.Kind.COMMIT)
    return Counter(dict(rows.values_list("day").annotate(Sum("count")).order_by()))


def _missing(source: Source, received: int) -> Counter[date]:
    """Commits of the history that the ledger lacks, by day; looked for when the counts differ."""
    history = _history(source, _here(source))
    if history.is_empty() or history.count() == received:
        return Counter()
    rows = Contribution.objects.present().filter(
        repository=source.repository, kind=Contribution.Kind.COMMIT
    )
    known = set(rows.values_list("external_id", flat=True))
    lacking = "".join(f"{sha}\n" for sha in history.shas() if sha not in known)
    if not lacking:
        return Counter()
    times = run(history.path, "log", "--no-walk", "--stdin", "--format=%ct", stdin=lacking)
    return Counter(datetime.fromtimestamp(int(one), UTC).date() for one in times.split())


def _here(source: Source) -> Path:
    """The copy on this machine, as the last run left it."""
    remote = parse_remote(source.location)
    return local_repository(source.location) if remote is None else copy_of(remote)
