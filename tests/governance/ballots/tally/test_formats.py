"""Files of ballots: what is read, what is written, and what is said of a bad one."""

import random

import pytest

from governance.ballots.tally.ballots import ranked, scored
from governance.ballots.tally.formats import WRITERS, Election, read
from governance.ballots.tally.unusable import Unusable
from tests.governance.ballots.tally.test_against_oracle import (
    grouped,
    ranks_at_random,
    scores_at_random,
)

pytestmark = pytest.mark.alike

BLT = """4 2  # four candidates, two seats
-3
3 1 2=4 0
1 4 - 3 1 0
2 0
0
"Ada \\"the first\\" Byron"
"Grace Hopper"
"withdrawn"
"龙"
"Board"
"""


def marks(election):
    ballots = election.ballots
    return [
        (
            int(weight),
            {name: int(mark) for name, mark in zip(ballots.options, row, strict=True) if mark},
        )
        for weight, row in zip(ballots.weights, ballots.marks, strict=True)
    ]


def test_blt_with_equal_skipped_and_withdrawn():
    election = read(BLT.encode(), "stv-scottish")

    assert (election.title, election.seats) == ("Board", 2)
    assert election.ballots.options == ('Ada "the first" Byron', "Grace Hopper", "龙")
    assert marks(election) == [
        (3, {'Ada "the first" Byron': 1, "Grace Hopper": 2, "龙": 2}),
        (1, {"龙": 1, 'Ada "the first" Byron': 4}),
        (2, {}),
    ]


def test_abif_with_names_in_brackets_scores_and_comments():
    text = """{title: "Lunch"}
# what we ate
=Soup:[Soup of the day]
3:Soup>[Fish & chips]="Cake, sweet"
2: Soup/5, [Fish & chips]/3
"""
    ranks = read(text.encode(), "irv")
    scores = read(b"2:A/5,B/0\n1:B/3>A/1\n", "star")

    assert ranks.title == "Lunch"
    assert marks(ranks) == [
        (3, {"Soup": 1, "Fish & chips": 2, "Cake, sweet": 2}),
        (2, {"Soup": 1, "Fish & chips": 2}),
    ]
    assert marks(scores) == [(2, {"A": 6, "B": 1}), (1, {"A": 2, "B": 4})]


def test_csv_with_silence_in_several_words():
    text = "\ufeffA;B;C\n1;No opinion;2\n;3;-\n\n"

    assert marks(read(text.encode(), "schulze")) == [(1, {"A": 1, "C": 2}), (1, {"B": 3})]
    assert marks(read(b"A,B\nx,\nyes,no\n", "approval")) == [(1, {"A": 2}), (1, {"A": 2, "B": 1})]


def test_a_tally_sheet_in_latin_1_with_more_than_nine_options():
    names = [f"Möglichkeit {n}" for n in range(1, 12)]
    lines = [f"|||/  Option {'123456789AB'[at]}-->: {name}" for at, name in enumerate(names)]
    text = "\n".join([*lines, "V: 123456789AB\t0123abcd", "V: ----------1"])

    election = read(text.encode("latin-1"), "condorcet-default")

    assert election.ballots.options == tuple(names)
    assert [list(row) for row in election.ballots.marks] == [[*range(1, 12)], [0] * 10 + [1]]


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_reads_back_as_the_same_ballots(name):
    chance = random.Random(name)
    for _ in range(20):
        options, rows = ranks_at_random(chance)
        title = 'A \\ "title"' if name in {"blt", "abif"} else ""
        election = Election(ranked(options, grouped(rows)), title, 2)

        again = read(WRITERS[name](election).encode(), "schulze")

        assert again.title == title
        assert again.ballots.options == election.ballots.options
        assert tallied(again) == tallied(election)


def tallied(election):
    """The weight of each way to mark a ballot."""
    found = {}
    for weight, said in marks(election):
        key = tuple(sorted(said.items()))
        found[key] = found.get(key, 0) + weight
    return found


@pytest.mark.parametrize("name", ["abif", "csv"])
def test_scores_are_written_too(name):
    options, rows = scores_at_random(random.Random(3))
    election = Election(scored(options, rows))

    again = read(WRITERS[name](election).encode(), "star")

    assert tallied(again) == tallied(election)


@pytest.mark.parametrize(
    ("content", "method", "words"),
    [
        (b"", "irv", "This is none of the formats BLT, ABIF, CSV and Debian tally sheet."),
        (b"\x00\x01", "irv", "This file is not text."),
        (b"A,B\n", "irv", "There are no ballots in this file."),
        (b"A,A\n1,2\n", "irv", "Two options have the same name: A."),
        (b"A,B\n1,2,3\n", "irv", "Line 2 has 3 columns, the first line has 2."),
        (b"A,B\n1,2\nx,1\n", "irv", "Line 3, column A: “x” is no number."),
        (b"A,B\n0,2\n", "irv", "A rank lies between 1 and 254, not 0."),
        (b"A,B\n300,2\n", "score", "A score lies between 0 and 253, not 300."),
        (b"A,B\n6,2\n", "star", "A score lies between 0 and 5, not 6."),
        (b"2 1\n1 1 0\n", "irv", "The file ends before it is complete."),
        (b'2 1\n1 3 0\n0\n"A"\n"B"\n"t"\n', "irv", "Line 2 cannot be read: 3"),
        (b'2 1\n1 1 1 0\n0\n"A"\n"B"\n"t"\n', "irv", "A ballot names “A” twice."),
        (b"1:A>>B\n", "irv", "Line 1 cannot be read: A>>B"),
        (b"1:A>B\n=\n", "irv", "Line 2 cannot be read: ="),
        (b"1:A>B\n", "star", "This method needs scores, these ballots hold ranks."),
        (b"0:A>B\n", "irv", "A weight is a whole number from 1, not 0."),
        (b"Option 1->: A\nOption 2->: B\nV: 123\n", "irv", "Line 3 cannot be read: 123"),
    ],
)
def test_a_bad_file_is_refused_with_what_is_wrong_and_where(content, method, words):
    from governance.ballots.tally.count import count
    from governance.ballots.tally.profile import usual

    with pytest.raises(Unusable) as refusal:
        count(read(content, method).ballots, usual(method))

    assert str(refusal.value) == words


def test_no_file_of_random_bytes_does_anything_but_count_or_refuse():
    chance = random.Random(9)
    pieces = [
        b"1:",
        b"A",
        b">",
        b"=",
        b"/5",
        b",",
        b"\n",
        b'"',
        b"0 ",
        b"2 1\n",
        b"V: 12",
        b"[",
        b"]",
        b"\xff",
        b"{",
        b"-1 ",
    ]
    for _ in range(2_000):
        content = b"".join(chance.choices(pieces, k=chance.randint(1, 30)))
        try:
            read(content, chance.choice(["irv", "star", "schulze"]))
        except Unusable:
            continue
