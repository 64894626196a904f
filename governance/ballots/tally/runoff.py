"""Instant runoff."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from governance.ballots.tally.ballots import Ballots
from governance.ballots.tally.papers import Index, Papers
from governance.ballots.tally.profile import Profile
from governance.ballots.tally.result import Round
from governance.ballots.tally.ties import Breaking
from governance.ballots.tally.transfer import by_votes


@dataclass
class Runoff:
    """One instant runoff: ``order`` best first, ``rounds`` as they went."""

    order: list[list[int]] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)


def instant_runoff(ballots: Ballots, profile: Profile, breaking: Breaking) -> Runoff:
    """Whoever has fewest votes leaves, until one option has more than half of those that count.

    Raises `Undecided` at a tie that ``breaking`` cannot break.
    """
    return _Count(ballots, profile, breaking).run()


class _Count:
    def __init__(self, ballots: Ballots, profile: Profile, breaking: Breaking) -> None:
        self.options, self.profile, self.breaking = ballots.options, profile, breaking
        self.papers = Papers(ballots, profile.overvotes)
        self.going = set(range(len(ballots.options)))
        self.held: dict[int, list[Index]] = {one: [] for one in self.going}
        self.votes = dict.fromkeys(self.going, 0)
        self.waiting = self.papers.all()[:0]
        self.spent = 0
        self.said = Runoff()

    def run(self) -> Runoff:
        self._deal(self.papers.all())
        gone: list[list[int]] = []
        while True:
            totals = self._totals()
            if not sum(totals.values()) and not len(self.waiting):
                self._tell(totals)
                self.said.order = [sorted(self.going), *reversed(gone)]
                return self.said
            best = max(totals, key=lambda one: totals[one])
            if len(self.going) == 1 or 2 * totals[best] > sum(totals.values()) + self._waits():
                self._tell(totals, elected=[best])
                self.said.order = [[best], *by_votes(self.going - {best}, totals), *reversed(gone)]
                return self.said
            leaving = self._leaving(totals)
            self._tell(totals, eliminated=leaving)
            gone.extend(reversed(by_votes(leaving, totals)))
            self._remove(leaving)

    def _waits(self) -> int:
        return self.papers.weight(self.waiting)

    def _totals(self) -> dict[int, int]:
        return {one: self.votes[one] for one in sorted(self.going)}

    def _leaving(self, totals: dict[int, int]) -> list[int]:
        is_batch = self.profile.elimination == "batch"
        if is_batch and (losers := _hopeless(totals, self._waits())):
            return losers
        fewest = min(totals.values())
        tied = [one for one in totals if totals[one] == fewest]
        if len(tied) == 1:
            return tied
        names = [self.options[one] for one in tied]
        earlier = [one.totals for one in self.said.rounds]
        name = self.breaking.pick(names, "elimination", len(self.said.rounds) + 1, earlier)
        return [self.options.index(name)]

    def _remove(self, leaving: list[int]) -> None:
        self.going -= set(leaving)
        moved = [pile for one in leaving for pile in self.held.pop(one)]
        self._deal(np.concatenate([*moved, self.waiting]))

    def _deal(self, papers: Index) -> None:
        dealt = self.papers.dealt(papers, self.going)
        for one, pile in dealt.to.items():
            self.held[one].append(pile)
            self.votes[one] += self.papers.weight(pile)
        self.waiting = dealt.waiting
        self.spent += self.papers.weight(dealt.spent)

    def _tell(
        self, totals: dict[int, int], elected: Sequence[int] = (), eliminated: Sequence[int] = ()
    ) -> None:
        self.said.rounds.append(
            Round(
                {self.options[one]: totals[one] for one in totals},
                elected=tuple(self.options[one] for one in elected),
                eliminated=tuple(sorted(self.options[one] for one in eliminated)),
                exhausted=self.spent + self._waits(),
            )
        )


def _hopeless(totals: dict[int, int], waiting: int) -> list[int]:
    """As many of the last as together have fewer votes than the next one; none if there are none.

    They leave at once: whoever of them went on with all their votes, and with the papers that
    are ``waiting``, would still be last.
    """
    ascending = sorted(totals.values())
    below, most = waiting, 0
    for number, votes in enumerate(ascending[:-1], 1):
        below += votes
        if below < ascending[number]:
            most = number
    if not most:
        return []
    return [one for one in totals if totals[one] <= ascending[most - 1]]
