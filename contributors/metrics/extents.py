"""From when and until when the ledger of a repository knows anything."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import F, Max, Min

from contributors.activity.models import Completeness, Contribution, WorkItem
from contributors.metrics.calendar import day_after, first_of_month

# Providers whose repositories know neither issues nor change requests.
COMMITS_ALONE = ("git",)


@dataclass(slots=True)
class Known:
    """The first day and the last moment of which anything is known; None: nothing is.

    `items_from` is the first day of which issues and change requests are known.
    """

    tracked_from: date | None = None
    observed_until: datetime | None = None
    items_from: date | None = None

    def track(self, earliest: date | None, latest: datetime | None) -> None:
        """Widen what is known to reach from `earliest` to `latest`."""
        if earliest is not None:
            self.tracked_from = min(earliest, self.tracked_from or earliest)
        if latest is not None:
            self.observed_until = max(latest, self.observed_until or latest)

    def add(self, other: "Known") -> None:
        """Take in what another scope knows."""
        self.track(other.tracked_from, other.observed_until)
        if other.items_from is not None:
            self.items_from = min(other.items_from, self.items_from or other.items_from)

    @property
    def ends_on(self) -> date | None:
        """The day after the last one of which anything is known."""
        return day_after(self.observed_until) if self.observed_until else None

    @property
    def months(self) -> tuple[date, date] | None:
        """The first month and the last."""
        if self.tracked_from is None or self.ends_on is None:
            return None
        return first_of_month(self.tracked_from), first_of_month(self.ends_on - timedelta(days=1))


def known_of(repository: int, *, knows_items: bool) -> Known:
    """How far the ledger of one repository reaches."""
    known = Known()
    present = Contribution.objects.filter(repository=repository, deleted_at=None)
    # A clock that runs ahead must not carry the end of what is known into the future.
    plausible = present.filter(occurred_at__lte=F("recorded_at")).order_by("-occurred_at")
    moments = present.order_by("occurred_at").values_list("occurred_at", flat=True)
    first, last = moments.first(), plausible.values_list("occurred_at", flat=True).first()
    known.track(first.date() if first else None, last)
    items = WorkItem.objects.filter(repository=repository)
    for kind in WorkItem.Kind.values:  # each from one end of an index
        opened = items.filter(kind=kind).order_by("opened_at").values_list("opened_at", flat=True)
        moment = opened.first()
        known.track(moment.date() if moment else None, None)
    updated = items.order_by("-updated_at").values_list("updated_at", flat=True)
    known.track(None, updated.first())
    checks = Completeness.objects.filter(repository=repository).aggregate(
        first=Min("day"), last=Max("day")
    )
    if checks["first"]:
        end = datetime.combine(checks["last"] + timedelta(days=1), time.min, UTC)
        known.track(checks["first"], end)
    known.items_from = known.tracked_from if knows_items else None
    return known
