"""What the ledger holds of each day, counted anew and as it was recorded."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from django.db.models import CharField, Count, Func, Sum
from django.db.models.functions import Cast

from community.people.bulk import among
from community.projects.models import Repository
from contributors.activity.models import Contribution, DayCount


class DayInText(Func):
    """The UTC day of a moment as text: grouped by in the database, parsed for no row."""

    function = "SUBSTR"
    template = "%(function)s(%(expressions)s, 1, 10)"
    on_postgresql = "YYYY-MM-DD"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = f"TO_CHAR(%(expressions)s AT TIME ZONE 'UTC', '{self.on_postgresql}')"
        return super().as_sql(compiler, connection, template=template, **more)


class HourInText(DayInText):
    """The UTC hour of a moment, as `2026-03-14 09`."""

    template = "%(function)s(%(expressions)s, 1, 13)"
    on_postgresql = "YYYY-MM-DD HH24"


_DAY_OF_ACT = DayInText("occurred_at")
_DAY_OF_COUNT = Cast("day", CharField())
Tally = dict[tuple[str, str], int]


def held_by_day(repository: Repository) -> Tally:
    """Rows of the ledger by day (in ISO form) and kind."""
    rows = Contribution.objects.present().filter(repository=repository).order_by()
    found = rows.annotate(on=_DAY_OF_ACT).values("on", "kind").annotate(times=Count("pk"))
    return {(day, kind): times for day, kind, times in found.values_list("on", "kind", "times")}


def recorded_by_day(repository: Repository) -> Tally:
    """What the daily counts, written together with the rows, say was there."""
    rows = DayCount.objects.filter(repository=repository).order_by()
    found = rows.annotate(on=_DAY_OF_COUNT).values("on", "kind").annotate(times=Sum("count"))
    return {(day, kind): times for day, kind, times in found.values_list("on", "kind", "times")}


def replies_by_item(items: Collection[int]) -> dict[tuple[int, str], int]:
    """Comments and reviews held of these work items, by item and kind."""
    acts = Contribution.objects.present().filter(
        work_item__in=among(items), kind__in=["issue_comment", "review"]
    )
    found = acts.order_by().values("work_item", "kind").annotate(times=Count("pk"))
    return {
        (pk, kind): times for pk, kind, times in found.values_list("work_item", "kind", "times")
    }


def held_by_kind(held: Tally) -> Counter[str]:
    """The same without the days."""
    found: Counter[str] = Counter()
    for (_, kind), times in held.items():
        found[kind] += times
    return found
