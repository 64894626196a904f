"""What was committed, and by whom."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from contributors.metrics.definitions.rows import (
    Commit,
    Finding,
    Period,
    defined,
    found_once,
    share,
)


def written(commit: Commit, *, by_committer: bool) -> date:
    """The day of the author, or that of the committer where it is known."""
    return commit.committed_on or commit.day if by_committer else commit.day


def by_people(
    commits: Sequence[Commit], period: Period, *, by_committer: bool = False
) -> tuple[list[Commit], int]:
    """Commits in the period that no bot wrote, and how many bots did."""
    start, end = period.start, period.end
    found = [one for one in commits if start <= written(one, by_committer=by_committer) < end]
    people = [one for one in found if not one.is_bot]
    return people, sum(one.times for one in found if one.is_bot)


class Counted(NamedTuple):
    """Commits of people, those of nobody who is known, and those of bots."""

    number: int
    nameless: int
    bots: int


class Lines(NamedTuple):
    """Lines of the commits of people, and of how many of them they are known."""

    total: int
    seen: int
    added: int
    removed: int
    vendored: int


def read_by_people(commits: Sequence[Commit], period: Period) -> tuple[list[Commit], int]:
    """Commits that were read, by the day of their author, and how many are by bots."""
    return by_people([one for one in commits if not one.is_request], period)


@found_once
def counted(
    commits: Sequence[Commit],
    period: Period,
    *,
    by_committer: bool = False,
    with_merges: bool = True,
    with_empty: bool = True,
) -> Counted:
    """The commits of a period that touch source."""
    read = [one for one in commits if not one.is_request]
    people, bots = by_people(read, period, by_committer=by_committer)
    found = [
        one
        for one in people
        if (one.is_source or one.is_empty)
        and (with_merges or not one.is_merge)
        and (with_empty or not one.is_empty)
    ]
    nobody = sum(one.times for one in found if one.author is None)
    return Counted(sum(one.times for one in found), nobody, bots)


@found_once
def lines_of(commits: Sequence[Commit], period: Period) -> Lines:
    """The lines of a period, those of merged change requests where no commits are read."""
    people, _ = read_by_people(commits, period)
    if requests := [one for one in commits if one.is_request]:
        read = {one.repository for one in commits if not one.is_request}
        others, _ = by_people(requests, period)
        people = [*people, *(one for one in others if one.repository not in read)]
    known = [one for one in people if one.added is not None and one.removed is not None]
    total, seen = (sum(one.times for one in rows) for rows in (people, known))
    added = sum(one.added or 0 for one in known)
    removed = sum(one.removed or 0 for one in known)
    return Lines(total, seen, added, removed, sum(one.vendored for one in people))


@found_once
def authors_of(commits: Sequence[Commit], period: Period) -> tuple[set[int], Counted]:
    """Who wrote the commits of a period, and all of them, whatever they touch."""
    people, bots = read_by_people(commits, period)
    authors = {one.author for one in people if one.author is not None}
    nobody = sum(one.times for one in people if one.author is None)
    return authors, Counted(sum(one.times for one in people), nobody, bots)


@defined("count")
def code_changes_commits(
    commits: Sequence[Commit],
    period: Period,
    *,
    by_committer: bool = False,
    with_merges: bool = True,
    with_empty: bool = True,
) -> Finding:
    """Commits that touch source in the period, by the day on which they were written.

    Merges and empty commits count unless told otherwise; `by_committer` goes by
    the day on which they were applied.
    """
    if by_committer or not (with_merges and with_empty):
        options = {"with_merges": with_merges, "with_empty": with_empty}
        found = counted(commits, period, by_committer=by_committer, **options)
    else:
        found = counted(commits, period)
    return Finding(
        found.number, found.number, share(found.nameless, found.number), {"bots": found.bots}
    )


@defined("count")
def code_changes_lines(commits: Sequence[Commit], period: Period) -> Finding:
    """Lines added plus lines removed in the period, vendored and generated files left out.

    Lines of merged change requests serve only where no commits of a repository
    are read, so that nothing counts twice. What has no lines is `missing`.
    """
    total, seen, added, removed, vendored = lines_of(commits, period)
    details = {"added": added, "removed": removed, "net": added - removed, "vendored": vendored}
    lines = None if total and not seen else added + removed
    return Finding(lines, seen, share(total - seen, total), details)


@defined("count")
def committers(commits: Sequence[Commit], period: Period) -> Finding:
    """Distinct people who wrote a commit of the period that was merged.

    People, not addresses: one person with many mails is one.
    """
    authors, found = authors_of(commits, period)
    number, missing = len(authors), share(found.nameless, found.number)
    return Finding(number, number, missing, {"bots": found.bots})
