"""Counts an election anew from its published ballots, by the rules that its manifest states.

It belongs to verify.py and needs nothing but Python 3.9 or later. Only whole numbers and
fractions are used, so that everybody gets the same result to the last digit. Here are the methods
that put all options in one order; those that go in rounds are in rounds.py.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import takewhile
from typing import Any

Ballot = Mapping[str, int]  # the options that it names, each with its rank or score
Matrix = dict[str, dict[str, int]]  # matrix[a][b]: how many voters put a before b
Order = list[list[str]]  # best first; those who share a place are in one list
Groups = list[list[str]]  # what a ballot says: the best first, equally ranked ones together
Document = dict[str, Any]

PAIRWISE = ("schulze", "ranked-pairs", "condorcet-default")
MOST_LOCKED, MOST_LOCKINGS = 20_000, 2_000


class Uncountable(ValueError):
    """So much is tied that not every way can be followed."""


class Case:
    """What is to be counted: options, ballots with how many voters cast each, and the rules.

    `seed` is that of the lot, `decisions` those of the officers. `employers` tells whose employer
    is whose, `room` how many seats are left for people of an employer.
    """

    def __init__(
        self,
        options: Sequence[str],
        ballots: Mapping[tuple[tuple[str, int], ...], int],
        rules: Document,
        *,
        seed: str = "",
        decisions: Sequence[Document] = (),
        employers: Mapping[str, str] | None = None,
        room: Mapping[str, int] | None = None,
    ) -> None:
        self.options, self.rules = sorted(options), rules
        self.ballots = [(dict(ballot), times) for ballot, times in ballots.items()]
        self.seed, self.decisions = seed, decisions
        self.employers, self.room = employers or {}, room or {}

    @cached_property
    def papers(self) -> list[tuple[int, Groups]]:
        """Ballots as they move from option to option, cut at equal ranks where these exhaust."""
        found = []
        for ballot, times in self.ballots:
            by_rank: dict[int, list[str]] = {}
            for one in sorted(ballot):
                by_rank.setdefault(ballot[one], []).append(one)
            groups = [by_rank[rank] for rank in sorted(by_rank)]
            if self.rules["overvotes"] == "exhaust":
                groups = [*takewhile(lambda group: len(group) == 1, groups)]
            found.append((times, groups))
        return found

    def without(self, one: str) -> Case:
        """The same as if `one` had not stood."""
        ballots: Counter[tuple[tuple[str, int], ...]] = Counter()
        for ballot, times in self.ballots:
            ballots[tuple((name, mark) for name, mark in ballot.items() if name != one)] += times
        return Case(
            [name for name in self.options if name != one],
            ballots,
            self.rules,
            seed=self.seed,
            decisions=self.decisions,
            employers=self.employers,
            room=self.room,
        )

    def broken_by(self, rule: str, tied: Sequence[str]) -> tuple[list[str], str] | None:
        """The tied in the order of the lot or of an officer, and the reason; None if unknown."""
        if rule == "lot" and self.seed:
            drawn = {one: sha256(f"{self.seed}\n{one}".encode()).digest() for one in tied}
            return sorted(tied, key=lambda one: drawn[one]), ""
        if rule == "officer":
            for said in self.decisions:
                if set(tied) <= set(said["order"]):
                    return [one for one in said["order"] if one in tied], said["reason"]
        return None

    def is_full(self, option: str, seated: Sequence[str]) -> bool:
        """Whether the employer of `option` has all the seats that it may have."""
        employer = self.employers.get(option)
        if employer is None or employer not in self.room:
            return False
        return sum(self.employers.get(one) == employer for one in seated) >= self.room[employer]


def written(amount: int | Fraction) -> int | str:
    """An amount exactly: a whole number, a decimal of at most twelve places, or a fraction."""
    amount = Fraction(amount)
    if amount.denominator == 1:
        return int(amount)
    for places in range(1, 13):
        if 10**places % amount.denominator == 0:
            whole, rest = divmod(int(abs(amount) * 10**places), 10**places)
            return f"{'-' if amount < 0 else ''}{whole}.{rest:0{places}d}"
    return str(amount)


def round_as_written(one: Document) -> Document:
    amounts: Document = {name: written(one[name]) for name in ("exhausted", "quota") if name in one}
    return {**one, **amounts, "totals": {name: written(n) for name, n in one["totals"].items()}}


def by_votes(options: Iterable[str], totals: Mapping[str, Any]) -> Order:
    """Those with most first; those with equally many share a place."""
    groups = defaultdict(list)
    for one in sorted(options):
        groups[totals[one]].append(one)
    return [groups[held] for held in sorted(groups, reverse=True)]


def in_layers(options: Iterable[str], first: Callable[[list[str]], Iterable[str]]) -> Order:
    """Who is first among all, who is first among the rest, and so on."""
    rest, order = sorted(options), []
    while rest:
        top = sorted(first(rest)) or rest
        order.append(top)
        rest = [one for one in rest if one not in top]
    return order


def highest(among: Iterable[str], by: Mapping[str, int]) -> list[str]:
    among = list(among)
    return [one for one in among if by[one] == max(by[other] for other in among)]


def tie(where: str, number: int, options: Iterable[str]) -> Document:
    """A tie that no rule has broken yet."""
    said: Document = {"where": where, "round": number, "options": sorted(options)}
    return {**said, "broken_by": None, "order": [], "reason": "", "matters": True}


# --- methods that put all options in one order


def in_order(case: Case, given: Matrix | None) -> Document:
    """Plurality, approval, score, STAR and comparisons by pairs: an order, then the seats."""
    method, said = case.rules["method"], Document()
    stages: list[Document] = []
    if method in PAIRWISE:
        said["matrix"] = given or compared(case, case.rules["unranked"])
        order, stages = by_pairs(case, said["matrix"])
    elif method == "star":
        said["totals"], said["matrix"] = sums(case), compared(case, "last", higher_is_better=True)
        order = in_layers(case.options, Star(case, said["totals"], said["matrix"]).winners)
    else:
        said["totals"] = sums(case)
        order = in_layers(case.options, lambda among: highest(among, said["totals"]))
    ahead, default = order, case.rules["default"]
    if default is not None:
        place = next(at for at, group in enumerate(order) if default in group)
        ahead = order[:place] or order[:1]
    seats = seated(case, ahead)
    seats["stages"] = stages + seats["stages"]
    if not seats["stages"]:
        del seats["stages"]
    return {**said, **seats, "order": order}


def sums(case: Case) -> dict[str, int]:
    """What each option was given: 1 by each who chose or approved it, else the scores."""
    totals = dict.fromkeys(case.options, 0)
    for ballot, times in case.ballots:
        for one, mark in ballot.items():
            totals[one] += mark * times
    return totals


def seated(case: Case, order: Order) -> Document:
    """Fill the seats from an order; a group that does not fit is a tie, unless a rule parts it."""
    seats = case.rules["seats"]
    winners: list[str] = []
    stages: list[Document] = []
    said: Document = {"winners": winners, "tied": [], "ties": [], "stages": stages}
    for group in order:
        if len(winners) >= seats:
            break
        fit = [one for one in group if not case.is_full(one, winners)]
        stages += [{"step": "capped", "options": [one]} for one in group if one not in fit]
        if len(winners) + len(fit) <= seats and have_room(case, [*winners, *fit]):
            winners += fit
            continue
        met = tie("seats", 0, fit)
        said["ties"].append(met)
        rule = next((one for one in case.rules["ties"] if case.broken_by(one, fit)), None)
        broken = rule and case.broken_by(rule, fit)
        if not broken:
            said["tied"] = met["options"]
            break
        met["broken_by"], (met["order"], met["reason"]) = rule, broken
        for one in met["order"]:
            if case.is_full(one, winners):
                stages.append({"step": "capped", "options": [one]})
            elif len(winners) < seats:
                winners.append(one)
    return said


def have_room(case: Case, people: list[str]) -> bool:
    seats = Counter(case.employers[one] for one in people if one in case.employers)
    return all(seats[employer] <= most for employer, most in case.room.items())


class Star:
    """Score, then automatic runoff, with the ties as the Equal Vote Coalition breaks them."""

    def __init__(self, case: Case, totals: dict[str, int], matrix: Matrix) -> None:
        self.totals, self.matrix = totals, matrix
        self.tops = dict.fromkeys(case.options, 0)
        for ballot, times in case.ballots:
            for one, score in ballot.items():
                self.tops[one] += times if score == case.rules["top_score"] else 0

    def winners(self, among: list[str]) -> set[str]:
        """Who wins the runoff of the two best; several where that is tied for good."""
        if len(among) == 1:
            return set(among)
        found: set[str] = set()
        for a in self.best(among):
            for b in self.best([one for one in among if one != a]):
                votes = {a: self.matrix[a][b], b: self.matrix[b][a]}
                found |= {*highest(highest(highest([a, b], votes), self.totals), self.tops)}
        return found

    def best(self, among: list[str]) -> list[str]:
        """The highest total; then the fewest lost comparisons; then the most top scores."""
        tied = highest(among, self.totals)
        lost = {
            a: -sum(self.matrix[b][a] > self.matrix[a][b] for b in tied if b != a) for a in tied
        }
        return highest(highest(tied, lost), self.tops)


# --- comparisons by pairs


def compared(case: Case, unranked: str, *, higher_is_better: bool = False) -> Matrix:
    """How many voters put each option before each other one."""
    matrix = {a: {b: 0 for b in case.options if b != a} for a in case.options}
    for ballot, times in case.ballots:
        for a, mark in ballot.items():
            row = matrix[a]
            for b in row:
                if b not in ballot:
                    row[b] += times if unranked == "last" else 0
                elif mark > ballot[b] if higher_is_better else mark < ballot[b]:
                    row[b] += times
    return matrix


def strength(matrix: Matrix, a: str, b: str, by: str) -> tuple[int, int]:
    """How strongly a defeats b: the greater the stronger; (0, 0) where it does not."""
    won, lost = matrix[a][b], matrix[b][a]
    if won <= lost:
        return (0, 0)
    return (won, -lost) if by == "winning" else (won - lost, 0)


def by_pairs(case: Case, matrix: Matrix) -> tuple[Order, list[Document]]:
    """The order by one of the methods that compare pairs, and the steps to it."""
    rules = case.rules
    if rules["method"] == "condorcet-default":
        return with_default(case, matrix)
    method = schulze if rules["method"] == "schulze" else ranked_pairs
    if rules["seating"] == "order":
        return method(matrix, case.options, rules["strength"]), []
    return in_layers(case.options, lambda rest: method(matrix, rest, rules["strength"])[0]), []


def schulze(matrix: Matrix, options: list[str], by: str) -> Order:
    """Before whom one's strongest path is the stronger one; a path is as strong as its weakest."""
    path = {(a, b): strength(matrix, a, b, by) for a in options for b in options if a != b}
    for over in options:
        for (a, b), known in path.items():
            if over not in (a, b):
                path[a, b] = max(known, min(path[a, over], path[over, b]))
    return in_layers(
        options,
        lambda rest: [a for a in rest if not any(path[b, a] > path[a, b] for b in rest if b != a)],
    )


Locked = frozenset[tuple[str, str]]  # who stands above whom, through others too


def ranked_pairs(matrix: Matrix, options: list[str], by: str) -> Order:
    """The strongest defeats are locked in first; equal ones in every order that there is."""
    equal: defaultdict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for a in options:
        for b in options:
            if a != b and matrix[a][b] > matrix[b][a]:
                equal[strength(matrix, a, b, by)].append((a, b))
    ends: set[Locked] = {frozenset()}
    for how in sorted(equal, reverse=True):
        ends = {after for locked in ends for after in locked_in(locked, equal[how])}
        if len(ends) > MOST_LOCKINGS:
            raise Uncountable("Too many defeats are equally strong to tell the outcomes apart.")
    return in_layers(
        options,
        lambda rest: {a for a in rest for end in ends if not any((b, a) in end for b in rest)},
    )


def locked_in(locked: Locked, defeats: list[tuple[str, str]]) -> set[Locked]:
    """All that may stand once these defeats are locked; one against what stands is left out."""
    possible = [(a, b) for a, b in defeats if (b, a) not in locked]
    together = locked
    for pair in possible:
        together = with_pair(together, pair)
    for a, b in possible:
        if (b, a) not in together:  # on no circle: locked in each order, so it may come first
            locked = with_pair(locked, (a, b))
    ends, seen, waiting = set(), {locked}, [locked]
    while waiting:
        now = waiting.pop()
        left = [(a, b) for a, b in possible if (a, b) not in now and (b, a) not in now]
        if not left:
            ends.add(now)
        new = {with_pair(now, pair) for pair in left} - seen
        seen |= new
        waiting += new
        if len(seen) > MOST_LOCKED:
            raise Uncountable("Too many defeats are equally strong to follow each order.")
    return ends


def with_pair(locked: Locked, pair: tuple[str, str]) -> Locked:
    a, b = pair
    above = {a} | {c for c, d in locked if d == a}
    below = {b} | {d for c, d in locked if c == b}
    return locked | {(c, d) for c in above for d in below}


def with_default(case: Case, matrix: Matrix) -> tuple[Order, list[Document]]:
    """Debian's constitution, A.6: quorum and majority against the default, then the order."""
    default, stages = case.rules["default"], []
    quorum, majority = Fraction(case.rules["quorum"]), Fraction(case.rules["majority"])
    kept = [default]
    for one in case.options:
        if one == default:
            continue
        ours, theirs = matrix[one][default], matrix[default][one]
        step: Document = {"options": [one, default], "votes": ours}
        if ours < quorum:
            stages.append({"step": "quorum", **step, "needed": written(quorum)})
        elif ours < majority * theirs or ours <= theirs:
            needed = max(majority * theirs, Fraction(theirs + 1))
            stages.append({"step": "majority", **step, "needed": written(needed)})
        else:
            kept.append(one)
    gone = [one for one in case.options if one not in kept]
    order = schulze(matrix, sorted(kept), "winning") + schulze(matrix, gone, "winning")
    return order, stages + drop_the_weakest(matrix, sorted(kept))


def drop_the_weakest(matrix: Matrix, kept: list[str]) -> list[Document]:
    """The steps of A.6: drop the weakest defeats in the Schwartz set until it holds none."""
    defeats = {
        (a, b): strength(matrix, a, b, "winning")
        for a in kept
        for b in kept
        if a != b and matrix[a][b] > matrix[b][a]
    }
    stages: list[Document] = []
    while True:
        locked: Locked = frozenset()
        for pair in defeats:
            locked = with_pair(locked, pair)
        schwartz = [a for a in kept if all((a, b) in locked for b in kept if (b, a) in locked)]
        stages.append({"step": "schwartz", "options": schwartz})
        inside = [(a, b) for a, b in defeats if a in schwartz and b in schwartz]
        if not inside:
            return stages
        weakest = min(defeats[pair] for pair in inside)
        for pair in inside:
            if defeats[pair] == weakest:
                del defeats[pair]
                stages.append({"step": "dropped", "options": [*pair], "votes": weakest[0]})
