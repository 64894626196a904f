"""The rules of an election in sentences, for those who vote by them."""

from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.ballots.rulebook import Rulebook
from governance.ballots.tally.motion import ApacheRule, MotionRule
from governance.ballots.tally.profile import IN_ROUNDS, PAIRWISE, Profile
from governance.ballots.words import CONVENTIONS, HOW, METHOD_NAMES


def method_name(rulebook: Rulebook) -> str:
    """The method in a few words."""
    if rulebook.motion:
        return _("Yes or no")
    if rulebook.apache:
        return _("+1, 0 or -1")
    return str(METHOD_NAMES[rulebook.counted.method])


def how_to_fill_in(rulebook: Rulebook) -> str:
    """What a voter does with the paper."""
    return {
        "ranks": _(
            "Give your favorite a 1, the next one a 2, and so on. Equal numbers and options "
            "without a number are allowed."
        ),
        "one": _("Choose one."),
        "approvals": _("Choose as many as you can approve of."),
        "scores": _("Score each option from 0 to %(top)s. Equal scores are allowed.")
        % {"top": rulebook.top},
    }[rulebook.kind]


def sentences(rulebook: Rulebook) -> list[str]:
    """Everything that decides the count, a sentence each."""
    if rulebook.motion:
        return _of_motion(rulebook.motion)
    if rulebook.apache:
        return _of_apache(rulebook.apache)
    return _of_profile(rulebook.counted, rulebook)


def _of_profile(profile: Profile, rulebook: Rulebook) -> list[str]:
    said = [str(HOW[profile.method])]
    said.append(
        ngettext("%(seats)s seat is filled.", "%(seats)s seats are filled.", profile.seats)
        % {"seats": profile.seats}
    )
    if profile.method in PAIRWISE:
        said.append(str(CONVENTIONS["unranked", profile.unranked]))
    if profile.method in {"schulze", "ranked-pairs"}:
        said.append(str(CONVENTIONS["strength", profile.strength]))
        if profile.seats > 1:
            said.append(str(CONVENTIONS["seating", profile.seating]))
    if profile.method in IN_ROUNDS:
        said.append(str(CONVENTIONS["overvotes", profile.overvotes]))
    if profile.default is not None:
        facts = {"quorum": profile.quorum, "majority": profile.majority, "key": profile.default}
        said.append(
            _(
                "An option needs %(quorum)s voters who prefer it to “%(key)s”, and %(majority)s "
                "times as many as prefer “%(key)s” to it."
            )
            % facts
        )
    if profile.cap is not None:
        most = {"most": int(profile.cap * rulebook.size), "size": rulebook.size}
        said.append(
            _("People of one employer hold at most %(most)s of the %(size)s seats of the body.")
            % most
        )
    return [*said, _of_ties(profile)]


def _of_ties(profile: Profile) -> str:
    words = {
        "rounds": _("by earlier rounds"),
        "lot": _("by a public lot"),
        "officer": _("by the officers, with a reason that everybody can read"),
    }
    if not profile.ties:
        return _("A tie stays a tie.")
    ways = ", ".join(words[one] for one in profile.ties)
    return _("A tie is broken %(ways)s.") % {"ways": ways}


def _of_motion(rule: MotionRule) -> list[str]:
    of = {
        "roll": _("everybody on the roll"),
        "cast": _("those who vote, abstentions included"),
        "deciding": _("those who say yes or no"),
    }[rule.base]
    facts = {"share": share_said(rule.share), "of": of}
    if rule.at_least:
        said = [_("It passes if at least %(share)s of %(of)s say yes.") % facts]
    else:
        said = [_("It passes if more than %(share)s of %(of)s say yes.") % facts]
    if rule.quorum:
        said.append(_("At least %(quorum)s have to take part.") % {"quorum": rule.quorum})
    if rule.quorum_share:
        part = {"share": share_said(rule.quorum_share)}
        said.append(_("At least %(share)s of the roll have to take part.") % part)
    if rule.quorum or rule.quorum_share:
        counts = rule.quorum_base == "cast"
        said.append(
            _("Abstentions count as taking part.")
            if counts
            else _("Abstentions do not count as taking part.")
        )
    return [*said, _("A blank ballot abstains.")]


def _of_apache(rule: ApacheRule) -> list[str]:
    said = [_("Votes of those on the roll are binding; all others are advice.")]
    if rule.is_lazy:
        said.append(_("Silence agrees: without an objection it carries."))
    elif rule.least:
        said.append(_("It takes %(least)s binding +1.") % {"least": rule.least})
    if rule.has_veto:
        said.append(_("A binding -1 with its reason is a veto."))
    else:
        said.append(_("It takes more +1 than -1."))
    return said


def share_said(share: Fraction) -> str:
    """A share in words where there are words for it."""
    words = {
        Fraction(1, 2): _("half"),
        Fraction(1, 3): _("a third"),
        Fraction(2, 3): _("two thirds"),
        Fraction(3, 4): _("three quarters"),
        Fraction(1): _("all"),
    }
    return words.get(share, str(share))
