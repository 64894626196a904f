"""People and organizations behind the acts, and how much hangs on few of them.

Every counted act weighs one, whatever its kind; bots are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import log
from operator import itemgetter
from typing import NamedTuple

from contributors.metrics.definitions.rows import (
    INDEPENDENT,
    UNKNOWN,
    Act,
    Finding,
    Period,
    defined,
    found_once,
    share,
)

NAMED = 50  # people or organizations kept in the details, the largest first
DIVERSE = 10  # organizations whose shares the details of diversity keep


class Tally(NamedTuple):
    """Acts of a period, counted by what is asked of them; bots are left out of all but `bots`."""

    kinds: Counter[str]
    people: Counter[int]  # whose acts they are, as far as it is known
    people_by_kind: Mapping[str, int]  # how many of them did something of a kind
    organizations: Counter[int]
    shared: Counter[tuple[int, ...]]  # of people who worked in several organizations, by them
    total: int
    bots: int

    @property
    def nameless(self) -> float | None:
        """The share of acts of which the source no longer knows who did them."""
        return share(self.total - self.people.total(), self.total)


@found_once
def tally(acts: Sequence[Act], period: Period) -> Tally:
    """Count the acts of a period in one go."""
    kinds: Counter[str] = Counter()
    people: Counter[int] = Counter()
    people_by_kind: defaultdict[str, set[int]] = defaultdict(set)
    organizations: Counter[int] = Counter()
    shared: Counter[tuple[int, ...]] = Counter()
    bots, start, end = 0, period.start, period.end
    for person, kind, day, times, organization, is_bot, others in acts:
        if not start <= day < end:
            continue
        if is_bot:
            bots += times
            continue
        kinds[kind] += times
        organizations[organization] += times
        if person is not None:
            people[person] += times
            people_by_kind[kind].add(person)
        if others:
            shared[organization, *others] += times
    by_kind = {kind: len(who) for kind, who in people_by_kind.items()}
    return Tally(kinds, people, by_kind, organizations, shared, kinds.total(), bots)


def most_first(counts: Mapping[int, int]) -> list[tuple[int, int]]:
    """By count, the largest first; equal counts by id, so that the order is one."""
    return sorted(sorted(counts.items()), key=itemgetter(1), reverse=True)


def smallest_majority(counts: Sequence[int]) -> int | None:
    """The smallest k whose k largest counts sum to more than half of all.

    CHAOSS, Contributor Absence Factor: 1000, 433, 343, 332, 202, 90, 42, 33
    has half at 1237.5, which two reach.
    """
    total, running = sum(counts), 0
    for k, count in enumerate(sorted(counts, reverse=True), start=1):
        running += count
        if 2 * running > total:
            return k
    return None


@defined("count")
def contributions(acts: Sequence[Act], period: Period) -> Finding:
    """Counted acts in the period, each kind beside the others."""
    told = tally(acts, period)
    kinds = dict(sorted(told.kinds.items()))
    return Finding(told.total, told.total, told.nameless, {"kinds": kinds})


@defined("count")
def contributors(acts: Sequence[Act], period: Period) -> Finding:
    """Distinct people with any counted act in the period, also kind by kind."""
    told = tally(acts, period)
    number = len(told.people)
    kinds = dict(sorted(told.people_by_kind.items()))
    return Finding(number, number, told.nameless, {"kinds": kinds})


def first_days(acts: Sequence[Act]) -> dict[int, date]:
    """The day of each person's first act; needs the whole history."""
    firsts: dict[int, date] = {}
    for act in acts:
        if act.person is not None and not act.is_bot:
            firsts[act.person] = min(act.day, firsts.get(act.person, act.day))
    return firsts


@defined("count")
def new_contributors(firsts: Mapping[int, date], period: Period) -> Finding:
    """People whose first counted act ever seen lies in the period.

    `since` says from when on acts are seen at all: who was there before and
    came back looks new.
    """
    found = [(day, who) for who, day in firsts.items() if period.start <= day < period.end]
    newest = [who for _, who in sorted(found, key=lambda pair: (-pair[0].toordinal(), pair[1]))]
    since = period.tracked_from.isoformat() if period.tracked_from else None
    return Finding(len(found), len(found), None, {"people": newest[:NAMED], "since": since})


@defined("count")
def contributor_absence_factor(acts: Sequence[Act], period: Period) -> Finding:
    """The fewest people who together did more than half of the acts; low is fragile.

    `tied` tells how many people share the count at the cut, any of whom could
    stand there.
    """
    told = tally(acts, period)
    counts = list(told.people.values())
    k = smallest_majority(counts)
    ranked = most_first(told.people)
    details = {
        "people": [list(pair) for pair in ranked[:k][:NAMED]] if k else [],
        "total": sum(counts),
        "tied": counts.count(ranked[k - 1][1]) if k else 0,
    }
    return Finding(k, len(counts), told.nameless, details)


@defined("count")
def elephant_factor(acts: Sequence[Act], period: Period) -> Finding:
    """The fewest organizations whose people did more than half of what
    organizations did; low means dependent.

    Independent people and people whose employer is unknown are no company:
    their shares stand beside, and the unknown share is `missing`.
    """
    told = tally(acts, period)
    counts, total = dict(told.organizations), told.total
    unknown, independent = counts.pop(UNKNOWN, 0), counts.pop(INDEPENDENT, 0)
    details = {
        "organizations": [list(pair) for pair in most_first(counts)[:NAMED]],
        "affiliated": share(total - unknown - independent, total),
        "independent": share(independent, total),
        "unknown": share(unknown, total),
        "total": total,
    }
    k = smallest_majority(list(counts.values()))
    return Finding(k, len(counts), share(unknown, total), details)


def split_parts(told: Tally) -> dict[int, Fraction | int]:
    """How much each organization did, an act in several of them split in equal parts."""
    parts: defaultdict[int, Fraction | int] = defaultdict(int, told.organizations)
    for places, times in told.shared.items():
        parts[places[0]] -= times
        for place in places:
            parts[place] += Fraction(times, len(places))
    return parts


@defined("ratio")
def organizational_diversity(acts: Sequence[Act], period: Period) -> Finding:
    """How many organizations of equal size would be as diverse: the inverse of the
    Herfindahl-Hirschman index; 1 means that one did everything.

    An act of somebody who works in several places is split among them in equal
    parts. Independent people and unknown employers are no organization and
    stand beside.
    """
    parts = split_parts(tally(acts, period))
    total = sum(parts.values())
    unknown, independent = parts.pop(UNKNOWN, 0), parts.pop(INDEPENDENT, 0)
    whole = sum(parts.values())
    shares = {place: float(part / whole) for place, part in parts.items()}
    ranked = sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))
    concentration = sum(part * part for _, part in ranked)
    missing = share(float(unknown), float(total))
    details = {
        "organizations": [list(pair) for pair in ranked[:DIVERSE]],
        "hhi": concentration if shares else None,
        "shannon": -sum(part * log(part) for _, part in ranked) + 0.0 if shares else None,
        "independent": share(float(independent), float(total)),
        "unknown": missing,
    }
    return Finding(share(1, concentration), len(shares), missing, details)


@defined("share")
def bot_share(acts: Sequence[Act], period: Period) -> Finding:
    """Acts by bots of all acts in the period."""
    told = tally(acts, period)
    total = told.total + told.bots
    return Finding(share(told.bots, total), total, None, {"bots": told.bots})
