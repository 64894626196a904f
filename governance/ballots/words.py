"""What the page says of methods, rules and refusals."""

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from governance.ballots.tally.unusable import Unusable

METHODS: list[tuple[str, Promise]] = [
    ("schulze", _("Schulze")),
    ("ranked-pairs", _("Ranked pairs")),
    ("condorcet-default", _("Condorcet with a default option (Debian)")),
    ("irv", _("Instant runoff")),
    ("stv-scottish", _("Single transferable vote, Scottish rules")),
    ("stv-meek", _("Single transferable vote, Meek")),
    ("stv-wig", _("Single transferable vote, weighted inclusive Gregory")),
    ("approval", _("Approval")),
    ("score", _("Score")),
    ("star", _("STAR")),
    ("plurality", _("Plurality")),
]
METHOD_NAMES = dict(METHODS)
UNRANKED: list[tuple[str, Promise]] = [
    ("last", _("come after all that it ranks")),
    ("absent", _("take no part in its comparisons")),
]
HOW: dict[str, Promise] = {
    "schulze": _(
        "Each two options are compared: whoever more voters put first wins that comparison. Where "
        "the comparisons go round in a circle, the option with the stronger chain of wins stands "
        "before the other."
    ),
    "ranked-pairs": _(
        "Each two options are compared. The clearest wins are settled first; one that would "
        "contradict what is settled already is passed over."
    ),
    "condorcet-default": _(
        "An option has to be preferred to the default option by enough voters. What is left is "
        "compared two by two; where that goes round in a circle, the weakest win is dropped."
    ),
    "irv": _(
        "Each ballot counts for the option it ranks best. Whoever has fewest votes leaves, and "
        "those ballots move on, until one option has more than half."
    ),
    "stv-scottish": _(
        "Whoever reaches the quota is elected; what they have beyond it moves on to the next "
        "choices. When nobody reaches it, the last one leaves and those ballots move on."
    ),
    "stv-meek": _(
        "Whoever reaches the quota is elected and keeps of each ballot only what the quota takes; "
        "the rest moves on. When nobody reaches it, the last one leaves."
    ),
    "stv-wig": _(
        "Whoever reaches the quota is elected; what they have beyond it moves on in exact "
        "fractions. When nobody reaches it, the last one leaves and those ballots move on."
    ),
    "approval": _("Each voter approves of as many options as they like. Most approvals win."),
    "score": _("Each voter scores the options. The greatest sum wins."),
    "star": _(
        "The two options with the highest sums of scores meet: whoever more voters scored higher "
        "wins."
    ),
    "plurality": _("Each ballot counts for its first choice. Most votes win."),
}
CONVENTIONS: dict[tuple[str, str], Promise] = {
    ("unranked", "last"): _("Options that a ballot does not rank come last on it"),
    ("unranked", "absent"): _("Options that a ballot does not rank take no part"),
    ("strength", "winning"): _("A win is as strong as the votes for it"),
    ("strength", "margins"): _("A win is as strong as its margin"),
    ("seating", "order"): _("All seats from one order"),
    ("seating", "repeated"): _("Each winner leaves and the rest is counted again"),
    ("overvotes", "sticky"): _("A ballot is spent where two options that go on share a rank"),
    ("overvotes", "exhaust"): _("A ballot is spent wherever options share a rank"),
    ("overvotes", "resolve"): _(
        "A ballot waits until one of the options that share a rank is left"
    ),
    ("method", "stv-scottish"): _("Counted by the Scottish rules"),
    ("method", "stv-wig"): _("Counted by weighted inclusive Gregory"),
    ("method", "stv-meek"): _("Counted by Meek"),
}
# In the manifest in one language; whoever reads a page is told in theirs.
ANSWERS: dict[str, str] = {
    "yes": gettext_noop("Yes"),
    "no": gettext_noop("No"),
    "abstain": gettext_noop("Abstain"),
    "plus": "+1",
    "zero": "0",
    "minus": "-1",
}
TIE_PLACES: dict[str, Promise] = {
    "seats": _("for a seat"),
    "elimination": _("for the last place"),
    "surplus": _("for whose surplus moves first"),
    "runoff": _("for the runoff"),
}
TIE_RULES: dict[str, Promise] = {
    "rounds": _("broken by earlier rounds"),
    "lot": _("broken by lot"),
    "officer": _("decided by the officers"),
}
REASONS: dict[str, Promise] = {
    "no_options": _("There are no options to choose from."),
    "same_name": _("Two options have the same name: %(name)s."),
    "wrong_length": _("Each ballot has to hold %(length)s bytes, one an option."),
    "unknown_option": _("“%(name)s” is no option of this election."),
    "named_twice": _("A ballot names “%(name)s” twice."),
    "score_out_of_range": _("A score lies between 0 and %(highest)s, not %(score)s."),
    "rank_out_of_range": _("A rank lies between 1 and %(highest)s, not %(rank)s."),
    "weight_out_of_range": _("A weight is a whole number from 1, not %(weight)s."),
    "unknown_method": _("“%(method)s” is no method that is known here."),
    "no_seats": _("At least one seat has to be filled."),
    "default_and_method": _(
        "A default option belongs to Condorcet with a default option, and to it alone."
    ),
    "quorum_or_majority": _("A quorum is not negative, and a majority ratio is positive."),
    "one_seat": _("An instant runoff fills one seat; for several use single transferable vote."),
    "needs_scores": _("This method needs scores, these ballots hold ranks."),
    "needs_ranks": _("This method needs ranks, these ballots hold scores."),
    "too_many_ties": _("Too much is tied to follow each way out. Name a seed for the lot."),
    "unknown_format": _("This is none of the formats BLT, ABIF, CSV and Debian tally sheet."),
    "not_text": _("This file is not text."),
    "unreadable_line": _("Line %(line)s cannot be read: %(text)s"),
    "ends_early": _("The file ends before it is complete."),
    "cell": _("Line %(line)s, column %(column)s: “%(text)s” is no number."),
    "columns": _("Line %(line)s has %(found)s columns, the first line has %(wanted)s."),
    "too_many_options": _("At most %(most)s options are counted here; the file holds %(found)s."),
    "too_many_ballots": _("At most %(most)s ballots are counted here; the file holds %(found)s."),
    "no_ballots": _("There are no ballots in this file."),
}


def why_unusable(refusal: Unusable) -> str:
    """The refusal in the reader's language."""
    return str(REASONS[refusal.code]) % refusal.facts


def title_of(key: str, title: str) -> str:
    """The title of an option; of an answer that rules name, in the reader's language."""
    return gettext(title) if ANSWERS.get(key) == title else title
