"""What changed in a place since a day, in numbers that lead to their rows."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.urls import reverse

from community.people.models import Identity
from community.projects.models import Repository
from contributors.activity.models import Contribution, WorkItem
from contributors.attention.welcoming import first_acts, new_people
from contributors.metrics.models import Scope
from contributors.metrics.periods import recent_window
from contributors.metrics.queries import Place, extent_of, measures
from contributors.metrics.rollups import RECENT_DAYS

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

LONGEST = timedelta(days=90)  # who was away for longer is told of so many days
MOST = 1_000  # rows that are counted


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows of a kind are new, and where they are listed."""

    kind: str  # contributions, opened, closed, people
    number: int
    url: str

    @property
    def is_more(self) -> bool:
        """Whether there are more than are counted."""
        return self.number > MOST


def changes_since(since: datetime, place: Place, viewer: "Viewer", at: datetime) -> list[Change]:
    """What is new from the UTC day of a moment on, each number that of the rows it leads to."""
    day = max(since, at - LONGEST).astimezone(UTC).date()
    query = f"?{place.filters}from={day.isoformat()}"
    work = reverse("activity:work_items") + query
    people, url = new_since(day, place, viewer, at)
    return [
        Change(
            "contributions",
            capped(acts_since(day, place, viewer)),
            reverse("activity:contributions") + query,
        ),
        Change("opened", capped(items_since("opened_at", day, place, viewer)), work),
        Change("closed", capped(items_since("closed_at", day, place, viewer)), f"{work}&by=closed"),
        Change("people", people, url),
    ]


def capped(rows: "QuerySet[Contribution] | QuerySet[WorkItem]") -> int:
    """How many there are, looking at no more than one beyond the most."""
    return rows.order_by()[: MOST + 1].count()


def repositories(place: Place, viewer: "Viewer") -> "QuerySet[Repository]":
    """Those of a place that this reader may know of."""
    found = Repository.objects.shown_to(viewer)
    return found.filter(project=place.pk) if place.scope == Scope.PROJECT else found


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def acts_since(day: date, place: Place, viewer: "Viewer") -> "QuerySet[Contribution]":
    """Contributions of people and of the unknown."""
    rows = Contribution.objects.present().shown_to(viewer)
    if place.scope == Scope.PROJECT:
        rows = rows.filter(repository__in=repositories(place, viewer).values("pk"))
    bots = Identity.objects.filter(person__is_bot=True)
    return rows.filter(occurred_at__gte=start_of(day)).exclude(identity__in=bots.values("pk"))


def items_since(moment: str, day: date, place: Place, viewer: "Viewer") -> "QuerySet[WorkItem]":
    """Issues and change requests of people and of the unknown, by this moment of theirs."""
    bots = Identity.objects.filter(person__is_bot=True)
    rows = WorkItem.objects.present().filter(
        # Both named for the sake of the indexes, which begin with them.
        repository__in=repositories(place, viewer).values("pk"),
        kind__in=WorkItem.Kind.values,
        **{f"{moment}__gte": start_of(day)},
    )
    return rows.exclude(author__in=bots.values("pk"))


def new_since(day: date, place: Place, viewer: "Viewer", at: datetime) -> tuple[int, str]:
    """How many people are new since a day, as far as they show it, and where they are listed."""
    away = (at.date() - day).days
    days = next((one for one in RECENT_DAYS if one > away), RECENT_DAYS[-1])
    name, given = ("newcomers", []) if not place.project else ("project_newcomers", [place.project])
    url = f"{reverse(f'attention:{name}', args=given)}?days={days}"
    extent = extent_of(place)
    if extent is None:
        return 0, url
    people = new_people(measures(place, recent_window(days, extent)), viewer)
    firsts = first_acts([one.pk for one in people], place, viewer)
    return sum(act.occurred_at >= start_of(day) for act in firsts.values()), url
