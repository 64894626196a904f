"""Months in which a metric was not as usual.

Bands as Bollinger draws them: the mean of the months before, two standard
deviations to either side (CHAOSS, Burstiness). Factors that tell on how few a
project depends are notable whenever they fall.
"""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import sqrt
from typing import Literal, NamedTuple

MONTHS_BEFORE = 12  # that the rolling mean takes in
FEWEST_BEFORE = 6  # without which it says nothing
WIDTH = 2.0  # standard deviations to either side

Kind = Literal["above", "below", "fell"]


class Point(NamedTuple):
    """What a metric said of a month that is over; None: nothing."""

    month: date
    value: float | None


class Notable(NamedTuple):
    """A month with its value, and what it is held against: the usual, or the value before."""

    month: date
    kind: Kind
    value: float
    usual: float
    deviations: float | None  # how far from the mean; None for a fall, or where all were equal


def outside(points: Sequence[Point]) -> list[Notable]:
    """Months outside the rolling mean ± 2 standard deviations, the earliest first.

    The mean is that of up to twelve known months before, of at least six. Where
    all of these were equal, any other value lies outside.
    """
    known = sorted(point for point in points if point.value is not None)
    found = []
    for at, (month, value) in enumerate(known):
        before = [one.value or 0 for one in known[max(0, at - MONTHS_BEFORE) : at]]
        if value is None or len(before) < FEWEST_BEFORE:
            continue
        mean = sum(before) / len(before)
        deviation = sqrt(sum((one - mean) ** 2 for one in before) / len(before))
        if abs(value - mean) > WIDTH * deviation + 1e-9 * abs(mean):
            far = (value - mean) / deviation if deviation > 1e-9 * abs(mean) else None
            found.append(Notable(month, "above" if value > mean else "below", value, mean, far))
    return found


def falls(points: Sequence[Point]) -> list[Notable]:
    """Months in which a value was lower than in the known month before, the earliest first."""
    known = sorted(point for point in points if point.value is not None)
    return [
        Notable(month, "fell", value, before, None)
        for (_, before), (month, value) in pairwise(known)
        if before is not None and value is not None and value < before
    ]
