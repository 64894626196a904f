"""Elections that are hard to count: circles, equal totals, several surpluses, ties upon ties.

Ballots at random seldom get there: most have a clear winner, whom a wrong count finds as well.
"""

import random
from fractions import Fraction
from itertools import combinations

from governance.ballots.rulebook import APACHE_KEYS, MOTION_KEYS
from governance.ballots.tally.motion import ApacheRule, MotionRule
from governance.ballots.tally.profile import IN_ROUNDS, PAIRWISE, SCORES, usual
from tests.governance.ballots.folder.published import Published

NAMES = "abcdefgh"


SEATS = [{"seats": seats} for seats in range(5)]
ROUNDS = {"ties": ("rounds", "lot")}
ABSENT = {"unranked": "absent"}
HALF, NO = Fraction(1, 2), {"default": "no"}
SINGLE, WAITING = {"elimination": "single"}, {"overvotes": "resolve"}
X_HAS_A_SEAT = {"body": {"size": 5, "sitting": ["X"]}, "employers": {"a": "X", "b": "X"}}

# Small ones in which something happens that is rare: what, by which method and rules.
SMALL = [
    ("a tie is broken by the third last round", "irv", "2 b>c, 2 a>d, 4 d, 3 c, 1 a>c", SINGLE),
    ("and differently by the first", "irv", "5 c, 1 f>b, 1 e>b, 4 b, 1 a>c, 1 a", SINGLE),
    ("the latest round says nothing", "irv", "1 f, 1 c, 2 e, 1 a>c", {}),
    (
        "a tie is broken by the second round",
        "stv-scottish",
        "5 a, 5 c, 1 f>a, 6 b, 1 d>c",
        SEATS[2],
    ),
    ("the first round says nothing", "stv-scottish", "2 e>f, 1 f, 1 e>b, 1 b, 1 e>c>b", SEATS[2]),
    ("equal surpluses", "stv-wig", "6 c>g, 5 b, 6 c, 1 g, 0 e, 0 f", SEATS[4]),
    ("rounds leave two for the lot", "stv-scottish", "6 e, 5 b, 1 f>c, 5 c, 1 f>b, 6 d", SEATS[3]),
    ("rounds leave two for the lot", "irv", "4 e, 5 f, 4 a, 1 d>e, 1 d>a", {}),
    ("a paper that waits saves a batch", "irv", "7 f, 1 e, 1 e=f, 2 g, 3 a", WAITING),
    ("a paper that waits denies a majority", "irv", "1 e=g, 1 d, 2 e", WAITING | SINGLE),
    ("an open tie", "irv", "1 a, 1 b", {"ties": ()}),
    ("a later surplus is greater", "stv-wig", "1 d, 2 c, 5 d>c, 4 e", SEATS[4]),
    ("a paper is cut twice", "stv-scottish", "1 d>c>e, 3 d>c, 0 b, 0 f", SEATS[4]),
    ("two lie within the surplus", "stv-meek", "6 a>b, 9 d>c, 3 b, 5 e", SEATS[3]),
    ("equals of one employer", "plurality", "3 a, 3 b", SEATS[3] | {"cap": HALF}),
    ("votes against make weaker", "schulze", "4 a>b, 4 b>c, 4 c>d, 4 d>a, 1 a>d", ABSENT),
    ("votes against make weaker", "ranked-pairs", "4 a>b, 4 b>c, 4 c>d, 4 d>a, 1 a>d", ABSENT),
    ("equal defeats on a circle", "ranked-pairs", "4 a>b, 4 b>c, 4 c>d, 4 d>a", ABSENT | SEATS[2]),
    (
        "the second of the order is not the first of the rest",
        "schulze",
        "1 b>e, 1 f>b, 1 c=e, 2 c>b, 4 e=f, 10 b=c, 8 e>f",
        SEATS[2] | {"seating": "repeated"},
    ),
    (
        "the first of the rest is not the second of the order",
        "schulze",
        "2 g>a, 1 h>g, 1 a>h, 1 h>d",
        ABSENT,
    ),
    (
        "who wins against all is not who wins against the tied",
        "star",
        "1 a4 b3 c4, 2 a4 b5 c4 d5, 1 a4 b3 c4 d5, 1 a5 b4 c2, 1 a4 b2 c4, 1 a2 b5 c5 d5",
        {},
    ),
    ("exactly the quorum", "condorcet-default", "7 a>no", NO | {"quorum": Fraction(7)}),
    ("half of a vote below the quorum", "condorcet-default", "7 a>no", NO | {"quorum": HALF * 15}),
    ("exactly half", "condorcet-default", "4 a>no, 4 no>a", NO | {"majority": HALF}),
    ("exactly twice", "condorcet-default", "4 a>no, 2 no>a", NO | {"majority": HALF * 4}),
]


def small_election(number):
    """One of the small ones."""
    _what, method, text, rules = SMALL[number]
    counted = [one.split(" ", 1) for one in text.split(", ")]
    choices = [read(said) for times, said in counted for _ in range(int(times))]
    options = {one for _, said in counted for one in read(said)}
    facts = X_HAS_A_SEAT if "cap" in rules else {}
    profile = usual(method, **ROUNDS | rules)
    lot = "1" if profile.ties else ""
    return Published(choices=choices, options=options, profile=profile, lot_value=lot, **facts)


def read(said):
    """A ballot from `a>b=c`, the best first, or from scores as `a5 b3`."""
    if said[-1].isdigit():
        return {one[:-1]: int(one[-1]) for one in said.split()}
    groups = enumerate(said.split(">"), 1)
    return {one: rank for rank, group in groups for one in group.split("=")}


def hard_election(method, number):
    """The election of that number, always the same one."""
    if method in {"motion", "apache"}:
        return hard_answers(method, number)
    chance = random.Random(f"{method} {number}")
    if method in PAIRWISE:
        options, choices, rules = circle(chance, method)
    elif method in IN_ROUNDS:
        options, choices, rules = crowd(chance, method)
    elif method in SCORES:
        options, choices, rules = level_scores(chance, method)
    else:
        options, choices, rules = few_choices(chance)
    return Published(choices=choices, options=options, **with_rules(chance, method, options, rules))


def with_rules(chance, method, options, rules):
    """Rules for ties and employers, and what they need to be used."""
    some = [("rounds", "lot"), ("rounds", "officer"), ("officer", "lot", "rounds"), ("lot",), ()]
    ties = chance.choices(some, [3, 2, 1, 1, 1])[0]
    facts = {"mode": chance.choice(["secret", "open"])}
    if "lot" in ties:
        facts["lot_value"] = str(chance.random())
    if "officer" in ties:
        orders = [chance.sample(options, many) for many in (2, len(options), len(options))]
        facts["decisions"] = [{"order": one, "reason": "By age."} for one in orders]
    if method not in {"irv", "star"} and chance.random() < 0.4:
        rules = rules | {"cap": Fraction(1, chance.choice([2, 3]))}
        sitting = [chance.choice("XY") for _ in range(chance.randint(0, 1))]
        facts["body"] = {"size": chance.choice([4, 5, 7]), "sitting": sitting}
        facts["employers"] = {one: chance.choice("XXXY") for one in options[1:]}
    return facts | {"profile": usual(method, **{"ties": ties} | rules)}


def hard_answers(method, number):
    """A motion or a vote of +1, 0 and -1 that is decided by one vote, or is not."""
    chance = random.Random(f"{method} {number}")
    most = chance.choice([0, 3, 4])  # at times nobody says anything
    some = [chance.randint(0, most) for _ in range(4)]
    if method == "apache":
        some[1] = chance.choice([some[0], some[1], 0])
        choices = [
            {one: 1} for one, many in zip(APACHE_KEYS, some, strict=False) for _ in range(many)
        ]
        rule = ApacheRule(
            least=chance.choice([0, some[1], 3]),
            has_veto=chance.random() < 0.4,
            is_lazy=chance.random() < 0.5,
        )
        return Published(choices=choices, options=[*APACHE_KEYS], apache=rule, mode="open")
    some[1] = chance.choice([some[2], some[1]])
    choices = [{one: 1} for one, many in zip(MOTION_KEYS, some, strict=False) for _ in range(many)]
    choices += [{}] * some[3]
    base = chance.choice(["roll", "cast", "deciding"])
    rule = MotionRule(
        share=chance.choice([HALF, Fraction(2, 3)]),
        at_least=chance.random() < 0.5,
        base=base,
        quorum=Fraction(chance.choice([0, len(choices), some[1] + some[2]])),
        quorum_share=chance.choice([Fraction(0), HALF]),
        quorum_base=chance.choice(["cast", "deciding"]),
    )
    return Published(choices=choices, options=[*MOTION_KEYS], motion=rule)


# --- comparisons by pairs


def circle(chance, method):
    """Each option defeats the next and the last the first, more strongly than across the circle."""
    options = chance.sample(NAMES, chance.randint(4, 6))
    unranked = chance.choice(["last", "absent"])
    choices, equal = [], chance.random() < 0.3
    for (at, a), (later, b) in combinations(enumerate(options), 2):
        is_neighbor = later - at in {1, len(options) - 1}
        won = chance.randint(4, 9) if is_neighbor else chance.randint(1, 4)
        lost = chance.choice([chance.randint(0, 3), 0, won])  # a few are even
        won, lost = (5, 1) if equal and is_neighbor else (max(won, lost), lost)
        is_turned = later - at == len(options) - 1 if is_neighbor else chance.random() < 0.5
        pair = [b, a] if is_turned else [a, b]
        rest = [one for one in options if one not in pair]
        choices += compared(chance, pair, rest, won, lost, unranked)
    rules = {"unranked": unranked, "seats": chance.randint(1, 3)}
    if method != "condorcet-default":
        rules["strength"] = chance.choice(["winning", "margins"])
        rules["seating"] = chance.choice(["order", "repeated"])
        return sorted(options), choices, rules
    default = "nobody"  # whom most like less than all others
    for one in options:
        likes = [{one: 1, default: 2}] * chance.randint(4, 9)
        choices += likes + [{default: 1, one: 2}] * chance.randint(0, 5)
    options.append(default)
    votes = {one: preferring(choices, one, default, unranked) for one in options if one != default}
    # Exactly as many as are needed, or half a vote more.
    rules["quorum"] = chance.choice([*votes.values()])[0] + Fraction(chance.randint(0, 1), 2)
    if chance.random() < 0.5:
        rules["quorum"] = Fraction(1)
        ours, theirs = chance.choice([*votes.values()])
        rules["majority"] = Fraction(max(ours, 1), max(theirs, 1))
    return sorted(options), choices, rules | {"default": default}


def compared(chance, pair, rest, won, lost, unranked):
    """Ballots by which the first of a pair wins, and which leave all other pairs even."""
    (a, b), found = pair, []
    if unranked == "absent":
        return [{a: 1, b: 2}] * won + [{b: 1, a: 2}] * lost
    for first, second in [(a, b)] * (won - lost):
        found += [{first: 1, second: 2}, {**dict.fromkeys(rest, 1), first: 2, second: 3}]
    for _ in range(lost):  # the pair alone is even, so that it has fewer votes than others
        found += [{a: 1, b: 1}, dict.fromkeys(rest, 1)]
    return found


def preferring(choices, one, other, unranked):
    """How many prefer the one to the other, and the other way round."""
    worst = 99 if unranked == "last" else 0
    ranks = [(said.get(one, worst), said.get(other, worst)) for said in choices]
    if unranked == "absent":
        ranks = [pair for pair in ranks if all(pair)]
    return sum(a < b for a, b in ranks), sum(a > b for a, b in ranks)


# --- sums


def level_scores(chance, method):
    """Several options with equal totals, which differ in comparisons and in top scores."""
    options = [*NAMES[: chance.randint(3, 5)]]
    level = chance.sample(options, chance.randint(3, len(options)))
    if method == "approval":
        choices = [dict.fromkeys(chance.sample(options, 2), 1) for _ in range(6)]
        return options, choices * 2, {"seats": chance.randint(1, 3)}
    choices = []
    for _ in range(chance.randint(1, 3)):
        total, three = chance.randint(4, 11), [{}, {}, {}]
        for one in options:
            less = 0 if one in level else chance.randint(0, 3)
            for ballot, score in zip(three, shared_out(chance, total - less), strict=True):
                if score or chance.random() < 0.5:
                    ballot[one] = score
        choices += three * chance.choice([1, 1, 2])
    seats = 1 if method == "star" and chance.random() < 0.5 else chance.randint(1, 2)
    return options, choices, {"seats": seats}


def shared_out(chance, total):
    """The total as three scores."""
    while True:
        first, second = chance.randint(0, 5), chance.randint(0, 5)
        if 0 <= total - first - second <= 5:
            return first, second, total - first - second


def few_choices(chance):
    """Equal numbers of votes where the last seat is."""
    options = [*NAMES[: chance.randint(3, 6)]]
    choices = [{one: 1} for one in options for _ in range(chance.choice([1, 2, 2, 3, 3]))]
    return options, choices, {"seats": chance.randint(1, 4)}


# --- rounds


def crowd(chance, method):
    """Some whom many want, who leave surpluses, and many whom few want, who are often tied."""
    options = [*NAMES[: chance.randint(5, 8)]]
    liked = dict.fromkeys(options, 1)
    if is_even := chance.random() < 0.5:
        options = options[:6]
    else:
        liked |= dict.fromkeys(chance.sample(options, 2), 12)
    choices = []
    for _ in range(chance.choice([8, 12, 20, 30])):
        names, ranks, rank = [*options], {}, 1
        for _ in range(chance.choice([1, 2, 3, len(options)])):
            [one] = chance.choices(names, [liked[one] for one in names])
            names.remove(one)
            ranks[one] = rank
            rank += chance.random() >= 0.12
        choices += [ranks] * (1 if is_even else chance.choice([1, 1, 2, 3]))
    rules = {"overvotes": chance.choice(["sticky", "exhaust", "resolve"])}
    if method == "irv":
        return options, choices, rules | {"elimination": chance.choice(["single", "batch"])}
    if (
        not is_even and chance.random() < 0.5
    ):  # whom the greatest surplus lifts has a greater one than the next
        a, b, c, *_ = chance.sample(options, 3)
        choices += [{a: 1, b: 2}] * (2 * len(choices)) + [{c: 1}] * len(choices) + [{b: 1}] * 3
    return options, choices, rules | {"seats": chance.randint(2, 4)}
