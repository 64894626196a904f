"""A told chapter as the records that the ledger takes in, through GitHub's own mapping."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, timedelta
from functools import lru_cache

from community.lib.refusals import NOTHING
from community.people.hashing import email_domain, email_hash
from contributors.activity.records import (
    Actor,
    Batch,
    CompletenessRecord,
    ContributionRecord,
    Part,
)
from integrations.demo.stage import DAMAGE, Chapter, Commit
from integrations.github import mapping
from integrations.github.completeness import HOW


def batch_of(chapter: Chapter) -> Batch:
    """Everything of one repository: the forge's pages and git's commits."""
    opened = [mapping.issue_to_records(one) for one in chapter.issues]
    opened += [mapping.pull_request_to_records(one) for one in chapter.pulls]
    acts = [record for batch in opened for record in batch.contributions]
    acts += [mapping.comment_to_record(one) for one in chapter.comments]
    acts += [mapping.review_comment_to_record(one) for one in chapter.review_comments]
    maybe = [mapping.review_to_record(one) for one in chapter.reviews]
    maybe += [mapping.release_to_record(one) for one in chapter.releases]
    acts += [record for record in maybe if record is not None]
    for commit in chapter.commits:
        acts += commit_records(commit)
    return Batch([item for batch in opened for item in batch.work_items], acts)


def commit_records(commit: Commit) -> Iterator[ContributionRecord]:
    """The commit of its author, and what others had to do with it."""
    yield commit_record(commit, "commit", commit.author, commit.sha)
    if commit.committer != commit.author:
        yield commit_record(commit, "committed", commit.committer, commit.sha)
    for kind, people in (("co_authored", commit.co_authors), ("signed_off", commit.signed_off)):
        for one in people:
            yield commit_record(commit, kind, one, f"{commit.sha}:{git_actor(*one).uid[:16]}")


def commit_record(
    commit: Commit, kind: str, who: tuple[str, str], external_id: str
) -> ContributionRecord:
    """One person's part in a commit; the lines are the author's alone."""
    offset = commit.authored_at.utcoffset() or timedelta()
    is_commit = kind == "commit"
    return ContributionRecord(
        source="git",
        kind=kind,
        external_id=external_id,
        actor=git_actor(*who),
        occurred_at=commit.authored_at.astimezone(UTC),
        zone_minutes=int(offset.total_seconds() // 60) if is_commit else None,
        title=commit.subject[:300],
        is_merge=commit.parents > 1,
        lines_added=commit.added if is_commit else None,
        lines_removed=commit.removed if is_commit else None,
    )


@lru_cache(maxsize=1024)
def git_actor(name: str, address: str) -> Actor:
    """Somebody as a commit names them."""
    digest = email_hash(address)
    return Actor(
        provider="git",
        uid=digest,
        name=name,
        email_hash=digest,
        email_domain=email_domain(address),
        is_bot="[bot]" in name,
    )


def completeness_of(
    chapter: Chapter, batch: Batch, first: date, last: date
) -> list[CompletenessRecord]:
    """Received against expected for every day from the repository's first one, kind by kind."""
    received = Counter((act.occurred_at.date(), act.kind) for act in batch.contributions)
    lost = {
        (day, kind): [number for one, number in gone if one == kind]
        for day, gone in chapter.lost.items()
        for kind, _number in gone
    }
    kinds: defaultdict[date, set[str]] = defaultdict(set)
    for day, kind in (*received, *lost):
        kinds[day].add(kind)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [
        day_of(
            day,
            {
                kind: part_of(kind, received[day, kind], lost.get((day, kind), []))
                for kind in sorted(kinds[day])
            },
        )
        for day in days
    ]


def part_of(kind: str, received: int, lost: Sequence[int]) -> Part:
    """What one kind gave, and the items at which something of it was lost."""
    return Part(received + len(lost), received, HOW.get(kind, "recorded"), sorted(set(lost)))


def day_of(day: date, parts: Mapping[str, Part]) -> CompletenessRecord:
    """A day as the sum of its kinds."""
    expected = sum(part.expected for part in parts.values())
    received = sum(part.received for part in parts.values())
    reason = DAMAGE if received < expected else NOTHING
    return CompletenessRecord(day, expected, received, reason, parts)


def actors_in(batch: Batch) -> set[tuple[str, str]]:
    """Provider and id of everybody whom a batch names."""
    named: list[Actor | None] = [one.actor for one in batch.contributions]
    for item in batch.work_items:
        named += [item.author, item.closed_by]
    return {(one.provider, one.uid) for one in named if one}
