"""The published folder: what was said before, what was cast, what came out, and how to check it."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from governance.ballots.folder.building import checksums, verifier_files
from governance.ballots.manifest import Terms, terms_of
from governance.ballots.models import Document, Election, Envelope
from governance.ballots.papers import marks_on_table
from governance.ballots.rulebook import choice_of
from governance.rolls.amendments import amendments_document
from governance.rolls.canonical import canonical
from governance.rolls.leaves import written_list
from governance.rolls.signing import signed

FEWEST = 5  # ballots; fewer might be told by who voted
NUMBERS = ("matrix", "first_preferences", "rounds", "quota", "totals", "stages")
SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"


@dataclass(frozen=True)
class Folder:
    """The files of an election whose ballots lie on the table."""

    election: Election
    terms: Terms

    @cached_property
    def ballots(self) -> list[tuple[str, bytes]]:
        """Tracker, or the voter's line of the roll, with the marks, ascending."""
        if self.election.is_secret:
            return list(marks_on_table(self.election))
        votes = self.election.open_votes.exclude(voter=None)
        rows = votes.values_list("voter__leaf", "marks")
        return sorted((leaf, bytes(marks)) for leaf, marks in rows)

    @cached_property
    def result(self) -> dict[str, Any]:
        """What is published as the result. Raises `Unusable` where too much is tied."""
        election = self.election
        said, others = self._counted()
        cast = election.envelope_count or 0
        return {
            "cast": cast,
            "valid": len(self.ballots),
            "invalid": election.invalid_count or 0,
            "electorate": self._electorate,
            "root": election.box_root,
            "lot": self._lot(),
            "decisions": election.decisions,
            "publication": self.level,
            "outcome": self._shown(said),
            "sensitivity": [] if self._unmasks else others,
        }

    @cached_property
    def level(self) -> str:
        """What is published; totals alone where more would tell how somebody voted."""
        if self._unmasks:
            return Election.Publication.TOTALS
        return self.election.publication

    def files(self) -> dict[str, bytes]:
        """Every file but the checksums, by name."""
        roll = self.election.roll
        files = {
            "manifest.json": self.election.manifest.encode(),
            "result.json": canonical(self.result),
            "roll.txt": written_list(
                roll.voters.standing().values_list("leaf", flat=True)
            ).encode(),
            "amendments.json": canonical(amendments_document(roll)),
            **verifier_files(),
        }
        if self.election.is_secret:
            hashes = Envelope.objects.hashes_of(self.election)
            files["envelopes.txt"] = "".join(f"{one}\n" for one in hashes).encode()
        if self.level == Election.Publication.FULL:
            files["ballots.jsonl"] = b"".join(self._lines())
        return files

    def _lines(self) -> list[bytes]:
        name = "tracker" if self.election.is_secret else "voter"
        rulebook, keys = self.terms.rulebook, self.terms.keys
        return [
            canonical({"choice": choice_of(rulebook, keys, marks), name: key}) + b"\n"
            for key, marks in self.ballots
        ]

    def _counted(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        # NumPy takes memory that a process which counts nothing need not hold.
        from governance.ballots.outcomes import Box, outcome

        advice = self.election.open_votes.filter(voter=None).values_list("marks", flat=True)
        lot = self._lot()
        box = Box(
            [marks for _key, marks in self.ballots],
            self._electorate,
            seed=lot["seed"] if lot else "",
            decisions=[(one["order"], one["reason"]) for one in self.election.decisions],
            advisory=[bytes(one) for one in advice],
        )
        return outcome(self.terms.rulebook, self.terms.options, box)

    def _lot(self) -> dict[str, str] | None:
        """The public lot: a seed that nobody could know before the close."""
        election = self.election
        if not election.lot_value:
            return None
        parts = (election.manifest_sha256, election.box_root, election.lot_value)
        seed = sha256("\n".join(parts).encode()).hexdigest()
        return {"source": election.lot_source, "value": election.lot_value, "seed": seed}

    def _shown(self, said: dict[str, Any]) -> dict[str, Any]:
        """Without numbers that would tell more than is published."""
        if self.level != Election.Publication.TOTALS or "profile" not in said:
            return said
        kept = {"totals"} if len(self.ballots) >= FEWEST and not self._is_unanimous else set()
        return {name: it for name, it in said.items() if name not in NUMBERS or name in kept}

    @cached_property
    def _electorate(self) -> int:
        return self.election.roll.voters.standing().count()

    @cached_property
    def _unmasks(self) -> bool:
        """Whether numbers would tell how somebody voted: few ballots, or all of them alike."""
        is_told = len(self.ballots) < FEWEST or self._is_unanimous
        return self.election.is_secret and is_told

    @cached_property
    def _is_unanimous(self) -> bool:
        return len({marks for _key, marks in self.ballots}) == 1


def folder_of(election: Election) -> Folder:
    """The folder of an election whose box was opened."""
    return Folder(election, terms_of(election.manifest_document))


def keep(election: Election, files: dict[str, bytes]) -> str:
    """Sign the files and keep them; the hash of the checksums stands for all of them."""
    sums = checksums(files)
    signature = f"{signed(sums)}\n".encode()
    whole = files | {SUMS: sums, SIGNATURE: signature}
    Document.objects.bulk_create(
        Document(election=election, name=name, content=content) for name, content in whole.items()
    )
    return sha256(sums).hexdigest()
