"""Profiles, ties, employers and what each rule changes."""

import json
from fractions import Fraction

import pytest

from governance.ballots.tally.ballots import Ballots, ranked, scored, unpacked
from governance.ballots.tally.count import count
from governance.ballots.tally.profile import METHODS, from_document, usual
from governance.ballots.tally.result import exact
from governance.ballots.tally.seating import Employers, room_for, seated
from governance.ballots.tally.sensitivity import sensitivity
from governance.ballots.tally.ties import Breakers, by_lot
from governance.ballots.tally.unusable import REASONS, Unusable

pytestmark = pytest.mark.alike


def said(*lines: str) -> Ballots:
    """`said("3 A>B=C", ...)`, as people write ballots down."""
    rows = []
    for line in lines:
        weight, _, order = line.partition(" ")
        rows.append((int(weight), [group.split("=") for group in order.split(">")]))
    options = sorted({name for _, groups in rows for group in groups for name in group})
    return ranked(options, rows)


@pytest.mark.parametrize("method", METHODS)
def test_a_profile_survives_being_written_as_json(method):
    rules = {"default": "A"} if method == "condorcet-default" else {}
    profile = usual(method, cap=Fraction(1, 3), quorum=Fraction(93, 2), ties=("lot",), **rules)

    again = from_document(json.loads(json.dumps(profile.document())))

    assert again == profile


@pytest.mark.parametrize(
    ("method", "rules", "code"),
    [
        ("irv", {"seats": 2}, "one_seat"),
        ("irv", {"seats": 0}, "no_seats"),
        ("schulze", {"default": "A"}, "default_and_method"),
        ("condorcet-default", {}, "default_and_method"),
        ("schulze", {"quorum": Fraction(-1)}, "quorum_or_majority"),
        ("dictator", {}, "unknown_method"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(method, rules, code):
    with pytest.raises(Unusable) as refusal:
        usual(method, **rules)

    assert refusal.value.code == code


def test_each_reason_can_be_said():
    facts = dict.fromkeys(
        [
            "name",
            "length",
            "highest",
            "score",
            "rank",
            "weight",
            "method",
            "line",
            "text",
            "column",
            "found",
            "wanted",
            "most",
        ],
        "x",
    )

    assert [code for code in REASONS if not str(Unusable(code, **facts))] == []


def test_the_lot_is_the_same_for_everybody_and_blind_to_the_order():
    assert by_lot(["A", "B", "C"], "seed") == by_lot(["C", "A", "B"], "seed")
    assert {by_lot(["A", "B", "C"], str(seed))[0] for seed in range(30)} == {"A", "B", "C"}


def test_a_lot_breaks_a_tie_for_a_seat_and_says_so():
    ballots = said("2 A>B", "2 B>A")

    result = count(ballots, usual("schulze"), breakers=Breakers(("lot",), "seed"))

    [tie] = result.ties
    assert (tie.rule, tie.order) == ("lot", tuple(by_lot(["A", "B"], "seed")))
    assert result.winners == (tie.order[0],)


def test_the_officers_decision_comes_with_its_reason():
    breakers = Breakers(("officer",), decisions=[(["B", "A"], "The older application.")])

    result = count(said("2 A>B", "2 B>A"), usual("schulze"), breakers=breakers)

    assert (result.winners, result.ties[0].reason) == (("B",), "The older application.")


def test_an_elimination_tie_that_changes_no_seat_does_not_matter():
    ballots = said("5 A>C", "5 B>C", "4 C>D", "2 D>C", "2 E>C")

    result = count(ballots, usual("irv"))

    assert not result.tied or {tie.matters for tie in result.ties} == {True}


def test_earlier_rounds_break_a_tie_by_the_scottish_rule():
    # A leads B in the first round; both hold 7 once D's papers have moved.
    ballots = said("7 A", "6 B", "9 C", "1 D>B")

    result = count(ballots, usual("stv-scottish"))

    [tie] = result.ties
    assert (tie.options, tie.rule, tie.order) == (("A", "B"), "rounds", ("B",))
    assert result.rounds[1].eliminated == ("B",)


def test_rules_for_ties_work_in_the_order_in_which_they_stand():
    # A leads B in the first round; both hold 7 once D's papers have moved.
    ballots = said("7 A", "6 B", "9 C", "1 D>B")
    decisions = [(["B", "A"], "By age.")]

    by = {
        rules: count(
            ballots,
            usual("stv-scottish", ties=rules),
            breakers=Breakers(rules, decisions=decisions),
        )
        for rules in [("rounds", "officer"), ("officer", "rounds")]
    }

    assert {rules: result.ties[0].rule for rules, result in by.items()} == {
        ("rounds", "officer"): "rounds",
        ("officer", "rounds"): "officer",
    }
    assert [result.rounds[1].eliminated for result in by.values()] == [("B",), ("A",)]


def test_a_paper_that_waits_goes_on_giving_to_whom_it_helped_to_elect():
    ballots = said("40 E>A=B", "10 F>A", "3 A", "4 B", "4 C")

    result = count(ballots, usual("stv-meek", seats=2, overvotes="resolve"))

    assert [exact(one.totals["E"]) for one in result.rounds] == [40, "10.50000072", "10.50000072"]
    assert result.winners == ("E", "B")


def test_papers_that_wait_behind_two_elected_ones_are_counted():
    ballots = said("40 E>A=B", "60 F", "3 A", "4 B", "4 C")

    result = count(ballots, usual("stv-meek", seats=3, overvotes="resolve"))

    assert result.winners == ("F", "E", "B")


def test_sticky_ballots_are_spent_where_two_options_go_on_together():
    ballots = said("4 A", "3 B", "2 C=B>A")

    held = {
        rule: count(ballots, usual("irv", overvotes=rule)).rounds[0].totals["B"]
        for rule in ("sticky", "exhaust", "resolve")
    }

    assert held == {"sticky": 3, "exhaust": 3, "resolve": 3}
    assert count(ballots, usual("irv", overvotes="resolve")).winners == ("B",)
    assert count(ballots, usual("irv")).winners == ("A",)


def test_an_employer_gets_no_more_seats_than_the_cap_leaves():
    of = {"A": "Umbra", "B": "Umbra", "C": "Lumen"}
    employers = Employers(of, room_for(Fraction(1, 3), 7, ["Umbra"], of.values()))

    result = count(said("5 A>B>C", "1 C"), usual("schulze", seats=2), employers=employers)

    assert result.winners == ("A", "C")
    assert [stage.document() for stage in result.stages] == [{"step": "capped", "options": ["B"]}]


def test_an_employer_without_a_sitting_member_has_a_limit_too():
    of = {"A": "Umbra", "B": "Umbra", "C": "Umbra", "D": "Lumen"}
    employers = Employers(of, room_for(Fraction(1, 3), 7, ["Lumen"], of.values()))

    result = count(said("5 A>B>C>D", "1 D"), usual("schulze", seats=3), employers=employers)

    assert result.winners == ("A", "B", "D")


def test_room_is_what_the_cap_leaves_beside_those_who_sit():
    room = room_for(Fraction(1, 3), 7, ["Umbra", "Umbra", "Umbra", "Lumen", ""], ["Nimbus", ""])

    assert room == {"Umbra": 0, "Lumen": 1, "Nimbus": 2}


def test_with_transfers_the_last_elected_of_a_full_employer_leaves_and_the_rest_is_counted_again():
    ballots = said("40 A>B>C", "35 B>A>C", "25 C>D")
    employers = Employers({"A": "Umbra", "B": "Umbra"}, {"Umbra": 1})

    free = count(ballots, usual("stv-scottish", seats=2))
    capped = count(ballots, usual("stv-scottish", seats=2), employers=employers)

    assert free.winners == ("A", "B")
    assert capped.winners == ("A", "C")
    assert [(stage.step, stage.options) for stage in capped.stages] == [("capped", ("B",))]


@pytest.mark.parametrize("method", ["irv", "stv-scottish", "stv-wig", "stv-meek", "schulze"])
def test_where_the_cap_leaves_nobody_the_seat_stays_empty(method):
    employers = Employers({"A": "Umbra", "B": "Umbra"}, {"Umbra": 0})

    result = count(said("2 A>B", "1 B"), usual(method), employers=employers)

    assert (result.winners, result.tied) == ((), ())
    assert [stage.options for stage in result.stages] == [("A",), ("B",)]


def test_a_tied_group_that_the_cap_splits_is_a_tie():
    employers = Employers({"A": "Umbra", "B": "Umbra"}, {"Umbra": 1})

    open_seats = seated([["A", "B"], ["C"]], 2, Breakers(), employers)
    drawn = seated([["A", "B"], ["C"]], 2, Breakers(("lot",), "x"), employers)

    assert (open_seats.winners, open_seats.tied) == ([], ["A", "B"])
    assert drawn.winners == [by_lot(["A", "B"], "x")[0], "C"]


def test_a_default_that_nobody_beats_wins():
    ballots = said("3 N>A>B", "2 A>N>B")

    result = count(ballots, usual("condorcet-default", default="N"))

    assert result.winners == ("N",)


def test_the_stages_tell_which_hurdle_an_option_missed():
    ballots = said("5 A>N>B", "4 B>N>A")

    result = count(
        ballots,
        usual("condorcet-default", default="N", quorum=Fraction(9, 2), majority=Fraction(2)),
    )

    assert [stage.document() for stage in result.stages if stage.step != "schwartz"] == [
        {"step": "majority", "options": ["A", "N"], "votes": 5, "needed": 8},
        {"step": "quorum", "options": ["B", "N"], "votes": 4, "needed": "4.5"},
    ]


def test_sensitivity_is_silent_where_no_convention_has_a_say():
    ballots = scored(["A", "B"], [(3, {"A": 5, "B": 2})])

    assert sensitivity(ballots, count(ballots, usual("star"))) == []


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (3, 3),
        (Fraction(7, 1), 7),
        (Fraction(1, 2), "0.5"),
        (Fraction(123_456_789, 100_000), "1234.56789"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-1, 4), "-0.25"),
    ],
)
def test_amounts_are_written_exactly(amount, words):
    assert exact(amount) == words


def test_rows_of_another_length_are_refused():
    with pytest.raises(Unusable) as refusal:
        unpacked(["A", "B"], [b"\x01\x02", b"\x01"])

    assert refusal.value.code == "wrong_length"
