"""The one door to counting: ballots and rules in, a result that explains itself out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from governance.ballots.tally import sums
from governance.ballots.tally.ballots import Ballots
from governance.ballots.tally.default_option import with_default
from governance.ballots.tally.meek import meek_vote
from governance.ballots.tally.pairwise import Matrix, layers, preferences, strengths
from governance.ballots.tally.profile import IN_ROUNDS, PAIRWISE, Profile
from governance.ballots.tally.ranked_pairs import ranked_pairs_order
from governance.ballots.tally.result import Amount, Result, Round, Stage, Tie, named
from governance.ballots.tally.runoff import instant_runoff
from governance.ballots.tally.schulze import schulze_order
from governance.ballots.tally.seating import Employers, seated
from governance.ballots.tally.ties import MOST_UNIVERSES, Breakers, Breaking, universes
from governance.ballots.tally.transfer import Transferred, transferable_vote
from governance.ballots.tally.unusable import Unusable

Groups = Sequence[Sequence[int]]
MOST_MARKS = 500_000


def count(
    ballots: Ballots,
    profile: Profile,
    *,
    breakers: Breakers | None = None,
    employers: Employers | None = None,
) -> Result:
    """Count ``ballots`` by the rules of ``profile``.

    Without ``breakers`` the tie rules of the profile that need nothing from outside still work.
    Raises `Unusable` where rules and ballots do not go together, and where so much is tied that
    only a lot would help.
    """
    breakers = breakers or Breakers(profile.ties)
    if profile.method in {"star", "score"} and ballots.kind != "scores":
        raise Unusable("needs_scores")
    if profile.method == "star" and ballots.marks.max(initial=0) > profile.top_score + 1:
        highest = int(ballots.marks.max()) - 1
        raise Unusable("score_out_of_range", highest=profile.top_score, score=highest)
    if profile.method in IN_ROUNDS | {"plurality"} and ballots.kind != "ranks":
        raise Unusable("needs_ranks")
    if profile.method in IN_ROUNDS:
        return _in_rounds(ballots, profile, breakers, employers)
    return _in_order(ballots, profile, breakers, employers)


# --- methods that put all options in one order


@dataclass
class _Ordered:
    """An order and what it was read from."""

    order: Groups
    matrix: Matrix | None = None
    totals: Sequence[int] | None = None
    stages: tuple[Stage, ...] = ()


def _in_order(
    ballots: Ballots, profile: Profile, breakers: Breakers, employers: Employers | None
) -> Result:
    names = ballots.options
    found = _order(ballots, profile)
    order = named(names, found.order)
    filled = seated(_ahead(order, profile.default), profile.seats, breakers, employers)
    return Result(
        profile=profile,
        ballots=len(ballots),
        winners=tuple(filled.winners),
        tied=tuple(filled.tied),
        order=order,
        ties=(*filled.ties,),
        stages=(*found.stages, *filled.stages),
        matrix=None if found.matrix is None else _named_matrix(names, found.matrix),
        totals={} if found.totals is None else dict(zip(names, found.totals, strict=True)),
        firsts=_firsts(ballots) if profile.method in PAIRWISE else {},
    )


def _order(ballots: Ballots, profile: Profile) -> _Ordered:
    if profile.method in PAIRWISE:
        return _pairwise(ballots, profile)
    if profile.method == "star":
        star = sums.Star(ballots, profile.top_score)
        order = layers(range(len(ballots.options)), star.winners)
        return _Ordered(order, star.matrix, star.scores)
    add_up: Callable[[Ballots], list[int]] = {
        "plurality": sums.first_choices,
        "approval": sums.approvals,
        "score": sums.score_sums,
    }[profile.method]
    totals = add_up(ballots)
    return _Ordered(sums.order_of_sums(totals), totals=totals)


def _pairwise(ballots: Ballots, profile: Profile) -> _Ordered:
    matrix = preferences(ballots, profile.unranked)
    if profile.default is not None:
        if profile.default not in ballots.options:
            raise Unusable("unknown_option", name=profile.default)
        standing = with_default(
            matrix,
            ballots.options,
            ballots.options.index(profile.default),
            quorum=profile.quorum,
            majority=profile.majority,
        )
        return _Ordered(standing.order, matrix, stages=standing.stages)
    by = schulze_order if profile.method == "schulze" else ranked_pairs_order
    defeats = strengths(matrix, profile.strength)
    if profile.seating == "order":
        return _Ordered(by(defeats), matrix)

    def first(among: Sequence[int]) -> list[int]:
        inner = [[defeats[a][b] for b in among] for a in among]
        return [among[one] for one in by(inner)[0]]

    return _Ordered(layers(range(len(matrix)), first), matrix)


def _ahead(order: Sequence[Sequence[str]], default: str | None) -> Sequence[Sequence[str]]:
    """Those who come before the default option; it alone where nobody does."""
    if default is None:
        return order
    at = next(number for number, group in enumerate(order) if default in group)
    return order[:at] or order[:1]


def _named_matrix(names: Sequence[str], matrix: Matrix) -> dict[str, dict[str, int]]:
    return {
        a: {b: votes for b, votes in zip(names, row, strict=True) if a != b}
        for a, row in zip(names, matrix, strict=True)
    }


def _firsts(ballots: Ballots) -> dict[str, int]:
    return dict(zip(ballots.options, sums.first_choices(ballots), strict=True))


# --- methods that go in rounds


@dataclass(frozen=True)
class _Way:
    """One way that a count in rounds went, or can go."""

    winners: tuple[str, ...]
    order: tuple[tuple[str, ...], ...]
    rounds: tuple[Round, ...]
    quota: Amount | None = None


def _in_rounds(
    ballots: Ballots, profile: Profile, breakers: Breakers, employers: Employers | None
) -> Result:
    run = _runoff if profile.method == "irv" else _transfers
    # Each way is a count of its own: many of few ballots, few of many.
    most = min(max(MOST_MARKS // max(ballots.marks.size, 1), 24), MOST_UNIVERSES)
    ways = universes(lambda breaking: run(ballots, profile, breaking), breakers, most)
    result = _merged(ballots, profile, ways)
    above = _over_the_cap(result, employers)
    if above is None:
        return result
    rest = [at for at, name in enumerate(ballots.options) if name != above]
    again = _in_rounds(ballots.among(rest), profile, breakers, employers)
    return replace(again, stages=(Stage("capped", (above,)), *again.stages))


def _over_the_cap(result: Result, employers: Employers | None) -> str | None:
    """The last elected of an employer that has more seats than it may have."""
    before: list[str] = []
    for one in result.winners:
        if employers and employers.is_full(one, before):
            return one
        before.append(one)
    return None


def _runoff(ballots: Ballots, profile: Profile, breaking: Breaking) -> _Way:
    said = instant_runoff(ballots, profile, breaking)
    order = named(ballots.options, [group for group in said.order if group])
    winners = order[0] if order and len(order[0]) == 1 else ()
    return _Way(winners, order, tuple(said.rounds))


def _transfers(ballots: Ballots, profile: Profile, breaking: Breaking) -> _Way:
    by = meek_vote if profile.method == "stv-meek" else transferable_vote
    said: Transferred = by(ballots, profile, breaking)
    order = [*said.elected, *said.left, *reversed(said.gone)]
    winners = tuple(ballots.options[one] for one in said.seated)
    return _Way(winners, named(ballots.options, order), tuple(said.rounds), said.quota)


def _merged(
    ballots: Ballots, profile: Profile, ways: Sequence[tuple[_Way, Sequence[Tie]]]
) -> Result:
    """One result of all ways: sure is who wins on each of them, open who wins on some."""
    first = ways[0][0]
    sure = set.intersection(*(set(way.winners) for way, _ in ways))
    some = set.union(*(set(way.winners) for way, _ in ways))
    if not first.winners and first.order:  # nobody voted; or the cap left nobody to choose from
        some = set(first.order[0])
    ties = {(tie.where, tie.options, tie.rule): tie for _, met in reversed(ways) for tie in met}
    return Result(
        profile=profile,
        ballots=len(ballots),
        winners=tuple(one for one in first.winners if one in sure),
        tied=tuple(sorted(some - sure)),
        order=first.order if len(ways) == 1 else _shared_order([way for way, _ in ways]),
        ties=tuple(
            replace(tie, matters=tie.rule is not None or some != sure) for tie in ties.values()
        ),
        rounds=first.rounds,
        quota=first.quota,
    )


def _shared_order(ways: Sequence[_Way]) -> tuple[tuple[str, ...], ...]:
    """Whoever is first among the rest on some way shares the place."""
    places = [{name: at for at, group in enumerate(way.order) for name in group} for way in ways]

    def first(among: Sequence[int]) -> list[int]:
        tops = [(place, min(place[names[one]] for one in among)) for place in places]
        return [one for one in among if any(place[names[one]] == top for place, top in tops)]

    names = sorted(places[0])
    return named(names, layers(range(len(names)), first))
