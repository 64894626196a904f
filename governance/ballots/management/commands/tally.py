"""`manage.py tally FILE --method M`: counts ballots from a file and says how."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.ballots.files import fraction
from governance.ballots.tally.count import count
from governance.ballots.tally.formats import Election, read
from governance.ballots.tally.profile import (
    METHODS,
    Elimination,
    Overvotes,
    Profile,
    Seating,
    Strength,
    TieRule,
    Unranked,
    choices,
    usual,
)
from governance.ballots.tally.result import Result, Round, Tie
from governance.ballots.tally.sensitivity import sensitivity
from governance.ballots.tally.ties import Breakers
from governance.ballots.tally.unusable import Unusable

CONVENTIONS = {
    "unranked": Unranked,
    "strength": Strength,
    "overvotes": Overvotes,
    "elimination": Elimination,
    "seating": Seating,
}


class Command(BaseCommand):
    help = "Count the ballots of a BLT, ABIF or CSV file or a Debian tally sheet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a file of ballots; - reads standard input")
        parser.add_argument("--method", required=True, choices=METHODS)
        parser.add_argument("--seats", type=int, help="as the file says, else 1")
        for name, kind in CONVENTIONS.items():
            parser.add_argument(f"--{name}", choices=choices(kind))
        parser.add_argument(
            "--ties", type=tie_rules, help="none, or rules in order: rounds,lot:SEED"
        )
        parser.add_argument("--default", metavar="OPTION", help="the default option")
        parser.add_argument("--quorum", type=exactly, help="how many have to prefer an option")
        parser.add_argument("--majority", type=exactly, help="how many times as many, 1 by default")
        parser.add_argument("--top-score", type=int, help="the best score of STAR's scale")
        parser.add_argument("--sensitivity", action="store_true", help="try other conventions too")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            election = read(content_of(options["file"]), options["method"])
            profile = profile_of(election, options)
            breakers = breakers_of(profile, options["ties"])
            result = count(election.ballots, profile, breakers=breakers)
            others = (
                sensitivity(election.ballots, result, breakers=breakers)
                if options["sensitivity"]
                else []
            )
        except Unusable as refusal:
            raise CommandError(str(refusal)) from None
        if options["json"]:
            said = result.document()
            if options["sensitivity"]:
                said["sensitivity"] = [other.document() for other in others]
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        for line in lines_of(result):
            self.stdout.write(line)
        for other in others:
            [(name, value)] = other.changed.items()
            change = f"+ {', '.join(other.gained) or '-'}  - {', '.join(other.lost) or '-'}"
            same = "the same seats" if other.is_same else change
            self.stdout.write(f"With {name} {value}: {same}")


def exactly(text: str) -> Fraction:
    try:
        return fraction(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no number; write 46, 46.5 or 2/3") from None


def tie_rules(text: str) -> tuple[tuple[TieRule, ...], str]:
    """The rules and the seed of the lot that `--ties` names."""
    rules: list[TieRule] = []
    seed = ""
    for said in [] if text == "none" else text.split(","):
        name, _, rest = said.partition(":")
        if name == "rounds" and not rest:
            rules.append("rounds")
        elif name == "lot" and rest:
            rules.append("lot")
            seed = rest
        else:
            raise ArgumentTypeError(f"{said!r} is neither rounds nor lot:SEED")
    return tuple(rules), seed


def content_of(file: Path) -> bytes:
    try:
        return Path("/dev/stdin" if str(file) == "-" else file).read_bytes()
    except OSError as problem:
        raise CommandError(f"{file} cannot be read: {problem.strerror}.") from None


def profile_of(election: Election, options: dict[str, Any]) -> Profile:
    """The usual rules of the method, but for what the command line says."""
    said = (*CONVENTIONS, "default", "quorum", "majority", "top_score")
    rules = {name: options[name] for name in said if options[name] is not None}
    if options["ties"] is not None:
        rules["ties"] = options["ties"][0]
    seats = options["seats"] if options["seats"] is not None else election.seats or 1
    return usual(options["method"], seats=seats, **rules)


def breakers_of(profile: Profile, ties: tuple[tuple[TieRule, ...], str] | None) -> Breakers:
    return Breakers(profile.ties, ties[1] if ties else "")


def lines_of(result: Result) -> Iterator[str]:
    """The result for people who read terminals."""
    seats = result.profile.seats
    yield f"{result.ballots} ballots, {seats} {'seat' if seats == 1 else 'seats'}"
    yield f"Winners: {', '.join(result.winners) or 'nobody is sure'}"
    if result.tied:
        yield f"Tied for what is left: {', '.join(result.tied)}"
    for place, group in enumerate(result.order, 1):
        yield f"{place:4}. {' = '.join(group)}"
    for number, one in enumerate(result.rounds, 1):
        yield from round_lines(number, one)
    for tie in result.ties:
        yield tie_line(tie)


def round_lines(number: int, one: Round) -> Iterator[str]:
    followed = [
        *(f"elected {name}" for name in one.elected),
        *(f"out {name}" for name in one.eliminated),
        *(f"surplus of {name} moves on" for name in one.transferred),
    ]
    yield f"Round {number}: {', '.join(followed)}"
    for name, held in one.document()["totals"].items():
        yield f"    {held!s:>14}  {name}"


def tie_line(tie: Tie) -> str:
    how = f"broken by {tie.rule}: {', '.join(tie.order)}" if tie.rule else "open"
    return f"Tie ({tie.where}) between {', '.join(tie.options)}: {how}"
