"""The rules of an election as the fields of a form, and back."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from governance.ballots.rulebook import Rulebook
from governance.ballots.tally.motion import ApacheRule, MotionRule
from governance.ballots.tally.profile import PAIRWISE, Profile, usual

FIELDS = {
    "shares": ("quorum", "majority", "cap", "share", "turnout"),
    "default": ("quorum", "majority"),
}


def composed(said: Mapping[str, Any]) -> dict[str, Any]:
    """The rules that these fields say. Raises `Unusable` where they contradict each other."""
    if said["method"] == "motion":
        return Rulebook(motion=_motion(said)).document()
    if said["method"] == "apache":
        rule = ApacheRule(
            least=said.get("least") or 0,
            has_veto=bool(said.get("has_veto")),
            is_lazy=bool(said.get("is_lazy")),
        )
        return Rulebook(apache=rule).document()
    sitting = tuple(one.strip() for one in said.get("sitting", "").split(",") if one.strip())
    return Rulebook(_profile(said), None, None, said.get("size") or 0, sitting).document()


def _motion(said: Mapping[str, Any]) -> MotionRule:
    return MotionRule(
        share=said.get("share") or Fraction(1, 2),
        at_least=bool(said.get("at_least")),
        base=said.get("base") or "deciding",
        quorum_share=said.get("turnout") or Fraction(0),
    )


def _profile(said: Mapping[str, Any]) -> Profile:
    method = said["method"]
    rules: dict[str, Any] = {"seats": said["seats"], "ties": tuple(said["ties"])}
    if method in PAIRWISE:
        rules["unranked"] = said["unranked"]
    if method == "condorcet-default":
        rules["default"] = said.get("default") or None
        rules["quorum"] = said.get("quorum") or Fraction(0)
        rules["majority"] = said.get("majority") or Fraction(1)
    if said.get("cap"):
        rules["cap"] = said["cap"]
    return usual(method, **rules)


def fields_of(rulebook: Rulebook) -> dict[str, Any]:
    """The fields from which `composed` makes these rules again."""
    if rulebook.motion:
        rule = rulebook.motion
        return {
            "method": "motion",
            "share": str(rule.share),
            "at_least": rule.at_least,
            "base": rule.base,
            "turnout": _or_nothing(rule.quorum_share),
        }
    if rulebook.apache:
        apache = rulebook.apache
        return {
            "method": "apache",
            "least": apache.least,
            "has_veto": apache.has_veto,
            "is_lazy": apache.is_lazy,
        }
    profile = rulebook.counted
    return {
        "method": profile.method,
        "seats": profile.seats,
        "unranked": profile.unranked,
        "ties": list(profile.ties),
        "default": profile.default or "",
        "quorum": _or_nothing(profile.quorum),
        "majority": str(profile.majority) if profile.default else "",
        "cap": _or_nothing(profile.cap),
        "size": rulebook.size or None,
        "sitting": ", ".join(rulebook.sitting),
    }


def _or_nothing(share: Fraction | None) -> str:
    return str(share) if share else ""
