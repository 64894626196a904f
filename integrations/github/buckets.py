"""Finds where two counts over the same times part, in few questions; pure."""

from collections.abc import Callable, Sequence

AT_ONCE = 50  # counts of one question
ROUNDS = 3
Ask = Callable[[Sequence[str]], Sequence[int]]


def short(times: Sequence[str], ask: Ask, *, enough: int) -> list[range]:
    """Stretches of these sorted times of which fewer are there than here.

    `ask` answers for each moment how many are there at it or later. Stretches
    are made finer until they hold no more than `enough` together, or cannot be.
    """
    found = [range(len(times))]
    for _round in range(ROUNDS):
        parts = [part for one in found for part in _parts(times, one, -(-AT_ONCE // len(found)))]
        if len(parts) == len(found) and _round:
            break
        edges = sorted({edge for part in parts for edge in (part.start, part.stop)} - {len(times)})
        counts = dict(zip(edges, ask([times[edge] for edge in edges]), strict=True))
        found = [
            part for part in parts if len(part) > counts[part.start] - counts.get(part.stop, 0)
        ]
        if not found or sum(map(len, found)) <= enough:
            break
    return found


def _parts(times: Sequence[str], whole: range, count: int) -> list[range]:
    """A stretch in about so many, cut only where the time changes."""
    step = max(1, len(whole) // max(1, count))
    edges = [whole.start]
    for place in range(whole.start + step, whole.stop, step):
        edge = place
        while edge > edges[-1] and times[edge] == times[edge - 1]:
            edge -= 1
        if edge > edges[-1]:
            edges.append(edge)
    return [range(*pair) for pair in zip(edges, [*edges[1:], whole.stop], strict=True)]
