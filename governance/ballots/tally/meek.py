"""Single transferable vote by Meek's method.

The reference rule of the Proportional Representation Foundation (B. L. Meek 1969; I. D. Hill,
B. A. Wichmann, D. R. Woodall, "Algorithm 123", 1987): keep factors with nine decimals, rounded up,
until the surplus is below a millionth of a vote. All arithmetic is in whole billionths.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from governance.ballots.tally.ballots import Ballots, Whole
from governance.ballots.tally.papers import Index, Papers
from governance.ballots.tally.profile import Profile
from governance.ballots.tally.result import Round
from governance.ballots.tally.ties import Breaking
from governance.ballots.tally.transfer import Transferred, by_votes

ONE = 10**9
OMEGA = 10**3

# Which elected options a paper passes, and the hopeful one it ends at (none where it is spent).
Way = tuple[int, ...]


def meek_vote(ballots: Ballots, profile: Profile, breaking: Breaking) -> Transferred:
    """Fill the seats; each paper gives an elected option no more than that option has to keep.

    Raises `Undecided` at a tie that ``breaking`` cannot break.
    """
    return _Count(ballots, profile, breaking).run()


@dataclass
class _Spread:
    """What each option holds once the papers are spread, in billionths."""

    votes: dict[int, int]
    quota: int
    surplus: int


class _Count:
    def __init__(self, ballots: Ballots, profile: Profile, breaking: Breaking) -> None:
        self.options, self.profile, self.breaking = ballots.options, profile, breaking
        self.papers = Papers(ballots, profile.overvotes)
        size = len(ballots.options)
        self.keep = dict.fromkeys(range(size), ONE)
        self.hopeful = set(range(size))
        self.ways: dict[Way, Index] = {}
        self.waiting: dict[Way, Index] = {}
        self.said = Transferred(quota=Fraction(0))
        self._follow((), self.papers.all())
        self.total = sum(self.papers.weight(papers) for way, papers in self.ways.items() if way)
        self.total += sum(self.papers.weight(papers) for papers in self.waiting.values())

    def run(self) -> Transferred:
        while True:
            spread = self._spread()
            elected = self._elect(spread)
            if len(self.hopeful) <= self.profile.seats - len(self.said.seated):
                elected += self._elect_all(spread)
            if len(self.said.seated) >= self.profile.seats or not self.hopeful:
                self._tell(spread, elected)
                self.said.left = by_votes(self.hopeful, spread.votes)
                return self.said
            if elected:
                self._tell(spread, elected)
            else:
                leaving = self._unwanted(spread) or [self._lowest(spread)]
                self._tell(spread, (), leaving)
                self._defeat(leaving)

    def _spread(self) -> _Spread:
        """Keep factors settled so far that somebody reaches the quota or nothing moves any more."""
        table = _Table(self._weights())
        before = None
        while True:
            votes = table.votes(self.keep)
            quota = sum(votes.values()) // (self.profile.seats + 1) + 1
            held = sum(votes[one] - quota for one in self.said.seated)
            now = _Spread(votes, quota, held)
            reached = any(votes[one] >= quota for one in self.hopeful)
            if reached or held < OMEGA or (before is not None and held >= before):
                return now
            before = held
            for one in self.said.seated:
                self.keep[one] = _up(_up(self.keep[one] * quota, ONE) * ONE, votes[one])

    def _weights(self) -> Counter[Way]:
        """What lies on each way. A paper that waits goes on giving to those whom it has passed."""
        weights: Counter[Way] = Counter()
        for ways in (self.ways, self.waiting):
            for way, papers in ways.items():
                weights[way] += self.papers.weight(papers)
        return weights

    def _elect(self, spread: _Spread) -> list[int]:
        return self._move_up(
            [one for one in self.hopeful if spread.votes[one] >= spread.quota], spread
        )

    def _elect_all(self, spread: _Spread) -> list[int]:
        return self._move_up([*self.hopeful], spread)

    def _move_up(self, reached: list[int], spread: _Spread) -> list[int]:
        groups = by_votes(reached, spread.votes)
        self.said.elected += groups
        self.hopeful -= set(reached)
        for way in [way for way in self.ways if way and way[-1] in reached]:
            self._follow(way, self.ways.pop(way))
        return [one for group in groups for one in group]

    def _unwanted(self, spread: _Spread) -> list[int]:
        """Several that nobody's paper is with, if all may leave: in which order changes nothing."""
        unwanted = sorted(one for one in self.hopeful if not spread.votes[one])
        open_seats = self.profile.seats - len(self.said.seated)
        may_leave = len(self.hopeful) - len(unwanted) >= open_seats and not self.waiting
        return unwanted if may_leave else []

    def _lowest(self, spread: _Spread) -> int:
        """Those whom the surplus might still lift over the last are tied with it."""
        lowest = min(spread.votes[one] for one in self.hopeful)
        reach = lowest + max(spread.surplus, 0)
        tied = sorted(one for one in self.hopeful if spread.votes[one] <= reach)
        if len(tied) == 1:
            return tied[0]
        names = [self.options[one] for one in tied]
        earlier = [one.totals for one in self.said.rounds]
        name = self.breaking.pick(names, "elimination", len(self.said.rounds) + 1, earlier)
        return self.options.index(name)

    def _defeat(self, leaving: list[int]) -> None:
        self.hopeful -= set(leaving)
        self.said.gone.append(leaving)
        self.keep |= dict.fromkeys(leaving, 0)
        for way in [way for way in self.ways if way and way[-1] in leaving]:
            self._follow(way[:-1], self.ways.pop(way))
        waiting, self.waiting = self.waiting, {}
        for way, papers in waiting.items():
            self._follow(way, papers)

    def _follow(self, way: Way, papers: Index) -> None:
        """Sort papers that went ``way`` by where they go on to, as far as a hopeful option."""
        open_ways = [(way, papers)]
        while open_ways:
            way, papers = open_ways.pop()
            among = self.hopeful | (set(self.said.seated) - set(way))
            dealt = self.papers.dealt(papers, among)
            self._put(self.ways, way, dealt.spent)
            self._put(self.waiting, way, dealt.waiting)
            for one, part in dealt.to.items():
                if one in self.hopeful:
                    self._put(self.ways, (*way, one), part)
                elif len(part):
                    open_ways.append(((*way, one), part))

    @staticmethod
    def _put(ways: dict[Way, Index], way: Way, papers: Index) -> None:
        if len(papers):
            ways[way] = np.concatenate([ways[way], papers]) if way in ways else papers

    def _tell(
        self, spread: _Spread, elected: Sequence[int], eliminated: Sequence[int] = ()
    ) -> None:
        out = {one for group in self.said.gone for one in group}
        totals = {
            self.options[one]: Fraction(votes, ONE)
            for one, votes in spread.votes.items()
            if one not in out
        }
        self.said.quota = Fraction(spread.quota, ONE)
        self.said.rounds.append(
            Round(
                totals,
                elected=tuple(self.options[one] for one in elected),
                eliminated=tuple(sorted(self.options[one] for one in eliminated)),
                exhausted=self.total - sum(totals.values()),
                quota=self.said.quota,
            )
        )


class _Table:
    """Ways as rows of a table, so that one step of all of them is one step of numpy."""

    def __init__(self, weights: Mapping[Way, int]) -> None:
        self.length = max((len(way) for way in weights), default=0)
        rows = [way for way in weights if way]
        self.stops = np.array([[*way, *[-1] * (self.length - len(way))] for way in rows], np.int64)
        self.weights: Whole = np.array([weights[way] for way in rows], np.int64)

    def votes(self, keep: dict[int, int]) -> dict[int, int]:
        """Each way gives each option on it the share that it keeps; shares are rounded up."""
        votes = dict.fromkeys(keep, 0)
        factors = np.array([keep[one] for one in sorted(keep)], np.int64)
        left: Whole = np.full(len(self.weights), ONE, np.int64)
        for at in range(self.length):
            stops = self.stops[:, at]
            share = -(-left * factors[stops] // ONE)
            share[stops < 0] = 0
            left -= share
            for one in np.unique(stops[stops >= 0]):
                here = stops == one
                votes[int(one)] += int(share[here] @ self.weights[here])
        return votes


def _up(amount: int, by: int) -> int:
    """The quotient, rounded up."""
    return -(-amount // by)
