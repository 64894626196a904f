"""The ledger of one repository by months, as plain columns that are read fast.

`days`: `totals` [day, acts of people], `received` [day, received, expected],
`asks` [person, day, change requests]. `people`: columns of day, person and
organization, for the first and the last day on which somebody did anything there; bots
as a person 0, where they work for an organization. `acts`: `acts`, columns of day,
person (0: not known), kind, times, whether a bot did it, and organizations; `commits`
[day, author, by a bot, commits, lines added, lines removed]; `hours` [hour of
the month, times]; `touches` [day, issue, by a bot, gone]. `items`: a row for each
issue and change request that began or ended in the month, with its reviews.
`standing`: the issues open at its end. Columns are in the order of the first.

Moments are texts in UTC, as SQLite keeps them; nothing is rounded.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time
from functools import reduce
from operator import itemgetter, or_
from typing import Any, NamedTuple

import orjson
from django.db.models import CharField, Count, Q
from django.db.models.functions import Cast

from community.people.bulk import among, plain_rows
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from contributors.activity.tallies import DayInText, HourInText
from contributors.metrics.affiliations import Employers
from contributors.metrics.calendar import months_of, next_month

PARTS = ("days", "people", "acts", "items", "standing")
KINDS = tuple(Contribution.Kind.values)
NUMBER = {kind: number for number, kind in enumerate(KINDS)}
COMMIT = NUMBER["commit"]
REQUEST = NUMBER["change_request"]
ITEM = (
    *("pk", "kind", "opened_at", "closed_at", "merged_at", "state_reason", "first_response_at"),
    *("is_draft", "author__person_id", "author__person__is_bot", "deleted_at", "labels"),
    *("closed_by__person_id", "closed_by__person__is_bot"),
)
Texts = dict[str, str]
Months = Collection[date] | None  # None: all


class Chosen(NamedTuple):
    """What is read: a repository, and perhaps only what one person did."""

    repository: int
    person: int | None = None

    def acts(self, by: str = "identity__person") -> Q:
        mine = Q(repository=self.repository)
        return mine if self.person is None else mine & Q(**{by: self.person})


def text_of(value: Any) -> Any:
    """A day or moment as text, whichever driver gave it."""
    if value is None or value.__class__ is str:
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ")[:-6]
    return value.isoformat() if isinstance(value, date) else value


def spans_of(months: Months) -> list[tuple[date, date]]:
    """Half-open spans of days that cover these months, those that touch made one."""
    spans: list[tuple[date, date]] = []
    for month in sorted(months or ()):
        if spans and spans[-1][1] == month:
            spans[-1] = (spans[-1][0], next_month(month))
        else:
            spans.append((month, next_month(month)))
    return spans


def on_days(name: str, months: Months) -> Q:
    """Rows whose day lies in these months."""
    if months is None:
        return Q()
    spans = spans_of(months)
    found = (Q(**{f"{name}__gte": start, f"{name}__lt": end}) for start, end in spans)
    return reduce(or_, found, Q(pk__in=()))


def at_moments(name: str, months: Months) -> Q:
    """Rows whose moment lies in these months."""
    if months is None:
        return Q()
    spans = ([datetime.combine(day, time.min, UTC) for day in pair] for pair in spans_of(months))
    found = (Q(**{f"{name}__gte": start, f"{name}__lt": end}) for start, end in spans)
    return reduce(or_, found, Q(pk__in=()))


def read_days(chosen: Chosen, months: Months, into: "Drafts", employers: Employers) -> None:
    """What was done by whom on which day: acts, totals and change requests."""
    rows = DayCount.objects.filter(chosen.acts(), on_days("day", months)).order_by()
    # As text, so that no driver makes a date of each first.
    rows = rows.annotate(on=Cast("day", CharField()))
    names = ("on", "identity__person_id", "kind", "count", "identity__person__is_bot")
    drafts: dict[str, tuple[Draft, int]] = {}
    found = plain_rows(rows.values_list(*names, "lines_added", "lines_removed"))
    employers.learn({person for _, person, *_ in found if person})
    for text, person, kind, times, is_bot, added, removed in found:
        if text not in drafts:
            drafts[text] = into[text[:7]], int(text[8:])
        draft, number = drafts[text]
        who, bot, what = person or 0, int(bool(is_bot)), NUMBER[kind]
        draft.acts.append((number, who, what, times, bot, employers.on(person, text)))
        if what == COMMIT:
            draft.commits.append((number, who, bot, times, added, removed))
        if not bot:
            draft.totals[number] += times
            if what == REQUEST and who:
                draft.asks[who, number] += times


def read_completeness(chosen: Chosen, months: Months, into: "Drafts") -> None:
    rows = Completeness.objects.filter(on_days("day", months), repository=chosen.repository)
    dated = rows.order_by().annotate(on=Cast("day", CharField()))
    for text, received, expected in plain_rows(dated.values_list("on", "received", "expected")):
        into[text[:7]].received.append((int(text[8:]), received, expected))


def read_hours(chosen: Chosen, months: Months, into: "Drafts") -> None:
    """How much people did in each hour; whose hours they were is not read."""
    acts = Contribution.objects.filter(
        chosen.acts(), at_moments("occurred_at", months), deleted_at=None
    ).exclude(identity__person__is_bot=True)
    hours = acts.order_by().annotate(on=HourInText("occurred_at")).values("on")
    for on, times in plain_rows(hours.annotate(times=Count("pk")).values_list("on", "times")):
        into[on[:7]].hours.append((24 * int(on[8:10]) + int(on[11:]), times))


def read_talk(chosen: Chosen, months: Months, into: "Drafts") -> None:
    """On which days people, or only bots, spoke on which issues."""
    spoken = Contribution.objects.filter(
        chosen.acts(),
        at_moments("occurred_at", months),
        deleted_at=None,
        kind="issue_comment",
        work_item__kind="issue",
    ).order_by()
    names = ("work_item_id", "on", "identity__person__is_bot")
    rows = spoken.annotate(on=DayInText("occurred_at")).values_list(*names).distinct()
    for item, on, is_bot in plain_rows(rows):
        into[on[:7]].touches.add((int(on[8:]), item, int(bool(is_bot)), 0))


def read_items(chosen: Chosen, months: Months, into: "Drafts") -> None:
    """Issues and change requests, in each month in which something began or ended for them."""
    turns = ("opened_at", "closed_at", "merged_at")
    any_turn = reduce(or_, (at_moments(name, months) for name in turns))
    rows = WorkItem.objects.filter(chosen.acts("author__person"), any_turn).order_by()
    found = plain_rows(rows.values_list(*ITEM))
    requests = [row[0] for row in found if row[1] == "change_request"]
    reviews = read_reviews(chosen, None if months is None else requests)
    wanted = None if months is None else {month.isoformat()[:7] for month in months}
    for pk, kind, *moments, draft, author, is_bot, gone, labels, closer, closer_is_bot in found:
        opened, closed, merged, reason, answered = [
            one if place == 3 else text_of(one) for place, one in enumerate(moments)
        ]
        row = (
            *(pk, int(kind == "change_request"), opened, closed, merged, reason, answered),
            *(int(draft), author or 0, int(bool(is_bot)), int(gone is not None)),
            *(orjson.loads(labels), reviews.get(pk, []), 0 if closer_is_bot else closer or 0),
        )
        for month in {turn[:7] for turn in (opened, closed, merged) if turn}:
            if wanted is None or month in wanted:
                into[month].items.append(row)
        if kind == "issue":
            ends = [(opened, is_bot), *([(closed, closer_is_bot)] if closed else [])]
            for turn, bot in ends:
                if wanted is None or turn[:7] in wanted:
                    touch = (int(turn[8:10]), pk, int(bool(bot)), int(gone is not None))
                    into[turn[:7]].touches.add(touch)


def read_reviews(chosen: Chosen, items: Sequence[int] | None) -> dict[int, list[Any]]:
    """The reviews of change requests, in order."""
    rows = Contribution.objects.filter(
        repository=chosen.repository,
        deleted_at=None,
        kind="review",
        work_item__kind="change_request",
    ).order_by()
    if items is not None:
        rows = rows.filter(work_item__in=among(items))
    names = ("work_item_id", "occurred_at", "identity__person_id", "outcome")
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for item, at, person, outcome, is_bot in plain_rows(
        rows.values_list(*names, "identity__person__is_bot")
    ):
        found[item].append((text_of(at), person or 0, outcome, int(bool(is_bot))))
    for reviews in found.values():
        reviews.sort()
    return found


class Draft:
    """A month of a repository that is being read."""

    def __init__(self) -> None:
        self.acts: list[tuple[Any, ...]] = []
        self.commits: list[tuple[int, ...]] = []
        self.totals: Counter[int] = Counter()
        self.asks: Counter[tuple[int, int]] = Counter()
        self.received: list[tuple[int, int, int]] = []
        self.hours: list[tuple[int, int]] = []
        self.touches: set[tuple[int, int, int, int]] = set()
        self.items: list[tuple[Any, ...]] = []

    def texts(self) -> Texts:
        """All but the standing, in an order that does not depend on how it was read."""
        asks = sorted((who, day, times) for (who, day), times in self.asks.items())
        done = sorted(self.acts, key=itemgetter(0, 1, 2, 3, 4))
        days = {
            "totals": sorted(self.totals.items()),
            "received": sorted(self.received),
            "asks": columns(asks, 3),
        }
        acts = {
            "acts": columns(done, 6),
            "commits": columns(sorted(self.commits), 6),
            "hours": columns(sorted(self.hours), 2),
            "touches": columns(sorted(self.touches), 4),
        }
        return {
            "days": packed(days),
            "people": packed(columns(first_and_last(done), 3)),
            "acts": packed(acts),
            "items": packed(sorted(self.items)),
        }


Drafts = defaultdict[str, Draft]


def columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    """Rows as columns; parsed much faster, and smaller."""
    return list(zip(*rows, strict=True)) if rows else [()] * width


def first_and_last(acts: Sequence[tuple[Any, ...]]) -> list[tuple[int, int, int]]:
    """The first and the last day of each person and organization, of acts in the order of days.

    A bot that works for an organization counts there as somebody who is not known.
    """
    placed = (
        (0 if is_bot else person, place if place.__class__ is int else place[0], day)
        for day, person, _, _, is_bot, place in acts
    )
    known = [((who, where), day) for who, where, day in placed if who or where > 0]
    ends = {*dict(known).items(), *dict(reversed(known)).items()}
    return sorted((day, *who) for who, day in ends)


def packed(value: Any) -> str:
    return orjson.dumps(value).decode()


def draft_sheets(chosen: Chosen, months: Months, employers: Employers) -> dict[date, Texts]:
    """What the ledger says of these months, of each in which anything happened."""
    drafts: Drafts = defaultdict(Draft)
    read_days(chosen, months, drafts, employers)
    read_items(chosen, months, drafts)
    if chosen.person is None:  # none of this is told of one person
        read_hours(chosen, months, drafts)
        read_talk(chosen, months, drafts)
        read_completeness(chosen, months, drafts)
    return {date.fromisoformat(f"{month}-01"): drafts[month].texts() for month in sorted(drafts)}


def blank() -> Texts:
    """A month in which nothing happened."""
    return Draft().texts()


def standing_sheets(chosen: Chosen, months: Sequence[date]) -> dict[date, str]:
    """The issues open at the end of each of these months, which follow one another."""
    if not months:
        return {}
    rows = WorkItem.objects.filter(chosen.acts("author__person"), kind="issue").order_by()
    names = ("opened_at", "closed_at", "merged_at", "author__person__is_bot", "deleted_at")
    found = plain_rows(rows.values_list(*names, "labels"))
    open_at: dict[date, list[tuple[Any, ...]]] = {month: [] for month in months}
    last = months[-1]
    for opened, closed, merged, is_bot, gone, labels in found:
        start, end = text_of(opened), text_of(closed or merged)
        row = (start, orjson.loads(labels), int(bool(is_bot)), int(gone is not None))
        first = max(date.fromisoformat(f"{start[:7]}-01"), months[0])
        until = date.fromisoformat(f"{end[:7]}-01") if end else next_month(last)
        for month in months_of(first, min(until, next_month(last))):
            open_at[month].append(row)
    return {month: packed(columns(sorted(rows), 4)) for month, rows in open_at.items()}
