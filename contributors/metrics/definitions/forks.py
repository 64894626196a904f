"""Copies of a repository, and whether anything comes back from them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from contributors.metrics.definitions.rows import Finding, Period, defined, share


class Fork(NamedTuple):
    """A fork; `first_request_on` is when a change request came from it upstream."""

    created_on: date
    first_request_on: date | None = None
    is_deleted: bool = False


@defined("count")
def technical_forks(forks: Sequence[Fork], period: Period) -> Finding:
    """Forks made in the period; contributing are those that opened a change request upstream.

    A deleted fork was made all the same, but what it gave is no longer known:
    it counts, and its share is `missing`.
    """
    made = [one for one in forks if period.holds(one.created_on)]
    there = [one for one in made if not one.is_deleted]
    contributing = sum(one.first_request_on is not None for one in there)
    details = {
        "contributing": contributing,
        "contributing_share": share(contributing, len(there)),
        "deleted": len(made) - len(there),
    }
    return Finding(len(made), len(made), share(len(made) - len(there), len(made)), details)
