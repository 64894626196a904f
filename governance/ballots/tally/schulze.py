"""The Schulze method: an option stands before another when its strongest path is the stronger."""

from governance.ballots.tally.pairwise import Strengths, layers


def strongest_paths(strengths: Strengths) -> Strengths:
    """The strength of the weakest defeat on the best way from each option to each other.

    M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent
    single-winner election method", 2011, section 2.3.1 (widest paths after Floyd and Warshall).
    """
    paths = [list(row) for row in strengths]
    size = range(len(paths))
    for over in size:
        onward = paths[over]
        for a in size:
            there = paths[a][over]
            if there is None or a == over:
                continue
            row = paths[a]
            for b in size:
                rest = onward[b]
                if rest is None or b == a:
                    continue
                way = min(there, rest)
                known = row[b]
                if known is None or way > known:
                    row[b] = way
    return paths


def schulze_order(strengths: Strengths) -> list[list[int]]:
    """All options, best first; those that no path parts share a place."""
    paths = strongest_paths(strengths)

    def beats(a: int, b: int) -> bool:
        there, back = paths[a][b], paths[b][a]
        return there is not None and (back is None or there > back)

    def unbeaten(among: list[int]) -> list[int]:
        return [a for a in among if not any(beats(b, a) for b in among)]

    return layers(range(len(strengths)), lambda among: unbeaten([*among]))
