"""How complete what we know is: counts, and why the rest may lack, said when it is read.

Days are stored; what holds at this moment (a run that waits for its limit, a
source nobody reads any more) is asked of whoever reads repositories.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import floor

from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Sentence
from community.people.bulk import among
from community.projects.models import Repository
from contributors.activity.models import Completeness

MOST = 0.9999  # the share of what is not complete
NEXT_TRY = _("%(why)s Next try at %(next_at)s.")


@dataclass(frozen=True, slots=True)
class OpenReason:
    """Why a repository may lack something whose number nobody knows.

    `since` is the first day that may be concerned; None: any day.
    """

    repository_id: int
    code: str
    sentence: Sentence
    since: date | None = None
    next_at: datetime | None = None

    @property
    def said(self) -> Sentence:
        """The reason with the time of the next try."""
        if self.next_at is None:
            return self.sentence
        values = {"why": self.sentence.as_json(), "next_at": self.next_at.isoformat()}
        return Sentence(NEXT_TRY, values)

    def concerns(self, end: date | None) -> bool:
        """Whether it bears on days before `end`."""
        return self.since is None or end is None or end > self.since


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a repository has been read to its end, and what keeps it from being complete."""

    repository_id: int
    is_read: bool
    reasons: Sequence[OpenReason] = ()


@dataclass(frozen=True, slots=True)
class Weight:
    """Expected against received over some repositories and days."""

    expected: int = 0
    received: int = 0
    is_read: bool = False
    reasons: Sequence[OpenReason] = ()
    is_capped: bool = False  # something is open that the reader is not told

    @property
    def is_complete(self) -> bool:
        """Everything has come and nothing is open; an empty repository must have been read."""
        is_known = self.expected > 0 or self.is_read
        is_open = bool(self.reasons) or self.is_capped
        return is_known and self.received >= self.expected and not is_open

    @property
    def share(self) -> float | None:
        """Received of expected, rounded down; 1 only where it is complete, None where unknown."""
        if self.is_complete:
            return 1.0
        if not self.expected:
            return None
        return min(floor(10_000 * self.received / self.expected) / 10_000, MOST)

    @property
    def open_from(self) -> date | None:
        """The first day that may lack more than anybody knows; None where there is none."""
        return min((one.since or date.min for one in self.reasons), default=None)

    @property
    def percent(self) -> int | None:
        """The share in whole percent, rounded down: 100 only where it is complete."""
        share = self.share
        return None if share is None else 100 if share == 1 else min(int(share * 100 + 1e-9), 99)


Teller = Callable[[Collection[int], datetime], Iterable[Standing]]
_tellers: list[Teller] = []


def register_standings(teller: Teller) -> None:
    """Have this asked how repositories stand; called from `ready()`."""
    _tellers.append(teller)


def standings(repositories: Collection[int], at: datetime) -> dict[int, Standing]:
    """How these repositories stand; those that nobody reads are not in it."""
    found = (one for teller in _tellers for one in teller(repositories, at))
    return {one.repository_id: one for one in found}


def weigh_each(
    repositories: Collection[int],
    at: datetime,
    start: date | None = None,
    end: date | None = None,
    *,
    stand: Mapping[int, Standing] | None = None,
) -> dict[int, Weight]:
    """The weight of each repository over the days from `start` to before `end`.

    `stand` says how they stand where that was asked before.
    """
    rows = Completeness.objects.filter(repository__in=among(repositories)).within(start, end)
    sums = rows.order_by().values_list("repository").annotate(Sum("expected"), Sum("received"))
    counts = {pk: (expected, received) for pk, expected, received in sums}
    stand = standings(repositories, at) if stand is None else stand
    found = {}
    for pk in repositories:
        mine = stand.get(pk)
        reasons = [one for one in mine.reasons if one.concerns(end)] if mine else []
        expected, received = counts.get(pk, (0, 0))
        found[pk] = Weight(expected, received, mine is not None and mine.is_read, reasons)
    return found


def together(weights: Iterable[Weight]) -> Weight:
    """Several weights as one; read only where each of them is."""
    every = list(weights)
    return Weight(
        sum(one.expected for one in every),
        sum(one.received for one in every),
        bool(every) and all(one.is_read for one in every),
        [reason for one in every for reason in one.reasons],
        any(one.is_capped for one in every),
    )


def weight_of(repository: Repository, at: datetime) -> Weight:
    """The weight of one repository, all its days."""
    return weigh_each([repository.pk], at)[repository.pk]


def why_short(row: Completeness, reasons: Sequence[OpenReason]) -> Sentence:
    """One day in a sentence: how much of how much, why, and when the next try is."""
    why = row.reason
    nexts = [one.next_at for one in reasons if one.next_at and one.concerns(_after(row))]
    if nexts and why:
        why = Sentence(NEXT_TRY, {"why": why.as_json(), "next_at": min(nexts).isoformat()})
    values = {"received": row.received, "expected": row.expected, "day_on": row.day.isoformat()}
    if not why:
        return Sentence(_("%(received)s of %(expected)s on %(day_on)s."), values)
    said = _("%(received)s of %(expected)s on %(day_on)s: %(why)s")
    return Sentence(said, {**values, "why": why.as_json()})


def _after(row: Completeness) -> date:
    return row.day + timedelta(days=1)
