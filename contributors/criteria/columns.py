"""What everybody did as columns of numbers, and what clauses count in them; no queries.

The same as `evaluating.py` says of one person, for all at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from contributors.criteria.clauses import KINDS, Clause
from contributors.criteria.evaluating import caps_of, window

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """Day counts, one a place: the ids of person and repository, the day as its ordinal,
    the kind as its place among `KINDS`, and how many acts."""

    people: Ints
    repositories: Ints
    days: Ints
    kinds: Ints
    counts: Ints

    def chosen(self, body: Clause, on: date, places: Sequence[int] | None) -> "Columns":
        """Those that a count or spread clause looks at; `places` narrows the repositories."""
        start, end = window(body["days"], on)
        kinds = [KINDS.index(kind) for kind in body["kinds"]]
        wanted = (self.days >= start.toordinal()) & (self.days < end.toordinal())
        wanted &= np.isin(self.kinds, kinds)
        if places is not None:
            wanted &= np.isin(self.repositories, np.array(places, dtype=np.int64))
        columns = (self.people, self.repositories, self.days, self.kinds, self.counts)
        return Columns(*(one[wanted] for one in columns))


def enough_acts(columns: Columns, body: Clause) -> Ints:
    """The people with at least as many acts as a count clause asks for, after its caps.

    Rooms are numbers made of person, kind, repository and day, so that dividing
    leads from one room to the wider one that it is in, and order stays. A person's
    id may have 33 bits before they no longer fit.
    """
    if not columns.people.size:
        return columns.people
    repository, day = _numbered(columns.repositories), columns.days - columns.days.min()
    repositories, days = int(repository.max()) + 1, int(day.max()) + 1
    room = columns.people * len(KINDS) + columns.kinds
    room = (room * repositories + repository) * days + day
    order = np.argsort(room)
    room, amounts = _summed(room[order], columns.counts[order])
    wider = (("per_day", days), ("per_repository", repositories), ("per_kind", len(KINDS)))
    for cap, size in wider:
        amounts = _at_most(amounts, caps_of(body).get(cap))
        room, amounts = _summed(room // size, amounts)
    found: Ints = room[amounts >= body["at_least"]]
    return found


def spread_enough(columns: Columns, body: Clause) -> Ints:
    """The people whose acts lie in as many weeks and repositories as a spread clause asks for."""
    if not columns.people.size:
        return columns.people
    parts = {"weeks": (columns.days - 1) // 7, "repositories": columns.repositories}
    met = []
    for what in (one for one in parts if one in body):
        size = int(parts[what].max()) + 1
        pairs = np.unique(columns.people * size + parts[what])
        people, times = _summed(pairs // size, np.ones_like(pairs))
        met.append(people[times >= body[what]])
    return np.intersect1d(met[0], met[-1], assume_unique=True)


def _numbered(ids: Ints) -> Ints:
    """Small numbers in place of ids, without a sort."""
    seen = np.zeros(int(ids.max()) + 1, dtype=np.int64)
    seen[ids] = 1
    numbers: Ints = (np.cumsum(seen) - 1)[ids]
    return numbers


def _summed(rooms: Ints, amounts: Ints) -> tuple[Ints, Ints]:
    """Each room once, with what is in it; rooms come in order."""
    starts = np.flatnonzero(np.concatenate([[True], rooms[1:] != rooms[:-1]]))
    return rooms[starts], np.add.reduceat(amounts, starts)


def _at_most(amounts: Ints, most: int | None) -> Ints:
    return amounts if most is None else np.minimum(amounts, most)
