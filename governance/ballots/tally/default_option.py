"""Condorcet with a default option, quorum and majority: Debian's constitution, A.5 and A.6."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from governance.ballots.tally.pairwise import Matrix, Strengths, strengths
from governance.ballots.tally.result import Stage
from governance.ballots.tally.schulze import schulze_order


@dataclass(frozen=True)
class Standing:
    """What A.6 left: ``winners`` (several when tied), the order of all, and how it came about."""

    winners: list[int]
    order: list[list[int]]
    stages: tuple[Stage, ...]


def with_default(
    matrix: Matrix, options: Sequence[str], default: int, *, quorum: Fraction, majority: Fraction
) -> Standing:
    """Count as A.6 says. ``quorum`` is R, ``majority`` is N; neither is rounded.

    An option has to be preferred to the default by at least R voters, by at least N times as many
    as prefer the default, and by more of them. What is left is counted by dropping the weakest
    defeats within the Schwartz set until nobody in it is defeated. Those who were dropped follow
    behind, in the order of their own strongest paths.
    """
    size = len(matrix)
    kept, stages = [], []
    for one in range(size):
        failed = (
            None if one == default else _failed(matrix, options, one, default, quorum, majority)
        )
        if failed:
            stages.append(failed)
        else:
            kept.append(one)
    defeats = strengths(matrix, "winning")
    winners, dropping = _schwartz_dropping(defeats, options, kept)
    behind = [one for one in range(size) if one not in kept]
    order = [*_order(defeats, kept), *_order(defeats, behind)]
    return Standing(winners, order, (*stages, *dropping))


def _failed(
    matrix: Matrix,
    options: Sequence[str],
    one: int,
    default: int,
    quorum: Fraction,
    majority: Fraction,
) -> Stage | None:
    ours, theirs = matrix[one][default], matrix[default][one]
    pair = (options[one], options[default])
    if ours < quorum:
        return Stage("quorum", pair, ours, quorum)
    if ours < majority * theirs or ours <= theirs:
        return Stage("majority", pair, ours, max(majority * theirs, Fraction(theirs + 1)))
    return None


def _order(defeats: Strengths, among: list[int]) -> list[list[int]]:
    inner = [[defeats[a][b] for b in among] for a in among]
    return [[among[one] for one in group] for group in schulze_order(inner)]


def _schwartz_dropping(
    defeats: Strengths, options: Sequence[str], among: list[int]
) -> tuple[list[int], list[Stage]]:
    left = {
        (a, b): strength for a in among for b in among if (strength := defeats[a][b]) is not None
    }
    stages: list[Stage] = []
    while True:
        schwartz = _schwartz_set(left.keys(), among)
        stages.append(Stage("schwartz", tuple(sorted(options[one] for one in schwartz))))
        inner = {pair: left[pair] for pair in left if set(pair) <= set(schwartz)}
        if not inner:
            return schwartz, stages
        weakest = min(inner.values())
        for a, b in [pair for pair, strength in inner.items() if strength == weakest]:
            del left[a, b]
            stages.append(Stage("dropped", (options[a], options[b]), weakest[0]))


def _schwartz_set(pairs: Iterable[tuple[int, int]], among: list[int]) -> list[int]:
    """Those who reach everybody that reaches them."""
    beaten: dict[int, set[int]] = {one: set() for one in among}
    for a, b in pairs:
        beaten[a].add(b)
    reach = {one: _reached(one, beaten) for one in among}
    return [a for a in among if all(b in reach[a] for b in among if a in reach[b])]


def _reached(start: int, beaten: dict[int, set[int]]) -> set[int]:
    seen: set[int] = set()
    waiting = [start]
    while waiting:
        for one in beaten[waiting.pop()] - seen:
            seen.add(one)
            waiting.append(one)
    return seen
