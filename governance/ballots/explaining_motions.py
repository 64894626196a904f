"""Why a motion passed or did not, in a sentence that a layperson reads."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from governance.ballots.explaining import decimal


def why(said: Mapping[str, Any]) -> str:
    """The number that decided, against the number that was needed."""
    words = {
        "passed": _("It passed: %(have)s said yes, and the mark to reach was %(needed)s."),
        "quorum": _("Too few took part: %(have)s, and the mark to reach was %(needed)s."),
        "share": _("Too few said yes: %(have)s, and the mark to reach was %(needed)s."),
        "too_few": _("Too few binding +1: %(have)s, where it takes %(needed)s."),
        "outvoted": _("There are not more binding +1 than -1."),
        "veto": _("It was vetoed by %(have)s binding -1."),
    }
    needed = decimal(Fraction(said["needed"]))
    return words[said["reason"]] % {"have": said["have"], "needed": needed}


def rows(said: Mapping[str, Any]) -> list[tuple[str, int, int | None]]:
    """What was said, how often, and how often as advice."""
    if said["method"] == "motion":
        words = (("yes", _("Yes")), ("no", _("No")), ("abstain", _("Abstain")))
        return [(word, said[key], None) for key, word in words]
    pairs = zip(("+1", "0", "-1"), said["binding"], said["advisory"], strict=True)
    return [(word, binding, advice) for word, binding, advice in pairs]
