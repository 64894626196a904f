"""Makes the folder of an election from ballots and rules, as the product would publish it."""

import random
import sys
from collections import Counter
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from io import StringIO
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.ballots.folder import building
from governance.ballots.folder.building import merkle_root, receipt_of, tracker_of
from governance.ballots.publishing import NUMBERS
from governance.ballots.tally import motion as motions
from governance.ballots.tally.ballots import unpacked
from governance.ballots.tally.count import count
from governance.ballots.tally.profile import SCORES
from governance.ballots.tally.seating import Employers, room_for
from governance.ballots.tally.sensitivity import sensitivity
from governance.ballots.tally.ties import Breakers
from governance.rolls.canonical import canonical

PLACE = Path(building.__file__).parent
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
UID = "0191e3c0-7a5b-7c3d-8e9f-001122334455"


def verifier():
    """The published verifier, imported as the script that it is."""
    sys.path.insert(0, str(PLACE))
    before = sys.dont_write_bytecode
    try:
        import verify
    finally:
        sys.dont_write_bytecode = before
        sys.path.remove(str(PLACE))
    return verify


def says(place, *arguments):
    """What the verifier answers: its exit code and its lines."""
    out = StringIO()
    with redirect_stdout(out):
        code = verifier().main([str(place), *arguments])
    return code, out.getvalue().splitlines()


def laid(place, files):
    """The files in a folder of their own."""
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)
    return place


def signed(files, key=KEY):
    """The files with their checksums and a signature."""
    rest = {name: content for name, content in files.items() if not name.startswith("SHA256SUMS")}
    sums = building.checksums(rest)
    return {**rest, "SHA256SUMS": sums, "SHA256SUMS.sig": f"{key.sign(sums).hex()}\n".encode()}


def public(key):
    return key.public_key().public_bytes_raw().hex()


@dataclass(kw_only=True)
class Published:
    """One election: what was announced, who voted what, and the folder that comes out of it."""

    choices: list
    options: list
    profile: object = None
    motion: motions.MotionRule | None = None
    apache: motions.ApacheRule | None = None
    employers: dict = field(default_factory=dict)
    body: dict | None = None
    mode: str = "secret"
    publication: str = "full"
    level: str = ""  # what is published, if it is less than was announced
    lot_value: str = ""
    decisions: list = field(default_factory=list)
    absent: int = 2  # voters who did not vote
    invalid: int = 1
    amended: bool = False
    seed: str = "1"

    def __post_init__(self):
        chance = random.Random(self.seed)
        self.options = sorted(self.options)
        if self.mode == "open":
            self.invalid = 0
        self.salts = [
            chance.randbytes(16).hex() for _ in range(len(self.choices) + self.absent + 1)
        ]
        self.ids = [f"github:{number}" for number in range(len(self.salts))]
        self.leaves = [
            sha256(bytes.fromhex(salt) + uid.encode()).hexdigest()
            for salt, uid in zip(self.salts, self.ids, strict=True)
        ]
        self.secrets = [chance.randbytes(16) for _ in self.choices]
        self.receipts = [receipt_of(r) for r in self.secrets]
        envelopes = [chance.randbytes(32).hex() for _ in range(len(self.choices) + self.invalid)]
        self.envelopes = sorted(envelopes) if self.mode == "secret" else []
        self.root = merkle_root(self.envelopes) if self.mode == "secret" else ""

    @property
    def ties(self):
        return self.profile.ties if self.profile else ()

    @property
    def amendments(self):
        """One voter left and one came, where the roll was amended."""
        if not self.amended:
            return []
        gone, rest = sha256(b"gone").hexdigest(), set(self.leaves)
        before = [rest - {self.leaves[-1]} | {gone}, rest | {gone}, rest]
        kinds = [("add", self.leaves[-1]), ("remove", gone)]
        return [
            {
                "number": number + 1,
                "kind": kind,
                "leaf": leaf,
                "before": roll_hash(before[number]),
                "after": roll_hash(before[number + 1]),
                "at": f"2026-12-0{number + 2}T12:00:00Z",
            }
            for number, (kind, leaf) in enumerate(kinds)
        ]

    def manifest(self, signer=KEY):
        rules = {"profile": self.profile.document()} if self.profile else {}
        if self.body:
            rules["body"] = self.body
        for name in ("motion", "apache"):
            if rule := getattr(self, name):
                rules[name] = {
                    key: str(value) if isinstance(value, Fraction) else value
                    for key, value in vars(rule).items()
                }
        begun = self.amendments[0]["before"] if self.amendments else roll_hash(self.leaves)
        return canonical(
            {
                "format": 1,
                "election": UID,
                "site": "https://example.org",
                "title": "Steering committee 指导委员会",
                "mode": self.mode,
                "rules": rules,
                "options": [
                    {"key": key, "title": key.title(), "employer": self.employers.get(key, "")}
                    for key in self.options
                ],
                "opens_at": "2026-12-01T12:00:00Z",
                "closes_at": "2026-12-15T12:00:00Z",
                "challenge_hours": 24,
                "roll": {"sha256": begun, "voters": len(self.leaves)},
                "publication": self.publication,
                "lists_voters": False,
                "gives_receipts": True,
                "lot": "the last commit of that day" if "lot" in self.ties else "",
                "box_key": "ab" * 32 if self.mode == "secret" else "",
                "signer": public(signer),
            }
        )

    def lot(self, manifest):
        if not self.lot_value:
            return None
        told = f"{sha256(manifest).hexdigest()}\n{self.root}\n{self.lot_value}"
        seed = sha256(told.encode()).hexdigest()
        return {"source": "the last commit of that day", "value": self.lot_value, "seed": seed}

    def outcome(self, lot):
        """The outcome and the seats under other conventions, as the product counts them."""
        chosen = Counter(key for choice in self.choices for key in choice)
        if self.motion:
            said = {key: chosen[key] for key in self.options}
            said["abstain"] += len(self.choices) - chosen.total()  # who says nothing abstains
            found = motions.decide(**said, eligible=len(self.leaves), rule=self.motion)
            return {"method": "motion", **said, **answered(found)}, []
        if self.apache:
            binding = (chosen["plus"], chosen["zero"], chosen["minus"])
            found = motions.decide_apache(motions.Voices(binding, (1, 0, 2)), rule=self.apache)
            said = {"binding": list(binding), "advisory": [1, 0, 2]}
            return {"method": "apache", **said, **answered(found)}, []
        result, ballots, breaking = self.counted(lot)
        others = sensitivity(ballots, result, **breaking)
        return result.document(), [other.document() for other in others]

    def shown(self, outcome):
        """Without numbers where less is published than was announced."""
        return {name: it for name, it in outcome.items() if not self.level or name not in NUMBERS}

    def counted(self, lot):
        is_scored = self.profile.method in SCORES
        rows = [
            bytes(choice[key] + is_scored if key in choice else 0 for key in self.options)
            for choice in self.choices
        ]
        ballots = unpacked(self.options, rows, kind="scores" if is_scored else "ranks")
        decided = [(said["order"], said["reason"]) for said in self.decisions]
        seed = lot["seed"] if lot else ""
        breaking = {"breakers": Breakers(self.profile.ties, seed, decided), "employers": None}
        if self.body:
            room = room_for(self.profile.cap, **self.body, standing=self.employers.values())
            breaking["employers"] = Employers(self.employers, room)
        return count(ballots, self.profile, **breaking), ballots, breaking

    def ballots(self):
        if self.mode == "open":
            voters = zip(self.leaves, self.choices, strict=False)
            rows = [{"choice": choice, "voter": leaf} for leaf, choice in voters]
        else:
            cast = zip(self.secrets, self.choices, strict=True)
            rows = [{"choice": choice, "tracker": tracker_of(UID, r)} for r, choice in cast]
        rows.sort(key=lambda row: row.get("voter") or row["tracker"])
        return b"".join(canonical(row) + b"\n" for row in rows)

    def files(self, key=KEY):
        """Every file of the folder, signed."""
        manifest = self.manifest(key)
        lot = self.lot(manifest)
        outcome, others = self.outcome(lot)
        result = {
            "cast": len(self.choices) + self.invalid,
            "valid": len(self.choices),
            "invalid": self.invalid,
            "electorate": len(self.leaves),
            "root": self.root,
            "lot": lot,
            "decisions": self.decisions,
            "publication": self.level or self.publication,
            "outcome": self.shown(outcome),
            "sensitivity": others,
        }
        found = {
            "manifest.json": manifest,
            "roll.txt": lines(self.leaves),
            "amendments.json": canonical(self.amendments),
            "result.json": canonical(result),
            **building.verifier_files(),
        }
        if self.mode == "secret":
            found["envelopes.txt"] = lines(self.envelopes)
        if result["publication"] == "full":
            found["ballots.jsonl"] = self.ballots()
        return signed(found, key)


def lines(rows):
    return "".join(f"{row}\n" for row in sorted(rows)).encode()


def roll_hash(leaves):
    return sha256(lines(leaves)).hexdigest()


def answered(found):
    return {
        "reason": found.reason,
        "have": found.have,
        "needed": str(found.needed),
        "passed": found.has_passed,
    }
