"""A stored result as the objects that pages explain, with titles in place of keys."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from governance.ballots.tally.profile import from_document
from governance.ballots.tally.result import Amount, Result, Round, Stage, Tie
from governance.ballots.tally.sensitivity import Alternative

Titles = Mapping[str, str]


def result_in(said: Mapping[str, Any], titles: Titles) -> Result:
    """What `Result.document` wrote down; numbers that are not published are not there."""
    matrix = said.get("matrix")
    return Result(
        profile=from_document(said["profile"]),
        ballots=said["ballots"],
        winners=_named(said["winners"], titles),
        tied=_named(said["tied"], titles),
        order=tuple(_named(group, titles) for group in said["order"]),
        ties=tuple(_tie(one, titles) for one in said["ties"]),
        matrix=matrix and {titles[key]: _by_title(row, titles) for key, row in matrix.items()},
        rounds=tuple(_round(one, titles) for one in said.get("rounds", ())),
        quota=_amount(said["quota"]) if "quota" in said else None,
        stages=tuple(_stage(one, titles) for one in said.get("stages", ())),
        totals=_by_title(said.get("totals", {}), titles),
        firsts=_by_title(said.get("first_preferences", {}), titles),
    )


def alternatives_in(said: Sequence[Mapping[str, Any]], titles: Titles) -> list[Alternative]:
    """What `Alternative.document` wrote down."""
    return [
        Alternative(
            one["changed"],
            _named(one["winners"], titles),
            _named(one["gained"], titles),
            _named(one["lost"], titles),
            _named(one["tied"], titles),
            one["same"],
        )
        for one in said
    ]


def _named(keys: Sequence[str], titles: Titles) -> tuple[str, ...]:
    return tuple(titles[key] for key in keys)


def _by_title(said: Mapping[str, Any], titles: Titles) -> dict[str, Any]:
    return {titles[key]: value for key, value in said.items()}


def _amount(said: int | str) -> Amount:
    return said if isinstance(said, int) else Fraction(said)


def _tie(said: Mapping[str, Any], titles: Titles) -> Tie:
    return Tie(
        said["where"],
        _named(said["options"], titles),
        said["round"],
        said["broken_by"],
        _named(said["order"], titles),
        said["reason"],
        said["matters"],
    )


def _round(said: Mapping[str, Any], titles: Titles) -> Round:
    return Round(
        totals={titles[key]: _amount(held) for key, held in said["totals"].items()},
        elected=_named(said["elected"], titles),
        eliminated=_named(said["eliminated"], titles),
        transferred=_named(said["transferred"], titles),
        exhausted=_amount(said["exhausted"]),
        quota=_amount(said["quota"]) if "quota" in said else None,
    )


def _stage(said: Mapping[str, Any], titles: Titles) -> Stage:
    needed = said.get("needed")
    return Stage(
        said["step"],
        _named(said["options"], titles),
        said.get("votes"),
        None if needed is None else _amount(needed),
    )
