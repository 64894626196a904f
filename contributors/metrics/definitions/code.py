"""What was committed, and by whom."""

from collections.abc import Sequence
from datetime import date

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


@found_once
def read_by_people(commits: Sequence[Commit], period: Period) -> tuple[list[Commit], int]:
    """The same of commits that were read, by the day of their author."""
    return by_people([one for one in commits if not one.is_request], period)


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
    if by_committer:
        read = [one for one in commits if not one.is_request]
        people, bots = by_people(read, period, by_committer=True)
    else:
        people, bots = read_by_people(commits, period)
    counted = [
        one
        for one in people
        if (one.is_source or one.is_empty)
        and (with_merges or not one.is_merge)
        and (with_empty or not one.is_empty)
    ]
    number = sum(one.times for one in counted)
    nobody = sum(one.times for one in counted if one.author is None)
    return Finding(number, number, share(nobody, number), {"bots": bots})


@defined("count")
def code_changes_lines(commits: Sequence[Commit], period: Period) -> Finding:
    """Lines added plus lines removed in the period, vendored and generated files left out.

    Lines of merged change requests serve only where no commits of a repository
    are read, so that nothing counts twice. What has no lines is `missing`.
    """
    people, _ = read_by_people(commits, period)
    if requests := [one for one in commits if one.is_request]:
        read = {one.repository for one in commits if not one.is_request}
        others, _ = by_people(requests, period)
        people = [*people, *(one for one in others if one.repository not in read)]
    known = [one for one in people if one.added is not None and one.removed is not None]
    total, seen = (sum(one.times for one in rows) for rows in (people, known))
    added = sum(one.added or 0 for one in known)
    removed = sum(one.removed or 0 for one in known)
    details = {
        "added": added,
        "removed": removed,
        "net": added - removed,
        "vendored": sum(one.vendored for one in people),
    }
    lines = None if total and not seen else added + removed
    return Finding(lines, seen, share(total - seen, total), details)


@defined("count")
def committers(commits: Sequence[Commit], period: Period) -> Finding:
    """Distinct people who wrote a commit of the period that was merged.

    People, not addresses: one person with many mails is one.
    """
    people, bots = read_by_people(commits, period)
    authors = {one.author for one in people if one.author is not None}
    total = sum(one.times for one in people)
    nobody = sum(one.times for one in people if one.author is None)
    return Finding(len(authors), len(authors), share(nobody, total), {"bots": bots})
