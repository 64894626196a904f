"""A result as a page shows it: who won, why, and the numbers behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from governance.ballots.files import Counted
from governance.ballots.tally.profile import TRANSFERS
from governance.ballots.tally.result import Result, Round, Stage, Tie, exact
from governance.ballots.tally.sensitivity import Alternative
from governance.ballots.words import CONVENTIONS, HOW, METHOD_NAMES, TIE_PLACES, TIE_RULES


@dataclass(frozen=True)
class Cell:
    """How many voters put the option of the row before that of the column."""

    votes: int
    is_win: bool


def shown(counted: Counted) -> dict[str, Any]:
    """Everything that the page of a counted file needs."""
    return {"title": counted.election.title, **explained(counted.result, counted.others)}


def explained(result: Result, others: Sequence[Alternative]) -> dict[str, Any]:
    """A result with everything behind it."""
    return {
        "method": METHOD_NAMES[result.profile.method],
        "how": HOW[result.profile.method],
        "result": result,
        "places": places(result),
        "matrix": matrix(result),
        "rounds": rounds(result),
        "quota": None if result.quota is None else exact(result.quota),
        "steps": [line for stage in result.stages if (line := step(stage))],
        "ties": [tie(one) for one in result.ties],
        "others": [other(one) for one in others],
        "is_firm": bool(others) and all(one.is_same for one in others),
    }


@dataclass(frozen=True)
class Place:
    """An option and its place, with what it holds where the method adds up."""

    number: int
    name: str
    is_seated: bool
    is_tied: bool
    total: int | None
    first: int | None


def places(result: Result) -> list[Place]:
    """The order; places that are shared count for all who share them."""
    found, number = [], 1
    for group in result.order:
        found += [
            Place(
                number,
                name,
                name in result.winners,
                name in result.tied,
                result.totals.get(name),
                result.firsts.get(name),
            )
            for name in group
        ]
        number += len(group)
    return found


def matrix(result: Result) -> list[tuple[str, list[Cell | None]]]:
    """A row an option, in the order of the result; nothing where a method compares no pairs."""
    if result.matrix is None:
        return []
    names = [name for group in result.order for name in group]
    return [(name, [_cell(result.matrix, name, over) for over in names]) for name in names]


def _cell(votes: Mapping[str, Mapping[str, int]], name: str, over: str) -> Cell | None:
    if name == over:
        return None
    return Cell(votes[name][over], votes[name][over] > votes[over][name])


def rounds(result: Result) -> dict[str, Any]:
    """The rounds as a table: a row an option, a column a round, and what followed below."""
    if not result.rounds:
        return {}
    names = [name for group in result.order for name in group]
    rows = [(name, [_held(one, name) for one in result.rounds]) for name in names]
    return {
        "numbers": range(1, len(result.rounds) + 1),
        "rows": rows,
        "exhausted": [decimal(one.exhausted) for one in result.rounds],
        "followed": [followed(one) for one in result.rounds],
        "has_transfers": result.profile.method in TRANSFERS,
    }


def _held(one: Round, name: str) -> tuple[str, str]:
    if name not in one.totals:
        return "", ""
    mark = "in" if name in one.elected else "out" if name in one.eliminated else ""
    return decimal(one.totals[name]), mark


def decimal(amount: Any) -> str:
    """At most two decimals, cut; the exact amounts are in the JSON."""
    hundredths = int(amount * 100)
    whole, rest = divmod(hundredths, 100)
    return str(whole) if amount == int(amount) else f"{whole}.{rest:02d}"


def followed(one: Round) -> list[str]:
    """What a round led to, in sentences."""
    said = [_("%(name)s is elected.") % {"name": name} for name in one.elected]
    said += [_("%(name)s leaves.") % {"name": name} for name in one.eliminated]
    said += [
        _("What %(name)s has beyond the quota moves on.") % {"name": name}
        for name in one.transferred
    ]
    return said


def step(stage: Stage) -> str:
    """A step of a count by pairs, in a sentence; empty where it changes nothing."""
    facts = {"votes": stage.votes, "needed": None if stage.needed is None else exact(stage.needed)}
    facts |= dict(zip(("name", "over"), stage.options, strict=False))
    if stage.step == "quorum":
        return (
            _(
                "%(name)s misses the quorum: %(votes)s voters prefer it to %(over)s, "
                "%(needed)s are needed."
            )
            % facts
        )
    if stage.step == "majority":
        return (
            _(
                "%(name)s misses the majority over %(over)s: %(votes)s voters prefer it, "
                "%(needed)s are needed."
            )
            % facts
        )
    if stage.step == "dropped":
        return _("The win of %(name)s over %(over)s is the weakest and is dropped.") % facts
    if stage.step == "capped":
        return _("%(name)s is passed over: the employer has no seat left.") % facts
    return ""


def tie(one: Tie) -> dict[str, Any]:
    """A tie: between whom, for what, and how it ended."""
    return {
        "options": one.options,
        "where": TIE_PLACES[one.where],
        "round": one.round,
        "how": TIE_RULES[one.rule] if one.rule else "",
        "order": one.order,
        "reason": one.reason,
        "matters": one.matters,
    }


def other(one: Alternative) -> dict[str, Any]:
    """The seats under another convention."""
    [(name, value)] = one.changed.items()
    return {
        "label": CONVENTIONS[name, value],
        "gained": one.gained,
        "lost": one.lost,
        "tied": one.tied,
        "is_same": one.is_same,
    }
