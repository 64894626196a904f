"""Who of an order gets the seats."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from governance.ballots.tally.result import Stage, Tie
from governance.ballots.tally.ties import Breakers


@dataclass(frozen=True)
class Employers:
    """Who works where, and how many seats of this election people of an employer may still get.

    Options without an employer, and employers without a limit, take any seat.
    """

    of: Mapping[str, str] = field(default_factory=dict)
    room: Mapping[str, int] = field(default_factory=dict)

    def is_full(self, option: str, seated: Sequence[str]) -> bool:
        employer = self.of.get(option)
        if employer is None or employer not in self.room:
            return False
        return sum(self.of.get(one) == employer for one in seated) >= self.room[employer]

    def fit(self, group: Sequence[str], seated: Sequence[str]) -> bool:
        """Whether all of a group may be seated beside those who are."""
        seats = Counter(self.of[one] for one in [*seated, *group] if one in self.of)
        return all(seats[employer] <= most for employer, most in self.room.items())


def room_for(
    cap: Fraction, size: int, sitting: Iterable[str], standing: Iterable[str]
) -> Mapping[str, int]:
    """The seats that a cap leaves to each employer in a body of ``size``.

    ``sitting`` are the employers of those who stay in it, ``standing`` those of the candidates: an
    employer without a sitting member has a limit too. A third of seven seats are two: what is not
    a whole seat is none. Having no employer (an empty name) is no employer.
    """
    most = int(cap * size)
    held = Counter(sitting)
    return {employer: max(most - held[employer], 0) for employer in {*held, *standing} if employer}


@dataclass
class Seated:
    """``winners`` are sure of their seats; the rest lies between the ``tied``."""

    winners: list[str] = field(default_factory=list)
    tied: list[str] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    stages: list[Stage] = field(default_factory=list)


def seated(
    order: Sequence[Sequence[str]],
    seats: int,
    breakers: Breakers,
    employers: Employers | None = None,
) -> Seated:
    """Seat the first of an order. A group that does not fit is a tie; only a rule can part it.

    Whoever's employer has no seat left is passed over, and the next in the order moves up.
    """
    caps = employers or Employers()
    said = Seated()
    for group in order:
        fit = [one for one in group if not caps.is_full(one, said.winners)]
        if len(said.winners) >= seats:
            break
        said.stages += [Stage("capped", (one,)) for one in group if one not in fit]
        if len(fit) <= seats - len(said.winners) and caps.fit(fit, said.winners):
            said.winners += fit
        elif not _parted(said, fit, seats, breakers, caps):
            break
    return said


def _parted(
    said: Seated, group: Sequence[str], seats: int, breakers: Breakers, caps: Employers
) -> bool:
    tied = tuple(sorted(group))
    broken = breakers.ordered(tied)
    if not broken:
        said.ties.append(Tie("seats", tied))
        said.tied = list(tied)
        return False
    rule, order, reason = broken
    said.ties.append(Tie("seats", tied, 0, rule, tuple(order), reason))
    for one in order:
        if caps.is_full(one, said.winners):
            said.stages.append(Stage("capped", (one,)))
        elif len(said.winners) < seats:
            said.winners.append(one)
    return True
