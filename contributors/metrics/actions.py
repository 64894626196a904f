"""Keeping the finished figures in step with the ledger."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.db.models.functions import TruncMonth

from community.jobs.actions import enqueue
from community.people.bulk import among
from contributors.activity.models import DayCount, WorkItem
from contributors.metrics.affiliations import Employers
from contributors.metrics.beginnings import Change, rebuild_beginnings, renew_beginnings
from contributors.metrics.calendar import first_of_month
from contributors.metrics.extents import Known, known_of
from contributors.metrics.ledger_reading import Sheets
from contributors.metrics.models import Figure, Reading, RecentFigure, Scope, Sheet
from contributors.metrics.organizational import make_organizational
from contributors.metrics.replacing import Whole, make_monthly, make_personal, make_recent
from contributors.metrics.sheetbook import renew_sheets
from contributors.metrics.wholes import owners_of_all, readings, scopes_of, unsettled

# Changes that arrive within one slot are worked off together.
SLOT = timedelta(seconds=10)
LATEST_YEAR = 9998  # of which the month after still has a date


@transaction.atomic
def mark_stale(*, repository_ids: Iterable[int], days: Iterable[date], at: datetime) -> None:
    """Note in which months the ledger of some repositories changed, and have it worked off."""
    months = {first_of_month(day).isoformat() for day in days if day.year <= LATEST_YEAR}
    for pk in sorted(set(repository_ids)):
        Reading.objects.get_or_create(repository_id=pk)
        reading = Reading.objects.select_for_update().get(repository_id=pk)
        stale = sorted(
            months.union(reading.stale_months) or {first_of_month(at.date()).isoformat()}
        )
        if stale != reading.stale_months:
            Reading.objects.filter(pk=reading.pk).update(stale_months=stale)
    slot = int(at.timestamp() // SLOT.total_seconds()) + 1
    enqueue(
        "metrics.refresh",
        run_at=datetime.fromtimestamp(slot * SLOT.total_seconds(), UTC),
        unique_key=f"metrics.refresh:{slot}",
    )


@transaction.atomic
def mark_people_stale(*, person_ids: Iterable[int], at: datetime) -> None:
    """Note that all these people ever did may count differently now."""
    people = list(person_ids)
    touched: defaultdict[int, set[date]] = defaultdict(set)
    acts = DayCount.objects.filter(identity__person__in=people).order_by()
    for pk, month in acts.values_list("repository_id", TruncMonth("day")).distinct():
        touched[pk].add(month)
    opened = WorkItem.objects.filter(author__person__in=people)
    closed = WorkItem.objects.filter(closed_by__person__in=people)
    turns = ("opened_at", "closed_at", "merged_at")
    for pk, *moments in (opened | closed).order_by().values_list("repository_id", *turns):
        touched[pk].update(moment.date() for moment in moments if moment)
    for pk, days in sorted(touched.items()):
        mark_stale(repository_ids=[pk], days=days, at=at)


@transaction.atomic
def mark_items_stale(*, repository_id: int, items: Collection[int], at: datetime) -> None:
    """Note that answers to these issues and change requests changed."""
    turns = WorkItem.objects.filter(repository=repository_id, pk__in=among(items)).values_list(
        "opened_at", "closed_at", "merged_at"
    )
    days = {moment.date() for row in turns for moment in row if moment}
    if days:
        mark_stale(repository_ids=[repository_id], days=days, at=at)


@transaction.atomic
def refresh_figures(*, at: datetime) -> int:
    """Make the monthly figures anew that follow from what changed; answer how many
    repositories did.

    The readings are locked first, so that a change that arrives meanwhile
    waits and is worked off by the next job.
    """
    stale = list(Reading.objects.select_for_update().exclude(stale_months=[]))
    if not stale:
        return 0
    owners = owners_of_all()
    was, now = readings(owners), readings(owners)
    employers = Employers()
    wholes = {
        repository: Whole(Scope.REPOSITORY, repository, [repository]) for repository in owners
    }
    people_in: defaultdict[date, set[int]] = defaultdict(set)
    organizations_in: defaultdict[date, defaultdict[int, set[str]]] = defaultdict(
        lambda: defaultdict(set)
    )
    for reading in stale:
        repository = reading.repository_id
        project, knows_items = owners[repository]
        now[repository] = known_of(repository, knows_items=knows_items)
        months = [date.fromisoformat(month) for month in reading.stale_months]
        changed, pairs = renew_sheets(repository, now[repository], months, employers)
        whole, change = wholes[repository], Change(pairs)
        has_items = any("items" in parts for parts in changed.values())
        whole.changed.update(changed)
        whole.moved = renew_beginnings(repository, project, change, has_items=has_items)
        whole.unsettle(*unsettled(was[repository], now[repository]))
        for month, people in change.people_in.items():
            people_in[month] |= people
        for month, organizations in change.organizations_in.items():
            for organization, parts in organizations.items():
                organizations_in[month][organization] |= parts
    touched = [wholes[reading.repository_id] for reading in stale]
    scopes = scopes_of(touched, owners, was, now)
    sheets = Sheets()
    make_monthly(scopes, now, sheets)
    make_organizational(scopes[-1], organizations_in, sheets)
    make_personal(people_in, sheets)
    _note_readings(stale, now, at)
    return len(stale)


def _note_readings(stale: Sequence[Reading], now: Mapping[int, Known], at: datetime) -> None:
    for reading in stale:
        known = now[reading.repository_id]
        Reading.objects.filter(pk=reading.pk).update(
            tracked_from=known.tracked_from,
            observed_until=known.observed_until,
            stale_months=[],
            is_recent_stale=True,
            refreshed_at=at,
        )


@transaction.atomic
def refresh_recent(*, at: datetime) -> int:
    """Make the figures of the last days anew: of what changed, or of all once they end later.

    Answer how many scopes were made anew.
    """
    stale = set(
        Reading.objects.select_for_update()
        .filter(is_recent_stale=True)
        .values_list("repository_id", flat=True)
    )
    if not stale:
        return 0
    owners = owners_of_all()
    now = readings(owners)
    everything = [Whole(Scope.REPOSITORY, pk, [pk]) for pk in owners]
    wholes = scopes_of(everything, owners, now, now)
    ends_on = wholes[-1].now.ends_on
    if ends_on is None:
        RecentFigure.objects.all().delete()
    elif RecentFigure.objects.exclude(ends_on=ends_on).exists():
        make_recent(wholes, now, ends_on)
    else:
        # A repository nobody knew before may have joined a project that had figures.
        changed = [one for one in wholes if not stale.isdisjoint(one.repositories)]
        make_recent(changed, now, ends_on)
    Reading.objects.filter(repository__in=stale).update(is_recent_stale=False)
    return len(stale)


@transaction.atomic
def rebuild_figures(*, at: datetime) -> None:
    """Make every figure anew from the whole ledger."""
    owners = owners_of_all()
    known = set(Reading.objects.select_for_update().values_list("repository_id", flat=True))
    Reading.objects.bulk_create(Reading(repository_id=pk) for pk in owners if pk not in known)
    stale = list(Reading.objects.select_for_update())
    for model in (Figure, RecentFigure, Sheet):
        model.objects.all().delete()
    employers, now = Employers(), {pk: Known() for pk in owners}
    for pk, (_, knows_items) in owners.items():
        now[pk] = known_of(pk, knows_items=knows_items)
        renew_sheets(pk, now[pk], [], employers)
    rebuild_beginnings(owners)
    everything = [Whole(Scope.REPOSITORY, pk, [pk]) for pk in owners]
    wholes = scopes_of(everything, owners, {pk: Known() for pk in owners}, now)
    sheets = Sheets()
    make_monthly(wholes, now, sheets)
    make_organizational(wholes[-1], None, sheets)
    months = Sheet.objects.order_by("month").values_list("month", flat=True).distinct()
    make_personal(dict.fromkeys(months), sheets)
    _note_readings(stale, now, at)
    refresh_recent(at=at)
