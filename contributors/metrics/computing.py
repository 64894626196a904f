"""Figures of a period nobody prepared, straight from the definitions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import orjson

from community.projects.models import Repository
from contributors.activity.models import DayCount, WorkItem
from contributors.metrics.affiliations import Employers
from contributors.metrics.definitions.cohorts import FOLLOWED
from contributors.metrics.definitions.rows import Period, months_after
from contributors.metrics.extents import COMMITS_ALONE, Known
from contributors.metrics.kept import kept_of
from contributors.metrics.ledger import OF_MANY, Ledger
from contributors.metrics.ledger_reading import (
    Needs,
    fill_ledgers,
    items_of,
    parts_read,
    read_beginnings,
    standing_of,
)
from contributors.metrics.models import Reading, Scope
from contributors.metrics.periods import Window
from contributors.metrics.places import Measure, Place, repositories_by
from contributors.metrics.registry import METRICS, Metric
from contributors.metrics.rollups import results, values_before
from contributors.metrics.sheets import Chosen, draft_sheets, standing_sheets

Span = tuple[date, date]  # half-open
Metrics = Mapping[str, Metric]
# Metrics that look at when people began something.
OF_BEGINNINGS = frozenset({"firsts", "closes", "entries", "requests", "returns"})


def compute(place: Place, window: Window) -> dict[str, Measure]:
    """Every metric of any scope and period, from the sheets that the figures follow."""
    return compute_each([place], window)[place]


def compute_each(places: Sequence[Place], window: Window) -> dict[Place, dict[str, Measure]]:
    """The same for several scopes, each month being read once."""
    span, before, year_ago = (window.start, window.end), window.before, window.year_ago
    asked = {place: metrics_of(place) for place in places}
    ledgers = ledgers_of(asked, [span, before, year_ago])
    found: dict[Place, dict[str, Measure]] = {place: {} for place in places}
    for place, ledger in ledgers.items():
        completeness = ledger.completeness(Period(*span))
        earlier = values_before(ledger, *before)
        long_ago = values_before(ledger, *year_ago)
        for key, one in results(ledger, *span, asked[place]):
            more = (completeness, one.details, earlier.get(key), long_ago.get(key))
            found[place][key] = Measure(one.value, one.n, one.missing, *more)
    return found


def metrics_of(place: Place) -> Metrics:
    """The metrics that have anything to say of the scope."""
    return {key: metric for key, metric in METRICS.items() if is_asked(metric, place)}


def ledgers_of(asked: Mapping[Place, Metrics], spans: Sequence[Span]) -> dict[Place, Ledger]:
    """What is known of each scope as far as these metrics of these periods need it.

    A scope of which nothing is known has none.
    """
    known, ledgers = known_of_all(), {}
    earlier = min(Period(*span).before.start for span in spans)
    cuts = sorted({earlier, *(day for span in spans for day in span)})
    members: defaultdict[int, list[Ledger]] = defaultdict(list)
    for place, repositories in repositories_by(list(asked)).items():
        whole = Known()
        for pk in repositories:
            whole.add(known[pk])
        if whole.tracked_from is None:
            continue
        within = place.pk if place.scope == Scope.ORGANIZATION else None
        ledgers[place] = Ledger(whole, cuts, within)
        if place.scope == Scope.PERSON:
            needs = needs_of(ledgers[place], asked[place], spans)
            fill_of_person(ledgers[place], place.pk, needs, known)
            read_beginnings({(Scope.COMMUNITY.value, 0): ledgers[place]}, date.min, person=place.pk)
            continue
        for pk in repositories:
            members[pk].append(ledgers[place])
    fill_together(members, known, asked, spans)
    for place, ledger in ledgers.items():
        finish(ledger, place, asked[place], earlier)
    return ledgers


def finish(ledger: Ledger, place: Place, metrics: Metrics, since: date) -> None:
    """Leave only what carries the label; read who began something, where that is asked."""
    if place.scope == Scope.LABEL:
        keep_labeled(ledger, place.label)
    if place.scope != Scope.PERSON and OF_BEGINNINGS & {one.rows for one in metrics.values()}:
        # Who comes back is told by beginnings of the year before.
        began = {(place.scope.value, place.pk): ledger}
        read_beginnings(began, months_after(since, -FOLLOWED))


def keep_labeled(ledger: Ledger, label: str) -> None:
    """Leave only the issues and change requests that carry a label, however it is spelled."""
    wanted = label.casefold()
    for items in (ledger.items, ledger.standing):
        for month, found in items.items():
            items[month] = [
                one for one in found if any(name.casefold() == wanted for name in one.labels)
            ]


def fill_together(
    members: Mapping[int, list[Ledger]],
    known: dict[int, Known],
    asked: Mapping[Place, Metrics],
    spans: Sequence[Span],
) -> None:
    """Read each sheet once into all ledgers that it belongs to."""
    if not members:
        return
    whole = Known()
    for pk in members:
        whole.add(known[pk])
    wanted = {key: metric for metrics in asked.values() for key, metric in metrics.items()}
    fill_ledgers(members, needs_of(Ledger(whole), wanted, spans), known)


def is_asked(metric: Metric, place: Place) -> bool:
    """Whether a metric has anything to say of the scope."""
    if place.scope in {Scope.ORGANIZATION, Scope.LABEL}:
        return metric.key in kept_of(place.scope)
    return place.scope != Scope.PERSON or metric.rows not in OF_MANY


def known_of_all() -> dict[int, Known]:
    """How far each repository was known when its figures were last made."""
    found = {pk: Known() for pk in Repository.objects.values_list("pk", flat=True)}
    rows = Reading.objects.exclude(tracked_from=None)
    names = ("repository_id", "repository__provider", "tracked_from", "observed_until")
    for pk, provider, tracked_from, observed_until in rows.values_list(*names):
        items_from = None if provider in COMMITS_ALONE else tracked_from
        found[pk] = Known(tracked_from, observed_until, items_from)
    return found


def needs_of(ledger: Ledger, metrics: Metrics, spans: Sequence[Span]) -> Needs:
    needs, ends = Needs(), ledger.known.months
    if ends is None:
        return needs
    for start, end in spans:
        for metric in metrics.values():
            needs.add(metric, ledger.period(metric.rows, start, end), ends[1])
    return needs


def fill_of_person(ledger: Ledger, person: int, needs: Needs, known: dict[int, Known]) -> None:
    """What one person did, as the ledger has it, beside what is known of everything."""
    for _, month, part in parts_read("days", needs.months["received"], None):
        ledger.take_received(month, part)
    acts = DayCount.objects.filter(identity__person=person).order_by()
    items = WorkItem.objects.filter(author__person=person).order_by()
    places = {pk for rows in (acts, items) for (pk,) in rows.values_list("repository").distinct()}
    employers = Employers()
    months = set().union(*needs.months.values())
    for repository in sorted(places):
        chosen, until = Chosen(repository, person), known[repository].observed_until
        for month, texts in draft_sheets(chosen, months, employers).items():
            ledger.take_acts(month, orjson.loads(texts["acts"]))
            ledger.take_asks(month, orjson.loads(texts["days"]))
            if until is not None:
                part = orjson.loads(texts["items"])
                ledger.items[month] += [one for _, one in items_of(part, repository, until)]
        for month in needs.months["standing"]:
            text = standing_sheets(chosen, [month])[month]
            if until is not None:
                ledger.standing[month] += standing_of(orjson.loads(text), repository, until)
