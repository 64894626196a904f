"""Counts in rounds anew: instant runoff and the single transferable vote in three forms.

It belongs to verify.py, beside counting.py. A tie that no rule breaks is followed on every way
out: whoever wins on each of them is sure of a seat.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from counting import Case, Uncountable, by_votes, in_layers, round_as_written, tie, written

Document = dict[str, Any]
Order = list[list[str]]
Groups = list[list[str]]  # what a paper says: the best first, equally ranked ones together

METHODS = ("irv", "stv-scottish", "stv-wig", "stv-meek")
NOBODY = ""  # with whom papers lie that count for no option any more
MOST_WAYS = 1_000  # and fewer of many ballots, for each way counts all of them
MOST_MARKS = 500_000
BILLION = 10**9
OMEGA = 10**3  # billionths: a surplus below a millionth of a vote is none


class OpenTie(Exception):
    """No rule breaks the tie between these options."""


class Count:
    """One count on one of its ways; `answers` say how its open ties go on this way."""

    def __init__(self, case: Case, answers: Sequence[str] = ()) -> None:
        self.case, self.rules = case, case.rules
        self.answers = [*answers]
        self.ties: list[Document] = []
        self.rounds: list[Document] = []
        self.going = set(case.options)
        self.elected: Order = []
        self.gone: Order = []
        self.papers = case.papers

    def next_of(self, groups: Groups, going: set[str]) -> str | None:
        """Who gets a paper: the best of those going on, nobody, or (None) it has to wait."""
        for group in groups:
            here = [one for one in group if one in going]
            if len(here) == 1:
                return here[0]
            if here:
                return None if self.rules["overvotes"] == "resolve" else NOBODY
        return NOBODY

    @property
    def seated(self) -> list[str]:
        return [one for group in self.elected for one in group]

    def pick(self, tied: Sequence[str], where: str) -> str:
        """Who leaves (at an elimination) or goes first, by the rules for ties in their order."""
        if len(tied) == 1:
            return tied[0]
        met, left, last = tie(where, len(self.rounds) + 1, tied), [*tied], where == "elimination"
        self.ties.append(met)
        for rule in self.rules["ties"]:
            broken = None
            if rule == "rounds":
                left = self.apart_earlier(left, min if last else max)
                broken = (left, "") if len(left) == 1 else None
            elif broken := self.case.broken_by(rule, left):
                broken = (broken[0][::-1] if last else broken[0], broken[1])
            if broken:
                met["broken_by"], (met["order"], met["reason"]) = rule, broken
                return str(broken[0][0])
        if not self.answers:
            raise OpenTie(*sorted(left))
        met["order"] = [self.answers.pop(0)]
        return str(met["order"][0])

    def apart_earlier(self, tied: list[str], wanted: Callable[[Iterable[Fraction]], Any]) -> Any:
        """Those who held least (or most) in the latest round in which they differ."""
        for earlier in reversed(self.rounds):
            held = {one: earlier["totals"].get(one, 0) for one in tied}
            tied = [one for one in tied if held[one] == wanted(held.values())]
        return tied

    def tell(self, totals: dict[str, Fraction], exhausted: Fraction, **what: Any) -> None:
        """Write the round down; amounts stay fractions until the end."""
        said = {"elected": [], "eliminated": [], "transferred": [], **what}
        out = {one for group in self.gone for one in group}
        shown = {one: held for one, held in totals.items() if one not in out and one != NOBODY}
        self.rounds.append({"totals": shown, "exhausted": exhausted, **said})

    def elect(self, reached: Iterable[str], totals: Mapping[str, Any]) -> list[str]:
        groups = by_votes(reached, totals)
        self.elected += groups
        self.going -= set(reached)
        return [one for group in groups for one in group]

    def unwanted(self, totals: Mapping[str, Any], waiting: Any) -> list[str]:
        """Several with whom no paper lies, if all may leave: in which order changes nothing."""
        without = sorted(one for one in self.going if not totals[one])
        places = self.rules["seats"] - len(self.seated)
        return without if len(self.going) - len(without) >= places and not waiting else []

    def seats_filled(self, totals: Mapping[str, Any], quota: Fraction) -> Document:
        order = [*self.elected, *by_votes(self.going, totals), *reversed(self.gone)]
        return {"winners": self.seated, "order": order, "quota": written(quota)}

    def last(self, totals: Mapping[str, Any], reach: int = 0) -> str:
        """Who holds least and leaves; whom `reach` might still lift over the last is tied."""
        least = min(totals[one] for one in self.going) + reach
        tied = [one for one in sorted(self.going) if totals[one] <= least]
        return self.pick(tied, "elimination")


class Piles(Count):
    """A count in which each paper lies whole with one option, worth its `value`."""

    def __init__(self, case: Case, answers: Sequence[str] = ()) -> None:
        super().__init__(case, answers)
        self.piles: dict[str, list[Any]] = {one: [] for one in case.options}
        self.totals: dict[str, Fraction] = dict.fromkeys([*case.options, NOBODY], Fraction(0))
        self.waiting: list[Any] = []
        self.deal([(1, times, groups) for times, groups in self.papers])

    def deal(self, moved: list[Any]) -> None:
        """Papers go to whom they name next; those that wait are asked again."""
        papers, self.waiting = moved + self.waiting, []
        came: Counter[tuple[str, Fraction]] = Counter()
        for value, times, groups in papers:
            to = self.next_of(groups, self.going)
            if to is None:
                self.waiting.append((value, times, groups))
                continue
            came[to, value] += times
            if to != NOBODY:
                self.piles[to].append((value, times, groups))
        for (to, value), times in came.items():
            self.totals[to] += value * times

    def remove(self, leaving: list[str]) -> None:
        self.going -= set(leaving)
        self.deal([paper for one in leaving for paper in self.piles.pop(one)])

    def note(self, **what: Any) -> None:
        self.tell(self.totals, self.totals[NOBODY] + worth(self.waiting), **what)


def worth(papers: Iterable[Any]) -> Fraction:
    return sum((value * times for value, times, _ in papers), Fraction(0))


class InstantRunoff(Piles):
    """The last one leaves until one option has more than half of the votes that count."""

    def run(self) -> Document:
        while True:
            held = {one: self.totals[one] for one in sorted(self.going)}
            live = sum(held.values()) + worth(self.waiting)
            if not live:
                self.note()
                return self.ended([sorted(self.going)])
            best = max(held, key=lambda one: held[one])
            if len(held) == 1 or 2 * held[best] > live:
                self.note(elected=[best])
                return self.ended([[best], *by_votes(self.going - {best}, held)])
            leaving = self.hopeless(held) or [self.last(held)]
            self.note(eliminated=leaving)
            self.gone += reversed(by_votes(leaving, held))
            self.remove(leaving)

    def ended(self, order: Order) -> Document:
        winners = order[0] if len(order[0]) == 1 else []
        return {"winners": winners, "order": [one for one in [*order, *reversed(self.gone)] if one]}

    def hopeless(self, held: dict[str, Fraction]) -> list[str]:
        """In a batch: as many as together, with all that waits, hold less than the next one."""
        ranking = sorted(held, key=lambda one: held[one])
        for size in range(len(ranking) - 1, 0, -1):
            together = sum(held[one] for one in ranking[:size]) + worth(self.waiting)
            if together < held[ranking[size]] and self.rules["elimination"] == "batch":
                return sorted(ranking[:size])
        return []


class Transfers(Piles):
    """Scottish rules 45 to 52 (five decimals), or weighted inclusive Gregory (exact)."""

    def run(self) -> Document:
        valid = sum(times for times, _ in self.papers) - int(self.totals[NOBODY])
        self.totals[NOBODY], seats = Fraction(0), self.rules["seats"]
        quota, surpluses = valid // (seats + 1) + 1, set[str]()
        while True:
            elected = self.elect([a for a in self.going if self.totals[a] >= quota], self.totals)
            surpluses |= {one for one in elected if self.totals[one] > quota}
            if len(self.going) <= seats - len(self.seated):
                elected += self.elect(self.going, self.totals)
            if len(self.seated) >= seats or not self.going:
                self.note(elected=elected)
                return self.seats_filled(self.totals, Fraction(quota))
            if surpluses:
                most = max(self.totals[one] for one in surpluses)
                one = self.pick([a for a in sorted(surpluses) if self.totals[a] == most], "surplus")
                self.note(elected=elected, transferred=[one])
                surpluses.discard(one)
                self.transfer(one, quota)
            else:
                leaving = self.unwanted(self.totals, self.waiting) or [self.last(self.totals)]
                self.note(elected=elected, eliminated=leaving)
                self.gone.append(leaving)
                self.remove(leaving)

    def transfer(self, one: str, quota: int) -> None:
        """All papers move on, worth their share of what is over the quota."""
        over = self.totals[one] - quota
        share = over / self.totals[one]
        moved = [(self.cut(value * share), times, to) for value, times, to in self.piles.pop(one)]
        self.totals[one] = Fraction(quota)
        self.totals[NOBODY] += over - worth(moved)
        self.deal(moved)

    def cut(self, value: Fraction) -> Fraction:
        is_cut = self.rules["method"] == "stv-scottish"
        return Fraction(value * 10**5 // 1, 10**5) if is_cut else value


def up(amount: int, by: int) -> int:
    """The quotient, rounded up."""
    return -(-amount // by)


class Meek(Count):
    """Meek's method by the reference rule of the PR Foundation, in whole billionths of a vote.

    `paths`: papers by the elected options that they pass and the one still standing at their end.
    """

    def run(self) -> Document:
        self.keep = dict.fromkeys(self.case.options, BILLION)
        self.paths: defaultdict[Any, list[Any]] = defaultdict(list)
        self.waiting: defaultdict[Any, list[Any]] = defaultdict(list)
        self.follow((), self.papers)
        spent = sum(times for times, _ in self.paths[()])
        self.total = sum(times for times, _ in self.papers) - spent
        while True:
            self.spread()
            reached = [one for one in self.going if self.votes[one] >= self.quota]
            elected = self.move_up(reached)
            if len(self.going) <= self.rules["seats"] - len(self.seated):
                elected += self.move_up([*self.going])
            if len(self.seated) >= self.rules["seats"] or not self.going:
                self.note(elected=elected)
                return self.seats_filled(self.votes, Fraction(self.quota, BILLION))
            if elected:
                self.note(elected=elected)
                continue
            waiting, surplus = any(self.waiting.values()), max(self.surplus, 0)
            leaving = self.unwanted(self.votes, waiting) or [self.last(self.votes, surplus)]
            self.note(eliminated=leaving)
            self.defeat(leaving)

    def follow(self, path: tuple[str, ...], papers: list[Any]) -> None:
        """Papers go on to whom they name next, past those elected."""
        among = self.going | (set(self.seated) - set(path))
        onward = defaultdict(list)
        for times, groups in papers:
            onward[self.next_of(groups, among)].append((times, groups))
        for to, some in onward.items():
            if to is None:
                self.waiting[path] += some
            elif to == NOBODY:
                self.paths[path] += some
            elif to in self.going:
                self.paths[(*path, to)] += some
            else:
                self.follow((*path, to), some)

    def spread(self) -> None:
        """Lower what the elected keep until somebody reaches the quota or nothing moves."""
        weights = Counter[Any]()
        for path, papers in [*self.paths.items(), *self.waiting.items()]:
            weights[path] += sum(times for times, _ in papers)
        before = None
        while True:
            self.votes = self.given(weights)
            self.quota = sum(self.votes.values()) // (self.rules["seats"] + 1) + 1
            self.surplus = sum(self.votes[one] - self.quota for one in self.seated)
            if any(self.votes[one] >= self.quota for one in self.going):
                return
            if self.surplus < OMEGA or (before is not None and self.surplus >= before):
                return
            before = self.surplus
            for one in self.seated:
                kept = up(self.keep[one] * self.quota, BILLION)
                self.keep[one] = up(kept * BILLION, self.votes[one])

    def given(self, weights: Mapping[Any, int]) -> dict[str, int]:
        """Each paper gives those on its path the share that they keep, rounded up."""
        votes = dict.fromkeys(self.case.options, 0)
        for path, weight in weights.items():
            left = BILLION
            for one in path:
                share = up(left * self.keep[one], BILLION)
                votes[one] += share * weight
                left -= share
        return votes

    def move_up(self, reached: list[str]) -> list[str]:
        elected = self.elect(reached, self.votes)
        for path in self.ending_at(reached):
            self.follow(path, self.paths.pop(path))
        return elected

    def defeat(self, leaving: list[str]) -> None:
        self.going -= set(leaving)
        self.gone.append(leaving)
        for path in self.ending_at(leaving):
            self.follow(path[:-1], self.paths.pop(path))
        waiting, self.waiting = self.waiting, defaultdict(list)
        for path, papers in waiting.items():
            self.follow(path, papers)

    def ending_at(self, some: list[str]) -> list[Any]:
        return [path for path in self.paths if path and path[-1] in some]

    def note(self, **what: Any) -> None:
        totals = {one: Fraction(votes, BILLION) for one, votes in self.votes.items()}
        quota = Fraction(self.quota, BILLION)
        self.tell(totals, self.total - sum(totals.values(), Fraction(0)), quota=quota, **what)


# --- every way, and what they have in common


def in_rounds(case: Case) -> Document:
    """The result of a count in rounds; who is over an employer's cap leaves, and all is redone."""
    said = merged(case, ways(case, ()))
    for at, one in enumerate(said["winners"]):
        if case.is_full(one, said["winners"][:at]):
            again = in_rounds(case.without(one))
            stages = [{"step": "capped", "options": [one]}, *again.get("stages", [])]
            return {**again, "stages": stages}
    return said


def ways(case: Case, answers: tuple[str, ...]) -> list[tuple[Document, Count]]:
    """Each way that the count can go from here, options of an open tie in alphabetical order."""
    by = {"irv": InstantRunoff, "stv-meek": Meek}.get(case.rules["method"], Transfers)
    count: Any = by(case, answers)
    try:
        return [(count.run(), count)]
    except OpenTie as met:
        found: list[tuple[Document, Count]] = []
        for one in met.args:
            found += ways(case, (*answers, one))
            if len(found) > most_ways(case):
                raise Uncountable("Too much is tied to follow each way out.") from None
        return found


def most_ways(case: Case) -> int:
    voters: int = sum(times for _, times in case.ballots)
    return min(max(MOST_MARKS // max(len(case.options) * voters, 1), 24), MOST_WAYS)


def merged(case: Case, found: list[tuple[Document, Count]]) -> Document:
    """Sure of a seat is who wins on each way; the rest lies between those who win on some."""
    first, count = found[0]
    sure = set.intersection(*(set(way["winners"]) for way, _ in found))
    some = set.union(*(set(way["winners"]) for way, _ in found))
    if not first["winners"]:  # nobody voted, or the cap left nobody to choose from
        some = {one for group in first["order"][:1] for one in group}
    ties: dict[Any, Document] = {}
    for _, other in reversed(found):
        for met in other.ties:
            met["matters"] = met["broken_by"] is not None or some != sure
            ties[met["where"], tuple(met["options"]), met["broken_by"]] = met
    order = first["order"] if len(found) == 1 else shared([way["order"] for way, _ in found])
    said = {
        "winners": [one for one in first["winners"] if one in sure],
        "tied": sorted(some - sure),
        "order": [sorted(group) for group in order],
        "ties": [*ties.values()],
        "rounds": [round_as_written(one) for one in count.rounds],
    }
    return {**said, "quota": first["quota"]} if "quota" in first else said


def shared(orders: list[Order]) -> Order:
    """Whoever is first among the rest on some way shares the place."""

    def first(rest: list[str]) -> set[str]:
        tops = [next(group for group in order if {*group} & {*rest}) for order in orders]
        return {one for group in tops for one in group if one in rest}

    names = [one for group in orders[0] for one in group]
    return list(in_layers(names, first))
