"""Stored sheets read into ledgers: each is parsed once, however many scopes it belongs to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any

import orjson
from django.db.models import CharField, Q, QuerySet, Sum
from django.db.models.functions import Cast

from community.people.bulk import among, plain_rows
from contributors.metrics.buckets import Columns
from contributors.metrics.calendar import months_of, next_month
from contributors.metrics.definitions.rhythm import PERIODS_BEFORE
from contributors.metrics.definitions.rows import (
    CHANGE_REQUEST,
    ISSUE,
    Item,
    Period,
    Reply,
    months_after,
)
from contributors.metrics.definitions.staying import QUIET_MONTHS, Entry
from contributors.metrics.extents import Known
from contributors.metrics.ledger import BY_MONTH, Ledger
from contributors.metrics.models import Beginning, Sheet
from contributors.metrics.registry import Metric
from contributors.metrics.sheetbook import SUMS

DAYS = ("first", "joined", "merged", "closed")
MONTHS_KEPT = 6  # of acts: what a figure looks at, and the months beside
ISSUES_AND_REQUESTS = (ISSUE, CHANGE_REQUEST)


@dataclass(slots=True)
class Needs:
    """Which parts of the sheets of which months figures are made from."""

    months: defaultdict[str, set[date]] = field(default_factory=lambda: defaultdict(set))

    def add(self, metric: Metric, period: Period, last: date) -> None:
        """What one figure of a period needs; `last` is the last month there is."""
        own = months_of(period.start, period.end)
        self.months["received"].update(own)
        if metric.rows == "presence":
            self.months["presence"].update(months_of(*metric.reach(period)))
        elif metric.rows == "returns":
            self.months["presence"].update(own)
        elif metric.rows in BY_MONTH:
            self.months["acts"].update(months_of(*metric.reach(period)))
        elif metric.rows == "items":
            self.months["items"].update(own)
        elif metric.rows == "standing":
            self.months["items"].update(own)
            self.months["standing"].add(own[-1])
        elif metric.rows == "requests":
            # All that came later tells how many there were up to then.
            first = months_after(period.start, -QUIET_MONTHS)
            self.months["asks"].update(months_of(first, next_month(last)))
        elif metric.rows == "totals":
            self.months["totals"].update(months_of(start_of_earlier(period), period.end))


def start_of_earlier(period: Period) -> date:
    """The first day of the earliest of the periods that a rolling mean is made of."""
    for _ in range(PERIODS_BEFORE):
        period = period.before
    return period.start


@lru_cache(maxsize=65536)
def moment_of(text: str) -> datetime:
    """A moment that a sheet holds."""
    return datetime.fromisoformat(f"{text}+00:00")


@lru_cache(maxsize=16384)
def day_or_none(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def or_none(text: str | None) -> datetime | None:
    return moment_of(text) if text else None


def items_of(part: Iterable[Any], repository: int, until: datetime) -> Iterator[tuple[int, Item]]:
    """The issues and change requests of a sheet by their ids."""
    for pk, kind, opened, closed, merged, reason, answered, *more in part:
        draft, author, bot, gone, labels, reviews, _closer = more
        yield (
            pk,
            Item(
                kind=ISSUES_AND_REQUESTS[kind],
                opened_at=moment_of(opened),
                observed_until=until,
                closed_at=or_none(closed),
                merged_at=or_none(merged),
                reason=reason,
                first_response_at=or_none(answered),
                is_draft=bool(draft),
                author=author or None,
                is_bot=bool(bot),
                is_deleted=bool(gone),
                repository=repository,
                labels=tuple(labels),
                replies=tuple(
                    Reply(moment_of(at), who or None, "review", outcome, bool(is_bot))
                    for at, who, outcome, is_bot in reviews
                ),
            ),
        )


def standing_of(part: Any, repository: int, until: datetime) -> list[Item]:
    """The issues that a sheet says were open at the end of its month."""
    return [
        Item(
            ISSUE,
            moment_of(opened),
            until,
            is_bot=bool(bot),
            is_deleted=bool(gone),
            repository=repository,
            labels=tuple(labels),
        )
        for opened, labels, bot, gone in zip(*part, strict=True)
    ]


def parts_read(
    part: str, months: Collection[date], repositories: Collection[int] | None
) -> Iterator[tuple[int, date, Any]]:
    """This part of the sheets of these months, as (repository, month, what it holds)."""
    if not months:
        return
    rows = chosen_sheets(months, repositories).values_list("repository_id", "month", part)
    for repository, month, text in plain_rows(rows):
        yield repository, month, orjson.loads(text)


def chosen_sheets(
    months: Collection[date], repositories: Collection[int] | None
) -> QuerySet[Sheet]:
    """The sheets of these months."""
    rows = Sheet.objects.filter(month__in=sorted(months)).order_by()
    return rows if repositories is None else rows.filter(repository__in=sorted(repositories))


class Sheets:
    """Sheets of all repositories month by month, of which the last few are kept in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[date, list[tuple[int, Any]]]] = {"acts": {}, "people": {}}

    def acts(self, month: date) -> list[tuple[int, Columns]]:
        """What was done in a month, by repository; not to change."""
        return self._read("acts", month)

    def people(self, month: date) -> list[tuple[int, Sequence[Sequence[int]]]]:
        """Who was there on which days, and for whom, in columns."""
        return self._read("people", month)

    def read(
        self, part: str, months: Collection[date], repositories: Collection[int] | None
    ) -> Iterator[tuple[int, date, Any]]:
        """The same as `parts_read`."""
        if repositories is not None:
            yield from parts_read(part, months, repositories)
            return
        for month in sorted(months):
            for repository, found in self._read(part, month):
                yield repository, month, found

    def _read(self, part: str, month: date) -> list[tuple[int, Any]]:
        kept = self._kept[part]
        if month not in kept:
            if len(kept) >= MONTHS_KEPT:
                kept.pop(next(iter(kept)))
            kept[month] = [(pk, found) for pk, _, found in parts_read(part, [month], None)]
        return kept[month]


def standing_read(
    month: date, repositories: Collection[int], known: Mapping[int, Known]
) -> Iterator[tuple[int, Any]]:
    """What stands at the end of a month; where the last sheet is older, as it says."""
    by_last: defaultdict[date, list[int]] = defaultdict(list)
    for repository in repositories:
        ends = known[repository].months
        if ends is not None:
            by_last[min(ends[1], month)].append(repository)
    chosen = Q(pk__in=())
    for last, members in by_last.items():
        chosen |= Q(month=last, repository__in=members)
    rows = Sheet.objects.filter(chosen).order_by()
    for repository, text in plain_rows(rows.values_list("repository_id", "standing")):
        yield repository, orjson.loads(text)


Ledgers = Mapping[int, list[Ledger]]  # repository: the ledgers it belongs to


def fill_ledgers(ledgers: Ledgers, needs: Needs, known: Mapping[int, Known]) -> None:
    """Read what is needed of these repositories, by days, into the ledgers each belongs to."""
    wanted, needed = wanted_of(ledgers, known), needs.months
    days = needed["received"] | needed["totals"] | needed["asks"]
    for repository, month, part in parts_read("days", days, wanted):
        for ledger in ledgers[repository]:
            ledger.take_totals(month, part)
            if month in needed["received"]:
                ledger.take_received(month, part)
            if month in needed["asks"]:
                ledger.take_asks(month, part)
    needed["acts"] |= needed["presence"]
    fill_months(ledgers, needs, known)


def fill_sums(ledgers: Ledgers, needs: Needs, known: Mapping[int, Known]) -> None:
    """The same of what is known by months: sums, and who asked for changes."""
    wanted = wanted_of(ledgers, known)
    months = needs.months["received"] | needs.months["totals"]
    of_each: defaultdict[int, list[int]] = defaultdict(list)
    every = {id(ledger): ledger for found in ledgers.values() for ledger in found}
    for repository, found in ledgers.items():
        for ledger in found:
            of_each[id(ledger)].append(repository)
    for key, repositories in of_each.items():
        mine = None if len(repositories) == len(known) else repositories
        rows = chosen_sheets(months, mine).values("month").annotate(*map(Sum, SUMS))
        for month, *sums in rows.values_list("month", *(f"{name}__sum" for name in SUMS)):
            every[key].take_sums(month, *sums)
    for repository, month, part in parts_read("days", needs.months["asks"], wanted):
        for ledger in ledgers[repository]:
            ledger.take_asks(month, part)


def fill_months(
    ledgers: Ledgers, needs: Needs, known: Mapping[int, Known], sheets: Sheets | None = None
) -> None:
    """The same of what was done in whole months; `sheets` are those that are read already."""
    wanted, acts = wanted_of(ledgers, known), needs.months["acts"]
    read = parts_read if sheets is None else sheets.read
    for repository, month, part in read("acts", acts, wanted):
        for ledger in ledgers[repository]:
            ledger.take_acts(month, part)
    for repository, month, part in read("people", needs.months["presence"] - acts, wanted):
        for ledger in ledgers[repository]:
            ledger.take_people(month, part)
    fill_items(ledgers, needs, wanted, known)
    fill_standing(ledgers, needs, known)


def wanted_of(ledgers: Ledgers, known: Mapping[int, Known]) -> list[int] | None:
    """The repositories to read; None: all."""
    return None if len(ledgers) == len(known) else list(ledgers)


def fill_items(
    ledgers: Ledgers, needs: Needs, wanted: list[int] | None, known: Mapping[int, Known]
) -> None:
    items: dict[int, Item] = {}  # each once, however many sheets it stands in
    for repository, month, part in parts_read("items", needs.months["items"], wanted):
        if until := known[repository].observed_until:
            found = [items.setdefault(pk, item) for pk, item in items_of(part, repository, until)]
            for ledger in ledgers[repository]:
                ledger.items[month].extend(found)


def fill_standing(ledgers: Ledgers, needs: Needs, known: Mapping[int, Known]) -> None:
    for month in sorted(needs.months["standing"]):
        for repository, part in standing_read(month, list(ledgers), known):
            if until := known[repository].observed_until:
                standing = standing_of(part, repository, until)
                for ledger in ledgers[repository]:
                    ledger.standing[month].extend(standing)


Places = Mapping[tuple[str, int], Ledger]  # the ledger of each scope and id
FEW = 20  # scopes that are named in a query


def beginnings_of(places: Places) -> QuerySet[Beginning]:
    """When people first did things in these scopes, perhaps in others too."""
    rows = Beginning.objects.order_by()
    if len(places) > FEW:
        return rows
    named = (Q(scope=scope, scope_id=pk) for scope, pk in places)
    return rows.filter(reduce(or_, named, Q(pk__in=())))


def read_beginnings(
    places: Places,
    since: date,
    until: date = date.max,
    *,
    first_since: date | None = None,
    person: int | None = None,
) -> None:
    """Who began something in these days, and how often those who asked for changes ever did.

    `first_since` is an earlier day from which on it is told who did anything.
    """
    began = [Q(**{f"{name}__gte": since, f"{name}__lt": until}) for name in DAYS]
    began.append(Q(first__gte=first_since or since, first__lt=until))
    chosen = reduce(or_, began) if person is None else Q(person=person)
    # As text, since the same days come again and again.
    rows = beginnings_of(places).filter(chosen)
    rows = rows.annotate(**{f"{name}_on": Cast(name, CharField()) for name in DAYS})
    names = ("scope", "scope_id", "person_id", *(f"{name}_on" for name in DAYS))
    for scope, pk, who, *texts in plain_rows(rows.values_list(*names)):
        if ledger := places.get((scope, pk)):
            first, joined, merged, closed = map(day_or_none, texts)
            ledger.begin(who, first, Entry(joined=joined, merged=merged), closed)
    if people := set().union(*(ledger.asks for ledger in places.values())):
        rows = beginnings_of(places).filter(requests__gt=0, person__in=among(people))
        for scope, pk, who, requests in plain_rows(
            rows.values_list("scope", "scope_id", "person_id", "requests")
        ):
            if ledger := places.get((scope, pk)):
                ledger.asked[who] = requests
