"""Debian's tally sheets: `V: 3-311-56  hash`, one character an option, `-` where unranked.

Ranks beyond 9 are letters, A for 10. The options stand above, as `Option 1------->: Name`.
"""

import re

from governance.ballots.tally.ballots import unpacked
from governance.ballots.tally.formats.election import Election
from governance.ballots.tally.unusable import Unusable

OPTION = re.compile(r"[\s|/]*Option\s*([0-9A-Za-z]+)\s*-*>?\s*:\s*(.*?)\s*")
VOTE = re.compile(r"\s*V:\s*([0-9A-Za-z-]+)(?:\s+(\S.*))?")
RANKS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read(text: str) -> Election:
    """The election in ``text``; raises `Unusable` with the line that cannot be read."""
    options, packed = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if found := OPTION.fullmatch(line):
            options.append(found[2])
        elif found := VOTE.fullmatch(line):
            packed.append(_marks(number, found[1], len(options)))
    return Election(unpacked(options, packed))


def _marks(line: int, said: str, size: int) -> bytes:
    marks = bytes(0 if one == "-" else RANKS.index(one.upper()) for one in said)
    if len(marks) != size:
        raise Unusable("unreadable_line", line=line, text=said)
    return marks


def written(election: Election) -> str:
    """``election`` as a tally sheet, a line for each voter; ranks beyond 35 cannot be written."""
    ballots = election.ballots
    if ballots.marks.max(initial=0) >= len(RANKS):
        raise Unusable("rank_out_of_range", highest=len(RANKS) - 1, rank=ballots.marks.max())
    lines = [
        f"{'|' * at}/  Option {RANKS[at + 1] if at < 35 else '?'} --->: {name}"
        for at, name in enumerate(ballots.options)
    ]
    for row, weight in zip(ballots.marks, ballots.weights, strict=True):
        said = "".join(RANKS[mark] if mark else "-" for mark in row)
        lines += [f"V: {said}"] * int(weight)
    return "\n".join([*lines, ""])


def is_tally_sheet(text: str) -> bool:
    """Whether there are lines of votes below lines of options."""
    lines = text.splitlines()
    return any(OPTION.fullmatch(line) for line in lines) and any(VOTE.match(line) for line in lines)
