"""The ledger read into the plain rows that the definitions take."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Max, Min, Q, QuerySet

from community.people.models import Affiliation
from community.projects.models import Repository
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from contributors.metrics.definitions.rows import INDEPENDENT, UNKNOWN, Act, Item, Period

Span = tuple[date, date, int]
# Providers whose repositories know neither issues nor change requests.
COMMITS_ALONE = ("git",)


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def months_of(start: date, end: date) -> list[date]:
    """The first days of the months that [start, end) touches."""
    found, month = [], first_of_month(start)
    while month < end:
        found.append(month)
        month = next_month(month)
    return found


@dataclass(slots=True)
class Ledger:
    """All that is known of one scope, by month, from some day on.

    `firsts` holds each person's first day ever, whatever the day the rest begins.
    """

    acts: defaultdict[date, list[Act]] = field(default_factory=lambda: defaultdict(list))
    items: defaultdict[date, list[Item]] = field(default_factory=lambda: defaultdict(list))
    firsts: dict[int, date] = field(default_factory=dict)
    received: dict[date, tuple[int, int]] = field(default_factory=dict)  # day: received, expected
    tracked_from: date | None = None
    observed_until: datetime | None = None
    # From when issues and change requests are known; None where no source knows any.
    items_from: date | None = None

    def period(self, kind: str, start: date, end: date) -> Period:
        """These days with the beginning of what a metric of such rows is given."""
        if kind == "items":
            return Period(start, end, self.items_from or date.max)
        return Period(start, end, self.tracked_from)

    def rows(self, kind: str, period: Period) -> Any:
        """What a metric is given for a period: acts, items, or everybody's first day."""
        if kind == "firsts":
            return self.firsts
        months = months_of(period.start, period.end)
        if kind == "acts":
            return [act for month in months for act in self.acts.get(month, ())]
        # An item stands in each month in which something ended or began for it.
        touched = {id(item): item for month in months for item in self.items.get(month, ())}
        return list(touched.values())

    def completeness(self, period: Period) -> float | None:
        """Received of expected over the days of a period; None when nothing was expected."""
        received = expected = 0
        for offset in range((period.end - period.start).days):
            got, due = self.received.get(period.start + timedelta(days=offset), (0, 0))
            received, expected = received + got, expected + due
        return received / expected if expected else None

    def of_person(self, person: int) -> "Ledger":
        """What one person did, as far as the same sources are known."""
        mine = Ledger(received=self.received)
        for month, acts in self.acts.items():
            mine.acts[month] = [act for act in acts if act.person == person]
        for month, items in self.items.items():
            mine.items[month] = [item for item in items if item.author == person]
        if person in self.firsts:
            mine.firsts[person] = self.firsts[person]
        mine.track(self.tracked_from, self.observed_until)
        mine.items_from = self.items_from
        return mine

    def add(self, other: "Ledger") -> None:
        """Take in what another scope knows."""
        for month, acts in other.acts.items():
            self.acts[month].extend(acts)
        for month, items in other.items.items():
            self.items[month].extend(items)
        for person, day in other.firsts.items():
            self.firsts[person] = min(day, self.firsts.get(person, day))
        for day, (received, expected) in other.received.items():
            mine = self.received.get(day, (0, 0))
            self.received[day] = (mine[0] + received, mine[1] + expected)
        self.track(other.tracked_from, other.observed_until)
        if other.items_from is not None:
            self.items_from = min(other.items_from, self.items_from or other.items_from)

    def track(self, earliest: date | None, latest: datetime | None) -> None:
        """Widen what is known to reach from `earliest` to `latest`."""
        if earliest is not None:
            self.tracked_from = min(earliest, self.tracked_from or earliest)
        if latest is not None:
            self.observed_until = max(latest, self.observed_until or latest)


def united(ledgers: Iterable[Ledger]) -> Ledger:
    """What several scopes know together."""
    whole = Ledger()
    for ledger in ledgers:
        whole.add(ledger)
    return whole


def open_ledgers(repositories: Sequence[int]) -> dict[int, Ledger]:
    """The ledger of each repository, knowing no more yet than its extent and its people."""
    ledgers = {pk: Ledger() for pk in repositories}
    chosen = Q(repository__in=repositories)
    read_extent(ledgers, chosen)
    read_firsts(ledgers, chosen)
    for pk in Repository.objects.exclude(provider__in=COMMITS_ALONE).values_list("pk", flat=True):
        if pk in ledgers:
            ledgers[pk].items_from = ledgers[pk].tracked_from
    return ledgers


def fill_ledgers(ledgers: Mapping[int, Ledger], since: date | None) -> None:
    """Read acts, items and completeness from a day on (None: all)."""
    chosen = Q(repository__in=list(ledgers))
    on_days = chosen & Q(day__gte=since) if since else chosen
    read_acts(ledgers, on_days)
    read_items(ledgers, chosen, since)
    for pk, day, received, expected in Completeness.objects.filter(on_days).values_list(
        "repository_id", "day", "received", "expected"
    ):
        ledgers[pk].received[day] = (received, expected)


def read_extent(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """From when and until when each repository is known."""
    present = Contribution.objects.filter(chosen, deleted_at=None)
    # A clock that runs ahead must not carry the end of what is known into the future.
    plausible = Q(occurred_at__lte=F("recorded_at"))
    moments = by_repository(present).annotate(
        first=Min("occurred_at"), last=Max("occurred_at", filter=plausible)
    )
    for pk, first, last in moments.values_list("repository_id", "first", "last"):
        ledgers[pk].track(first.date(), last)
    items = by_repository(WorkItem.objects.filter(chosen)).annotate(
        first=Min("opened_at"), last=Max("updated_at")
    )
    for pk, first, last in items.values_list("repository_id", "first", "last"):
        ledgers[pk].track(first.date(), last)
    checks = by_repository(Completeness.objects.filter(chosen)).annotate(
        first=Min("day"), last=Max("day")
    )
    for pk, first, last in checks.values_list("repository_id", "first", "last"):
        ledgers[pk].track(first, datetime.combine(last + timedelta(days=1), time.min, UTC))


def by_repository(rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """One row per repository."""
    return rows.order_by().values("repository_id")


def read_firsts(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """Each person's first day in each repository, without bots."""
    counts = DayCount.objects.filter(chosen, identity__person__is_bot=False).order_by()
    firsts = counts.values("repository_id", "identity__person_id").annotate(first=Min("day"))
    for pk, person, day in firsts.values_list("repository_id", "identity__person_id", "first"):
        ledgers[pk].firsts[person] = day


def read_acts(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """Who did how much of what on which day, and for whom they worked then."""
    employers = read_affiliations()
    rows = DayCount.objects.filter(chosen).values_list(
        "repository_id",
        "identity__person_id",
        "kind",
        "day",
        "count",
        "identity__person__is_bot",
    )
    for pk, person, kind, day, times, is_bot in rows.iterator(chunk_size=5000):
        employer = employer_on(employers.get(person, ()), day)
        act = Act(person, kind, day, times, employer, bool(is_bot))
        ledgers[pk].acts[first_of_month(day)].append(act)


def read_affiliations() -> dict[int | None, list[Span]]:
    """Each person's affiliations as (first day, end, organization), the newest first."""
    spans: dict[int | None, list[Span]] = defaultdict(list)
    for person, organization, start, end in Affiliation.objects.order_by("pk").values_list(
        "person_id", "organization_id", "starts_on", "ends_on"
    ):
        spans[person].append((start or date.min, end or date.max, organization or INDEPENDENT))
    for found in spans.values():
        found.sort(reverse=True)
    return spans


def employer_on(spans: Iterable[Span], day: date) -> int:
    """The organization of the newest affiliation in force on a day."""
    return next((who for start, end, who in spans if start <= day < end), UNKNOWN)


def read_items(ledgers: Mapping[int, Ledger], chosen: Q, since: date | None) -> None:
    """Issues and change requests opened, closed or merged from a day on."""
    rows = WorkItem.objects.filter(chosen)
    if since is not None:
        start = datetime.combine(since, time.min, UTC)
        rows = rows.filter(
            Q(opened_at__gte=start) | Q(closed_at__gte=start) | Q(merged_at__gte=start)
        )
    for row in rows.values_list(
        "repository_id",
        "kind",
        "opened_at",
        "closed_at",
        "merged_at",
        "state_reason",
        "first_response_at",
        "is_draft",
        "author__person_id",
        "author__person__is_bot",
        "deleted_at",
    ).iterator(chunk_size=5000):
        pk, kind, opened, closed, merged, reason, answered, is_draft, *author, deleted = row
        item = Item(
            kind=kind,
            opened_at=opened,
            observed_until=ledgers[pk].observed_until or opened,
            closed_at=closed,
            merged_at=merged,
            reason=reason,
            first_response_at=answered,
            is_draft=is_draft,
            author=author[0],
            is_bot=bool(author[1]),
            is_deleted=deleted is not None,
        )
        for month in {first_of_month(t.date()) for t in (opened, closed, merged) if t}:
            ledgers[pk].items[month].append(item)
