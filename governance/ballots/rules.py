"""Why something cannot be done with an election."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from community.lib.refusals import Refused
from governance.ballots.models import Election, Option
from governance.ballots.rulebook import Rulebook, WrongChoice, WrongRules, rulebook_of
from governance.rolls.models import Roll

State = Election.State


def why_not_change(election: Election) -> Refused | None:
    """Whether what it says may still be written anew."""
    if election.state != State.DRAFT:
        return Refused("announced", _("This election is announced; what it says stays."))
    return None


def why_not_write(rules: Any, opens_at: datetime, closes_at: datetime) -> Refused | None:
    """Whether an election may have these rules and this time."""
    try:
        rulebook_of(rules)
    except WrongRules:
        return Refused("wrong_rules", _("These rules say nothing that can be counted by."))
    if opens_at >= closes_at:
        return Refused("ends_first", _("Voting has to open before it closes."))
    if opens_at.microsecond or closes_at.microsecond:
        return Refused("whole_seconds", _("Voting opens and closes at a whole second."))
    return None


def why_not_freeze(
    election: Election,
    roll: Roll,
    *,
    voters: int,
    options: Sequence[Option],
    officers: Collection[int],
    at: datetime,
) -> Refused | None:
    """Whether it may be announced; `officers` are the ids of those who answer for it."""
    if refusal := why_not_change(election):
        return refusal
    if not roll.is_sealed:
        return Refused("roll_not_sealed", _("Seal the electoral roll first."))
    if not voters:
        return Refused("roll_empty", _("Nobody is on the electoral roll."))
    if election.opens_at < at:
        return Refused("opens_in_the_past", _("Voting would have opened already. Set it later."))
    if any(one.person_id in officers for one in options):
        return Refused(
            "officer_stands",
            _("Somebody who stands in this election also answers for it. One of both has to go."),
        )
    return _why_not_rules(election, rulebook_of(election.rules), options)


def _why_not_rules(
    election: Election, rulebook: Rulebook, options: Sequence[Option]
) -> Refused | None:
    keys = {one.key for one in options}
    if rulebook.asks_for_lot and not election.lot_source:
        return Refused("no_lot_source", _("Say what will decide a lot."))
    if rulebook.profile is None:
        return None
    if len(keys) < 2:
        return Refused("too_few_options", _("It takes two options to choose from."))
    if rulebook.profile.default and rulebook.profile.default not in keys:
        return Refused(
            "no_default",
            _("The default option “%(key)s” is not among the options.")
            % {"key": rulebook.profile.default},
        )
    if rulebook.profile.cap is not None and rulebook.size < rulebook.profile.seats:
        return Refused(
            "no_size", _("Say how many seats the whole body has, so that a cap can be reckoned.")
        )
    return None


def why_not_vote(election: Election, *, is_on_roll: bool, at: datetime) -> Refused | None:
    """Whether somebody may cast a ballot at this moment of the database's clock."""
    if election.state == State.CANCELED:
        return Refused("canceled", _("This election was canceled."))
    if election.state == State.DRAFT:
        return Refused("not_announced", _("This election is not announced yet."))
    if at < election.opens_at and election.state == State.FROZEN:
        return Refused("not_open_yet", _("Voting has not opened yet."))
    if not election.is_open(at):
        return Refused("closed", _("Voting is closed."))
    if not is_on_roll:
        return Refused("not_on_roll", _("You are not on the electoral roll."))
    return None


def why_not_choose(wrong: WrongChoice) -> Refused:
    """What is wrong with a choice, in the voter's words."""
    words = {
        "unknown_option": _("“%(name)s” is not among the options."),
        "one_answer": _("Choose one option alone."),
        "not_a_number": _("“%(name)s” needs a whole number."),
        "out_of_range": _("“%(name)s” needs a number from %(least)s to %(most)s."),
    }
    return Refused(wrong.code, words[wrong.code] % wrong.facts)


def why_not_close(election: Election, at: datetime) -> Refused | None:
    """Whether its box may be shut."""
    if election.state != State.FROZEN:
        return Refused("not_open", _("Only an announced election can be closed."))
    if at < election.closes_at:
        return Refused("not_over", _("Voting goes on until its time is up."))
    return None


def why_not_name_lot(election: Election, value: str) -> Refused | None:
    """Whether what decides a lot may be said: after the close, before the count, once."""
    if election.state != State.CLOSED:
        return Refused("not_closed", _("It is said after the close and before the count."))
    if election.lot_value:
        return Refused("lot_said", _("What decides the lot was said already."))
    if not value:
        return Refused("lot_empty", _("Say the value that was announced."))
    return None


def why_not_count(election: Election, at: datetime) -> Refused | None:
    """Whether its box may be opened."""
    if election.state != State.CLOSED:
        return Refused("not_closed", _("Only a closed election can be counted."))
    if at < election.counts_from:
        return Refused("challenge_window", _("The time for challenges is not over yet."))
    if rulebook_of(election.rules).asks_for_lot and not election.lot_value:
        return Refused("no_lot_value", _("What decides a lot has not been said yet."))
    return None


def why_not_decide(
    election: Election, tied: Collection[Collection[str]], order: Sequence[str], reason: str
) -> Refused | None:
    """Whether officers may put these options in an order; `tied` are the open ties."""
    if election.state != State.COUNTED:
        return Refused("not_counted", _("A tie is decided after the count and before publishing."))
    if not rulebook_of(election.rules).asks_officers:
        return Refused("rules_forbid", _("The rules of this election leave ties open."))
    if len(set(order)) != len(order) or not any(set(order) == set(one) for one in tied):
        return Refused("not_the_tied", _("Put exactly the tied options in an order."))
    if not reason.strip():
        return Refused("no_reason", _("Give the reason: everybody will read it."))
    return None


def why_not_publish(election: Election) -> Refused | None:
    """Whether its result may be published."""
    if election.state != State.COUNTED:
        return Refused("not_counted", _("Only a counted election can be published."))
    return None


def why_not_cancel(election: Election, reason: str, *, is_stopped: bool) -> Refused | None:
    """Whether it may be called off: before its box is shut, or where the box cannot be counted."""
    if election.state not in {State.DRAFT, State.FROZEN} and not is_stopped:
        return Refused("over", _("It is over; what was voted stays."))
    if not reason.strip():
        return Refused("no_reason", _("Give the reason: everybody will read it."))
    return None
