"""From the box to the table: envelopes become ballots that are nobody's."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from governance.ballots.folder.building import RECEIPT_BYTES, tracker_of
from governance.ballots.manifest import Terms, terms_of
from governance.ballots.models import Election, Envelope, Paper
from governance.ballots.rulebook import WrongChoice, marks_of
from governance.ballots.sealing import Opener

AT_A_TIME = 2_000


class WrongBox(Refused):
    """A box that is not in order, so that nothing in it may be counted."""


# By code, since the log keeps no sentences.
WRONG = {
    "envelopes_differ": _("The box does not hold as many envelopes as were counted at the close."),
    "receipts_clash": _("Two envelopes hold the same receipt: somebody gave it to two voters."),
}


class Ballot(NamedTuple):
    """A ballot by its tracker."""

    tracker: str
    marks: bytes


def empty_box(election: Election) -> tuple[list[Ballot], int]:
    """The ballots in a box, ascending by tracker, and how many envelopes held none.

    Reads the contents alone, in the order of their hashes. Raises `WrongBox`
    where the box does not hold what was said at the close, or two voters were given the
    same receipt.
    """
    terms, opener = terms_of(election.manifest_document), Opener(election.uid)
    contents = Envelope.objects.contents_of(election)
    found = [_read(election, terms, opener.take_out(bytes(one))) for one in contents]
    ballots = sorted(one for one in found if one is not None)
    if len(found) != election.envelope_count:
        raise _wrong("envelopes_differ")
    if len({one.tracker for one in ballots}) != len(ballots):
        raise _wrong("receipts_clash")
    return ballots, len(found) - len(ballots)


def _wrong(code: str) -> WrongBox:
    return WrongBox(code, Sentence(WRONG[code]))


def _read(election: Election, terms: Terms, content: bytes | None) -> Ballot | None:
    """What a content says; None for one that no voter of this site could have made."""
    try:
        said = json.loads(content or b"")
        r = bytes.fromhex(said["r"])
        marks = marks_of(terms.rulebook, terms.keys, said["choice"])
    except (ValueError, KeyError, TypeError, AttributeError, WrongChoice):
        return None
    if len(r) != RECEIPT_BYTES:
        return None
    return Ballot(tracker_of(str(election.uid), r), marks)


def put_on_table(election: Election, ballots: Sequence[Ballot]) -> None:
    """Keep the ballots in the order of their trackers, and leave the envelopes empty."""
    rows = [Paper(election=election, tracker=one.tracker, marks=one.marks) for one in ballots]
    Paper.objects.bulk_create(rows, batch_size=AT_A_TIME)
    election.envelopes.update(content=None)


def marks_on_table(election: Election) -> Iterable[tuple[str, bytes]]:
    """Tracker and marks of each ballot, ascending."""
    rows = Paper.objects.filter(election=election).order_by("tracker")
    for tracker, marks in rows.values_list("tracker", "marks").iterator(AT_A_TIME):
        yield tracker, bytes(marks)


def forget_envelopes() -> bool:
    """Have the database give up the pages on which contents stood.

    Outside any transaction. The table, on SQLite the whole file, is written anew: what
    was merely freed would still lie there. False where somebody who reads keeps the
    log of SQLite from being cut off, so that it has to be done again.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # VACUUM FULL takes along what an open transaction anywhere on the server might still
            # read; a column that is written anew takes the rows that are there.
            cursor.execute(
                "ALTER TABLE ballots_envelope ALTER version TYPE integer USING version + 0"
            )
            return True
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_pages = cursor.fetchone()
    return not is_busy
