"""CSV with a column an option: a line a ballot, a rank (1 the best) or a score in each cell.

Commas, semicolons or tabs. Empty cells and words such as “No opinion” say nothing of the option.
"""

import csv
import io
import re

from governance.ballots.tally.ballots import HIGHEST_SCORE, Kind, unpacked
from governance.ballots.tally.formats.election import Election
from governance.ballots.tally.profile import HIGHEST_RANK
from governance.ballots.tally.unusable import Unusable

SILENT = {"", "-", "no opinion", "none", "n/a", "na", "unranked", "null"}
APPROVED = {"x": "1", "yes": "1", "y": "1", "true": "1", "no": "0", "n": "0", "false": "0"}
WHOLE = re.compile(r"[0-9]{1,6}(?:\.0+)?")


def read(text: str, kind: Kind) -> Election:
    """The election in ``text``; raises `Unusable` with the line and column that cannot be read."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter))
    except csv.Error as wrong:
        raise Unusable("unreadable_line", line=1, text=str(wrong)) from None
    options = [name.strip() for name in lines[0]] if lines else []
    packed = []
    for number, cells in enumerate(lines[1:], 2):
        if not cells:
            continue
        if len(cells) != len(options):
            raise Unusable("columns", line=number, found=len(cells), wanted=len(options))
        packed.append(
            bytes(
                _mark(number, name, cell, kind) for name, cell in zip(options, cells, strict=True)
            )
        )
    return Election(unpacked(options, packed, kind=kind))


def _mark(line: int, column: str, cell: str, kind: Kind) -> int:
    said = cell.strip().casefold()
    if said in SILENT:
        return 0
    if kind == "scores":
        said = APPROVED.get(said, said)
    if not WHOLE.fullmatch(said):
        raise Unusable("cell", line=line, column=column, text=cell[:40])
    value = int(said.partition(".")[0])
    if kind == "scores":
        if value > HIGHEST_SCORE:
            raise Unusable("score_out_of_range", highest=HIGHEST_SCORE, score=value)
        return value + 1
    if not 1 <= value <= HIGHEST_RANK:
        raise Unusable("rank_out_of_range", highest=HIGHEST_RANK, rank=value)
    return value


def written(election: Election) -> str:
    """``election`` as CSV, a line for each voter."""
    ballots = election.ballots
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(ballots.options)
    lift = 1 if ballots.kind == "scores" else 0
    for row, weight in zip(ballots.marks, ballots.weights, strict=True):
        cells = [int(mark) - lift if mark else "" for mark in row]
        lines.writerows([cells] * int(weight))
    return out.getvalue()


def is_table(text: str) -> bool:
    """Whether the first line names at least two columns."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    return any(mark in first for mark in ",;\t")
