"""What a file of ballots says."""

from dataclasses import dataclass

from governance.ballots.tally.ballots import Ballots


@dataclass(frozen=True)
class Election:
    """Ballots with what else their file knows: a title, the seats (0: it is silent)."""

    ballots: Ballots
    title: str = ""
    seats: int = 0
