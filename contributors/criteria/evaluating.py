"""Whether somebody meets a rule, and why: arithmetic on plain numbers, no queries.

A window is the `days` whole UTC days before the reference day, which is not in it.
Caps are nested, the narrowest first: of one kind in one repository on one day at
most `per_day` acts count; of what is left of one kind in one repository at most
`per_repository`; of what is left of one kind at most `per_kind`. So no order of
rows plays a part, and one more act never makes the number smaller.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from contributors.criteria.clauses import GROUPS, Clause, path_to

Room = tuple[Hashable, ...]  # of kind, repository and day as many as a cap looks at
ROOMS = ((3, "per_day"), (2, "per_repository"), (1, "per_kind"))


class Cell(NamedTuple):
    """What one person did of one kind in one repository on one UTC day."""

    day: date
    kind: str
    repository: int
    project: str  # slug


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person: how many acts of each cell, and how they stand."""

    acts: Mapping[Cell, int] = field(default_factory=dict)
    first_on: date | None = None  # the day of the first act there is
    maintains: frozenset[str] = frozenset()  # slugs of projects
    flags: frozenset[str] = frozenset()  # words of `clauses.EXCLUSIONS` that hold


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a clause: how much somebody has, and how much it takes."""

    what: str  # acts, weeks, repositories, days, maintainer, or an exclusion
    have: int
    needed: int

    @property
    def holds(self) -> bool:
        return self.have >= self.needed

    @property
    def lacking(self) -> int:
        """How many more it takes."""
        return max(0, self.needed - self.have)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one clause holds, with its numbers and the verdicts on what it is made of."""

    path: str
    word: str
    body: Any
    holds: bool
    measures: tuple[Measure, ...] = ()
    parts: tuple["Verdict", ...] = ()

    def leaves(self) -> "list[Verdict]":
        """The clauses that have numbers, in the order of the document."""
        if not self.parts:
            return [self]
        return [leaf for part in self.parts for leaf in part.leaves()]


def window(days: int, on: date) -> tuple[date, date]:
    """The half-open period of so many days that ends before the reference day."""
    return on - timedelta(days=days), on


def week_of(day: date) -> int:
    """The ISO week of a day, as the number of weeks since that of 1 January of the year 1."""
    return (day.toordinal() - 1) // 7


def evaluate(document: Clause, facts: Facts, on: date, path: str = "") -> Verdict:
    """The verdict on a valid document for one person and reference day."""
    ((word, body),) = document.items()
    here = path_to(path, word)
    if word in GROUPS:
        parts = tuple(
            evaluate(one, facts, on, f"{here}[{place}]") for place, one in enumerate(body)
        )
        every = [part.holds for part in parts]
        return Verdict(here, word, body, all(every) if word == "all" else any(every), (), parts)
    if word == "not":
        part = evaluate(body, facts, on, here)
        return Verdict(here, word, body, not part.holds, (), (part,))
    measures = measures_of(word, body, facts, on)
    return Verdict(here, word, body, all(one.holds for one in measures), measures)


def measures_of(word: str, body: Any, facts: Facts, on: date) -> tuple[Measure, ...]:
    """The numbers of a clause that is no group."""
    if word == "count":
        have = counted(chosen(facts.acts, body, on), caps_of(body))
        return (Measure("acts", have, body["at_least"]),)
    if word == "spread":
        return _spread(body, chosen(facts.acts, body, on))
    if word == "tenure":
        return (Measure("days", _days_since(facts.first_on, on), body["days"]),)
    if word == "member_of":
        return (Measure(body["role"], int(body["project"] in facts.maintains), 1),)
    return tuple(Measure(flag, int(flag not in facts.flags), 1) for flag in body)


def caps_of(body: Clause) -> Mapping[str, int]:
    """The caps of a count clause; none where it names none."""
    found: Mapping[str, int] = body.get("caps", {})
    return found


def chosen(acts: Mapping[Cell, int], body: Clause, on: date) -> dict[Cell, int]:
    """The acts that a count or spread clause looks at."""
    start, end = window(body["days"], on)
    kinds, projects = set(body["kinds"]), body.get("projects")
    return {
        cell: times
        for cell, times in acts.items()
        if times > 0
        and start <= cell.day < end
        and cell.kind in kinds
        and (projects is None or cell.project in projects)
    }


def counted(acts: Mapping[Cell, int], caps: Mapping[str, int]) -> int:
    """How many acts are left by the caps."""
    amounts: Counter[Room] = Counter()
    for cell, times in acts.items():
        amounts[cell.kind, cell.repository, cell.day] += times
    for width, cap in ROOMS:
        together: Counter[Room] = Counter()
        for room, times in amounts.items():
            together[room[:width]] += times
        most = caps.get(cap)
        amounts = together if most is None else _at_most(together, most)
    return sum(amounts.values())


def _at_most(amounts: Counter[Room], most: int) -> Counter[Room]:
    return Counter({room: min(times, most) for room, times in amounts.items()})


def left_out(acts: Iterable[tuple[Hashable, Cell]], caps: Mapping[str, int]) -> dict[Hashable, str]:
    """The acts that a cap leaves out, by the cap; within a room the first ones given count."""
    out: dict[Hashable, str] = {}
    rest: list[tuple[Hashable, Room]] = [
        (key, (cell.kind, cell.repository, cell.day)) for key, cell in acts
    ]
    for width, cap in ROOMS:
        taken: Counter[Room] = Counter()
        for key, room in rest:
            taken[room[:width]] += 1
            if cap in caps and taken[room[:width]] > caps[cap]:
                out[key] = cap
        rest = [one for one in rest if one[0] not in out]
    return out


def _spread(body: Clause, acts: Mapping[Cell, int]) -> tuple[Measure, ...]:
    found = {
        "weeks": len({week_of(cell.day) for cell in acts}),
        "repositories": len({cell.repository for cell in acts}),
    }
    return tuple(Measure(what, have, body[what]) for what, have in found.items() if what in body)


def _days_since(first_on: date | None, on: date) -> int:
    """Days from the first act to the reference day; none where there was no act before it."""
    return max(0, (on - first_on).days) if first_on else 0
