"""Single transferable vote with transfers stage by stage.

By the Scottish rules (Scottish Local Government Elections Order 2007, schedule 1, rules 45-52)
transfer values are cut after five decimals; by weighted inclusive Gregory they are exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np

from governance.ballots.tally.ballots import Ballots
from governance.ballots.tally.papers import Index, Papers
from governance.ballots.tally.profile import Profile
from governance.ballots.tally.result import Amount, Round
from governance.ballots.tally.ties import Breaking

# Papers of one value.
Pile = tuple[Fraction, Index]
SCOTTISH_UNIT = 10**5


@dataclass
class Transferred:
    """One count: who was ``elected`` and who is ``gone``, in that order; ``left`` were neither.

    Options that nothing parts share a group.
    """

    quota: Amount
    elected: list[list[int]] = field(default_factory=list)
    gone: list[list[int]] = field(default_factory=list)
    left: list[list[int]] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)

    @property
    def seated(self) -> list[int]:
        return [one for group in self.elected for one in group]


def transferable_vote(ballots: Ballots, profile: Profile, breaking: Breaking) -> Transferred:
    """Fill the seats: a quota elects, surpluses and the papers of the last move on.

    The quota is the number of valid papers divided by seats + 1, plus 1, without the fraction.
    Raises `Undecided` at a tie that ``breaking`` cannot break.
    """
    return _Count(ballots, profile, breaking).run()


class _Count:
    def __init__(self, ballots: Ballots, profile: Profile, breaking: Breaking) -> None:
        self.options, self.profile, self.breaking = ballots.options, profile, breaking
        self.papers = Papers(ballots, profile.overvotes)
        self.going = set(range(len(ballots.options)))
        self.totals = dict.fromkeys(sorted(self.going), Fraction(0))
        self.piles: dict[int, list[Pile]] = {one: [] for one in self.going}
        self.waiting: list[Pile] = []
        self.surpluses: set[int] = set()
        self.lost = Fraction(0)
        self._deal([(Fraction(1), self.papers.all())])
        valid = len(ballots) - int(self.lost)
        self.lost = Fraction(0)
        self.said = Transferred(quota=valid // (profile.seats + 1) + 1)

    def run(self) -> Transferred:
        while True:
            elected = self._reach_quota()
            if len(self.going) <= self.profile.seats - len(self.said.seated):
                elected += self._elect([*self.going])
            if len(self.said.seated) >= self.profile.seats or not self.going:
                self._tell(elected)
                self.said.left = by_votes(self.going, self.totals)
                return self.said
            if self.surpluses:
                one = self._choose(self.surpluses, "surplus")
                self._tell(elected, transferred=[one])
                self._transfer_surplus(one)
            else:
                leaving = self._unwanted() or [self._choose(self.going, "elimination")]
                self._tell(elected, eliminated=leaving)
                self._exclude(leaving)

    def _reach_quota(self) -> list[int]:
        quota = self.said.quota
        reached = self._elect([one for one in self.going if self.totals[one] >= quota])
        self.surpluses |= {one for one in reached if self.totals[one] > quota}
        return reached

    def _elect(self, reached: list[int]) -> list[int]:
        groups = by_votes(reached, self.totals)
        self.going -= set(reached)
        self.said.elected += groups
        return [one for group in groups for one in group]

    def _choose(self, among: set[int], where: Literal["surplus", "elimination"]) -> int:
        held = [self.totals[one] for one in among]
        wanted = max(held) if where == "surplus" else min(held)
        tied = sorted(one for one in among if self.totals[one] == wanted)
        if len(tied) == 1:
            return tied[0]
        names = [self.options[one] for one in tied]
        earlier = [one.totals for one in self.said.rounds]
        name = self.breaking.pick(names, where, len(self.said.rounds) + 1, earlier)
        return self.options.index(name)

    def _unwanted(self) -> list[int]:
        """Several that nobody's paper is with, if all may leave: in which order changes nothing."""
        unwanted = sorted(one for one in self.going if not self.totals[one])
        open_seats = self.profile.seats - len(self.said.seated)
        may_leave = len(self.going) - len(unwanted) >= open_seats and not self.waiting
        return unwanted if may_leave else []

    def _transfer_surplus(self, one: int) -> None:
        """All papers move on, worth their share of the surplus; what nobody gets is lost."""
        self.surpluses.discard(one)
        total, quota = self.totals[one], self.said.quota
        share = (total - quota) / total
        moved = [(self._cut(value * share), papers) for value, papers in self.piles.pop(one)]
        self.totals[one] = Fraction(quota)
        self.lost += total - quota - sum(self._worth(pile) for pile in moved)
        self._deal(moved)

    def _cut(self, value: Fraction) -> Fraction:
        if self.profile.method != "stv-scottish":
            return value
        return Fraction(int(value * SCOTTISH_UNIT), SCOTTISH_UNIT)

    def _exclude(self, leaving: list[int]) -> None:
        self.going -= set(leaving)
        self.said.gone.append(leaving)
        self.totals |= dict.fromkeys(leaving, Fraction(0))
        self._deal([pile for one in leaving for pile in self.piles.pop(one)])

    def _deal(self, moved: list[Pile]) -> None:
        """The papers go to whom they rank next; those that waited are asked again."""
        piles, self.waiting = [*moved, *self.waiting], []
        for value, papers in _joined(piles):
            dealt = self.papers.dealt(papers, self.going)
            for one, pile in dealt.to.items():
                if len(pile):
                    self.piles[one].append((value, pile))
                    self.totals[one] += self._worth((value, pile))
            self.lost += self._worth((value, dealt.spent))
            if len(dealt.waiting):
                self.waiting.append((value, dealt.waiting))

    def _worth(self, pile: Pile) -> Fraction:
        value, papers = pile
        return value * self.papers.weight(papers)

    def _tell(
        self,
        elected: Sequence[int],
        transferred: Sequence[int] = (),
        eliminated: Sequence[int] = (),
    ) -> None:
        out = {one for group in self.said.gone for one in group}
        waiting = sum((self._worth(pile) for pile in self.waiting), Fraction(0))
        self.said.rounds.append(
            Round(
                {self.options[one]: held for one, held in self.totals.items() if one not in out},
                elected=tuple(self.options[one] for one in elected),
                eliminated=tuple(sorted(self.options[one] for one in eliminated)),
                transferred=tuple(self.options[one] for one in transferred),
                exhausted=self.lost + waiting,
            )
        )


def by_votes(options: Iterable[int], votes: Mapping[int, Amount]) -> list[list[int]]:
    """The options with most votes first; equally many share a place."""
    kept = sorted(options)
    amounts = sorted({votes[one] for one in kept}, reverse=True)
    return [[one for one in kept if votes[one] == amount] for amount in amounts]


def _joined(piles: list[Pile]) -> list[Pile]:
    """Papers of the same value in one pile."""
    by_value: dict[Fraction, list[Index]] = {}
    for value, papers in piles:
        by_value.setdefault(value, []).append(papers)
    return [(value, np.concatenate(parts)) for value, parts in by_value.items()]
