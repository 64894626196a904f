"""What voters are told before they vote: the manifest, whose hash everything later hangs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings

from governance.ballots.folder.building import RECEIPT_BYTES
from governance.ballots.models import Election
from governance.ballots.rulebook import Rulebook, rulebook_of
from governance.rolls.canonical import canonical
from governance.rolls.signing import signer

FORMAT = 1


def manifest_of(election: Election, *, voters: int, box_key: str) -> dict[str, Any]:
    """The manifest of an election that is about to be frozen."""
    options = election.options.order_by("key")
    return {
        "format": FORMAT,
        "election": str(election.uid),
        "site": settings.SITE_URL,
        "title": election.title,
        "mode": election.mode,
        "rules": rulebook_of(election.rules).document(),
        "options": [
            {"key": one.key, "title": one.title, "employer": one.employer} for one in options
        ],
        "opens_at": moment(election.opens_at),
        "closes_at": moment(election.closes_at),
        "challenge_hours": election.challenge_hours,
        "roll": {"sha256": election.roll.sha256, "voters": voters},
        "publication": election.publication,
        "lists_voters": election.lists_voters,
        "gives_receipts": election.gives_receipts,
        "lot": election.lot_source,
        "box_key": box_key,
        "signer": signer(),
    }


def moment(at: datetime) -> str:
    """A moment in UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def digest(manifest: str) -> str:
    """The SHA-256 of a manifest as hex."""
    return sha256(manifest.encode()).hexdigest()


@dataclass(frozen=True)
class Terms:
    """A frozen election as its manifest says, whatever the tables say today."""

    rulebook: Rulebook
    options: Mapping[str, str]  # key -> employer, ascending

    @property
    def keys(self) -> list[str]:
        return list(self.options)


def terms_of(manifest: Mapping[str, Any]) -> Terms:
    """The rules and options that a manifest names."""
    options = {one["key"]: one["employer"] for one in manifest["options"]}
    return Terms(rulebook_of(manifest["rules"]), options)


def longest_content(rulebook: Rulebook, keys: list[str]) -> int:
    """The bytes that every content is padded to: those of the longest choice there can be."""
    chosen = keys[:1] if rulebook.kind == "one" else keys
    longest = max(keys, key=len, default="")
    if rulebook.kind == "one":
        chosen = [longest]
    choice = dict.fromkeys(chosen, max(rulebook.top, 100))
    return len(canonical({"choice": choice, "r": "0" * 2 * RECEIPT_BYTES}))
