"""How ties are broken: by rules said beforehand, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypeVar

from governance.ballots.tally.profile import TieRule
from governance.ballots.tally.result import Amount, Tie, Where
from governance.ballots.tally.unusable import Unusable

MOST_UNIVERSES = 1_000
Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Breakers:
    """What the rules of a profile need to break a tie.

    ``seed`` of the public lot, known after the close only; ``decisions`` of the officers: options
    in the order decided, with the reason.
    """

    rules: tuple[TieRule, ...] = ()
    seed: str = ""
    decisions: Sequence[tuple[Sequence[str], str]] = ()

    def ordered(self, tied: Sequence[str]) -> tuple[TieRule, list[str], str] | None:
        """The rule that puts ``tied`` in an order, best first, and that order; None if none does.

        Rounds have no say here: they part options while a count goes on.
        """
        for rule in self.rules:
            if broken := self.by(rule, tied):
                return rule, *broken
        return None

    def by(self, rule: TieRule, tied: Sequence[str]) -> tuple[list[str], str] | None:
        """The order that one rule puts ``tied`` in, and the reason; None if it has no say."""
        if rule == "lot" and self.seed:
            return by_lot(tied, self.seed), ""
        if rule == "officer":
            for order, reason in self.decisions:
                if set(tied) <= set(order):
                    return [one for one in order if one in tied], reason
        return None


def by_lot(tied: Sequence[str], seed: str) -> list[str]:
    """The tied in the order of the public lot: SHA-256 of the seed, a line feed and the name."""
    return sorted(tied, key=lambda name: sha256(f"{seed}\n{name}".encode()).digest())


def by_rounds(
    tied: Sequence[str], earlier: Sequence[Mapping[str, Amount]], *, last: bool
) -> list[str]:
    """Those of the tied who had most, or least, in the latest round in which they differ.

    Scottish Local Government Elections Order 2007, rules 49(4) and 51(2); where several share
    that, the rounds before decide between them.
    """
    left = list(tied)
    for totals in reversed(earlier):
        held = {name: totals.get(name, 0) for name in left}
        wanted = min(held.values()) if last else max(held.values())
        left = [name for name in left if held[name] == wanted]
    return left


class Undecided(Exception):
    """No rule breaks this tie; the count can go on along each of its options."""

    def __init__(self, options: Sequence[str]) -> None:
        super().__init__(", ".join(options))
        self.options = tuple(options)


@dataclass
class Breaking:
    """Breaks the ties of one count and remembers how; ``script`` answers those no rule breaks."""

    breakers: Breakers
    script: tuple[str, ...] = ()
    ties: list[Tie] = field(default_factory=list)
    asked: int = 0

    def pick(
        self,
        tied: Sequence[str],
        where: Where,
        number: int,
        earlier: Sequence[Mapping[str, Amount]] = (),
    ) -> str:
        """Who leaves (``elimination``), or who comes first (everywhere else).

        Each rule sees those whom the rules before it have left. Raises `Undecided` where neither
        a rule nor the script knows.
        """
        last = where == "elimination"
        left = list(tied)
        for rule in self.breakers.rules:
            if rule == "rounds":
                left = by_rounds(left, earlier, last=last)
                if len(left) == 1:
                    return self._told(where, tied, number, rule, left)
            elif broken := self.breakers.by(rule, left):
                order, reason = broken
                order = order[::-1] if last else order
                return self._told(where, tied, number, rule, order, reason)
        if self.asked == len(self.script):
            raise Undecided(sorted(left))
        self.asked += 1
        return self._told(where, tied, number, None, [self.script[self.asked - 1]])

    def _told(
        self,
        where: Where,
        tied: Sequence[str],
        number: int,
        rule: TieRule | None,
        order: Sequence[str],
        reason: str = "",
    ) -> str:
        self.ties.append(Tie(where, tuple(sorted(tied)), number, rule, tuple(order), reason))
        return order[0]


def universes(
    run: Callable[[Breaking], Outcome], breakers: Breakers, most: int = MOST_UNIVERSES
) -> list[tuple[Outcome, list[Tie]]]:
    """Every way the count can go where ties are open, with the ties met on it.

    Raises `Unusable` where there are more than ``most`` of them.
    """
    scripts: list[tuple[str, ...]] = [()]
    found: list[tuple[Outcome, list[Tie]]] = []
    while scripts:
        breaking = Breaking(breakers, scripts.pop())
        try:
            found.append((run(breaking), breaking.ties))
        except Undecided as open_tie:
            ways = [(*breaking.script, one) for one in reversed(open_tie.options)]
            scripts.extend(ways)
        if len(found) + len(scripts) > most:
            raise Unusable("too_many_ties")
    return found
