"""Counts that add up: plurality, approval, score and STAR."""

from collections.abc import Sequence

import numpy as np

from governance.ballots.tally.ballots import Ballots
from governance.ballots.tally.pairwise import Matrix, layers, preferences


def first_choices(ballots: Ballots) -> list[int]:
    """The weight of the ballots that put each option first, alone."""
    places = ballots.marks - np.uint8(1)  # nothing said wraps round to 255
    best = places.min(axis=1)
    alone = (places == best[:, None]).sum(axis=1) == 1
    counted = alone & (best < 255)
    choice = places.argmin(axis=1)[counted]
    # bincount adds up in floating point, which is exact for whole numbers up to 2**53.
    sums = np.bincount(choice, ballots.weights[counted], len(ballots.options))
    return [int(one) for one in sums]


def approvals(ballots: Ballots) -> list[int]:
    """The weight of the ballots that rank each option, or score it above 0."""
    least = 2 if ballots.kind == "scores" else 1
    return [int(ballots.weights[column >= least].sum()) for column in ballots.marks.T]


def score_sums(ballots: Ballots) -> list[int]:
    """The sum of the scores of each option; one that a ballot does not score gets 0 from it."""
    scores = np.where(ballots.marks > 0, ballots.marks - np.uint8(1), 0)
    return [int(one) for one in ballots.weights @ scores.astype(np.int64)]


def top_scores(ballots: Ballots, top: int) -> list[int]:
    """How many voters gave each option the score ``top``, the best of the scale."""
    return [int(ballots.weights[column == top + 1].sum()) for column in ballots.marks.T]


def order_of_sums(sums: Sequence[int]) -> list[list[int]]:
    """The greatest sum first; equal sums share a place."""
    return layers(
        range(len(sums)),
        lambda among: [one for one in among if sums[one] == max(sums[a] for a in among)],
    )


class Star:
    """Score, then automatic runoff, with the ties of the Equal Vote Coalition's rules.

    In the scoring round a tie goes to who is preferred by more voters in the comparisons among
    the tied; in the runoff to the higher score; then to who has more of the ``top`` scores.
    """

    def __init__(self, ballots: Ballots, top: int) -> None:
        self.scores = score_sums(ballots)
        self.tops = top_scores(ballots, top)
        self.matrix: Matrix = preferences(ballots, "last")

    def winners(self, among: Sequence[int]) -> list[int]:
        """Who wins among these; several are tied for good."""
        if len(among) == 1:
            return list(among)
        outcomes = {self._runoff(pair) for pair in self.finalists(among)}
        return sorted({one for winners in outcomes for one in winners})

    def finalists(self, among: Sequence[int]) -> list[tuple[int, int]]:
        """The two with the highest scores; several pairs where that is tied for good."""
        firsts = self._scored_best(among)
        pairs = {
            (min(a, b), max(a, b))
            for a in firsts
            for b in self._scored_best([one for one in among if one != a])
        }
        return sorted(pairs)

    def _scored_best(self, among: Sequence[int]) -> list[int]:
        best = _highest(among, self.scores)
        losses = {a: -sum(self.matrix[b][a] > self.matrix[a][b] for b in best) for a in best}
        return _highest(_highest(best, losses), self.tops)

    def _runoff(self, pair: tuple[int, int]) -> tuple[int, ...]:
        a, b = pair
        votes = {a: self.matrix[a][b], b: self.matrix[b][a]}
        return tuple(_highest(_highest(_highest(pair, votes), self.scores), self.tops))


def _highest(among: Sequence[int], by: Sequence[int] | dict[int, int]) -> list[int]:
    best = max(by[one] for one in among)
    return [one for one in among if by[one] == best]
