"""Everything that decides how ballots are counted, said before they are cast."""

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, Literal, get_args

from governance.ballots.tally.unusable import Unusable

Method = Literal[
    "plurality",
    "approval",
    "score",
    "star",
    "irv",
    "schulze",
    "ranked-pairs",
    "condorcet-default",
    "stv-scottish",
    "stv-meek",
    "stv-wig",
]
Unranked = Literal["last", "absent"]
Strength = Literal["winning", "margins"]
Overvotes = Literal["sticky", "exhaust", "resolve"]
Elimination = Literal["batch", "single"]
Seating = Literal["order", "repeated"]
TieRule = Literal["rounds", "lot", "officer"]

METHODS: tuple[Method, ...] = get_args(Method)
PAIRWISE = frozenset[Method]({"schulze", "ranked-pairs", "condorcet-default"})
TRANSFERS = frozenset[Method]({"stv-scottish", "stv-meek", "stv-wig"})
IN_ROUNDS = TRANSFERS | frozenset[Method]({"irv"})
SCORES = frozenset[Method]({"approval", "score", "star"})
HIGHEST_RANK = 254  # a ballot says one byte of an option


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The rules of one count.

    ``unranked``: options that a ballot says nothing of count as its last ones, or are absent from
    it (pairwise methods). ``strength``: a defeat is as strong as its winning votes or as its
    margin. ``overvotes``: a ballot that reaches several options at one rank is spent there while
    several of them go on (``sticky``), wherever equal ranks stand (``exhaust``), or waits until
    one of them is left (``resolve``). ``elimination``: in an instant runoff, options that cannot
    catch up even together leave together, or one by one. ``ties``: the rules that break a tie, in
    this order. ``quorum``: how many have to prefer an option to the ``default`` one, and
    ``majority``: how many times as many as prefer the default. ``seating``: several seats of a
    pairwise method are filled from its one order, or the winner leaves and the rest are counted
    again. ``cap``: the share of the seats of the body that people of one employer may hold.
    ``top_score``: the best score of STAR's scale, which begins at 0.
    """

    method: Method
    seats: int = 1
    unranked: Unranked = "last"
    strength: Strength = "winning"
    overvotes: Overvotes = "sticky"
    elimination: Elimination = "batch"
    ties: tuple[TieRule, ...] = ()
    default: str | None = None
    quorum: Fraction = Fraction(0)
    majority: Fraction = Fraction(1)
    seating: Seating = "order"
    cap: Fraction | None = None
    top_score: int = 5

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise Unusable("unknown_method", method=self.method)
        if self.seats < 1:
            raise Unusable("no_seats")
        if (self.method == "condorcet-default") != (self.default is not None):
            raise Unusable("default_and_method")
        if self.method == "irv" and self.seats > 1:
            raise Unusable("one_seat")
        if self.quorum < 0 or self.majority <= 0:
            raise Unusable("quorum_or_majority")

    def document(self) -> dict[str, Any]:
        """The rules as JSON, without floating point: fractions are written ``"2/3"``."""
        rules = {field.name: getattr(self, field.name) for field in fields(self)}
        return rules | {
            "ties": list(self.ties),
            "quorum": str(self.quorum),
            "majority": str(self.majority),
            "cap": None if self.cap is None else str(self.cap),
        }


def from_document(rules: dict[str, Any]) -> Profile:
    """The profile that ``Profile.document`` wrote down."""
    return Profile(
        **rules
        | {
            "ties": tuple(rules["ties"]),
            "quorum": Fraction(rules["quorum"]),
            "majority": Fraction(rules["majority"]),
            "cap": None if rules["cap"] is None else Fraction(rules["cap"]),
        }
    )


def choices(kind: Any) -> tuple[str, ...]:
    """The words that a rule may say."""
    return get_args(kind)


def usual(method: Method, **rules: Any) -> Profile:
    """The profile that most people mean by ``method``, but for the ``rules`` given."""
    statutory: tuple[TieRule, ...] = ("rounds",) if method in {"stv-scottish", "stv-wig"} else ()
    return replace(Profile(method=method, **{"ties": statutory} | rules))
