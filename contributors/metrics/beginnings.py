"""When people first did things in a repository, a project and the community."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson
from django.db import connection
from django.db.models import Min, Q, QuerySet, Sum

from community.people.bulk import among, plain_rows, upsert
from community.projects.models import Repository
from contributors.activity.models import DayCount, WorkItem
from contributors.metrics.buckets import Columns, dates_of
from contributors.metrics.calendar import first_of_month
from contributors.metrics.definitions.staying import TURNED_DAYS
from contributors.metrics.employed import Differing, organizations_of
from contributors.metrics.ledger_reading import DAYS
from contributors.metrics.models import Beginning, Scope
from contributors.metrics.sheets import NUMBER, Texts, text_of

# What somebody does who joins in, before a change request of theirs is merged.
JOINING = ("issue", "issue_comment", "review", "review_comment")
JOINS = frozenset(NUMBER[kind] for kind in JOINING)
TABLE = Beginning._meta.db_table
KEY = ("scope", "scope_id", "person_id")
Row = tuple[Any, ...]  # DAYS as text, then requests
NOTHING: Row = (None, None, None, None, 0)


def turned(joined: str | None, merged: str | None) -> tuple[str | None, str | None]:
    """The days on which somebody joined in and had something merged, that of the later without
    it where it came too late to count."""
    if joined is None or merged is None:
        return joined, merged
    entered, later = sorted((joined, merged))
    if date.fromisoformat(later) < date.fromisoformat(entered) + timedelta(days=TURNED_DAYS):
        return joined, merged
    return (joined, None) if joined == entered else (None, merged)


@dataclass(slots=True)
class Moved:
    """Months whose newcomers may be others now, by what they began with, and the first month
    in which somebody opened another number of change requests."""

    months: defaultdict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    asked_from: date | None = None

    def note(self, old: Row, new: Row) -> None:
        for name, before, after in zip(DAYS, old, new, strict=False):
            if before != after:
                days = [date.fromisoformat(day) for day in (before, after) if day]
                self.months[name].update(map(first_of_month, days))
        if old[1:3] != new[1:3]:
            entries = {turned(*old[1:3]), turned(*new[1:3])}
            entered = [min(filter(None, one)) for one in entries if any(one)]
            if len(entries) > 1:
                self.months["entered"].update(
                    first_of_month(date.fromisoformat(day)) for day in entered
                )

    def ask(self, month: date) -> None:
        self.asked_from = min(month, self.asked_from or month)

    def add(self, other: "Moved") -> None:
        for name, months in other.months.items():
            self.months[name] |= months
        if other.asked_from:
            self.ask(other.asked_from)


def stored(scope: Scope, scope_id: int, people: Collection[int] | None = None) -> dict[int, Row]:
    rows = Beginning.objects.filter(scope=scope, scope_id=scope_id).order_by()
    if people is not None:
        rows = rows.filter(person__in=among(people))
    found = plain_rows(rows.values_list("person_id", *DAYS, "requests"))
    return {
        person: (*(text_of(day) for day in days), requests) for person, *days, requests in found
    }


def acted(chosen: Q) -> dict[int, tuple[str | None, str | None]]:
    """Each person's first day in a repository, and the first on which they joined in."""
    counts = DayCount.objects.filter(chosen, identity__person__is_bot=False).order_by()
    rows = counts.values("identity__person_id").annotate(
        first=Min("day"), joined=Min("day", filter=Q(kind__in=JOINING))
    )
    return {
        person: (text_of(first), text_of(joined))
        for person, first, joined in plain_rows(
            rows.values_list("identity__person_id", "first", "joined")
        )
    }


def asked(repository: int) -> dict[int, int]:
    """How many change requests each person ever opened."""
    counts = DayCount.objects.filter(
        repository=repository, kind="change_request", identity__person__is_bot=False
    ).order_by()
    rows = counts.values("identity__person_id").annotate(times=Sum("count"))
    return dict(plain_rows(rows.values_list("identity__person_id", "times")))


def merged(repository: int) -> dict[int, str]:
    """The day on which each person first had a change request merged."""
    rows = WorkItem.objects.filter(
        repository=repository,
        deleted_at=None,
        merged_at__isnull=False,
        author__person__is_bot=False,
    ).order_by()
    firsts = rows.values("author__person_id").annotate(first=Min("merged_at"))
    found = plain_rows(firsts.values_list("author__person_id", "first"))
    return {person: text_of(moment)[:10] for person, moment in found}


def closed(repository: int) -> dict[int, str]:
    """The day on which each person first closed an issue."""
    rows = WorkItem.objects.filter(
        repository=repository,
        kind="issue",
        deleted_at=None,
        closed_at__isnull=False,
        closed_by__person__is_bot=False,
    ).order_by()
    firsts = rows.values("closed_by__person_id").annotate(first=Min("closed_at"))
    found = plain_rows(firsts.values_list("closed_by__person_id", "first"))
    return {person: text_of(moment)[:10] for person, moment in found}


class Change:
    """What changed sheets say of each person, before and after."""

    def __init__(self, pairs: Mapping[date, tuple[Texts | None, Texts]]) -> None:
        self.months = {month.isoformat()[:7] for month in pairs}
        self.first: dict[int, str] = {}
        self.joined: dict[int, str] = {}
        self.people: set[int] = set()
        self.people_in: defaultdict[date, set[int]] = defaultdict(set)
        self.organizations_in: dict[date, Differing] = {}
        self.requests: defaultdict[int, int] = defaultdict(int)
        self.asked_in: set[date] = set()
        for month, (before, after) in pairs.items():
            if before is None or before["acts"] != after["acts"]:
                old = orjson.loads(before["acts"]) if before else None
                new = orjson.loads(after["acts"])
                if old:
                    self._note(month, old, is_new=False)
                self._note(month, new, is_new=True)
                self.organizations_in[month] = organizations_of(old, new)
            asks = [
                orjson.loads(one["days"])["asks"] if one else [[]] * 3 for one in (before, after)
            ]
            if asks[0] != asks[1]:
                self._count(month, asks[0], -1)
                self._count(month, asks[1], 1)

    def _note(self, month: date, part: Columns, *, is_new: bool) -> None:
        days = dates_of(month)
        numbers, people, kinds, _, bots, _ = part["acts"]
        for person, kind, number, bot in zip(people, kinds, numbers, bots, strict=True):
            if not person or bot:
                continue
            self.people.add(person)
            self.people_in[month].add(person)
            if is_new:
                day = days[number].isoformat()
                if day < self.first.get(person, "9"):
                    self.first[person] = day
                if kind in JOINS and day < self.joined.get(person, "9"):
                    self.joined[person] = day

    def _count(self, month: date, asks: Sequence[Sequence[int]], sign: int) -> None:
        self.asked_in.add(month)
        for person, _, times in zip(*asks, strict=True):
            self.requests[person] += sign * times

    def earliest(self, old: str | None, new: str | None) -> tuple[str | None, bool]:
        """The first day there is now, and whether that is certain."""
        if old is None or old[:7] not in self.months:
            return min((day for day in (old, new) if day), default=None), True
        return (new, True) if new is not None and new <= old else (None, False)


def renew_beginnings(repository: int, project: int, change: Change, *, has_items: bool) -> Moved:
    """Bring the beginnings in a repository, its project and the community in step with
    sheets that changed, and tell what moved."""
    # Items may tell of anybody when they first had one merged or closed one.
    concerned = None if has_items else change.people | change.requests.keys()
    old = stored(Scope.REPOSITORY, repository, concerned)
    new = {**old, **after_acts(repository, change, old)}
    for person, times in change.requests.items():
        row = new.get(person, NOTHING)
        new[person] = (*row[:4], row[4] + times)
    if has_items:
        merges, closings = merged(repository), closed(repository)
        for person in new.keys() | merges.keys() | closings.keys():
            row = new.get(person, NOTHING)
            new[person] = (*row[:2], merges.get(person), closings.get(person), row[4])
    moved = Moved()
    for month in change.asked_in:
        moved.ask(month)
    changes = {
        person: (old.get(person, NOTHING), row)
        for person, row in new.items()
        if row != old.get(person, NOTHING)
    }
    for pair in changes.values():
        moved.note(*pair)
    write(Scope.REPOSITORY, repository, {person: row for person, (_, row) in changes.items()})
    mine = Beginning.objects.filter(scope=Scope.REPOSITORY).order_by()
    of_project = mine.filter(scope_id__in=repositories_of(project))
    renew_wider(Scope.PROJECT, project, of_project, changes, moved)
    renew_wider(Scope.COMMUNITY, 0, mine, changes, moved)
    return moved


def after_acts(repository: int, change: Change, old: Mapping[int, Row]) -> dict[int, Row]:
    """Rows with the first days that hold now, of who did anything in what changed."""
    new, unsure = {}, set()
    for person in change.people:
        first, joined, *more = old.get(person, NOTHING)
        first, is_sure = change.earliest(first, change.first.get(person))
        joined, is_sure_too = change.earliest(joined, change.joined.get(person))
        new[person] = (first, joined, *more)
        if not (is_sure and is_sure_too):
            unsure.add(person)
    if unsure:
        found = acted(Q(repository=repository, identity__person__in=among(unsure)))
        for person in unsure:
            new[person] = (*found.get(person, (None, None)), *new[person][2:])
    return new


def renew_wider(
    scope: Scope,
    scope_id: int,
    rows: QuerySet[Beginning],
    changes: Mapping[int, tuple[Row, Row]],
    moved: Moved,
) -> None:
    """The same of a project or the community, whose `rows` are those of its repositories."""
    if not changes:
        return
    old = stored(scope, scope_id, changes)
    fresh: dict[int, Row] = {}
    unsure = []
    for person, (before, after) in changes.items():
        row = old.get(person, NOTHING)
        if any(is_later(*pair) for pair in zip(before[:4], after[:4], strict=True)):
            unsure.append(person)  # another repository may have been the first with them
        else:
            days = (
                min(filter(None, pair), default=None)
                for pair in zip(row[:4], after[:4], strict=True)
            )
            fresh[person] = (*days, row[4] + after[4] - before[4])
    if unsure:
        fresh |= least_of(rows, unsure)
    written = {who: row for who, row in fresh.items() if row != old.get(who, NOTHING)}
    for person, row in written.items():
        moved.note(old.get(person, NOTHING), row)
    write(scope, scope_id, written)


def is_later(before: str | None, after: str | None) -> bool:
    """Whether a day went, or was put off."""
    return before is not None and (after is None or after > before)


def least_of(rows: QuerySet[Beginning], people: Sequence[int]) -> dict[int, Row]:
    """The earliest days of people among these rows, and their change requests in all."""
    mine = rows.filter(person__in=among(people)).values("person_id")
    least = mine.annotate(*(Min(name) for name in DAYS), times=Sum("requests"))
    names = ("person_id", *(f"{name}__min" for name in DAYS), "times")
    found = plain_rows(least.values_list(*names))
    return {
        **dict.fromkeys(people, NOTHING),
        **{person: (*map(text_of, days), times) for person, *days, times in found},
    }


def repositories_of(project: int) -> list[int]:
    return list(Repository.objects.filter(project=project).values_list("pk", flat=True))


def write(scope: Scope, scope_id: int, rows: Mapping[int, Row]) -> None:
    """Rows in the place of old ones; whoever did nothing at all has none."""
    kept = [(scope.value, scope_id, person, *row) for person, row in rows.items() if row != NOTHING]
    upsert(TABLE, KEY, (*DAYS, "requests"), kept)
    gone = [person for person, row in rows.items() if row == NOTHING]
    if gone:
        Beginning.objects.filter(scope=scope, scope_id=scope_id, person__in=among(gone)).delete()


def rebuild_beginnings(repositories: Iterable[int]) -> None:
    """All of them anew from the ledger."""
    Beginning.objects.all().delete()
    for repository in repositories:
        days = acted(Q(repository=repository))
        merges, closings, requests = merged(repository), closed(repository), asked(repository)
        people = days.keys() | merges.keys() | closings.keys()
        rows = {
            person: (
                *days.get(person, (None, None)),
                merges.get(person),
                closings.get(person),
                requests.get(person, 0),
            )
            for person in people
        }
        write(Scope.REPOSITORY, repository, rows)
    least = ", ".join(f"min(b.{name})" for name in DAYS)
    into = f"INSERT INTO {TABLE} (scope, scope_id, person_id, {', '.join(DAYS)}, requests)"
    mine = f"FROM {TABLE} b JOIN projects_repository r ON r.id = b.scope_id"
    with connection.cursor() as cursor:
        for scope, owner in ((Scope.PROJECT, "r.project_id"), (Scope.COMMUNITY, "0 * r.id")):
            cursor.execute(
                f"{into} SELECT %s, {owner}, b.person_id, {least}, sum(b.requests) "
                f"{mine} WHERE b.scope = %s GROUP BY {owner}, b.person_id",
                [scope.value, Scope.REPOSITORY.value],
            )
