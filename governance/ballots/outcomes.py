"""What the ballots of an election lead to, by its rules."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from governance.ballots.rulebook import Rulebook
from governance.ballots.tally.ballots import Ballots, unpacked
from governance.ballots.tally.count import count
from governance.ballots.tally.motion import (
    ApacheRule,
    MotionRule,
    Outcome,
    Voices,
    decide,
    decide_apache,
)
from governance.ballots.tally.seating import Employers
from governance.ballots.tally.sensitivity import sensitivity
from governance.ballots.tally.ties import Breakers


@dataclass(frozen=True)
class Box:
    """Everything a count needs: the ballots, who may vote, and what breaks ties."""

    marks: Sequence[bytes]
    electorate: int
    seed: str = ""
    decisions: Sequence[tuple[Sequence[str], str]] = ()
    advisory: Sequence[bytes] = ()


def outcome(
    rulebook: Rulebook, options: Mapping[str, str], box: Box
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the ballots lead to, and who would sit under other conventions, as JSON.

    `options` are keys with the employer of each, empty for none, in the order of the marks.
    Raises `Unusable` where so much is tied that only a lot would help.
    """
    keys = sorted(options)
    if rulebook.motion:
        return _motion(rulebook.motion, keys, box), []
    if rulebook.apache:
        return _apache(rulebook.apache, keys, box), []
    ballots = ballots_of(rulebook, keys, box.marks)
    breakers = Breakers(rulebook.counted.ties, box.seed, box.decisions)
    employers = employers_of(rulebook, options)
    result = count(ballots, rulebook.counted, breakers=breakers, employers=employers)
    others = sensitivity(ballots, result, breakers=breakers, employers=employers)
    return result.document(), [other.document() for other in others]


def ballots_of(rulebook: Rulebook, keys: Sequence[str], marks: Iterable[bytes]) -> Ballots:
    """The ballots as the counts read them."""
    kind: Literal["ranks", "scores"] = "scores" if rulebook.kind == "scores" else "ranks"
    return unpacked(keys, marks, kind=kind)


def employers_of(rulebook: Rulebook, options: Mapping[str, str]) -> Employers | None:
    """Who works where, and the seats that a cap leaves to each employer."""
    if rulebook.profile is None or rulebook.profile.cap is None:
        return None
    most, held = int(rulebook.profile.cap * rulebook.size), Counter(rulebook.sitting)
    of = {key: employer for key, employer in options.items() if employer}
    return Employers(of, {one: max(most - held[one], 0) for one in {*of.values(), *held}})


def _numbers(keys: Sequence[str], marks: Iterable[bytes]) -> Counter[str]:
    return Counter(key for one in marks for key, mark in zip(keys, one, strict=True) if mark)


def _motion(rule: MotionRule, keys: Sequence[str], box: Box) -> dict[str, Any]:
    """A blank ballot abstains."""
    said = _numbers(keys, box.marks)
    blank = len(box.marks) - said.total()
    yes, no, abstain = said["yes"], said["no"], said["abstain"] + blank
    found = decide(yes, no, abstain, eligible=box.electorate, rule=rule)
    return {"method": "motion", "yes": yes, "no": no, "abstain": abstain, **_told(found)}


def _apache(rule: ApacheRule, keys: Sequence[str], box: Box) -> dict[str, Any]:
    binding, advisory = (
        (said["plus"], said["zero"], said["minus"])
        for said in (_numbers(keys, box.marks), _numbers(keys, box.advisory))
    )
    found = decide_apache(Voices(binding, advisory), rule=rule)
    voices = {"binding": list(binding), "advisory": list(advisory)}
    return {"method": "apache", **voices, **_told(found)}


def _told(found: Outcome) -> dict[str, Any]:
    needed = str(found.needed)
    return {
        "reason": found.reason,
        "have": found.have,
        "needed": needed,
        "passed": found.has_passed,
    }
