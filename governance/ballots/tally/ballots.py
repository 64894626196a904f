"""Ballots as the counts read them: one byte an option."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from governance.ballots.tally.profile import HIGHEST_RANK
from governance.ballots.tally.unusable import Unusable

Bytes = NDArray[np.uint8]
Whole = NDArray[np.int64]
Kind = Literal["ranks", "scores"]

HIGHEST_WEIGHT = 10**8
HIGHEST_SCORE = 253


@dataclass(frozen=True, eq=False)
class Ballots:
    """Ballots over ``options``, packed.

    ``marks[ballot, option]`` is 0 where the ballot says nothing of the option; else a rank, 1 the
    best and equal ranks allowed, or a score plus one. ``weights[ballot]`` says how many voters
    marked it so.
    """

    options: tuple[str, ...]
    marks: Bytes
    weights: Whole
    kind: Kind = "ranks"

    def __len__(self) -> int:
        return int(self.weights.sum())

    def among(self, kept: Sequence[int]) -> "Ballots":
        """The same ballots as if only the ``kept`` options had stood."""
        names = tuple(self.options[one] for one in kept)
        return Ballots(names, self.marks[:, list(kept)], self.weights, self.kind)


def unpacked(
    options: Sequence[str],
    packed: Iterable[bytes],
    weights: Sequence[int] | None = None,
    kind: Kind = "ranks",
) -> Ballots:
    """Ballots from rows as they are stored: ``len(options)`` bytes each, weight 1 unless told."""
    rows = list(packed)
    if set(map(len, rows)) - {len(options)}:
        raise Unusable("wrong_length", length=len(options))
    marks = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), len(options))
    # Weights add up in 64 bits, with room for what the counts multiply them by.
    for weight in set(weights or ()):
        if not 1 <= weight <= HIGHEST_WEIGHT:
            raise Unusable("weight_out_of_range", weight=weight)
    given = np.ones(len(rows), np.int64) if weights is None else np.array([*weights], np.int64)
    return Ballots(checked(options), marks, given, kind)


def ranked(options: Sequence[str], rows: Iterable[tuple[int, Sequence[Sequence[str]]]]) -> Ballots:
    """Ballots from ``(weight, groups)``: the best group first, equally ranked within a group."""
    place = {name: at for at, name in enumerate(options)}
    packed, weights = [], []
    for weight, groups in rows:
        marks = bytearray(len(options))
        for rank, group in enumerate(groups, 1):
            if rank > HIGHEST_RANK:
                raise Unusable("rank_out_of_range", highest=HIGHEST_RANK, rank=rank)
            for name in group:
                _mark(marks, place, name, rank)
        packed.append(bytes(marks))
        weights.append(weight)
    return unpacked(options, packed, weights)


def scored(options: Sequence[str], rows: Iterable[tuple[int, Mapping[str, int]]]) -> Ballots:
    """Ballots from ``(weight, {option: score})``; scores from 0 to 253."""
    place = {name: at for at, name in enumerate(options)}
    packed, weights = [], []
    for weight, scores in rows:
        marks = bytearray(len(options))
        for name, score in scores.items():
            if not 0 <= score <= HIGHEST_SCORE:
                raise Unusable("score_out_of_range", highest=HIGHEST_SCORE, score=score)
            _mark(marks, place, name, score + 1)
        packed.append(bytes(marks))
        weights.append(weight)
    return unpacked(options, packed, weights, "scores")


def _mark(marks: bytearray, place: Mapping[str, int], name: str, value: int) -> None:
    if name not in place:
        raise Unusable("unknown_option", name=name)
    if marks[place[name]]:
        raise Unusable("named_twice", name=name)
    marks[place[name]] = value


def checked(options: Sequence[str]) -> tuple[str, ...]:
    """The options, once it is sure that each can be told from the others."""
    if not options:
        raise Unusable("no_options")
    for name, times in Counter(options).items():
        if times > 1:
            raise Unusable("same_name", name=name)
    return tuple(options)
