"""Ballot papers that move from one option to the next."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.ballots.tally.ballots import Ballots, Bytes, Whole
from governance.ballots.tally.profile import Overvotes

Index = NDArray[np.int64]

UNRANKED = 255


@dataclass
class Dealt:
    """Where papers went: to options, or nowhere any more (``spent``), or not yet (``waiting``)."""

    to: dict[int, Index]
    spent: Index
    waiting: Index


class Papers:
    """Papers and what they say, an option a row, so that numpy compares long rows.

    ``places[option, paper]`` is the rank from 0, or 255 where the paper does not rank it.
    """

    def __init__(self, ballots: Ballots, overvotes: Overvotes) -> None:
        self.overvotes = overvotes
        self.places: Bytes = np.ascontiguousarray(ballots.marks.T) - np.uint8(1)
        self.weights: Whole = ballots.weights
        if overvotes == "exhaust":
            self._cut_at_equal_ranks()

    def all(self) -> Index:
        return np.arange(len(self.weights))

    def weight(self, papers: Index) -> int:
        return int(self.weights[papers].sum())

    def dealt(self, papers: Index, among: Collection[int]) -> Dealt:
        """Each of the papers goes to the option that it ranks best ``among`` these."""
        options = sorted(among)
        if not options:
            return Dealt({}, papers, papers[:0])
        places = self.places[np.array(options)[:, None], papers]
        best = places.min(axis=0)
        at_best = places == best
        several = at_best.sum(axis=0, dtype=np.uint8) > 1
        nowhere = best == UNRANKED
        waits = several & ~nowhere if self.overvotes == "resolve" else np.zeros_like(several)
        settled = ~several & ~nowhere
        to = {option: papers[held & settled] for option, held in zip(options, at_best, strict=True)}
        return Dealt(to, papers[~settled & ~waits], papers[waits])

    def _cut_at_equal_ranks(self) -> None:
        first = np.full(len(self.weights), UNRANKED, np.uint8)
        for a in range(len(self.places)):
            for b in range(a):
                equal = self.places[a] == self.places[b]
                first = np.where(equal, np.minimum(first, self.places[a]), first)
        self.places = np.where(self.places < first, self.places, np.uint8(UNRANKED))
