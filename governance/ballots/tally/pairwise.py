"""Options compared two by two."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from governance.ballots.tally.ballots import Ballots
from governance.ballots.tally.profile import Strength, Unranked

Matrix = list[list[int]]
# Of two strengths the greater one is the stronger defeat; None is no defeat.
Strengths = list[list[tuple[int, int] | None]]


def preferences(ballots: Ballots, unranked: Unranked) -> Matrix:
    """``matrix[a][b]``: how many voters put option a before option b.

    An unranked option comes after all ranked ones, or takes no part in the ballot's comparisons.
    Scores are compared as well: the higher one comes first.
    """
    worse = ballots.marks.T.copy()
    if ballots.kind == "scores":
        worse = np.where(worse > 0, 255 - worse, 0).astype(np.uint8)
    better = np.where(worse == 0, 255, worse).astype(np.uint8)
    if unranked == "last":
        worse = better
    unit = bool((ballots.weights == 1).all())
    size = len(ballots.options)
    matrix = [[0] * size for _ in range(size)]
    for a in range(size):
        for b in range(size):
            if a != b:
                before = better[a] < worse[b]
                weight = np.count_nonzero(before) if unit else ballots.weights[before].sum()
                matrix[a][b] = int(weight)
    return matrix


def strengths(matrix: Matrix, by: Strength) -> Strengths:
    """How strong each defeat is: by winning votes, fewer against it being stronger; or by margin.

    The winning votes follow Debian's constitution, A.5.7: of defeats with equally many votes for
    them the one with more votes against it is the weaker.
    """
    size = range(len(matrix))

    def strength(a: int, b: int) -> tuple[int, int] | None:
        won, lost = matrix[a][b], matrix[b][a]
        if won <= lost:
            return None
        return (won, -lost) if by == "winning" else (won - lost, 0)

    return [[strength(a, b) for b in size] for a in size]


def layers(
    options: Iterable[int], first: Callable[[Sequence[int]], Sequence[int]]
) -> list[list[int]]:
    """An order with ties: who is ``first`` among all, then among those who remain, and so on."""
    rest, order = sorted(options), []
    while rest:
        top = sorted(first(rest))
        order.append(top)
        rest = [one for one in rest if one not in top]
    return order
