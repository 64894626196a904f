"""Random and real elections: the verifier counts what the product counts, to the last digit."""

import random
from collections import Counter
from fractions import Fraction

import pytest

from governance.ballots.tally.motion import ApacheRule, MotionRule
from governance.ballots.tally.profile import IN_ROUNDS, METHODS, PAIRWISE, SCORES, usual
from governance.ballots.tally.unusable import Unusable
from tests.governance.ballots.folder.published import Published, laid, says
from tests.governance.ballots.tally.test_real_elections import PUBLISHED, counted
from tests.trying import examples

ELECTIONS = examples(8, 25)  # of each method
MOTIONS = examples(8, 25)


def mark(chance, method, options):
    """One ballot that the method allows."""
    some = chance.sample(options, chance.randint(0, len(options)))
    if method == "plurality":
        return dict.fromkeys(some[:1], 1)
    if method == "approval":
        return dict.fromkeys(some, 1)
    if method in SCORES:
        return {one: chance.randint(0, 5) for one in some}
    ranks, rank = {}, 1
    for one in some:
        ranks[one] = rank
        rank += chance.random() >= 0.25
    return ranks


def rules(chance, method, options):
    """Rules at random, as far as the method has any."""
    said = {"ties": tuple(chance.sample(["rounds", "lot", "officer"], chance.randint(0, 3)))}
    if method != "irv":
        said["seats"] = chance.randint(1, 3)
    if method in PAIRWISE:
        said["unranked"] = chance.choice(["last", "absent"])
        said["strength"] = chance.choice(["winning", "margins"])
        said["seating"] = chance.choice(["order", "repeated"])
    if method in IN_ROUNDS:
        said["overvotes"] = chance.choice(["sticky", "exhaust", "resolve"])
        said["elimination"] = chance.choice(["batch", "single"])
    if method == "condorcet-default":
        said["default"] = chance.choice(options)
        said["quorum"] = Fraction(chance.choice([0, 1, 5]), 2)
        said["majority"] = Fraction(chance.choice([1, 2, 3]), chance.choice([1, 2]))
    return said


def an_election(chance, method):
    options = list("abcdefg"[: chance.randint(1, 6)])
    said, facts = rules(chance, method, options), {}
    if chance.random() < 0.4:
        said["cap"] = Fraction(1, chance.choice([2, 3]))
        sitting = [chance.choice("XYZ") for _ in range(chance.randint(0, 2))]
        facts["body"] = {"size": chance.choice([2, 3, 7]), "sitting": sitting}
        facts["employers"] = {one: chance.choice("XY") for one in options if chance.random() < 0.8}
    if "lot" in said["ties"]:
        facts["lot_value"] = str(chance.random())
    if "officer" in said["ties"] and chance.random() < 0.7:
        order = chance.sample(options, chance.randint(1, len(options)))
        facts["decisions"] = [{"order": order, "reason": "By age."}]
    choices = []
    for _ in range(chance.choice([0, 1, 2, 3, 5, 9, 30])):
        choices += [mark(chance, method, options)] * chance.choice([1, 1, 1, 2, 5])
    mode = chance.choice(["secret", "open"])
    profile = usual(method, **said)
    return Published(choices=choices, options=options, profile=profile, mode=mode, **facts)


@pytest.mark.parametrize("method", METHODS)
def test_random_elections(tmp_path, method):
    chance = random.Random(method)
    refused = 0
    for number in range(ELECTIONS):
        try:
            files = an_election(chance, method).files()
        except Unusable:  # too much is tied to be published
            refused += 1
            continue

        code, said = says(laid(tmp_path / str(number), files))

        assert (code, [line for line in said if line.startswith("NOT ok")]) == (0, [])
    assert refused <= ELECTIONS // 5


def test_random_motions(tmp_path):
    chance = random.Random("motions")
    for number in range(MOTIONS):
        rule = MotionRule(
            share=chance.choice([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)]),
            at_least=chance.choice([True, False]),
            base=chance.choice(["roll", "cast", "deciding"]),
            quorum=Fraction(chance.choice([0, 3, 9]), chance.choice([1, 2])),
            quorum_share=chance.choice([Fraction(0), Fraction(1, 3)]),
            quorum_base=chance.choice(["cast", "deciding"]),
        )
        answers = chance.choices(["yes", "yes", "no", "abstain", ""], k=chance.randint(0, 12))
        choices = [{one: 1} if one else {} for one in answers]
        options = ["abstain", "no", "yes"]
        election = Published(choices=choices, options=options, motion=rule)

        code, said = says(laid(tmp_path / str(number), election.files()))

        assert (code, said[-1]) == (0, "ok  All of this holds.")


def test_random_votes_of_the_apache_way(tmp_path):
    chance = random.Random("apache")
    for number in range(MOTIONS):
        rule = ApacheRule(
            least=chance.choice([0, 1, 3]),
            has_veto=chance.choice([True, False]),
            is_lazy=chance.choice([True, False]),
        )
        answers = chance.choices(["plus", "plus", "zero", "minus"], k=chance.randint(0, 8))
        choices, options = [{one: 1} for one in answers], ["minus", "plus", "zero"]
        election = Published(choices=choices, options=options, apache=rule, mode="open")

        code, said = says(laid(tmp_path / str(number), election.files()))

        assert (code, said[-1]) == (0, "ok  All of this holds.")


@pytest.mark.parametrize("name", PUBLISHED or ["none"])
@pytest.mark.skipif(not PUBLISHED, reason="shared/data/elections is not beside us")
def test_elections_that_were_held(tmp_path, name):
    _, found, result = counted(name)
    choices = []
    for row, weight in zip(found.ballots.marks, found.ballots.weights, strict=True):
        marks = zip(found.ballots.options, row, strict=True)
        choices += [{option: int(rank) for option, rank in marks if rank}] * int(weight)
    election = Published(
        choices=choices, options=found.ballots.options, profile=result.profile, absent=0, invalid=0
    )

    code, said = says(laid(tmp_path / "folder", election.files()))

    assert (code, said[-1]) == (0, "ok  All of this holds.")
    [recount] = [line for line in said if line.startswith("ok  A recount")]
    assert Counter(recount.split(": ")[1][:-1].split(", ")) == Counter(result.winners)
