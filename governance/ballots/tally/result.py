"""What a count says: a document that explains itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from governance.ballots.tally.profile import Profile

Amount = int | Fraction
Where = Literal["seats", "elimination", "surplus", "runoff"]


@dataclass(frozen=True)
class Tie:
    """Options that the votes alone do not part.

    ``where`` it arose: among the ``seats``, at an ``elimination``, a ``surplus`` or a ``runoff``,
    in ``round`` (from 1; 0 where the method has none). ``rule`` broke it and put the options in
    ``order``; without one it stays a tie. ``matters`` is false where each way to break it fills
    the seats alike.
    """

    where: Where
    options: tuple[str, ...]
    round: int = 0
    rule: str | None = None
    order: tuple[str, ...] = ()
    reason: str = ""
    matters: bool = True

    def document(self) -> dict[str, Any]:
        return {
            "where": self.where,
            "round": self.round,
            "options": list(self.options),
            "broken_by": self.rule,
            "order": list(self.order),
            "reason": self.reason,
            "matters": self.matters,
        }


@dataclass(frozen=True)
class Stage:
    """A step of a count by pairs: ``options`` met ``step``, with ``votes`` where ``needed``."""

    step: Literal["quorum", "majority", "schwartz", "dropped", "capped"]
    options: tuple[str, ...]
    votes: int | None = None
    needed: Amount | None = None

    def document(self) -> dict[str, Any]:
        needed = None if self.needed is None else exact(self.needed)
        told = {"votes": self.votes, "needed": needed}
        return {"step": self.step, "options": list(self.options)} | {
            name: value for name, value in told.items() if value is not None
        }


@dataclass(frozen=True)
class Round:
    """One round of a count: what each option held, and what followed from it."""

    totals: Mapping[str, Amount]
    elected: tuple[str, ...] = ()
    eliminated: tuple[str, ...] = ()
    transferred: tuple[str, ...] = ()
    exhausted: Amount = 0
    quota: Amount | None = None

    def document(self) -> dict[str, Any]:
        quota = {} if self.quota is None else {"quota": exact(self.quota)}
        return quota | {
            "totals": {name: exact(amount) for name, amount in self.totals.items()},
            "elected": list(self.elected),
            "eliminated": list(self.eliminated),
            "transferred": list(self.transferred),
            "exhausted": exact(self.exhausted),
        }


@dataclass(frozen=True)
class Result:
    """Who won, the order of all, and how it came about.

    ``winners`` holds only options that are sure of a seat; where a tie leaves seats open,
    ``tied`` names who they lie between. ``firsts`` says beside a ``matrix`` of ranks how many
    voters put each option first, alone.
    """

    profile: Profile
    ballots: int
    winners: tuple[str, ...]
    order: tuple[tuple[str, ...], ...]
    ties: tuple[Tie, ...] = ()
    tied: tuple[str, ...] = ()
    matrix: Mapping[str, Mapping[str, int]] | None = None
    rounds: tuple[Round, ...] = ()
    quota: Amount | None = None
    stages: tuple[Stage, ...] = ()
    totals: Mapping[str, int] = field(default_factory=dict)
    firsts: Mapping[str, int] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The result as JSON; amounts that are not whole are exact decimals or fractions."""
        said: dict[str, Any] = {
            "method": self.profile.method,
            "profile": self.profile.document(),
            "ballots": self.ballots,
            "winners": list(self.winners),
            "tied": list(self.tied),
            "order": [list(group) for group in self.order],
            "ties": [tie.document() for tie in self.ties],
        }
        if self.matrix is not None:
            said["matrix"] = {name: dict(row) for name, row in self.matrix.items()}
        if self.firsts:
            said["first_preferences"] = dict(self.firsts)
        if self.rounds:
            said["rounds"] = [one.document() for one in self.rounds]
        if self.quota is not None:
            said["quota"] = exact(self.quota)
        if self.totals:
            said["totals"] = dict(self.totals)
        if self.stages:
            said["stages"] = [one.document() for one in self.stages]
        return said


def exact(amount: Amount) -> int | str:
    """A whole number as it is; others as a decimal where one is exact, else as a fraction."""
    if amount == int(amount):
        return int(amount)
    amount = Fraction(amount)
    for places in range(1, 13):
        scaled = amount * 10**places
        if scaled.denominator == 1:
            digits = f"{abs(scaled.numerator):0{places + 1}d}"
            sign = "-" if amount < 0 else ""
            return f"{sign}{digits[:-places]}.{digits[-places:]}"
    return str(amount)


def named(options: Sequence[str], groups: Sequence[Sequence[int]]) -> tuple[tuple[str, ...], ...]:
    """Groups of numbers as groups of names; the names of a group are sorted."""
    return tuple(tuple(sorted(options[one] for one in group)) for group in groups)
