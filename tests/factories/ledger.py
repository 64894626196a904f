"""Fills the ledger through its one door, and works off what the figures owe to it."""

from datetime import UTC, date, datetime, time, timedelta

from community.jobs.models import Job
from community.jobs.registry import find
from community.projects.models import Repository
from contributors.activity.ingest import ingest
from contributors.activity.records import Actor, Batch, ContributionRecord, WorkItemRecord
from contributors.metrics.actions import refresh_figures, refresh_recent

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def actor(number: int, *, is_bot: bool = False) -> Actor:
    return Actor("github", str(number), f"login-{number}", f"Person {number}", is_bot=is_bot)


def act(name: str, by: int | None, day: date, kind: str = "commit", **more) -> ContributionRecord:
    """Something that actor `by` did at noon of a day; `name` is its id at the source."""
    who = None if by is None else actor(by)
    moment = noon(day)
    return ContributionRecord("github", kind, name, who, moment, **{"updated_at": moment, **more})


def work(
    number: int,
    by: int,
    opened: date,
    *,
    closed: date | None = None,
    merged: bool = False,
    kind: str = "issue",
    updated: date | None = None,
) -> WorkItemRecord:
    """An issue or change request that actor `by` opened."""
    end = noon(closed) if closed else None
    state = "merged" if merged else "closed" if closed else "open"
    return WorkItemRecord(
        "github",
        kind,
        f"item-{number}",
        number,
        f"Item {number}",
        actor(by),
        state,
        noon(opened),
        noon(updated or closed or opened),
        closed_at=end,
        merged_at=end if merged else None,
    )


def fill(repository: Repository, *records: ContributionRecord | WorkItemRecord) -> None:
    """Ingest acts and work items in one batch."""
    batch = Batch(
        work_items=[one for one in records if isinstance(one, WorkItemRecord)],
        contributions=[one for one in records if isinstance(one, ContributionRecord)],
    )
    ingest(repository=repository, batch=batch, at=datetime(2026, 12, 31, tzinfo=UTC))


def settle_figures() -> None:
    """Run the jobs that wait for the figures, what derives from the ledger as late as can be."""
    for tasks in ("metrics.note", "activity.note"):
        run_waiting(tasks)
        run_waiting("metrics.note")
        refresh_figures(at=datetime(2026, 12, 31, tzinfo=UTC))
        refresh_recent(at=datetime(2026, 12, 31, tzinfo=UTC))


def run_waiting(tasks: str) -> None:
    """Run the jobs that wait for tasks whose names begin so, in the order they were made."""
    for job in Job.objects.filter(task__startswith=tasks, state="waiting").order_by("pk"):
        find(job.task).run(**job.arguments)
        job.delete()


def quarter(repository: Repository) -> None:
    """Three months of a small repository: two people, a bot, issues and change requests."""
    start = date(2026, 1, 1)
    records: list[ContributionRecord | WorkItemRecord] = []
    for week in range(13):
        day = start + timedelta(days=7 * week)
        records += [act(f"c-{week}-{n}", 1, day) for n in range(3)]
        records.append(act(f"d-{week}", 2, day, "review"))
        records.append(
            ContributionRecord("github", "commit", f"b-{week}", actor(9, is_bot=True), noon(day))
        )
        issue, request = 2 * week + 1, 2 * week + 2
        closed = day + timedelta(days=3) if week % 2 else None
        records.append(work(issue, 2, day, closed=closed))
        records.append(work(request, 1, day, closed=closed, merged=True, kind="change_request"))
        records.append(act(f"i-{issue}", 2, day, "issue", work_item=issue))
        records.append(act(f"r-{request}", 1, day, "change_request", work_item=request))
        if week % 3:
            reply = day + timedelta(days=week % 3)
            records.append(act(f"a-{week}", 1, reply, "issue_comment", work_item=issue))
    fill(repository, *records)
