"""Random elections, small and full of ties, counted by the product and by a second program."""

import random
from fractions import Fraction
from itertools import product

import pytest
import schulze_condorcet
import starvote

from governance.ballots.tally.ballots import ranked, scored
from governance.ballots.tally.count import count
from governance.ballots.tally.pairwise import preferences
from governance.ballots.tally.profile import usual
from tests.governance.ballots.tally import oracle
from tests.trying import examples

ELECTIONS = examples(30, 120)  # of each of eighteen counts; `TRIES=10` makes them 20,000
NAMES = "ABCDEFGH"


def ranks_at_random(chance, most_options=8, equal=0.15):
    options = list(NAMES[: chance.randint(2, most_options)])
    rows = []
    for _ in range(chance.choice([1, 2, 3, 5, 9, 30])):
        ranked_ones = chance.sample(options, chance.randint(0, len(options)))
        ranks, rank = {}, 0
        for name in ranked_ones:
            rank += chance.random() >= equal or not rank
            ranks[name] = rank
        rows.append((chance.choice([1, 1, 1, 2, 7]), ranks))
    return options, rows


def grouped(rows):
    return [
        (w, [[a for a in ranks if ranks[a] == r] for r in sorted(set(ranks.values()))])
        for w, ranks in rows
    ]


def seats_of(result):
    """The winners that are possible: a tie is a set of them."""
    return set(result.winners) | set(result.tied)


@pytest.fixture
def chance(request):
    return random.Random(request.node.name)


@pytest.mark.parametrize(
    ("strength", "unranked"), [*product(["winning", "margins"], ["last", "absent"])]
)
def test_schulze(chance, strength, unranked):
    for _ in range(ELECTIONS):
        options, rows = ranks_at_random(chance)
        pairs = oracle.pairs(options, rows, unranked)

        result = count(
            ranked(options, grouped(rows)), usual("schulze", strength=strength, unranked=unranked)
        )

        assert [set(group) for group in result.order] == oracle.schulze(options, pairs, strength)


def test_schulze_as_another_library_counts_it(chance):
    for _ in range(ELECTIONS):
        options, rows = ranks_at_random(chance, 6)
        votes = []
        for weight, groups in grouped(rows):
            named = {name for group in groups for name in group}
            rest = [name for name in options if name not in named]
            said = [*groups, *([rest] if rest else [])]
            votes += [">".join("=".join(group) for group in said)] * weight

        theirs = schulze_condorcet.schulze_evaluate(votes, options)
        # With equally many winning votes that library does not look at those against.
        pairs = oracle.pairs(options, rows)
        if len({won for (a, b), won in pairs.items() if won > pairs[b, a]}) == sum(
            won > pairs[b, a] for (a, b), won in pairs.items()
        ):
            result = count(ranked(options, grouped(rows)), usual("schulze"))
            assert [set(g) for g in result.order] == [set(g.split("=")) for g in theirs.split(">")]


@pytest.mark.parametrize("strength", ["winning", "margins"])
def test_ranked_pairs(chance, strength):
    for _ in range(ELECTIONS):
        options, rows = ranks_at_random(chance, 5)
        pairs = oracle.pairs(options, rows)
        equal = [oracle.key(pairs, a, b, strength) for a, b in pairs if pairs[a, b] > pairs[b, a]]
        if any(equal.count(one) > 5 for one in equal):
            continue  # 720 orders and more, in pure Python

        result = count(ranked(options, grouped(rows)), usual("ranked-pairs", strength=strength))

        assert seats_of(result) == oracle.ranked_pairs_winners(options, pairs, strength)


def test_condorcet_with_a_default_option(chance):
    for _ in range(ELECTIONS):
        options, rows = ranks_at_random(chance)
        quorum, majority = Fraction(chance.choice([0, 1, 5]), 2), Fraction(chance.choice([1, 2, 3]))
        pairs = oracle.pairs(options, rows)

        result = count(
            ranked(options, grouped(rows)),
            usual("condorcet-default", default="A", quorum=quorum, majority=majority),
        )

        assert set(result.order[0]) == oracle.debian(options, pairs, "A", quorum, majority)


@pytest.mark.parametrize("overvotes", ["sticky", "exhaust", "resolve"])
def test_instant_runoff(chance, overvotes):
    for _ in range(ELECTIONS):
        options, rows = ranks_at_random(chance, 6)
        ballots = ranked(options, grouped(rows))

        batch = count(ballots, usual("irv", overvotes=overvotes))
        single = count(ballots, usual("irv", overvotes=overvotes, elimination="single"))

        assert seats_of(single) == oracle.irv(options, rows, overvotes)
        assert seats_of(batch) <= seats_of(single)
        if len(seats_of(single)) == 1:
            assert batch.winners == single.winners


@pytest.mark.parametrize(("method", "places"), [("stv-scottish", 5), ("stv-wig", None)])
def test_transferable_vote(chance, method, places):
    for _ in range(ELECTIONS):
        options, rows = ranks_at_random(chance, 6)
        seats = chance.randint(1, 3)

        assert_same_winners(
            options, rows, usual(method, seats=seats), oracle.stv(options, rows, seats, places)
        )


def test_meek(chance):
    for _ in range(ELECTIONS):
        options, rows = ranks_at_random(chance, 5, equal=0)
        seats = chance.randint(1, 3)

        assert_same_winners(
            options, rows, usual("stv-meek", seats=seats), oracle.meek(options, rows, seats)
        )


def assert_same_winners(options, rows, profile, theirs):
    result = count(ranked(options, grouped(rows)), profile)

    assert set(result.winners) == set.intersection(*(set(one) for one in theirs))
    assert seats_of(result) == set.union(*(set(one) for one in theirs))


def scores_at_random(chance):
    options = list(NAMES[: chance.randint(2, 6)])
    rows = [
        (chance.choice([1, 1, 3]), {a: chance.randint(0, 5) for a in options})
        for _ in range(chance.choice([1, 2, 3, 9, 30]))
    ]
    return options, rows


def test_star(chance):
    for _ in range(ELECTIONS):
        options, rows = scores_at_random(chance)

        result = count(scored(options, rows), usual("star"))

        assert seats_of(result) == oracle.star(options, rows)


def test_star_as_another_library_counts_it(chance):
    for _ in range(ELECTIONS):
        options, rows = scores_at_random(chance)
        ballots = [scores for weight, scores in rows for _ in range(weight)]
        result = count(scored(options, rows), usual("star"))
        totals = [*result.totals.values()]
        if any(totals.count(one) > 2 for one in totals):
            continue  # it adds up votes of several comparisons where we count those lost
        try:
            theirs = starvote.election(starvote.star, ballots, maximum_score=5, tiebreaker=None)
        except starvote.UnbreakableTieError:
            continue  # it gives up at a tie for the second place that changes nothing

        assert list(result.winners) == theirs


def test_score_and_approval_and_plurality(chance):
    for _ in range(ELECTIONS):
        options, rows = scores_at_random(chance)
        sums = {a: sum(w * s[a] for w, s in rows) for a in options}
        liked = {a: sum(w for w, s in rows if s[a]) for a in options}
        firsts = {
            a: sum(w for w, s in rows if all(s[a] > s[b] for b in options if b != a))
            for a in options
        }
        ballots = scored(options, rows)
        ranks = [(w, [[a for a in s if s[a] == v] for v in (5, 4, 3, 2, 1, 0)]) for w, s in rows]

        assert dict(count(ballots, usual("score")).totals) == sums
        assert dict(count(ballots, usual("approval")).totals) == liked
        assert dict(count(ranked(options, ranks), usual("plurality")).totals) == firsts
        assert dict(count(ranked(options, ranks), usual("schulze")).firsts) == firsts


def test_the_matrix_is_what_counting_by_hand_gives(chance):
    for _ in range(ELECTIONS):
        options, rows = ranks_at_random(chance)
        for unranked in ("last", "absent"):
            pairs = oracle.pairs(options, rows, unranked)
            matrix = preferences(ranked(options, grouped(rows)), unranked)

            assert {(a, b): matrix[options.index(a)][options.index(b)] for a, b in pairs} == pairs
