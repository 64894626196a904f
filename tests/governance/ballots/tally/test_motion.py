"""Every count of a small room, against the rules in fractions."""

import ast
from fractions import Fraction
from pathlib import Path

import pytest

from governance.ballots import tally
from governance.ballots.tally.motion import (
    CODE_CHANGE,
    LAZY_CONSENSUS,
    PROCEDURAL,
    RELEASE,
    MotionRule,
    Voices,
    decide,
    decide_apache,
    voices,
)
from tests.trying import examples

pytestmark = pytest.mark.alike
LARGEST = min(examples(16, 36), 60)  # `TRIES=2` goes all the way
HALF, TWO_THIRDS, THREE_QUARTERS = Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)
RULES = [
    (MotionRule(), lambda y, n, a, e: y > n),
    (
        MotionRule(share=TWO_THIRDS, at_least=True),
        lambda y, n, a, e: y > 0 and Fraction(y, y + n) >= TWO_THIRDS,
    ),
    (
        MotionRule(share=THREE_QUARTERS, at_least=True, base="cast"),
        lambda y, n, a, e: y > 0 and Fraction(y, y + n + a) >= THREE_QUARTERS,
    ),
    (MotionRule(base="roll"), lambda y, n, a, e: y > 0 and Fraction(y, e) > HALF),
    (
        MotionRule(quorum_share=HALF),
        lambda y, n, a, e: y > n and Fraction(y + n + a, e) >= HALF,
    ),
    (
        MotionRule(quorum=Fraction(15, 2), quorum_base="deciding"),
        lambda y, n, a, e: y > n and y + n >= Fraction(15, 2),
    ),
]


@pytest.mark.parametrize(("rule", "expected"), RULES, ids=range(len(RULES)))
def test_every_count_up_to_sixty_voters_is_decided_as_fractions_say(rule, expected):
    wrong = [
        (yes, no, abstain, eligible)
        for eligible in range(LARGEST + 1)
        for yes in range(eligible + 1)
        for no in range(eligible + 1 - yes)
        for abstain in range(eligible + 1 - yes - no)
        if decide(yes, no, abstain, eligible=eligible, rule=rule).has_passed
        != expected(yes, no, abstain, eligible)
    ]

    assert wrong == []


def test_exactly_two_thirds_is_enough_where_two_thirds_are_asked_for():
    rule = MotionRule(share=TWO_THIRDS, at_least=True)

    assert decide(2, 1, 0, eligible=3, rule=rule).has_passed
    assert not decide(666_666, 333_334, 0, eligible=10**6, rule=rule).has_passed


def test_half_is_not_more_than_half():
    outcome = decide(5, 5, 3, eligible=20, rule=MotionRule())

    assert (outcome.reason, outcome.have, outcome.needed) == ("share", 5, Fraction(5))


def test_a_missed_quorum_is_told_with_its_numbers():
    rule = MotionRule(quorum_share=Fraction(1, 3))

    outcome = decide(3, 0, 3, eligible=20, rule=rule)

    assert (outcome.reason, outcome.have, outcome.needed) == ("quorum", 6, Fraction(20, 3))


def test_more_votes_than_voters_are_an_error():
    with pytest.raises(ValueError, match="More voted"):
        decide(2, 2, 0, eligible=3, rule=MotionRule())


@pytest.mark.parametrize(
    ("rule", "binding", "reason"),
    [
        (RELEASE, (3, 0, 0), "passed"),
        (RELEASE, (3, 0, 2), "passed"),
        (RELEASE, (3, 0, 3), "outvoted"),
        (RELEASE, (2, 9, 0), "too_few"),
        (CODE_CHANGE, (9, 0, 1), "veto"),
        (CODE_CHANGE, (3, 1, 0), "passed"),
        (LAZY_CONSENSUS, (0, 0, 0), "passed"),
        (LAZY_CONSENSUS, (0, 0, 1), "veto"),
        (PROCEDURAL, (0, 4, 0), "outvoted"),
        (PROCEDURAL, (1, 4, 0), "passed"),
    ],
)
def test_the_apache_way(rule, binding, reason):
    assert decide_apache(Voices(binding, (0, 0, 9)), rule=rule).reason == reason


def test_advisory_votes_are_kept_apart():
    said = voices([(1, True), (-1, False), (0, True), (1, False), (1, True)])

    assert said == Voices((2, 1, 0), (1, 0, 1))


def test_no_floating_point_in_the_arithmetic():
    folder = Path(tally.__file__).parent
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(folder.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and ast.unparse(node.func) in {"float", "round"})
    ]

    assert found == []
