"""Ranked pairs: defeats are locked in, the strongest first, unless they would close a circle.

T. N. Tideman, "Independence of clones as a criterion for voting rules", 1987. Where defeats are
equally strong the outcome may depend on which comes first; each of these universes is followed,
and options that win in different ones are tied.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from governance.ballots.tally.pairwise import Strengths, layers
from governance.ballots.tally.unusable import Unusable

Pair = tuple[int, int]
# For each option the set of options that it stands above, as bits.
Above = tuple[int, ...]

MOST_UNIVERSES = 2_000


def ranked_pairs_order(strengths: Strengths) -> list[list[int]]:
    """All options, best first; those that equally strong defeats leave open share a place.

    Raises `Unusable` where more than 2,000 outcomes would have to be told apart.
    """
    size = len(strengths)
    universes = {tuple([0] * size)}
    for equal in _by_strength(strengths):
        universes = {after for above in universes for after in _locked(above, equal)}
        if len(universes) > MOST_UNIVERSES:
            raise Unusable("too_many_ties")

    def first(among: Sequence[int]) -> list[int]:
        return [a for a in among if any(_is_on_top(a, among, above) for above in universes)]

    return layers(range(size), first)


def _is_on_top(a: int, among: Iterable[int], above: Above) -> bool:
    return not any(above[b] >> a & 1 for b in among)


def _by_strength(strengths: Strengths) -> Iterator[list[Pair]]:
    defeats = [
        (strength, (a, b))
        for a, row in enumerate(strengths)
        for b, strength in enumerate(row)
        if strength is not None
    ]
    defeats.sort(reverse=True)
    for _, equal in groupby(defeats, key=lambda one: one[0]):
        yield [pair for _, pair in equal]


def _locked(above: Above, equal: list[Pair]) -> set[Above]:
    """What may stand once equally strong defeats are locked, in whatever order."""
    possible = [(a, b) for a, b in equal if not above[b] >> a & 1]
    together = above
    for pair in possible:
        together = _with(together, pair)
    # A defeat on no circle is locked in each order; only the others are worth following.
    safe = [(a, b) for a, b in possible if not together[b] >> a & 1]
    for pair in safe:
        above = _with(above, pair)
    return _followed(above, set(possible) - set(safe))


def _followed(above: Above, pairs: Collection[Pair]) -> set[Above]:
    """What stands at the end of each order; what is left to lock follows from what stands."""
    ends: set[Above] = set()
    seen, waiting = {above}, [above]
    while waiting:
        now = waiting.pop()
        undecided = [(a, b) for a, b in pairs if not now[a] >> b & 1 and not now[b] >> a & 1]
        if not undecided:
            ends.add(now)
        after = {_with(now, pair) for pair in undecided} - seen
        seen |= after
        waiting.extend(after)
        if len(seen) > 10 * MOST_UNIVERSES:
            raise Unusable("too_many_ties")
    return ends


def _with(above: Above, pair: Pair) -> Above:
    """The closure once ``pair`` is locked too."""
    a, b = pair
    gained = above[b] | 1 << b
    return tuple(
        below | gained if one == a or below >> a & 1 else below for one, below in enumerate(above)
    )
