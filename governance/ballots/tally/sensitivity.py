"""Would anybody else sit here if the rules had meant something else?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from governance.ballots.tally.ballots import Ballots
from governance.ballots.tally.count import count
from governance.ballots.tally.profile import IN_ROUNDS, PAIRWISE, TRANSFERS, Profile
from governance.ballots.tally.result import Result
from governance.ballots.tally.seating import Employers
from governance.ballots.tally.ties import Breakers
from governance.ballots.tally.unusable import Unusable

CONVENTIONS: Mapping[str, tuple[str, ...]] = {
    "unranked": ("last", "absent"),
    "strength": ("winning", "margins"),
    "seating": ("order", "repeated"),
    "overvotes": ("sticky", "exhaust", "resolve"),
    "method": ("stv-scottish", "stv-wig", "stv-meek"),
}


@dataclass(frozen=True)
class Alternative:
    """The seats under one other convention: ``gained`` would sit, ``lost`` would not."""

    changed: Mapping[str, str]
    winners: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    tied: tuple[str, ...]
    is_same: bool

    def document(self) -> dict[str, Any]:
        return {
            "changed": dict(self.changed),
            "winners": list(self.winners),
            "gained": list(self.gained),
            "lost": list(self.lost),
            "tied": list(self.tied),
            "same": self.is_same,
        }


def sensitivity(
    ballots: Ballots,
    result: Result,
    *,
    breakers: Breakers | None = None,
    employers: Employers | None = None,
) -> list[Alternative]:
    """The seats under each other convention that has a say in this method, one change at a time."""
    ours = set(result.winners)
    found = []
    for changed, profile in _others(result.profile):
        try:
            other = count(ballots, profile, breakers=breakers, employers=employers)
        except Unusable:  # so many ties under that convention that there is no answer
            continue
        theirs = set(other.winners)
        found.append(
            Alternative(
                changed,
                other.winners,
                tuple(sorted(theirs - ours)),
                tuple(sorted(ours - theirs - set(other.tied))),
                other.tied,
                theirs == ours and set(other.tied) == set(result.tied),
            )
        )
    return found


def _others(profile: Profile) -> Iterator[tuple[dict[str, str], Profile]]:
    for name in _deciding(profile):
        for value in CONVENTIONS[name]:
            if value != getattr(profile, name):
                changes: dict[str, Any] = {name: value}
                yield {name: value}, replace(profile, **changes)


def _deciding(profile: Profile) -> list[str]:
    """The conventions that this method asks about."""
    if profile.method == "condorcet-default":
        return ["unranked"]
    if profile.method in PAIRWISE:
        return ["unranked", "strength", *(["seating"] if profile.seats > 1 else [])]
    if profile.method in IN_ROUNDS:
        return ["overvotes", *(["method"] if profile.method in TRANSFERS else [])]
    return []
