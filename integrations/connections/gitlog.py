"""Reads commits from `git log`, oldest first, one at a time."""

import re
import secrets
import subprocess
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from integrations.connections.gitprocess import command, environment, run, streaming

REFS = {"head": "HEAD", "all": "--branches"}
BLOCK = 1 << 16
DAY_ONE = datetime(1970, 1, 2, tzinfo=UTC)  # a day's grace: broken dates come out as zero
GITS_FIRST_DAY = datetime(2005, 4, 7, tzinfo=UTC)
_FIELDS = ("H", "P", "aN", "aE", "ad", "cN", "cE", "cd", "s")
_TRAILERS = ("Co-authored-by", "Signed-off-by")
_BETWEEN = "\x1e"  # between the values of one trailer
_NAMED = re.compile(r"^\s*(.*?)\s*<([^<>]*)>")
_VENDORED = re.compile(
    r"(?:^|/)(?:vendor|vendored|node_modules|third_party|bower_components)/"
    r"|\.min\.(?:js|css)$|\.map$"
    r"|(?:^|/)(?:package-lock\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|Cargo\.lock|go\.sum)$"
)


@dataclass(frozen=True, slots=True)
class Signature:
    """A name and an address as a commit writes them, after the mailmap."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; lines leave vendored files out. `is_redated` says a broken date was mended."""

    sha: str
    parents: Sequence[str]
    author: Signature
    authored_at: datetime
    zone_minutes: int | None
    committer: Signature
    committed_at: datetime
    title: str
    co_authors: Sequence[Signature]
    signers: Sequence[Signature]
    lines_added: int
    lines_removed: int
    is_redated: bool

    @property
    def is_merge(self) -> bool:
        return len(self.parents) > 1


def read_commits(
    path: Path, *, since_tips: Sequence[str] = (), refs: str = "head"
) -> Generator[Commit]:
    """Commits reachable from `refs` but not from `since_tips`, parents before children.

    `refs` is `head` or `all` (every branch). Memory stays bounded whatever the
    length of the history. Raises `GitFailed`.
    """
    mark = secrets.token_hex(16)
    trailers = (f"%(trailers:key={key},valueonly,unfold,separator=%x1e)" for key in _TRAILERS)
    parts = [mark, *(f"%{field}" for field in _FIELDS), *trailers]
    arguments = ["log", "-z", "--topo-order", "--reverse", "--numstat", "--date=raw"]
    arguments += ["--no-ext-diff", "--no-textconv", "--no-color", "--no-notes"]
    arguments += [f"--format={'%x00'.join(parts)}", REFS[refs], "--stdin"]
    without = "".join(f"^{tip}\n" for tip in since_tips)
    with streaming(path, *arguments, stdin=without) as output, _mailmap(path) as named:
        clock = Clock()
        for fields, files in _grouped(_tokens(output), mark.encode(), len(parts) - 1):
            yield commit_of([_text(one) for one in fields], _lines(files), clock, named)


def _tokens(output: IO[bytes]) -> Iterator[bytes]:
    """What stands between the NULs of a stream."""
    rest = b""
    while block := output.read(BLOCK):
        *whole, rest = (rest + block).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _grouped(
    tokens: Iterable[bytes], mark: bytes, count: int
) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Each commit's fields and the tokens of its numstat."""
    group: list[bytes] = []
    begun = False
    for token in tokens:
        if token.lstrip(b"\n") == mark:
            if begun:
                yield group[:count], group[count:]
            group, begun = [], True
        else:
            group.append(token)
    if begun:
        yield group[:count], group[count:]


class Clock:
    """Mends dates that cannot be, by the commit's other date or the last good one."""

    def __init__(self) -> None:
        self._newest = datetime.now(UTC) + timedelta(days=1)
        self._last = GITS_FIRST_DAY

    def mend(self, authored: datetime | None, committed: datetime | None) -> list[datetime]:
        """Both dates, believable."""
        good = [one for one in (committed, authored) if one and DAY_ONE <= one <= self._newest]
        self._last = good[0] if good else self._last
        return [
            one if one is not None and one in good else self._last for one in (authored, committed)
        ]


def commit_of(
    fields: Sequence[str],
    lines: tuple[int, int],
    clock: Clock,
    named: Callable[[Signature], Signature],
) -> Commit:
    """A commit from its fields as `_FIELDS` names them, with the values of its `_TRAILERS`."""
    sha, parents, name, email, authored, by_name, by_email, committed, title, *trailers = fields
    (author_date, zone), (commit_date, _) = _moment(authored), _moment(committed)
    authored_at, committed_at = clock.mend(author_date, commit_date)
    added, removed = lines
    co_authors, signers = ([named(one) for one in _people(values)] for values in trailers)
    return Commit(
        sha=sha,
        parents=parents.split(),
        author=Signature(name, email),
        authored_at=authored_at,
        zone_minutes=zone,
        committer=Signature(by_name, by_email),
        committed_at=committed_at,
        title=title,
        co_authors=co_authors,
        signers=signers,
        lines_added=added,
        lines_removed=removed,
        is_redated=(authored_at, committed_at) != (author_date, commit_date),
    )


def trailers_of(message: str) -> list[str]:
    """The values of each of `_TRAILERS`, as git finds them in a message. Raises `GitFailed`."""
    found: dict[str, list[str]] = {key.lower(): [] for key in _TRAILERS}
    if any(f"{key}:" in message.lower() for key in found):  # most messages need no process
        said = run(None, "interpret-trailers", "--parse", "--no-divider", stdin=f"{message}\n")
        for line in said.splitlines():
            key, _, value = line.partition(":")
            found.get(key.strip().lower(), []).append(value.strip())
    return [_BETWEEN.join(values) for values in found.values()]


def _moment(raw: str) -> tuple[datetime | None, int | None]:
    """A raw date such as `1700000000 +0800` in UTC and its offset in minutes."""
    seconds, _, zone = raw.partition(" ")
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None, None
    if not re.fullmatch(r"[+-]\d{4}", zone):
        return moment, None
    minutes = int(zone[1:3]) * 60 + int(zone[3:])
    return moment, (-minutes if zone[0] == "-" else minutes) if minutes <= 14 * 60 else None


def _people(values: str) -> list[Signature]:
    """The people of a trailer; lines without an address name nobody."""
    if not values:
        return []
    found = (_NAMED.match(value) for value in values.split(_BETWEEN))
    return [Signature(match[1], match[2].strip()) for match in found if match]


def _lines(files: list[bytes]) -> tuple[int, int]:
    """Lines added and removed; binary files have none, vendored ones are not ours."""
    added = removed = 0
    rest = iter(files)
    for entry in rest:
        plus, _, more = entry.lstrip(b"\n").partition(b"\t")
        minus, _, path = more.partition(b"\t")
        if not path:  # a rename: its two names follow as tokens of their own
            next(rest, b"")
            path = next(rest, b"")
        if plus.isdigit() and minus.isdigit() and not _VENDORED.search(_text(path)):
            added += int(plus)
            removed += int(minus)
    return added, removed


def _text(raw: bytes) -> str:
    """Text in whatever encoding it was written."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


class Mailmap:
    """Asks git who a trailer's person is, once per person."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self._questions, self._answers = questions, answers
        self._known: dict[Signature, Signature] = {}

    def __call__(self, one: Signature) -> Signature:
        if one not in self._known:
            self._known[one] = self._ask(one)
        return self._known[one]

    def _ask(self, one: Signature) -> Signature:
        self._questions.write(f"{one.name} <{one.email}>\n".encode("utf-8", "replace"))
        self._questions.flush()
        match = _NAMED.match(_text(self._answers.readline()))
        return Signature(match[1], match[2]) if match else one


@contextmanager
def _mailmap(path: Path) -> Iterator[Mailmap]:
    with subprocess.Popen(
        command(path, "check-mailmap", "--stdin"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(path),
    ) as process:
        assert process.stdin  # noqa: S101 - a pipe was asked for
        assert process.stdout  # noqa: S101 - a pipe was asked for
        try:
            yield Mailmap(process.stdin, process.stdout)
        finally:
            process.stdin.close()
