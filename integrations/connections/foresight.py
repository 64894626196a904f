"""What connecting will take: requests, time, and whether the budget lasts."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.core.cache import cache

from community.lib.refusals import Refused
from integrations.connections import protocol
from integrations.connections.keys import Key
from integrations.connections.protocol import Browsable, Estimate, OutOfBudget

MOST = 30  # repositories estimated at once
SIDE_BY_SIDE = 8
REMEMBERED = timedelta(minutes=10)
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The estimate of each repository, or why there is none, and what is left for all."""

    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    refusals: Mapping[str, Refused] = field(default_factory=dict)
    budget: Mapping[str, Any] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """Requests before everything is there."""
        return sum(one.requests for one in self.estimates.values())

    @property
    def spent(self) -> int:
        """Requests this estimate took."""
        return sum(one.spent for one in self.estimates.values())

    @property
    def rows(self) -> int:
        """Everything that will be stored."""
        return sum(one.rows for one in self.estimates.values())

    @property
    def minutes(self) -> int:
        """Whole minutes of work, rounded up; one repository is read after the other."""
        return ceil(sum(one.seconds for one in self.estimates.values()) / 60)

    @property
    def remaining(self) -> int | None:
        """Requests left now; None where nobody says."""
        return self.budget.get("remaining")

    @property
    def limit(self) -> int | None:
        """Requests an hour."""
        return self.budget.get("limit")

    @property
    def resets_at(self) -> datetime | None:
        """When the budget is full again."""
        told = self.budget.get("resets_at")
        return datetime.fromisoformat(told) if told else None

    @property
    def done_after(self) -> datetime | None:
        """The reset behind which the rest will be read; None when the budget lasts."""
        rest = sum(one.rest for one in self.estimates.values())
        if self.remaining is None or not self.limit or rest <= self.remaining:
            return None
        pauses = (rest - self.remaining - 1) // self.limit
        return self.resets_at + pauses * AN_HOUR if self.resets_at else None


def foresee(name: str, locations: Sequence[str], *, keys: Sequence[Key], place: str) -> Foreseen:
    """Ask for every repository at once; answers are remembered for a while under `place`."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as crew:
        found = list(crew.map(lambda one: _foreseen(name, one, keys, place), locations))
    budgets = [budget for _answer, budget in found if budget]
    answers = dict(zip(locations, (answer for answer, _budget in found), strict=True))
    return Foreseen(
        estimates={at: one for at, one in answers.items() if isinstance(one, Estimate)},
        refusals={at: one for at, one in answers.items() if isinstance(one, Refused)},
        budget=min(budgets, key=lambda one: int(one.get("remaining", 0)), default={}),
    )


def _foreseen(
    name: str, location: str, keys: Sequence[Key], place: str
) -> tuple[Estimate | Refused, Mapping[str, Any]]:
    """One repository, from memory when it was asked for lately."""
    known = cache.get(f"estimate:{place}:{location.lower()}") if location.isascii() else None
    if known is not None:
        found: tuple[Estimate, Mapping[str, Any]] = known
        return found
    connector = protocol.connector(name)
    if not isinstance(connector, Browsable):
        raise ValueError(f"{name} foresees nothing")
    try:
        estimate = connector.estimate(location, keys=keys)
    except Refused as refusal:
        return refusal, {}
    except OutOfBudget as pause:
        return Refused("out_of_budget", pause.reason), {}
    budget = {key: one for key, one in connector.budget().items() if key != "keys"}
    if location.isascii():
        key = f"estimate:{place}:{location.lower()}"
        cache.set(key, (estimate, budget), REMEMBERED.total_seconds())
    return estimate, budget
