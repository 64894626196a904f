"""New figures in the place of old ones, for the scopes and months that a change touched."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from community.people.bulk import upsert
from contributors.metrics.beginnings import Moved
from contributors.metrics.calendar import months_of, next_month
from contributors.metrics.definitions.cohorts import FOLLOWED
from contributors.metrics.definitions.reach import itself
from contributors.metrics.definitions.rhythm import PERIODS_BEFORE
from contributors.metrics.definitions.rows import Period, months_after
from contributors.metrics.extents import Known
from contributors.metrics.kept import COHORTS, KEPT
from contributors.metrics.ledger import Ledger
from contributors.metrics.ledger_reading import (
    Needs,
    Places,
    Sheets,
    fill_ledgers,
    fill_months,
    fill_sums,
    read_beginnings,
)
from contributors.metrics.models import Figure, RecentFigure, Scope
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.rollups import (
    COLUMNS,
    PERSONAL,
    READ_DAYS,
    RECENT_DAYS,
    changed_month,
    monthly,
    personal,
    recent,
)
from contributors.metrics.sheetbook import Changed

KEY = ("scope", "scope_id", "month", "metric")
RECENT_KEY = ("scope", "scope_id", "days", "metric")
AT_ONCE = 24  # months whose beginnings are in memory together
Wanted = dict[date, list[str]]  # month: metrics
# A change of which parts of a sheet bears on metrics of which rows, in its own month.
PARTS_OF = {
    **dict.fromkeys(("acts", "presence", "returns"), frozenset({"acts"})),
    "commits": frozenset({"commits"}),
    "moments": frozenset({"hours"}),
    "touches": frozenset({"touches"}),
    "items": frozenset({"items"}),
    "standing": frozenset({"items", "standing"}),
    "totals": frozenset({"totals"}),
}
NOTHING: frozenset[str] = frozenset()
# Whose beginnings count where.
BEGAN = {"firsts": "first", "closes": "closed", "entries": "entered", "returns": "first"}
OF_BEGINNINGS = frozenset({*BEGAN, "requests"})


@dataclass(slots=True)
class Whole:
    """A scope with its repositories, what was known of it before, and what is now."""

    scope: Scope
    pk: int
    repositories: Sequence[int]
    was: Known = field(default_factory=Known)
    now: Known = field(default_factory=Known)
    changed: Changed = field(default_factory=lambda: defaultdict(set))
    moved: Moved = field(default_factory=Moved)
    # From here on what had not ended may have gone on: items, which are watched to the moment,
    unsettled_from: date | None = None
    # and what is known by days.
    unsettled_days_from: date | None = None

    @property
    def months(self) -> Sequence[date]:
        ends = self.now.months
        return months_of(ends[0], next_month(ends[1])) if ends else ()

    def unsettle(self, moment: date | None, day: date | None) -> None:
        """Note that what had not ended by then may have gone on."""
        self.unsettled_from = min(filter(None, (self.unsettled_from, moment)), default=None)
        self.unsettled_days_from = min(filter(None, (self.unsettled_days_from, day)), default=None)

    def wanted(self) -> Wanted:
        """The figures that may differ from those that stand.

        A month without any may differ in the completeness that stands beside them.
        """
        months = self.months
        is_new = (self.was.tracked_from, self.was.items_from) != (
            self.now.tracked_from,
            self.now.items_from,
        )
        found: defaultdict[date, list[str]] = defaultdict(list)
        found.update({month: [] for month in self.recounted.intersection(months)})
        for key, metric in sorted(KEPT.items()):
            for month in months if is_new else sorted(self.affected(metric, months)):
                found[month].append(key)
        return dict(sorted(found.items()))

    @property
    def recounted(self) -> set[date]:
        """The months whose completeness may be another."""
        return {month for month, parts in self.changed.items() if "received" in parts}

    def affected(self, metric: Metric, months: Sequence[date]) -> set[date]:
        """The months in which this metric may say something else."""
        parts = PARTS_OF.get(metric.rows, NOTHING)
        found = {month for month, which in self.changed.items() if which & parts}
        acted = {month for month, which in self.changed.items() if "acts" in which}
        if metric.reach is not itself and acted:
            reached = ((month, metric.reach(Period(month, next_month(month)))) for month in months)
            found |= {one for one, span in reached if not acted.isdisjoint(months_of(*span))}
        if metric.rows == "totals":
            later = range(1, PERIODS_BEFORE + 1)
            found |= {months_after(month, count) for month in found for count in later}
        if metric.rows in BEGAN:
            began = self.moved.months[BEGAN[metric.rows]]
            later = range(FOLLOWED + 1 if metric.rows == "returns" else 1)
            found |= {months_after(month, count) for month in began for count in later}
        if metric.rows == "requests" and self.moved.asked_from:
            found |= {month for month in months if month >= self.moved.asked_from}
        is_watched = metric.rows in {"items", "standing"}
        if since := self.unsettled_from if is_watched else self.unsettled_days_from:
            start = changed_month(since, metric.follows)
            found |= {month for month in months if month >= start}
        return found.intersection(months)


def chunks_of(months: Iterable[date]) -> Iterator[list[date]]:
    """Months that are made together."""
    chunk: list[date] = []
    for month in sorted(months):
        if chunk and month >= months_after(chunk[0], AT_ONCE):
            yield chunk
            chunk = []
        chunk.append(month)
    if chunk:
        yield chunk


def make_monthly(wholes: Sequence[Whole], known: Mapping[int, Known], sheets: Sheets) -> None:
    """Make the monthly figures of these scopes that may differ, and take away what is of no
    month of theirs.

    One month after the other, so that no more is in memory than the months
    that one of them looks at.
    """
    begun = []
    ledgers: defaultdict[int, list[Ledger]] = defaultdict(list)
    asked: defaultdict[date, set[str]] = defaultdict(set)
    for whole in wholes:
        remove_beyond(whole)
        if wanted := whole.wanted():
            ledger = Ledger(whole.now)
            begun.append((whole, ledger, wanted))
            for repository in whole.repositories:
                ledgers[repository].append(ledger)
            for month, keys in wanted.items():
                asked[month].update(keys)
    needs = needs_by_month(asked, wholes)
    fill_sums(ledgers, together(needs.values()), known)
    for chunk in chunks_of(asked):
        read_began({(one.scope.value, one.pk): ledger for one, ledger, _ in begun}, asked, chunk)
        for month in chunk:
            fill_months(ledgers, fresh(needs, month), known, sheets)
            store_month(begun, month)
            forget((ledger for _, ledger, _ in begun), needs, month)


def store_month(begun: Sequence[tuple[Whole, Ledger, Wanted]], month: date) -> None:
    """Write what is wanted of a month, and how complete it is beside the figures that stay."""
    store(
        (whole.scope.value, whole.pk, *row)
        for whole, ledger, wanted in begun
        for row in monthly(ledger, month, wanted.get(month, ()))
    )
    for whole, ledger, wanted in begun:
        if month in whole.recounted and len(wanted.get(month, ())) < len(KEPT):
            note_completeness(ledger, whole, month)


def needs_by_month(
    asked: Mapping[date, Collection[str]], wholes: Sequence[Whole]
) -> dict[date, Needs]:
    """What these metrics of each month are made from."""
    last = max((whole.months[-1] for whole in wholes if whole.months), default=date.max)
    found = {}
    for month, keys in sorted(asked.items()):
        needs, period = Needs(), Period(month, next_month(month))
        needs.months["received"].add(month)
        kinds = {(KEPT[key].rows, KEPT[key].reach): KEPT[key] for key in keys}
        for metric in kinds.values():
            needs.add(metric, period, last)
        found[month] = needs
    acts = together(found.values()).months["acts"]
    for needs in found.values():  # nothing is read twice
        both = needs.months["presence"] & acts
        needs.months["acts"] |= both
        needs.months["presence"] -= both
    return found


def together(needs: Iterable[Needs]) -> Needs:
    """All that any of them needs."""
    found = Needs()
    for one in needs:
        for kind, months in one.months.items():
            found.months[kind] |= months
    return found


def fresh(needs: Mapping[date, Needs], month: date) -> Needs:
    """What a month needs that no month before it did."""
    seen, found = together(one for at, one in needs.items() if at < month), Needs()
    for kind, months in needs[month].months.items():
        found.months[kind] = months - seen.months[kind]
    return found


def forget(ledgers: Iterable[Ledger], needs: Mapping[date, Needs], month: date) -> None:
    """Drop what no month after this one needs."""
    later = together(one for at, one in needs.items() if at > month).months
    later["acts"] |= later["presence"]
    for ledger in ledgers:
        for kind in ("acts", "items", "standing"):
            ledger.forget(kind, min(later[kind], default=date.max))


def read_began(
    places: Places, asked: Mapping[date, Collection[str]], months: Sequence[date]
) -> None:
    """Who began something in these months, or before, as far as their figures tell of it."""
    keys = set().union(*(asked[month] for month in months))
    for ledger in places.values():
        ledger.begin_anew()
    since, until = months[0], next_month(months[-1])
    if any(KEPT[key].rows in OF_BEGINNINGS for key in keys):
        earlier = months_after(since, -FOLLOWED) if COHORTS.key in keys else None
        read_beginnings(places, since, until, first_since=earlier)


def store(rows: Iterable[tuple[Any, ...]]) -> None:
    upsert(Figure._meta.db_table, KEY, COLUMNS, rows)


def note_completeness(ledger: Ledger, whole: Whole, month: date) -> None:
    """Write how complete a month is beside all its figures, those that stay as well."""
    found = ledger.completeness(ledger.period("acts", month, next_month(month)))
    mine = Figure.objects.filter(scope=whole.scope, scope_id=whole.pk, month=month)
    mine.update(completeness=found)


def remove_beyond(whole: Whole) -> None:
    """Figures of months of which nothing is known any longer."""
    mine = Figure.objects.filter(scope=whole.scope, scope_id=whole.pk)
    ends = whole.now.months
    if ends is None:
        mine.delete()
    elif whole.was.months != ends:
        mine.filter(Q(month__lt=ends[0]) | Q(month__gt=ends[1])).delete()


def make_personal(people_in: Mapping[date, Collection[int] | None], sheets: Sheets) -> None:
    """What these people (None: all) did in each of these months."""
    for month, people in sorted(people_in.items()):
        chosen = None if people is None else frozenset(people)
        found = personal(month, (part for _, part in sheets.acts(month)), chosen)
        store(
            (Scope.PERSON.value, person, month.isoformat(), PERSONAL, *row)
            for person, row in found.items()
        )
        gone = [] if chosen is None else sorted(chosen - found.keys())
        if gone:
            mine = Figure.objects.filter(scope=Scope.PERSON, month=month)
            for start in range(0, len(gone), 500):
                mine.filter(scope_id__in=gone[start : start + 500]).delete()


# --- the last days


def cuts_before(ends_on: date) -> list[date]:
    """Where the last days, and the days before them, begin and end."""
    lengths = [timedelta(days=days * times) for days in RECENT_DAYS for times in (1, 2)]
    return sorted({ends_on, *(ends_on - length for length in lengths)})


def make_recent(wholes: Sequence[Whole], known: Mapping[int, Known], ends_on: date) -> None:
    """Make the figures of the last 30, 90 and 365 days of these scopes: of one project with its
    repositories after the other, and of the community, which takes in all of them, at last."""
    needs, cuts = recent_needs(ends_on), cuts_before(ends_on)
    everything = [(whole, Ledger(whole.now, cuts)) for whole in wholes if whole.pk == 0]
    left = {pk for whole, _ in everything for pk in whole.repositories}
    for project in (whole for whole in wholes if whole.scope == Scope.PROJECT):
        members = set(project.repositories)
        group = [
            (whole, Ledger(whole.now, cuts))
            for whole in wholes
            if whole.pk and members.issuperset(whole.repositories)
        ]
        fill_ledgers(ledgers_of([*group, *everything], members), needs, known)
        left -= members
        write_recent(group, ends_on)
    fill_ledgers(ledgers_of(everything, left), needs, known)
    write_recent(everything, ends_on)


Begun = Sequence[tuple[Whole, Ledger]]


def ledgers_of(begun: Begun, repositories: Collection[int]) -> dict[int, list[Ledger]]:
    """To which of these ledgers each repository belongs."""
    return {
        pk: [ledger for whole, ledger in begun if pk in whole.repositories] for pk in repositories
    }


def recent_needs(ends_on: date) -> Needs:
    """What the figures of the last days, and the values before them, are made from."""
    needs = Needs()
    for span in spans_before(ends_on):
        for metric in METRICS.values():
            period = Period(*span)
            if metric.reach(period)[0] >= ends_on - READ_DAYS:
                needs.add(metric, period, ends_on)
    return needs


def write_recent(begun: Begun, ends_on: date) -> None:
    read_beginnings(
        {(whole.scope.value, whole.pk): ledger for whole, ledger in begun}, ends_on - READ_DAYS
    )
    for whole, ledger in begun:
        if whole.now.tracked_from is None:
            RecentFigure.objects.filter(scope=whole.scope, scope_id=whole.pk).delete()
            continue
        upsert(
            RecentFigure._meta.db_table,
            RECENT_KEY,
            ("ends_on", "before", *COLUMNS),
            (
                (whole.scope.value, whole.pk, days, key, ends_on.isoformat(), before, *row)
                for days, key, row, before in recent(ledger, ends_on)
            ),
        )


def spans_before(ends_on: date) -> Iterator[tuple[date, date]]:
    """The last days, and the days before them."""
    for days in RECENT_DAYS:
        length = timedelta(days=days)
        yield ends_on - length, ends_on
        yield ends_on - 2 * length, ends_on - length
