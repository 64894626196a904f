"""Counting a file that somebody brings: nothing of it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from governance.ballots.tally.count import count
from governance.ballots.tally.formats import Election, read
from governance.ballots.tally.profile import Method, usual
from governance.ballots.tally.result import Result
from governance.ballots.tally.sensitivity import Alternative, sensitivity
from governance.ballots.tally.ties import Breakers
from governance.ballots.tally.unusable import Unusable

LARGEST_FILE = 2_000_000
MOST_OPTIONS = 40
MOST_BALLOTS = 200_000


@dataclass(frozen=True)
class Counted:
    """A file and what it says."""

    election: Election
    result: Result
    others: Sequence[Alternative]

    def document(self) -> dict[str, Any]:
        """The result with the seats under other conventions, as JSON."""
        others = [other.document() for other in self.others]
        return {
            "title": self.election.title,
            **self.result.document(),
            "sensitivity": others,
        }


def count_file(content: bytes, method: Method, rules: Mapping[str, Any]) -> Counted:
    """Count what a file holds; ``rules`` are those of a profile that are not the usual ones.

    ``seed`` among them makes a lot break what is tied. Raises `Unusable`.
    """
    election = read(content, method)
    ballots = election.ballots
    if len(ballots.options) > MOST_OPTIONS:
        raise Unusable("too_many_options", most=MOST_OPTIONS, found=len(ballots.options))
    if len(ballots.weights) > MOST_BALLOTS:
        raise Unusable("too_many_ballots", most=MOST_BALLOTS, found=len(ballots.weights))
    said = {name: value for name, value in rules.items() if value not in (None, "")}
    seed = said.pop("seed", "")
    seats = said.pop("seats", None) or election.seats or 1
    profile = usual(method, seats=seats, **said)
    if seed:
        profile = usual(method, seats=seats, **said, ties=(*profile.ties, "lot"))
    breakers = Breakers(profile.ties, seed)
    result = count(ballots, profile, breakers=breakers)
    return Counted(election, result, sensitivity(ballots, result, breakers=breakers))


def fraction(text: str) -> Fraction:
    """`46`, `46.5` or `2/3`; raises `ValueError`."""
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(text) from None
