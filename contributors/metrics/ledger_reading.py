"""The stored ledger read into plain rows: one pass for every repository at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from community.people.models import Affiliation
from community.projects.models import Repository
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from contributors.activity.tallies import DayInText, HourInText
from contributors.metrics.definitions.rhythm import Moment
from contributors.metrics.definitions.rows import (
    INDEPENDENT,
    UNKNOWN,
    Act,
    Commit,
    Item,
    Reply,
    Touch,
)
from contributors.metrics.definitions.staying import Entry
from contributors.metrics.ledger import Ledger, day_after, first_of_month, months_of

Span = tuple[date, date, int]
# Providers whose repositories know neither issues nor change requests.
COMMITS_ALONE = ("git",)
# What somebody does who joins in, before a change request of theirs is merged.
JOINING = ("issue", "issue_comment", "review", "review_comment")
NOBODY = (UNKNOWN,)


def open_ledgers(repositories: Sequence[int]) -> dict[int, Ledger]:
    """The ledger of each repository, knowing no more yet than its extent and its people."""
    ledgers = {pk: Ledger() for pk in repositories}
    chosen = Q(repository__in=repositories)
    read_extent(ledgers, chosen)
    read_firsts(ledgers, chosen)
    read_merges(ledgers, chosen)
    read_closes(ledgers, chosen)
    read_requests(ledgers, chosen)
    read_totals(ledgers, chosen)
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
    recent = chosen & since_day("occurred_at", since)
    read_comments(ledgers, recent)
    read_moments(ledgers, recent)
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
    """Each person's first day in each repository, and the first that joins in; without bots."""
    counts = DayCount.objects.filter(chosen, identity__person__is_bot=False).order_by()
    firsts = counts.values("repository_id", "identity__person_id").annotate(
        first=Min("day"), joined=Min("day", filter=Q(kind__in=JOINING))
    )
    names = ("repository_id", "identity__person_id", "first", "joined")
    for pk, person, day, joined in firsts.values_list(*names):
        ledgers[pk].firsts[person] = day
        if joined:
            ledgers[pk].entries[person] = Entry(joined=joined)


def read_merges(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """The day on which each person first had a change request merged in each repository."""
    merged = WorkItem.objects.filter(
        chosen, deleted_at=None, merged_at__isnull=False, author__person__is_bot=False
    )
    names = ("repository_id", "author__person_id", "first")
    firsts = by_repository(merged).values("repository_id", "author__person_id")
    for pk, person, moment in firsts.annotate(first=Min("merged_at")).values_list(*names):
        mine = ledgers[pk].entries
        mine[person] = mine.get(person, Entry())._replace(merged=moment.date())


def read_closes(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """The day on which each person first closed an issue of each repository."""
    closed = WorkItem.objects.filter(
        chosen,
        kind="issue",
        deleted_at=None,
        closed_at__isnull=False,
        closed_by__person__is_bot=False,
    )
    names = ("repository_id", "closed_by__person_id", "first")
    firsts = closed.order_by().values("repository_id", "closed_by__person_id")
    for pk, person, moment in firsts.annotate(first=Min("closed_at")).values_list(*names):
        ledgers[pk].closes[person] = moment.date()


def read_requests(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """The days on which each person opened change requests, in order."""
    opened = DayCount.objects.filter(
        chosen, kind="change_request", identity__person__is_bot=False
    ).order_by("day")
    names = ("repository_id", "identity__person_id", "day", "count")
    for pk, person, day, times in opened.values_list(*names):
        ledgers[pk].requests.setdefault(person, []).extend([day] * times)


def read_totals(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """How much people did on each day of each repository; who is not known is a person."""
    bots = Q(identity__person__is_bot=True)
    counts = DayCount.objects.filter(chosen).order_by().values("repository_id", "day")
    days = counts.annotate(times=Sum("count", filter=~bots))
    for pk, day, times in days.values_list("repository_id", "day", "times"):
        ledgers[pk].totals[day] = times or 0


def read_acts(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """Who did how much of what on which day, and for whom they worked then."""
    employers = read_affiliations()
    seen: set[tuple[int, int, date]] = set()
    rows = DayCount.objects.filter(chosen).values_list(
        "repository_id",
        "identity__person_id",
        "kind",
        "day",
        "count",
        "identity__person__is_bot",
        "lines_added",
        "lines_removed",
    )
    for pk, person, kind, day, times, is_bot, *lines in rows.iterator(chunk_size=5000):
        employer, *others = employers_on(employers.get(person, ()), day)
        act = Act(person, kind, day, times, employer, bool(is_bot), tuple(others))
        month = first_of_month(day)
        ledgers[pk].acts[month].append(act)
        if person is not None and not is_bot and (pk, person, day) not in seen:
            seen.add((pk, person, day))
            ledgers[pk].presence[month].append(act)
        if kind == "commit":
            ledgers[pk].commits[month].append(commit_of(act, *lines))


def commit_of(act: Act, added: int, removed: int) -> Commit:
    """Commits of a day; one without any line is empty, or its source tells no lines."""
    if not added and not removed:
        return Commit(act.person, act.day, act.times, is_bot=act.is_bot)
    return Commit(act.person, act.day, act.times, added, removed, is_bot=act.is_bot)


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


def employers_on(spans: Iterable[Span], day: date) -> tuple[int, ...]:
    """The organizations of the affiliations in force on a day, the newest first."""
    found = dict.fromkeys(who for start, end, who in spans if start <= day < end)
    return tuple(found) or NOBODY


def since_day(name: str, since: date | None) -> Q:
    """Moments from a day on; None: all."""
    return Q(**{f"{name}__gte": datetime.combine(since, time.min, UTC)}) if since else Q()


def read_items(ledgers: Mapping[int, Ledger], chosen: Q, since: date | None) -> None:
    """Issues and change requests that were open, or opened, at some time from a day on."""
    reviews = read_reviews(chosen & since_day("occurred_at", since))
    ends = [ledger.observed_until for ledger in ledgers.values() if ledger.observed_until]
    horizon = day_after(max(ends)) if ends else date.min
    alive = Q()
    if since is not None:
        alive = since_day("opened_at", since) | since_day("closed_at", since)
        alive |= since_day("merged_at", since) | Q(closed_at=None, merged_at=None)
    rows = WorkItem.objects.filter(chosen).filter(alive).values(*ITEM_FIELDS)
    for row in rows.iterator(chunk_size=5000):
        ledger = ledgers[row["repository_id"]]
        item = item_of(row, ledger.observed_until or row["opened_at"], reviews)
        place_item(ledger, item, since, horizon)
        if item.kind == "issue":
            touch_issue(ledger, row)


ITEM_FIELDS = (
    *("pk", "repository_id", "kind", "opened_at", "closed_at", "merged_at", "state_reason"),
    *("first_response_at", "is_draft", "labels", "author__person_id", "author__person__is_bot"),
    *("closed_by__person__is_bot", "deleted_at"),
)


def item_of(
    row: Mapping[str, Any], observed_until: datetime, reviews: Mapping[int, Sequence[Reply]]
) -> Item:
    """A stored issue or change request as the definitions take it."""
    return Item(
        kind=row["kind"],
        opened_at=row["opened_at"],
        observed_until=observed_until,
        closed_at=row["closed_at"],
        merged_at=row["merged_at"],
        reason=row["state_reason"],
        first_response_at=row["first_response_at"],
        is_draft=row["is_draft"],
        author=row["author__person_id"],
        is_bot=bool(row["author__person__is_bot"]),
        is_deleted=row["deleted_at"] is not None,
        repository=row["repository_id"],
        labels=tuple(row["labels"]),
        replies=tuple(reviews.get(row["pk"], ())),
    )


def place_item(ledger: Ledger, item: Item, since: date | None, horizon: date) -> None:
    """Put an item into the months in which it began or ended, and those it was open through."""
    turns = (item.opened_at, item.closed_at, item.merged_at)
    for month in {first_of_month(turn.date()) for turn in turns if turn}:
        ledger.items[month].append(item)
    start = item.opened_at.date() if since is None else max(item.opened_at.date(), since)
    end = first_of_month(item.ended_at.date()) if item.ended_at else horizon
    for month in months_of(start, end):
        ledger.standing[month].append(item)


def touch_issue(ledger: Ledger, row: Mapping[str, Any]) -> None:
    """An issue is touched when it is opened and when it is closed."""
    is_gone = row["deleted_at"] is not None
    ends = [(row["opened_at"], row["author__person__is_bot"])]
    if row["closed_at"]:
        ends.append((row["closed_at"], row["closed_by__person__is_bot"]))
    for moment, is_bot in ends:
        day = moment.date()
        touch = Touch(row["pk"], day, bool(is_bot), is_gone)
        ledger.touches[first_of_month(day)].append(touch)


def read_comments(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """On which days people, or only bots, spoke on which issues."""
    spoken = Contribution.objects.filter(
        chosen, deleted_at=None, kind="issue_comment", work_item__kind="issue"
    ).order_by()
    names = ("repository_id", "work_item_id", "on", "identity__person__is_bot")
    rows = spoken.annotate(on=DayInText("occurred_at")).values_list(*names).distinct()
    for pk, item, on, is_bot in rows.iterator(chunk_size=5000):
        day = date.fromisoformat(on)
        ledgers[pk].touches[first_of_month(day)].append(Touch(item, day, bool(is_bot)))


def read_moments(ledgers: Mapping[int, Ledger], chosen: Q) -> None:
    """How much people did in each hour; whose hours they were is not read."""
    acts = Contribution.objects.filter(chosen, deleted_at=None).order_by()
    people = acts.exclude(identity__person__is_bot=True)
    hours = people.annotate(on=HourInText("occurred_at")).values("repository_id", "on")
    rows = hours.annotate(times=Count("pk")).values_list("repository_id", "on", "times")
    for pk, on, times in rows.iterator(chunk_size=5000):
        moment = datetime.fromisoformat(on).replace(tzinfo=UTC)
        ledgers[pk].moments[first_of_month(moment.date())].append(Moment(moment, times))


def read_reviews(chosen: Q) -> dict[int, list[Reply]]:
    """The reviews of each change request."""
    found: defaultdict[int, list[Reply]] = defaultdict(list)
    rows = Contribution.objects.filter(
        chosen, deleted_at=None, kind="review", work_item__kind="change_request"
    ).values_list(
        "work_item_id",
        "occurred_at",
        "identity__person_id",
        "outcome",
        "identity__person__is_bot",
    )
    for item, moment, person, outcome, is_bot in rows.iterator(chunk_size=5000):
        found[item].append(Reply(moment, person, "review", outcome, bool(is_bot)))
    return found
