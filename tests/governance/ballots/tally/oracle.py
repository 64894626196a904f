"""A second opinion on every count: slow, direct, and sharing no line with the product.

A ballot is ``(weight, {option: rank})`` or ``(weight, {option: score})``. Results are sets of
possible winner sets, so that a tie shows as more than one.
"""
# ruff: noqa: C901  -- one function a method, so that each reads like its rule

from fractions import Fraction
from itertools import permutations
from math import floor


def prefers(ballot, a, b, unranked):
    if a in ballot and b in ballot:
        return ballot[a] < ballot[b]
    return unranked == "last" and a in ballot


def pairs(options, ballots, unranked="last"):
    return {
        (a, b): sum(w for w, ballot in ballots if prefers(ballot, a, b, unranked))
        for a in options
        for b in options
        if a != b
    }


def key(d, a, b, strength):
    return (d[a, b], -d[b, a]) if strength == "winning" else (d[a, b] - d[b, a],)


def schulze(options, d, strength="winning"):
    """Undominated by the best of all simple paths, tried one by one."""

    def widest(a, b, seen):
        found = []
        for c in options:
            if c in seen or d[a, c] <= d[c, a]:
                continue
            here = key(d, a, c, strength)
            rest = here if c == b else widest(c, b, seen | {c})
            if rest is not None:
                found.append(min(here, rest))
        return max(found, default=None)

    paths = {(a, b): widest(a, b, {a}) for a in options for b in options if a != b}

    def beats(a, b):
        there, back = paths[a, b], paths[b, a]
        return there is not None and (back is None or there > back)

    rest, order = set(options), []
    while rest:
        top = {a for a in rest if not any(beats(b, a) for b in rest - {a})}
        order.append(top)
        rest -= top
    return order


def ranked_pairs_winners(options, d, strength="winning"):
    """Lock in every order that equally strong defeats may take."""
    wins = [(key(d, a, b, strength), a, b) for a, b in d if d[a, b] > d[b, a]]
    groups = {}
    for how, a, b in wins:
        groups.setdefault(how, []).append((a, b))
    ends = [frozenset()]
    for how in sorted(groups, reverse=True):
        ends = {lock(locked, order) for locked in ends for order in permutations(groups[how])}
    return {a for locked in ends for a in options if not any(b == a for _, b in locked)}


def lock(locked, order):
    for a, b in order:
        if not reaches(locked, b, a):
            locked = locked | {(a, b)}
    return locked


def reaches(locked, a, b):
    seen, waiting = set(), [a]
    while waiting:
        here = waiting.pop()
        if here == b:
            return True
        for c, e in locked:
            if c == here and e not in seen:
                seen.add(e)
                waiting.append(e)
    return False


def debian(options, d, default, quorum, majority):
    """Drop options, then the weakest defeats, as A.6 words it."""
    kept = {default} | {
        a
        for a in options
        if a != default
        and d[a, default] >= quorum
        and d[a, default] >= majority * d[default, a]
        and d[a, default] > d[default, a]
    }
    defeats = {(a, b) for a in kept for b in kept if a != b and d[a, b] > d[b, a]}
    while True:
        beat = closure(kept, defeats)
        schwartz = {a for a in kept if all((a, b) in beat for b in kept if (b, a) in beat)}
        inside = [(a, b) for a, b in defeats if a in schwartz and b in schwartz]
        if not inside:
            return schwartz
        weakest = min((d[a, b], -d[b, a]) for a, b in inside)
        defeats -= {(a, b) for a, b in inside if (d[a, b], -d[b, a]) == weakest}


def closure(options, defeats):
    beat = set(defeats)
    while True:
        more = {(a, d) for a, b in beat for c, d in beat if b == c} - beat
        if not more:
            return beat
        beat |= more


def top_of(ballot, going, overvotes, passed=None):
    """The option that a ballot counts for among those going; None where there is none."""
    for rank in sorted(set(ballot.values())):
        here = {a for a in ballot if ballot[a] == rank}
        left = here & going
        if overvotes == "exhaust" and len(here) > 1:
            return None
        if len(left) > 1:
            return None if overvotes == "exhaust" else "several"
        if left:
            return left.pop()
    return None


def irv(options, ballots, overvotes="sticky"):
    """All who can win, following each way to break a tie for the last place."""
    found = set()

    def go(going, live):
        totals, waiting = dict.fromkeys(going, 0), 0
        next_live = []
        for w, ballot in live:
            top = top_of(ballot, going, overvotes)
            if top == "several" and overvotes == "sticky":
                continue
            if top is None:
                continue
            next_live.append((w, ballot))
            if top != "several":
                totals[top] += w
            else:
                waiting += w
        if len(going) == 1:
            found.update(going)
            return
        if not any(totals.values()) and not next_live:
            found.update(going)
            return
        best = max(totals.values())
        if 2 * best > sum(totals.values()) + waiting:
            found.update(a for a in going if totals[a] == best)
            return
        fewest = min(totals.values())
        for a in going:
            if totals[a] == fewest:
                go(going - {a}, next_live)

    go(frozenset(options), ballots)
    return found


def stv(options, ballots, seats, places=5):
    """Sets of winners, by the Scottish order (or exact with ``places`` None); sticky overvotes.

    Ties are broken by earlier stages where they can be, else followed on every way.
    """
    unit = None if places is None else 10**places
    found = set()

    def first(ballot, going):
        top = top_of(ballot, going, "sticky")
        return top if top in going else None

    def cut(value):
        return value if unit is None else Fraction(floor(value * unit), unit)

    papers = [[w, ballot, Fraction(1), first(ballot, set(options))] for w, ballot in ballots]
    papers = [p for p in papers if p[3] is not None]
    quota = floor(Fraction(sum(p[0] for p in papers), seats + 1)) + 1

    def totals_of(papers, fixed):
        totals = dict(fixed)
        for w, _, value, at in papers:
            if at is not None:
                totals[at] = totals.get(at, 0) + w * value
        return totals

    def extreme(tied, history, last):
        for totals in reversed(history):
            held = {a: totals.get(a, 0) for a in tied}
            wanted = (min if last else max)(held.values())
            tied = [a for a in tied if held[a] == wanted]
        return tied

    def move(papers, who, share, going):
        moved = []
        for w, ballot, value, at in papers:
            if at == who:
                worth = cut(value * share) if share != 1 else value
                moved.append([w, ballot, worth, first(ballot, going)])
            else:
                moved.append([w, ballot, value, at])
        return moved

    def go(papers, going, elected, pending, fixed, history):
        totals = dict.fromkeys(going | elected, 0) | totals_of(papers, fixed)
        reached = {a for a in going if totals[a] >= quota}
        going, elected = going - reached, elected | reached
        pending = pending | {a for a in reached if totals[a] > quota}
        for a in reached:
            if totals[a] == quota:
                fixed = {**fixed, a: totals[a]}
                papers = [p if p[3] != a else [p[0], p[1], p[2], None] for p in papers]
        if len(going) <= seats - len(elected):
            elected, going = elected | going, frozenset()
        if len(elected) >= seats or not going:
            found.add(frozenset(elected))
            return
        if pending:
            most = max(totals[a] for a in pending)
            for a in extreme([a for a in pending if totals[a] == most], history, last=False):
                share = (totals[a] - quota) / Fraction(totals[a])
                after = move(papers, a, share, going)
                go(
                    after,
                    going,
                    elected,
                    pending - {a},
                    {**fixed, a: Fraction(quota)},
                    [*history, totals],
                )
        else:
            least = min(totals[a] for a in going)
            for a in extreme([a for a in going if totals[a] == least], history, last=True):
                left = going - {a}
                go(move(papers, a, 1, left), left, elected, pending, fixed, [*history, totals])

    go(papers, frozenset(options), frozenset(), frozenset(), {}, [])
    return found


def meek(options, ballots, seats):
    """Sets of winners by the reference rule, ballot by ballot; without equal ranks."""
    one, omega = 10**9, 10**3
    found = set()

    def up(a, b):
        return -(-a // b)

    def spread(keep, going):
        votes = dict.fromkeys(options, 0)
        for w, ballot in ballots:
            left = one
            for rank in sorted(set(ballot.values())):
                for a in [a for a in ballot if ballot[a] == rank and keep[a]]:
                    share = up(left * keep[a], one)
                    votes[a] += share * w
                    left -= share
                if not left:
                    break
        return votes

    def go(keep, going, elected):
        keep, before = dict(keep), None
        while True:
            votes = spread(keep, going)
            quota = sum(votes.values()) // (seats + 1) + 1
            surplus = sum(votes[a] - quota for a in elected)
            reached = {a for a in going if votes[a] >= quota}
            if reached or surplus < omega or (before is not None and surplus >= before):
                break
            before = surplus
            keep |= {a: up(up(keep[a] * quota, one) * one, votes[a]) for a in elected}
        elected, going = elected | reached, going - reached
        if len(going) <= seats - len(elected):
            elected, going = elected | going, frozenset()
        if len(elected) >= seats or not going:
            found.add(frozenset(elected))
        elif reached:
            go(keep, going, elected)
        else:
            lowest = min(votes[a] for a in going) + max(surplus, 0)
            for a in going:
                if votes[a] <= lowest:
                    go({**keep, a: 0}, going - {a}, elected)

    go(dict.fromkeys(options, one), frozenset(options), frozenset())
    return found


def star(options, ballots):
    """Who can win: score, runoff, and the official ways out of a tie."""
    total = {a: sum(w * s.get(a, 0) for w, s in ballots) for a in options}
    tops = {a: sum(w for w, s in ballots if s.get(a) == 5) for a in options}
    beats = {
        (a, b): sum(w for w, s in ballots if s.get(a, -1) > s.get(b, -1))
        for a in options
        for b in options
        if a != b
    }

    def narrowed(tied):
        losses = {a: sum(beats[b, a] > beats[a, b] for b in tied if b != a) for a in tied}
        tied = [a for a in tied if losses[a] == min(losses.values())]
        return [a for a in tied if tops[a] == max(tops[b] for b in tied)]

    def best(among):
        return narrowed([a for a in among if total[a] == max(total[b] for b in among)])

    if len(options) == 1:
        return set(options)
    found = set()
    for a in best(options):
        for b in best([c for c in options if c != a]):
            keys = {x: (beats[x, y], total[x], tops[x]) for x, y in ((a, b), (b, a))}
            found |= {x for x in keys if keys[x] == max(keys.values())}
    return found
