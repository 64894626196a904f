"""Acts by the organization that they count for.

Somebody who works in several places at once counts for the one that began
last, so that organizations, independent people and unknown employers together
are everything.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from contributors.metrics.sheets import columns as columns_of

Differing = dict[int, set[str]]  # organization: acts, commits
NOTHING: Mapping[str, Any] = {name: columns_of([], 6) for name in ("acts", "commits")}


def primaries(places: Sequence[Any]) -> Sequence[int]:
    """The organization that each act counts for."""
    if list not in set(map(type, places)):
        return places
    return [one if one.__class__ is int else one[0] for one in places]


def organizations_of(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> Differing:
    """The organizations of which two sheets of a month say different things, and of what."""
    old, new = parts_by_organization(before) if before else {}, parts_by_organization(after)
    found = {}
    for where in old.keys() | new.keys():
        one, other = old.get(where, NOTHING), new.get(where, NOTHING)
        found[where] = {name for name in NOTHING if one[name] != other[name]}
    return {where: names for where, names in found.items() if names}


def parts_by_organization(
    columns: Mapping[str, Any], only: Collection[int] | None = None
) -> dict[int, dict[str, Sequence[Any]]]:
    """The acts and commits of sheets by the organization (None: any) that they count for."""
    acts: defaultdict[int, list[Any]] = defaultdict(list)
    employer: dict[tuple[int, int], int] = {}  # by day and person
    for row in zip(*columns["acts"], strict=True):
        where = row[5] if row[5].__class__ is int else row[5][0]
        if where > 0 and (only is None or where in only):
            acts[where].append((*row[:5], where))
            employer[row[0], row[1]] = where
    commits: defaultdict[int, list[Any]] = defaultdict(list)
    for row in zip(*columns["commits"], strict=True):
        if where := employer.get((row[0], row[1]), 0):
            commits[where].append(row)
    nothing = {"hours": columns_of([], 2), "touches": columns_of([], 4)}
    return {
        where: {"acts": columns_of(rows, 6), "commits": columns_of(commits[where], 6), **nothing}
        for where, rows in acts.items()
    }
