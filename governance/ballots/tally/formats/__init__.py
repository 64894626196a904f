"""Files that hold ballots: read into one shape, written back from it."""

from collections.abc import Callable

from governance.ballots.tally.ballots import Kind
from governance.ballots.tally.formats import abif, blt, debian, table
from governance.ballots.tally.formats.election import Election
from governance.ballots.tally.profile import SCORES, Method
from governance.ballots.tally.unusable import Unusable

__all__ = ["WRITERS", "Election", "read"]

WRITERS: dict[str, Callable[[Election], str]] = {
    "blt": blt.written,
    "abif": abif.written,
    "csv": table.written,
    "debian": debian.written,
}


def read(content: bytes, method: Method) -> Election:
    """The election in a file of whichever format; raises `Unusable` with what is wrong and where.

    A CSV holds ranks or scores; which of them depends on the ``method`` it is to be counted by.
    """
    text = _decoded(content)
    kind: Kind = "scores" if method in SCORES else "ranks"
    election = _read(text, kind)
    if not len(election.ballots):
        raise Unusable("no_ballots")
    return election


def _read(text: str, kind: Kind) -> Election:
    if debian.is_tally_sheet(text):
        return debian.read(text)
    if blt.is_blt(text):
        return blt.read(text)
    if abif.is_abif(text):
        return abif.read(text, kind)
    if table.is_table(text):
        return table.read(text, kind)
    raise Unusable("unknown_format")


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise Unusable("not_text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
