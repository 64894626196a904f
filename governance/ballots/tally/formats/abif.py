"""ABIF, the aggregated ballot information format: `27:A>B=C,D` a line, scores as `A/5`.

Lines that begin with `{` tell of the election, with `#` nothing, with `=` what a token stands for:
`=DGM:[Doña García Márquez]`. Tokens name the options; names in brackets or quotes may hold spaces.
"""

import json
import re
from collections.abc import Iterator

from governance.ballots.tally.ballots import Ballots, Kind, ranked, scored
from governance.ballots.tally.formats.election import Election
from governance.ballots.tally.unusable import Unusable

BALLOT = re.compile(r"\s*([0-9]{1,9})\s*[:*]\s*(.*?)\s*")
OPTION = re.compile(
    r'\s*(?:\[([^\]]*)\]|"([^"]*)"|([^\s\[\]">=,/#]+))\s*(?:/\s*([0-9]{1,6}))?\s*([>=,]?)'
)
TITLE = re.compile(r'\{\s*"?title"?\s*:\s*"(.*)"\s*\}')
DECLARED = re.compile(r'=\s*(?:"([^"]+)"|\[([^\]]+)\]|([^\s:]+))\s*:\s*(.*)')

# Options in a group are equal; each with its score, None where the line gives none.
Groups = list[list[tuple[str, int | None]]]


def read(text: str, kind: Kind) -> Election:
    """The election in ``text``; raises `Unusable` with the line that cannot be read.

    Ranks come from `>` and `=`, or from the scores of a line that has neither.
    """
    options: dict[str, None] = {}
    title, rows = "", []
    for number, whole in enumerate(text.splitlines(), 1):
        line = whole.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("{"):
            title = _title(line) or title
        elif line.startswith("="):
            options[_declared(number, line)] = None
        else:
            weight, groups = _ballot(number, line)
            options.update(dict.fromkeys(name for group in groups for name, _ in group))
            rows.append((weight, groups))
    return Election(_ballots([*options], rows, kind), title)


def _title(line: str) -> str:
    found = TITLE.fullmatch(line)
    try:
        return str(json.loads(f'"{found[1]}"')) if found else ""
    except ValueError:
        return found[1] if found else ""


def _declared(number: int, line: str) -> str:
    found = DECLARED.fullmatch(line)
    if not found:
        raise Unusable("unreadable_line", line=number, text=line[:80])
    return found[1] or found[2] or found[3]


def _ballot(number: int, line: str) -> tuple[int, Groups]:
    found = BALLOT.fullmatch(line.split(" #", maxsplit=1)[0])
    if not found:
        raise Unusable("unreadable_line", line=number, text=line[:80])
    groups: Groups = [[]]
    for name, score, joint in _options(number, found[2]):
        groups[-1].append((name, score))
        if joint == ">" or (joint == "," and score is None):
            groups.append([])
    return int(found[1]), [group for group in groups if group]


def _options(number: int, text: str) -> Iterator[tuple[str, int | None, str]]:
    at = 0
    while at < len(text):
        found = OPTION.match(text, at)
        if not found:
            raise Unusable("unreadable_line", line=number, text=text[:80])
        bracketed, quoted, plain, score, joint = found.groups()
        yield bracketed or quoted or plain, None if score is None else int(score), joint
        at = found.end()


def _ballots(options: list[str], rows: list[tuple[int, Groups]], kind: Kind) -> Ballots:
    if not options:
        raise Unusable("no_ballots")
    if kind == "ranks":
        return ranked(options, [(weight, _ranks(groups)) for weight, groups in rows])
    said = []
    for weight, groups in rows:
        scores = [(name, score) for group in groups for name, score in group]
        known = {name: score for name, score in scores if score is not None}
        if len(known) < len(scores):
            raise Unusable("needs_scores")
        said.append((weight, known))
    return scored(options, said)


def _ranks(groups: Groups) -> list[list[str]]:
    if len(groups) == 1 and all(score is not None for _, score in groups[0]):
        scores = sorted({score or 0 for _, score in groups[0]}, reverse=True)
        return [[name for name, score in groups[0] if score == one] for one in scores]
    return [[name for name, _ in group] for group in groups]


def written(election: Election) -> str:
    """``election`` as ABIF, a line a ballot and weight."""
    ballots = election.ballots
    lines = ['{version: "0.1"}']
    if election.title:
        lines.append(f"{{title: {json.dumps(election.title, ensure_ascii=False)}}}")
    tokens = [_token(name) for name in ballots.options]
    lines += [f"={token}:{token}" for token in tokens]
    for row, weight in zip(ballots.marks, ballots.weights, strict=True):
        marked = [(int(mark), token) for mark, token in zip(row, tokens, strict=True) if mark]
        if ballots.kind == "scores":
            said = ",".join(f"{token}/{mark - 1}" for mark, token in marked)
        else:
            ranks = sorted({mark for mark, _ in marked})
            said = ">".join(
                "=".join(token for mark, token in marked if mark == rank) for rank in ranks
            )
        lines.append(f"{weight}:{said}")
    return "\n".join([*lines, ""])


def _token(name: str) -> str:
    return name if re.fullmatch(r"[^\s\[\]\">=,/#:]+", name) else f"[{name.replace(']', ')')}]"


def is_abif(text: str) -> bool:
    """Whether a line looks like `12:A>B`, or like a line that tells of the election."""
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            return line.lstrip().startswith(("{", "=")) or bool(BALLOT.fullmatch(line))
    return False
