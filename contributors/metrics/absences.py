"""Announced leave, as far as figures mind it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import TextField, Value
from django.db.models.functions import Concat, TruncMonth

from community.people.models import Leave
from contributors.activity.models import DayCount
from contributors.metrics.actions import mark_stale
from contributors.metrics.calendar import first_of_month
from contributors.metrics.definitions.staying import QUIET_DAYS
from contributors.metrics.models import Sheet


@transaction.atomic
def mark_leave_stale(
    *, person_ids: Iterable[int], starts_on: date, ends_on: date | None, at: datetime
) -> None:
    """Note that the silence of these people on these days may count differently now.

    No sheet says otherwise than before, so that those of the months after which
    somebody fell silent get a blank, which tells them from what is read anew.
    """
    acts = DayCount.objects.filter(
        identity__person__in=list(person_ids),
        day__gte=first_of_month(starts_on - timedelta(days=QUIET_DAYS)),
    )
    if ends_on is not None:
        acts = acts.filter(day__lt=ends_on)
    touched: defaultdict[int, set[date]] = defaultdict(set)
    months = acts.order_by().values_list("repository_id", TruncMonth("day")).distinct()
    for repository, month in months:
        touched[repository].add(month)
    for repository, found in sorted(touched.items()):
        sheets = Sheet.objects.filter(repository=repository, month__in=found)
        sheets.update(acts=Concat("acts", Value(" "), output_field=TextField()))
        mark_stale(repository_ids=[repository], days=found, at=at)


def mark_leaves_stale(*, person_ids: Iterable[int], at: datetime) -> None:
    """The same of every leave of people who became one, or were parted again."""
    people = list(person_ids)
    days = Leave.objects.filter(person__in=people).values_list("starts_on", "ends_on")
    for starts_on, ends_on in days:
        mark_leave_stale(person_ids=people, starts_on=starts_on, ends_on=ends_on, at=at)
