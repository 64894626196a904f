"""Figures of weeks, quarters and years, which nobody prepared: computed and kept a while."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.core.cache import cache

from community.lib.paging import short_of
from contributors.metrics.computing import Metrics, is_asked, ledgers_of
from contributors.metrics.definitions.rows import Period
from contributors.metrics.ledger import Ledger
from contributors.metrics.models import Figure, Scope
from contributors.metrics.periods import Extent
from contributors.metrics.places import Place
from contributors.metrics.queries import KEPT_SECONDS, Monthly, made_at, monthly_figures
from contributors.metrics.registry import Metric
from contributors.metrics.rollups import results
from contributors.metrics.steps import MONTH, Step

Figures = dict[str, dict[date, Figure]]  # by metric and first day


def figures_of(
    place: Place,
    metrics: Iterable[Metric],
    step: Step,
    starts: Sequence[date],
    extent: Extent | None,
) -> Monthly:
    """The figures of a scope step by step: finished ones where they are kept, else computed."""
    chosen = list(metrics)
    if step is MONTH and place.scope != Scope.LABEL:
        return monthly_figures(place, starts, [one.key for one in chosen])
    return stepped([place], chosen, step, starts, extent)[place]


def stepped(
    places: Sequence[Place],
    metrics: Iterable[Metric],
    step: Step,
    starts: Iterable[date],
    extent: Extent | None,
) -> dict[Place, Figures]:
    """These metrics of each scope in each of these periods of which anything is known.

    The figures are like those of months, except that they are stored nowhere.
    """
    chosen = list(metrics)
    wanted = sorted(one for one in set(starts) if extent and is_known(one, step, extent))
    if not wanted or not places:
        return {place: {} for place in places}
    asked = {place: {one.key: one for one in chosen if is_asked(one, place)} for place in places}
    same = (step.key, [str(one) for one in wanted], [one.key for one in chosen], made_at())
    keys = {place: f"steps:{short_of((place.code, same))}" for place in places}
    kept = cache.get_many(keys.values())
    lacking = {place: asked[place] for place in places if keys[place] not in kept}
    if lacking:
        made = made_together(lacking, step, wanted)
        fresh = {keys[place]: made.get(place, {}) for place in lacking}
        cache.set_many(fresh, KEPT_SECONDS)
        kept.update(fresh)
    return {place: kept[keys[place]] for place in places}


def is_known(start: date, step: Step, extent: Extent) -> bool:
    return start < extent.end and extent.start < step.shifted(start, 1)


def made_together(
    asked: Mapping[Place, Metrics], step: Step, starts: Sequence[date]
) -> dict[Place, Figures]:
    """All scopes and periods from one reading of the sheets."""
    spans = [(start, step.shifted(start, 1)) for start in starts]
    ledgers = ledgers_of(asked, spans)
    return {place: made_of(ledger, place, asked[place], spans) for place, ledger in ledgers.items()}


def made_of(
    ledger: Ledger, place: Place, metrics: Metrics, spans: Sequence[tuple[date, date]]
) -> Figures:
    found: Figures = {key: {} for key in metrics}
    for start, end in spans:
        completeness = ledger.completeness(Period(start, end))
        for key, one in results(ledger, start, end, metrics):
            found[key][start] = Figure(
                scope=place.scope,
                scope_id=place.pk,
                metric=key,
                month=start,
                value=one.value,
                n=one.n,
                missing=one.missing,
                completeness=completeness,
                details=one.details,
                version=one.version,
            )
    return found
