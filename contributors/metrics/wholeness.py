"""Why figures are not complete: said for their own scope and period, with a way to the page."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import F, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Sentence
from community.projects.models import Repository
from contributors.activity.models import Completeness
from contributors.activity.standing import (
    MOST,
    OpenReason,
    Weight,
    standings,
    together,
    weigh_each,
    why_short,
)
from contributors.metrics.calendar import next_month
from contributors.metrics.models import Figure, Scope
from contributors.metrics.periods import Window
from contributors.metrics.queries import Place, repositories_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

HIDDEN = _("Something lacks at a repository that is not shown to you.")
Key = tuple[str, int, date]


@dataclass(frozen=True, slots=True)
class Gap:
    """Why the figures of a scope and period are not complete, and where that is told."""

    weight: Weight  # of every repository, with the reasons of those the reader may know of
    said: Sentence
    url: str

    def as_json(self) -> dict[str, Any]:
        """As programs are told: counts of the period, and the reason in the reader's language."""
        counts = {"expected": self.weight.expected, "received": self.weight.received}
        reasons = [{"code": one.code, "sentence": str(one.said)} for one in self.weight.reasons]
        said = {"reason": str(self.said), "reasons": reasons, "url": self.url}
        return {"share": self.weight.share, **counts, **said}

    def share(self, stored: float | None) -> float | None:
        """The share of a figure, which says less than everything while anything is open."""
        return capped(stored, self.weight)


def capped(stored: float | None, weight: Weight) -> float | None:
    """A finished share, which says less than everything while anything lacks or is open now."""
    if stored is None or weight.is_complete:
        return weight.share if stored is None else stored
    return min(stored, weight.share if weight.share is not None else MOST)


def gap_of(place: Place, window: Window, viewer: "Viewer | None", at: datetime) -> Gap | None:
    """What keeps a scope and period from being complete; None where nothing does.

    Without a viewer it is told to whoever runs the site. A period that ends
    with what is known goes on until now.
    """
    repositories = repositories_of(place)
    end = max(window.end, at.date() + timedelta(days=1)) if window.days else window.end
    stand = standings(repositories, at)
    is_open = any(why.concerns(end) for one in stand.values() for why in one.reasons)
    lacking = Completeness.objects.lacking().within(window.start, end)
    # Nearly always nothing lacks, which is seen without adding up.
    short = lacking.order_by().values_list("repository", flat=True)
    if not is_open and set(repositories).isdisjoint(short):
        return None
    weight = together(weigh_each(repositories, at, window.start, end, stand=stand).values())
    hidden = hidden_from(viewer)
    reasons = [one for one in weight.reasons if one.repository_id not in hidden]
    # A capped share without its reasons: those of a hidden repository would name it.
    is_capped = len(reasons) < len(weight.reasons)
    shown = lacking.filter(repository__in=set(repositories) - hidden)
    worst = shown.order_by(F("received") - F("expected"), "day").first()
    told = Weight(weight.expected, weight.received, weight.is_read, reasons, is_capped)
    return Gap(told, said_of(worst, reasons), url_of(place, window))


def hidden_from(viewer: "Viewer | None") -> set[int]:
    """The repositories this reader may not know of."""
    if viewer is None:
        return set()
    return set(Repository.objects.all().hidden_from(viewer).values_list("pk", flat=True))


def said_of(worst: Completeness | None, reasons: Sequence[OpenReason]) -> Sentence:
    """The worst day, else what is open."""
    if worst is not None:
        return why_short(
            worst, [one for one in reasons if one.repository_id == worst.repository_id]
        )
    return reasons[0].said if reasons else Sentence(HIDDEN)


def url_of(place: Place, window: Window) -> str:
    """The page of completeness, narrowed to what a figure counts."""
    wanted = {"project": place.project, "repository": place.repository or ""}
    given = {name: value for name, value in wanted.items() if value}
    days = {"from": window.start.isoformat(), "to": window.end.isoformat()}
    return f"{reverse('activity:whole')}?{urlencode({**given, **days})}"


def weights_of(figures: Iterable[Figure], at: datetime) -> dict[Key, Weight]:
    """The weight behind each monthly figure, in three queries however many there are."""
    keys = {(one.scope, one.scope_id, one.month) for one in figures}
    months = sorted({month for _scope, _pk, month in keys})
    if not months:
        return {}
    owners = dict(Repository.objects.order_by("pk").values_list("pk", "project"))
    rows = Completeness.objects.within(months[0], next_month(months[-1])).order_by()
    sums = rows.annotate(month=TruncMonth("day")).values_list("repository", "month")
    counts = {
        (pk, month): (expected, received)
        for pk, month, expected, received in sums.annotate(Sum("expected"), Sum("received"))
    }
    stand = standings(list(owners), at)
    found: dict[Key, Weight] = {}
    members: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for pk, project in owners.items():
        members[Scope.PROJECT, project].append(pk)
        members[Scope.REPOSITORY, pk].append(pk)
    for scope, pk, month in keys:
        mine = members.get((scope, pk), [] if scope in {"project", "repository"} else list(owners))
        weights = []
        for one in mine:
            standing = stand.get(one)
            reasons = standing.reasons if standing else ()
            open_then = [why for why in reasons if why.concerns(next_month(month))]
            expected, received = counts.get((one, month), (0, 0))
            weights.append(
                Weight(expected, received, bool(standing and standing.is_read), open_then)
            )
        found[scope, pk, month] = together(weights)
    return found
