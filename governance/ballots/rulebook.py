"""How an election is counted, as its rules say: and what a ballot may hold.

The rules of an election are JSON with one of three words: ``profile``, the rules of a count over
options, with ``body`` where an employer's seats are capped; ``motion``, yes or no by majority and
quorum; ``apache``, +1, 0 and -1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

from governance.ballots.tally.motion import (
    ApacheRule,
    Base,
    MotionRule,
)
from governance.ballots.tally.profile import HIGHEST_RANK, Profile, from_document
from governance.ballots.tally.unusable import Unusable

Kind = Literal["ranks", "one", "approvals", "scores"]
MOTION_KEYS = ("abstain", "no", "yes")
APACHE_KEYS = ("minus", "plus", "zero")
_FRACTIONS = {"share", "quorum", "quorum_share"}


class WrongRules(ValueError):
    """Rules that say nothing that can be counted by."""


class WrongChoice(ValueError):
    """A choice that the rules do not allow; `code` says why, `facts` fill the sentence."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Rulebook:
    """The rules of one election; exactly one of the first three is there."""

    profile: Profile | None = None
    motion: MotionRule | None = None
    apache: ApacheRule | None = None
    size: int = 0  # seats of the whole body, where a cap asks for it
    sitting: tuple[str, ...] = ()  # employers of those who sit in it beside these seats

    def document(self) -> dict[str, Any]:
        """The rules as JSON without floating point."""
        if self.motion:
            return {"motion": _exact(asdict(self.motion))}
        if self.apache:
            return {"apache": asdict(self.apache)}
        said: dict[str, Any] = {"profile": self.counted.document()}
        if self.counted.cap is not None:
            said["body"] = {"size": self.size, "sitting": list(self.sitting)}
        return said

    @property
    def counted(self) -> Profile:
        """The profile of rules over options."""
        if self.profile is None:
            raise WrongRules("These rules are those of a motion.")
        return self.profile

    @property
    def keys(self) -> tuple[str, ...]:
        """The options that the rules themselves name; none where they are the officers' to name."""
        return MOTION_KEYS if self.motion else APACHE_KEYS if self.apache else ()

    @property
    def kind(self) -> Kind:
        """What a ballot says of its options."""
        if self.profile is None or self.profile.method == "plurality":
            return "one"
        if self.profile.method == "approval":
            return "approvals"
        return "scores" if self.profile.method in {"score", "star"} else "ranks"

    @property
    def top(self) -> int:
        """The highest number a ballot may give an option, which may be equal or left out."""
        if self.kind == "scores":
            return self.counted.top_score
        return HIGHEST_RANK if self.kind == "ranks" else 1

    @property
    def asks_for_lot(self) -> bool:
        """Whether a lot may decide."""
        return self.profile is not None and "lot" in self.profile.ties

    @property
    def asks_officers(self) -> bool:
        """Whether officers may decide a tie."""
        return self.profile is not None and "officer" in self.profile.ties


def rulebook_of(rules: Mapping[str, Any]) -> Rulebook:
    """The rules in `Election.rules`. Raises `WrongRules`."""
    try:
        if "motion" in rules:
            return Rulebook(motion=_motion_rule(rules["motion"]))
        if "apache" in rules:
            return Rulebook(apache=ApacheRule(**rules["apache"]))
        body = rules.get("body", {})
        profile = from_document(rules["profile"])
        return Rulebook(profile, None, None, body.get("size", 0), tuple(body.get("sitting", ())))
    except (KeyError, TypeError, ValueError, AttributeError, Unusable) as error:
        raise WrongRules(str(error)) from error


def _motion_rule(said: Mapping[str, Any]) -> MotionRule:
    facts: dict[str, Any] = {
        name: Fraction(value) if name in _FRACTIONS else value for name, value in said.items()
    }
    rule = MotionRule(**facts)
    if rule.base not in get_args(Base) or rule.quorum_base not in {"cast", "deciding"}:
        raise WrongRules("Nobody knows this base.")
    if not 0 < rule.share <= 1 or not 0 <= rule.quorum_share <= 1 or rule.quorum < 0:
        raise WrongRules("A share is more than nothing and at most the whole.")
    return rule


def _exact(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Fraction) else value for name, value in said.items()
    }


# --- what a ballot says


def marks_of(rulebook: Rulebook, keys: Sequence[str], choice: Mapping[str, Any]) -> bytes:
    """A choice as it is stored, one byte an option in the order of `keys`; ranks close up.

    Raises `WrongChoice`.
    """
    if unknown := sorted(set(choice) - set(keys)):
        raise WrongChoice("unknown_option", name=unknown[0])
    if rulebook.kind == "one" and len(choice) > 1:
        raise WrongChoice("one_answer")
    least = 0 if rulebook.kind == "scores" else 1
    most = min(rulebook.top, len(keys)) if rulebook.kind == "ranks" else rulebook.top
    for key, value in choice.items():
        if not isinstance(value, int) or isinstance(value, bool):
            raise WrongChoice("not_a_number", name=key)
        if not least <= value <= most:
            raise WrongChoice("out_of_range", name=key, least=least, most=most)
    if rulebook.kind == "ranks":
        return _closed_up([choice.get(key, 0) for key in keys])
    shift = _shift(rulebook)
    return bytes(choice[key] + shift if key in choice else 0 for key in keys)


def _closed_up(ranks: Sequence[int]) -> bytes:
    """Ranks without gaps: they say the same, and nobody is known by the gaps."""
    place = {rank: at for at, rank in enumerate(sorted(set(ranks) - {0}), 1)}
    return bytes(place.get(rank, 0) for rank in ranks)


def choice_of(rulebook: Rulebook, keys: Sequence[str], marks: bytes) -> dict[str, int]:
    """The choice that was stored as these marks."""
    shift = _shift(rulebook)
    return {key: mark - shift for key, mark in zip(keys, marks, strict=True) if mark}


def _shift(rulebook: Rulebook) -> int:
    """Scores begin at 0, and a mark of 0 says nothing."""
    return 1 if rulebook.kind == "scores" else 0


def is_allowed(rulebook: Rulebook, keys: Sequence[str], marks: bytes) -> bool:
    """Whether these marks could have been made from a choice."""
    try:
        return marks_of(rulebook, keys, choice_of(rulebook, keys, marks)) == marks
    except (WrongChoice, ValueError):
        return False
