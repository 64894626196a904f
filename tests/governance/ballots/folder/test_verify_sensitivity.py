"""The seats under other conventions: each that has a say is published, and no other one."""

import json
from collections.abc import Callable
from fractions import Fraction

import pytest

from governance.ballots.tally.motion import ApacheRule
from governance.ballots.tally.profile import METHODS, usual
from governance.rolls.canonical import canonical
from tests.governance.ballots.folder.published import Published, laid, says, signed

NAMES = ["ada", "grace", "mary"]
CHOICES = [{"ada": 1, "grace": 2}] * 3 + [{"grace": 1, "mary": 2}] * 2 + [{"mary": 1, "ada": 1}] * 3
MISSING = "NOT ok  The seats under another convention are missing: "
NOT_THESE = "NOT ok  The other conventions are not those that have a say, each once and in turn."
MORE = {
    "changed": {"elimination": "single"},
    "winners": ["ada"],
    "gained": [],
    "lost": [],
    "tied": [],
    "same": True,
}

Lines = list[dict]


def an_election(method, **facts):
    more = {} if method == "irv" else {"seats": 2}
    if method == "condorcet-default":
        more |= {"default": "mary", "quorum": Fraction(1)}
    choices = CHOICES if method != "plurality" else [{"ada": 1}] * 5 + [{"mary": 1}]
    if method == "approval":
        choices = [dict.fromkeys(choice, 1) for choice in choices]
    return Published(choices=choices, options=NAMES, profile=usual(method, **more), **facts)


def with_others(files, change: Callable[[Lines], Lines]):
    """A folder with other seats under other conventions, signed by the site."""
    result = json.loads(files["result.json"])
    others = change(result["sensitivity"])
    return signed(files | {"result.json": canonical(result | {"sensitivity": others})})


def without(files, at):
    return with_others(files, lambda lines: [*lines[:at], *lines[at + 1 :]])


def found(tmp_path, files):
    code, said = says(laid(tmp_path, files))
    return code, [line for line in said if line.startswith("NOT ok")][:-1]


@pytest.mark.parametrize("method", METHODS)
def test_each_convention_that_is_left_out_is_missed(tmp_path, method):
    files = an_election(method).files()
    lines = json.loads(files["result.json"])["sensitivity"]

    answers = [found(tmp_path / str(at), without(files, at)) for at in range(len(lines))]

    assert answers == [(1, [f"{MISSING}{one['changed']}."]) for one in lines]
    assert len(lines) == {
        **dict.fromkeys(["plurality", "approval", "score", "star"], 0),
        "irv": 2,
        "condorcet-default": 1,
    }.get(method, 3 if method in {"schulze", "ranked-pairs"} else 4)


@pytest.mark.parametrize("method", METHODS)
def test_a_convention_that_has_no_say_is_found(tmp_path, method):
    files = with_others(an_election(method).files(), lambda lines: [*lines, MORE])

    assert found(tmp_path, files) == (1, [NOT_THESE])


@pytest.mark.parametrize("change", [lambda all_: [*all_, all_[0]], lambda all_: all_[::-1]])
@pytest.mark.parametrize("publication", ["full", "pairs"])
def test_conventions_come_once_and_in_turn(tmp_path, publication, change):
    files = with_others(an_election("schulze", publication=publication).files(), change)

    assert found(tmp_path, files) == (1, [NOT_THESE])


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("name", ["winners", "gained", "lost", "tied", "same"])
def test_other_seats_than_a_recount_gives_are_found(tmp_path, name, at):
    def change(lines):
        lines[at][name] = not lines[at][name] if name == "same" else ["mary"]
        return lines

    files = an_election("schulze").files()
    changed = json.loads(files["result.json"])["sensitivity"][at]["changed"]

    assert found(tmp_path, with_others(files, change)) == (
        1,
        [f"NOT ok  Other seats than a recount gives are published for {changed}."],
    )


def test_from_comparisons_by_pairs_all_but_how_they_were_made_is_recounted(tmp_path):
    files = an_election("schulze", publication="pairs").files()

    code, said = says(laid(tmp_path / "honest", files))
    answers = [found(tmp_path / str(at), without(files, at)) for at in range(3)]

    assert (code, said[-3:]) == (
        0,
        [
            "ok  Recounts under 2 other conventions give the seats that are published.",
            "-- The seats under 1 other conventions cannot be recounted without ballots.",
            "ok  All of this holds.",
        ],
    )
    # What needs ballots may be missing: too much may have been tied to tell the seats.
    assert [code for code, _ in answers] == [0, 1, 1]


def test_an_answer_has_no_other_conventions(tmp_path):
    choices = [{"plus": 1}] * 3
    election = Published(
        choices=choices, options=["minus", "plus", "zero"], apache=ApacheRule(), mode="open"
    )

    files = with_others(election.files(), lambda _none: [MORE])

    assert found(tmp_path, files) == (1, [NOT_THESE])


# --- so much is tied that a convention is left out


def much_tied(others, ballots=4):
    """Papers that wait until one of the `others` is left: each order of them is a way."""
    everybody = dict.fromkeys(others, 1)
    choices = [{"winner": 1}] + [everybody] * (ballots - 1)
    return Published(choices=choices, options=["winner", *others], profile=usual("irv"))


@pytest.mark.parametrize(
    ("others", "ballots", "is_told"),
    [
        ("abcdef", 4, True),  # 720 ways
        ("abcdefg", 4, False),  # 5,040
        ("abcde", 694, True),  # 120 ways of 4,164 marks each
        ("abcde", 695, False),  # and of 4,170
    ],
)
def test_a_convention_is_left_out_where_there_are_too_many_ways(tmp_path, others, ballots, is_told):
    files = much_tied(list(others), ballots).files()
    lines = json.loads(files["result.json"])["sensitivity"]

    code, said = says(laid(tmp_path, files))

    line = "-- So much is tied under {'overvotes': 'resolve'} that nobody can tell the seats."
    assert ({"overvotes": "resolve"} in [one["changed"] for one in lines]) is is_told
    assert (code, line in said) == (0, not is_told)


def test_a_convention_that_nobody_can_tell_the_seats_of_is_not_told_for(tmp_path):
    honest = much_tied(list("abcdefg")).files()
    told = MORE | {"changed": {"overvotes": "resolve"}, "winners": ["winner"]}

    files = with_others(honest, lambda lines: [*lines, told])

    assert found(tmp_path, files) == (1, [NOT_THESE])


@pytest.mark.parametrize(("options", "is_told"), [("abcdef", True), ("abcdefgh", False)])
def test_equal_margins_may_be_too_many_to_follow(tmp_path, options, is_told):
    # Each defeats the next ones by one vote, but for a few that make circles of them.
    pairs = [(a, b) for at, a in enumerate(options) for b in options[at + 1 :]]
    choices = []
    for times, pair in enumerate(pairs):
        a, b = pair[::-1] if times % 3 == 1 else pair
        choices += [{a: 1, b: 2}] * (times + 1) + [{b: 1, a: 2}] * times
    election = Published(
        choices=choices, options=[*options], profile=usual("ranked-pairs", unranked="absent")
    )
    files = election.files()
    changed = [one["changed"] for one in json.loads(files["result.json"])["sensitivity"]]

    code, said = says(laid(tmp_path, files))

    assert (code, {"strength": "margins"} in changed) == (0, is_told)
    assert [line for line in said if line.startswith("-- So much")] == (
        []
        if is_told
        else ["-- So much is tied under {'strength': 'margins'} that nobody can tell the seats."]
    )
