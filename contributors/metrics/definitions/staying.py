"""Who comes, comes back, stays away, or goes further.

A person's acts count by day here; how many there were does not matter.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from contributors.metrics.definitions.crowd import new_contributors
from contributors.metrics.definitions.presence import Presence
from contributors.metrics.definitions.rows import (
    Act,
    Finding,
    Period,
    defined,
    months_after,
    share,
)

QUIET_DAYS = 90  # without an act, after which somebody counts as inactive
QUIET_MONTHS = 3  # without a change request, after which the next one is occasional
MOST_OCCASIONAL = 12  # change requests in all
TURNED_DAYS = 90  # within which a newcomer's next level counts

Leaves = Mapping[int, Sequence[tuple[date, date]]]


class Close(NamedTuple):
    """Who closed an issue; where a merge closed it, `merged_author` wrote what was merged."""

    person: int | None
    day: date
    is_bot: bool = False
    merged_author: int | None = None


class Entry(NamedTuple):
    """The first day on which a person reached each level; None: not yet, or not known.

    Level 0 is a star, watch, fork or the visit of an event, level 1 an issue,
    comment or review, level 2 a merged change request.
    """

    visited: date | None = None
    joined: date | None = None
    merged: date | None = None


def active_in(acts: Sequence[Act], start: date, end: date) -> set[int]:
    """People, bots left out, who did anything from `start` to before `end`; not to change."""
    if isinstance(acts, Presence):
        return acts.between(start, end)
    return {
        person
        for person, _, day, _, _, is_bot, _ in acts
        if person is not None and not is_bot and start <= day < end
    }


def last_days(acts: Sequence[Act], whose: set[int], end: date) -> dict[int, date]:
    """The last day before `end` on which each of these people did anything."""
    if isinstance(acts, Presence):
        return acts.last_days(whose, end)
    found: dict[int, date] = {}
    for act in acts:
        if act.person in whose and act.day < end and not act.is_bot:
            found[act.person] = max(act.day, found.get(act.person, act.day))
    return found


@defined("share")
def retention(acts: Sequence[Act], period: Period) -> Finding:
    """Of the people active in the period before, the share who are active in this one.

    None when nobody was, or when nothing of the period before was tracked.
    """
    before = period.before
    if not before.is_tracked:
        return Finding(None, 0, None, {"kept": 0})
    base = active_in(acts, before.start, before.end)
    kept = base & active_in(acts, period.start, period.end)
    return Finding(share(len(kept), len(base)), len(base), None, {"kept": len(kept)})


@defined("count")
def occasional_contributors(
    requests: Mapping[int, Sequence[date]],
    period: Period,
    *,
    quiet_months: int = QUIET_MONTHS,
    most: int = MOST_OCCASIONAL,
) -> Finding:
    """People with a change request in the period, none in the months before, few in all.

    `requests` holds the days of each person's change requests in order, all of
    them ever; as DevStats has it: three months, at most twelve in all. None
    while the months before are not tracked.
    """
    quiet_from = months_after(period.start, -quiet_months)
    if period.tracked_from is not None and period.tracked_from > quiet_from:
        return Finding(None, 0, None, {"since": period.tracked_from.isoformat()})
    active = occasional = 0
    for days in requests.values():
        upto = bisect_left(days, period.end)
        if upto == bisect_left(days, period.start):
            continue
        active += 1
        quiet = bisect_left(days, quiet_from) == bisect_left(days, period.start)
        occasional += quiet and upto <= most
    return Finding(occasional, active, None, {"share": share(occasional, active)})


@defined("count", 2)
def inactive_contributors(
    acts: Sequence[Act],
    period: Period,
    *,
    quiet_days: int = QUIET_DAYS,
    at_least: int = 1,
    leaves: Leaves | None = None,
) -> Finding:
    """People who were active in the period, its last day for them being followed by silence.

    They count in the period of their last act, once `quiet_days` passed without
    another; acts until so long after the period are looked at, so that a settled
    figure stays though somebody returns years later. `pending` are those whose
    silence is not yet long enough. `at_least` is how many acts they had in the
    period; announced leave (person: first day, end) that overlaps the silence
    excludes them.
    """
    quiet = timedelta(days=quiet_days)
    until = period.known_by(period.end + quiet)
    if until < period.start + quiet:
        return Finding(None, 0, None, {"pending": None})
    end = min(period.end, until)
    active = active_in(acts, period.start, end)
    if at_least > 1:
        active = busy_in(acts, period.start, end, at_least)
    silent = active - active_in(acts, end, until)
    last = last_days(acts, silent, end)
    away = {one for one in silent if leaves and is_away(one, last[one], last[one] + quiet, leaves)}
    gone = {one for one in silent - away if last[one] + quiet <= until}
    details = {"pending": len(silent - away - gone), "on_leave": len(away)}
    return Finding(len(gone), len(active), None, details)


def busy_in(acts: Sequence[Act], start: date, end: date, at_least: int) -> set[int]:
    """People, bots left out, who did so many acts from `start` to before `end`."""
    times: Counter[int] = Counter()
    for act in acts:
        if act.person is not None and not act.is_bot and start <= act.day < end:
            times[act.person] += act.times
    return {person for person, number in times.items() if number >= at_least}


def is_away(person: int, start: date, end: date, leaves: Leaves) -> bool:
    """Whether announced leave overlaps [start, end)."""
    return any(begins < end and start < ends for begins, ends in leaves.get(person, ()))


def first_closes(closes: Sequence[Close]) -> dict[int, date]:
    """The day on which each person first closed an issue; needs the whole history.

    What a merge closed was closed by whoever wrote what was merged.
    """
    firsts: dict[int, date] = {}
    for close in closes:
        who = close.person if close.merged_author is None else close.merged_author
        if who is not None and not (close.is_bot and close.merged_author is None):
            firsts[who] = min(close.day, firsts.get(who, close.day))
    return firsts


@defined("count")
def new_contributors_closing_issues(firsts: Mapping[int, date], period: Period) -> Finding:
    """People whose first close of an issue ever seen lies in the period."""
    found = new_contributors(firsts, period)
    return Finding(found.value, found.n, found.missing, found.details)


@defined("share")
def conversion_rate(
    entries: Mapping[int, Entry],
    period: Period,
    *,
    with_visits: bool = True,
    within_days: int = TURNED_DAYS,
) -> Finding:
    """Of the people who entered in the period, the share who had a change request merged.

    Each level reached within so many days of entering counts, a higher one for
    the lower ones too, and the rate of each to the one below stands beside.
    People not yet seen for as long are `pending` and left out. Without visits
    (nobody reads stars, watches and forks) people enter at level 1, and level 0
    is None. Event attendees are a cohort too: their visit is the event.
    """
    reached, pending = [0, 0, 0], 0
    horizon = timedelta(days=within_days)
    for entry in entries.values():
        levels = (entry.visited if with_visits else None, entry.joined, entry.merged)
        entered = min((day for day in levels if day), default=None)
        if entered is None or not period.holds(entered):
            continue
        end = entered + horizon
        if period.known_by(end) < end:
            pending += 1
            continue
        highest = max(at for at, day in enumerate(levels) if day and day < end)
        for level in range(highest + 1):
            reached[level] += 1
    visited, joined, merged = reached
    base = visited if with_visits else joined
    details = {
        "visited": visited if with_visits else None,
        "joined": joined,
        "merged": merged,
        "joined_per_visited": share(joined, visited) if with_visits else None,
        "merged_per_joined": share(merged, joined),
        "pending": pending,
    }
    return Finding(share(merged, base), base, None, details)
