"""A roll as files: the salted list, a document that can be checked, and the officers' table."""

import csv
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.db.models import F

from contributors.activity.exports import inert
from governance.rolls.canonical import canonical
from governance.rolls.leaves import roll_hash
from governance.rolls.models import Roll
from governance.rolls.queries import leaves_of

FORMAT = "guildhall-roll-1"
COLUMNS = ("handle", "name", "uid", "origin", "leaf")


def document_of(roll: Roll, *, is_public: bool) -> dict[str, Any]:
    """Everything that it takes to check a roll; without ids and salts where it is public.

    `digest` is the SHA-256 of the canonical text of all the rest, so that no
    character can change in silence.
    """
    rule, leaves = roll.criteria, sorted(leaves_of(roll))
    document: dict[str, Any] = {
        "format": FORMAT,
        "roll": roll.slug,
        "title": roll.title,
        "state": roll.state,
        "rule": {"slug": rule.rule.slug, "version": rule.number, "sha256": rule.sha256},
        "on": str(roll.on),
        "number": len(leaves),
        "sha256": roll_hash(leaves),
        "leaves": leaves,
        "amendments": list(
            roll.amendments.order_by("number").values("document", "signature", "signer")
        ),
    }
    if not is_public:
        rows = roll.voters.standing().order_by("leaf")
        document["voters"] = list(rows.values("uid", "salt", "leaf", "origin"))
    return {**document, "digest": digest_of(document)}


def digest_of(document: dict[str, Any]) -> str:
    """The hash of all but the digest itself."""
    rest = {name: value for name, value in document.items() if name != "digest"}
    return sha256(canonical(rest)).hexdigest()


def table_of(roll: Roll) -> Iterator[str]:
    """The rows that stand, as CSV for officers, a line at a time."""
    rows = roll.voters.standing().annotate(handle=F("person__handle"), name=F("person__name"))
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in rows.order_by("person__handle").values_list(*COLUMNS).iterator():
        yield writer.writerow([inert(cell) for cell in row])


class _Line:
    """Hands back what is written to it."""

    def write(self, line: str) -> str:
        return line
