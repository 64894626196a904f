"""BLT, the format of OpaVote, OpenSTV and Scottish councils.

`candidates seats`, withdrawn candidates as negative numbers, ballots as `weight first second ... 0`
(`=` joins equal ranks, `-` skips one), `0`, the names in order and the title, in quotes.
"""

import re
from collections.abc import Iterator

import numpy as np

from governance.ballots.tally.ballots import ranked
from governance.ballots.tally.formats.election import Election
from governance.ballots.tally.unusable import Unusable

TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|#[^\n]*|([^\s"#]+)|(\n)')
WHOLE = re.compile(r"-?[0-9]{1,12}")

Token = tuple[int, str, bool]


def read(text: str) -> Election:
    """The election in ``text``; raises `Unusable` with the line that cannot be read."""
    tokens = _tokens(text)
    size, seats = _whole(_next(tokens)), _whole(_next(tokens))
    if not 1 <= size <= 10_000:
        raise Unusable("no_options")
    withdrawn, rows = _rows(tokens, size)
    names = [_name(_next(tokens)) for _ in range(size)]
    title = next(tokens, (0, "", True))[1]
    standing = [name for at, name in enumerate(names, 1) if at not in withdrawn]
    ballots = ranked(
        standing,
        [
            (
                weight,
                [[names[one - 1] for one in group if one not in withdrawn] for group in groups],
            )
            for weight, groups in rows
        ],
    )
    return Election(ballots, title, seats)


def _tokens(text: str) -> Iterator[Token]:
    line = 1
    for found in TOKEN.finditer(text):
        quoted, plain, end = found.groups()
        if end:
            line += 1
        elif plain is not None:
            yield line, plain, False
        elif quoted is not None:
            yield line, re.sub(r"\\(.)", r"\1", quoted), True


def _next(tokens: Iterator[Token]) -> Token:
    try:
        return next(tokens)
    except StopIteration:
        raise Unusable("ends_early") from None


def _whole(token: Token) -> int:
    line, text, quoted = token
    if quoted or not WHOLE.fullmatch(text):
        raise Unusable("unreadable_line", line=line, text=text)
    return int(text)


def _name(token: Token) -> str:
    line, text, quoted = token
    if not quoted:
        raise Unusable("unreadable_line", line=line, text=text)
    return text


def _rows(tokens: Iterator[Token], size: int) -> tuple[set[int], list[tuple[int, list[list[int]]]]]:
    withdrawn: set[int] = set()
    rows: list[tuple[int, list[list[int]]]] = []
    for token in tokens:
        weight = _whole(token)
        if weight == 0:
            return withdrawn, rows
        if weight < 0:
            withdrawn.add(-weight)
            continue
        groups = []
        for line, text, quoted in tokens:
            if text == "0" and not quoted:
                break
            parts = [] if text == "-" else [_whole((line, one, quoted)) for one in text.split("=")]
            if any(not 1 <= one <= size for one in parts):
                raise Unusable("unreadable_line", line=line, text=text)
            groups.append(parts)
        rows.append((weight, groups))
    raise Unusable("ends_early")


def written(election: Election) -> str:
    """``election`` as BLT, equal ballots on one line, the most frequent first."""
    ballots = election.ballots
    lines = [f"{len(ballots.options)} {election.seats or 1}"]
    rows, back = np.unique(ballots.marks, axis=0, return_inverse=True)
    sums = np.zeros(len(rows), np.int64)
    np.add.at(sums, back.ravel(), ballots.weights)
    said = [(-int(weight), _prefs(row)) for weight, row in zip(sums, rows, strict=True)]
    lines += [f"{-weight} {prefs}0" for weight, prefs in sorted(said)]
    quoted = [name.replace("\\", "\\\\").replace('"', '\\"') for name in ballots.options]
    title = election.title.replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join([*lines, "0", *(f'"{name}"' for name in quoted), f'"{title}"', ""])


def _prefs(row: "np.ndarray[tuple[int], np.dtype[np.uint8]]") -> str:
    marked = sorted({int(rank) for rank in row if rank})
    said = []
    for rank in range(1, max(marked, default=0) + 1):
        here = [str(at) for at, mark in enumerate(row, 1) if mark == rank]
        said.append("=".join(here) or "-")
    return "".join(f"{one} " for one in said)


def is_blt(text: str) -> bool:
    """Whether the first line that says anything holds two whole numbers."""
    for line in text.splitlines():
        said = line.split("#")[0].split()
        if said:
            return len(said) == 2 and all(one.isascii() and one.isdigit() for one in said)
    return False
