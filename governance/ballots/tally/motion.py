"""Yes or no: motions by majority and quorum, and the votes of the Apache way.

Whole numbers and fractions only. A share of 2/3 is reached by exactly two thirds; where a rule
says “more than half”, half is not enough.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

# A share of everybody on the roll, of those who cast a vote, or of those who said yes or no.
Base = Literal["roll", "cast", "deciding"]
Reason = Literal["quorum", "share", "too_few", "outvoted", "veto", "passed"]


@dataclass(frozen=True, kw_only=True)
class MotionRule:
    """When a motion passes.

    ``share`` of ``base`` has to say yes: more than it, or at least it where ``at_least`` is set.
    ``quorum`` voters have to take part, and ``quorum_share`` of the roll; abstentions count
    towards both unless ``quorum_base`` is ``deciding``.
    """

    share: Fraction = Fraction(1, 2)
    at_least: bool = False
    base: Base = "deciding"
    quorum: Fraction = Fraction(0)
    quorum_share: Fraction = Fraction(0)
    quorum_base: Literal["cast", "deciding"] = "cast"


@dataclass(frozen=True)
class Outcome:
    """Whether it passed, or why not, and the numbers that decided: ``have`` against ``needed``."""

    reason: Reason
    have: int
    needed: Fraction

    @property
    def has_passed(self) -> bool:
        return self.reason == "passed"


def decide(yes: int, no: int, abstain: int, *, eligible: int, rule: MotionRule) -> Outcome:
    """The outcome of a motion. Nobody deciding carries no motion.

    Raises `ValueError` where more voted than are eligible.
    """
    if min(yes, no, abstain) < 0 or yes + no + abstain > eligible:
        raise ValueError("More voted than may vote.")
    present = yes + no + (abstain if rule.quorum_base == "cast" else 0)
    quorum = max(rule.quorum, rule.quorum_share * eligible)
    if present < quorum:
        return Outcome("quorum", present, quorum)
    base = {"roll": eligible, "cast": yes + no + abstain, "deciding": yes + no}[rule.base]
    needed = rule.share * base
    enough = yes >= needed if rule.at_least else yes > needed
    return Outcome("passed" if enough and yes else "share", yes, needed)


@dataclass(frozen=True, kw_only=True)
class ApacheRule:
    """When +1, 0 and -1 carry something, counting binding votes alone.

    ``least`` binding +1 are needed. A binding -1 is a ``veto``; without vetoes more +1 than -1
    are needed. ``is_lazy``: silence agrees, so that no +1 is needed where nobody objects.
    """

    least: int = 3
    has_veto: bool = False
    is_lazy: bool = False


CODE_CHANGE = ApacheRule(has_veto=True)
LAZY_CONSENSUS = ApacheRule(least=0, has_veto=True, is_lazy=True)
RELEASE = ApacheRule()
PROCEDURAL = ApacheRule(least=0)


@dataclass(frozen=True)
class Voices:
    """Votes told apart: advisory ones are recorded and decide nothing."""

    binding: tuple[int, int, int]
    advisory: tuple[int, int, int]


def voices(votes: Iterable[tuple[int, bool]]) -> Voices:
    """The number of +1, 0 and -1, binding and advisory, from ``(value, is_binding)``."""
    said = {True: [0, 0, 0], False: [0, 0, 0]}
    for value, is_binding in votes:
        said[is_binding][1 - value] += 1
    plus, zero, minus = said[True]
    return Voices((plus, zero, minus), (said[False][0], said[False][1], said[False][2]))


def decide_apache(said: Voices, *, rule: ApacheRule) -> Outcome:
    """The outcome as the Apache Software Foundation's voting page describes it."""
    plus, _, minus = said.binding
    if rule.has_veto and minus:
        return Outcome("veto", minus, Fraction(0))
    if plus < rule.least:
        return Outcome("too_few", plus, Fraction(rule.least))
    if plus <= minus and not (rule.is_lazy and plus == minus == 0):
        return Outcome("outvoted", plus, Fraction(minus + 1))
    return Outcome("passed", plus, Fraction(rule.least))
