"""Who comes back: people grouped by the month in which they first acted.

Bots are left out. What a month says of earlier groups is found month by month,
and put together into groups afterwards.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from contributors.metrics.definitions.rows import Act, Finding, Period, defined, months_after, share
from contributors.metrics.definitions.staying import active_in

FOLLOWED = 12  # months after the first in which it is told how many were active again
FEWEST = 5  # people in a group, below which a share would say little

Seen = Mapping[str, int]  # month as 2026-01: people active who first acted in it


class Returns(NamedTuple):
    """The acts of a period, and the day of the first act ever of whoever began lately."""

    acts: Sequence[Act]
    firsts: Mapping[int, date]


class Group(NamedTuple):
    """The people who first acted in a month, and how many of them acted again in the 1st to
    12th month after it (of a quarter: the 1st to 4th); None: it is not over, or not known."""

    month: date
    people: int
    again: tuple[int | None, ...]

    @property
    def shares(self) -> tuple[float | None, ...]:
        """Of the group; None also where it is too small for a share."""
        if self.people < FEWEST:
            return (None,) * len(self.again)
        return tuple(None if one is None else share(one, self.people) for one in self.again)


@defined("count")
def returning(returns: Returns, period: Period) -> Finding:
    """People active in the period whose first act ever seen lies before it.

    `cohorts` counts all active people by the month of their first act, as far
    as it lies in the period or at most 12 months before; `earlier` are the
    others. None where nothing before the period was tracked.
    """
    active = active_in(returns.acts, period.start, period.end)
    since = months_after(period.start, -FOLLOWED)
    groups: Counter[str] = Counter()
    new = 0
    for person in active:
        first = returns.firsts.get(person)
        if first is not None and since <= first < period.end:
            groups[first.isoformat()[:7]] += 1
            new += first >= period.start
    details = {"cohorts": dict(sorted(groups.items())), "earlier": len(active) - groups.total()}
    value = len(active) - new if period.before.is_tracked else None
    return Finding(value, len(active), None, details)


def by_quarter(seen: Mapping[date, Seen]) -> dict[date, Seen]:
    """What quarters say of earlier months, put together by the quarter of the first act.

    Everybody has one first act, so that months add up.
    """
    found: dict[date, Seen] = {}
    for start, months in seen.items():
        groups: Counter[str] = Counter()
        for month, people in months.items():
            number = (int(month[5:]) - 1) // 3 * 3 + 1
            groups[f"{month[:4]}-{number:02}"] += people
        found[start] = dict(groups)
    return found


def groups_of(seen: Mapping[date, Seen], known_until: date, *, length: int = 1) -> list[Group]:
    """The groups of these months, the earliest first, with what later months say of them.

    `seen` holds what each month, or period of so many months as `length` says,
    tells by its first day, from the one in which tracking began; `known_until` is
    the day after the last one known. One in which nobody was new has no group.
    """
    found = []
    for month in sorted(seen):
        key = month.isoformat()[:7]
        people = seen[month].get(key, 0)
        if not people:
            continue
        later = [months_after(month, count) for count in range(length, FOLLOWED + 1, length)]
        again = (
            seen[one].get(key, 0)
            if one in seen and months_after(one, length) <= known_until
            else None
            for one in later
        )
        found.append(Group(month, people, tuple(again)))
    return found


def together(groups: Sequence[Group]) -> list[tuple[int, int]]:
    """For each month or quarter after the first: people active again, of the people of all
    groups of whom it is known."""
    found = []
    for at in range(len(groups[0].again) if groups else FOLLOWED):
        known = [one for one in groups if one.again[at] is not None]
        found.append((sum(one.again[at] or 0 for one in known), sum(one.people for one in known)))
    return found
