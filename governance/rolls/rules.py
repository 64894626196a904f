"""Why a roll cannot be made, published, sealed or changed."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from community.lib.refusals import Refused
from community.people.models import Person
from governance.rolls.models import Proposal, Request, Roll
from governance.rolls.queries import Tie, Wholeness

RESERVED = frozenset({"new"})  # an address of its own
FEWEST_OFFICERS = 2
SHORTEST_WINDOW, LONGEST_WINDOW = timedelta(days=1), timedelta(days=90)
SHORTEST_OVERRIDE = 20
MOST_OPEN = 20  # requests of one person on one roll
AGREEING = 2  # officers


def why_not_create(slug: str, floor: int, *, is_taken: bool) -> Refused | None:
    """Whether a roll may have this short name and floor."""
    if slug in RESERVED:
        return Refused("reserved", _("Choose another short name: this one is an address here."))
    if is_taken:
        return Refused("taken", _("Another roll has this short name."))
    if floor > 100:
        return Refused("floor", _("Completeness is at most 100 percent."))
    return None


def why_not_appoint(person: Person, *, is_appointed: bool) -> Refused | None:
    """Whether somebody may answer for a roll."""
    if person.merged_into_id or person.erased_at:
        return Refused("not_present", _("This person was merged with another or erased."))
    if person.is_bot or not person.is_active:
        return Refused("cannot_act", _("Bots and suspended people cannot be election officers."))
    if is_appointed:
        return Refused("appointed", _("This person is an officer or observer already."))
    return None


def why_not_run(*, is_officer: bool) -> Refused | None:
    """Only officers have a roll go on."""
    if not is_officer:
        return Refused("not_officer", _("Only the election officers of this roll can do this."))
    return None


def why_not_compute(roll: Roll) -> Refused | None:
    """Only a draft is computed."""
    if not roll.is_draft:
        return Refused("not_draft", _("A roll that is published is not computed again."))
    return None


def why_not_publish(
    roll: Roll, *, officers: int, voters: int, until: datetime | None, at: datetime
) -> Refused | None:
    """Whether everybody may see a roll and ask for changes; without a moment, apart from it."""
    if not roll.is_draft:
        return Refused("published", _("This roll is published already."))
    if officers < FEWEST_OFFICERS:
        return Refused("officers", _("A roll needs at least two election officers."))
    if roll.on > at.date():
        return Refused("too_early", _("The reference day is not here yet."))
    if roll.computed_at is None or roll.computed_at.date() < roll.on:
        return Refused("not_computed", _("Compute the roll first."))
    if not voters:
        return Refused("empty", _("Nobody meets the criteria on this day."))
    if until is not None and not at + SHORTEST_WINDOW <= until <= at + LONGEST_WINDOW:
        return Refused("window", _("Take requests for at least a day and at most 90 days."))
    return None


def why_not_seal(
    roll: Roll, *, open_requests: int, whole: Wholeness, override: str, now: datetime
) -> Refused | None:
    """Whether a roll may be closed; `now` is the time of the database."""
    if roll.state != Roll.State.PUBLISHED or roll.requests_until is None:
        return Refused("not_published", _("Only a published roll can be sealed."))
    if now < roll.requests_until:
        return Refused("window_open", _("Requests are taken until their time is over."))
    if open_requests:
        return Refused("requests_open", _("Decide all requests first."))
    if not whole.reaches(roll.floor) and len(override) < SHORTEST_OVERRIDE:
        return Refused(
            "incomplete",
            _("The data is less complete than this roll asks for. Say who is affected, and why."),
        )
    return None


def why_not_request(
    roll: Roll, *, kind: str, stands: bool, own_open: int, now: datetime
) -> Refused | None:
    """Whether somebody may ask for a change; `stands` is whether they are on the roll."""
    if not roll.takes_requests(now):
        return Refused("window_closed", _("This roll takes no requests now."))
    if kind == Request.Kind.INCLUDE and stands:
        return Refused("on_roll", _("You are on this roll already."))
    if own_open >= MOST_OPEN:
        return Refused("too_many", _("Wait until your other requests are decided."))
    return None


def why_not_ask_again(*, is_open: bool) -> Refused | None:
    """The same person asks the same once at a time."""
    if is_open:
        return Refused("asked_already", _("You asked for this already; it is not decided yet."))
    return None


def why_not_withdraw(request: Request, by: Person) -> Refused | None:
    """Whether somebody may take a request back."""
    if request.by_id != by.pk:
        return Refused("not_yours", _("Only whoever asked can take it back."))
    if not request.is_open:
        return Refused("not_open", _("This request is settled."))
    return None


def why_not_decide(request: Request, roll: Roll, tie: Tie, *, has_decided: bool) -> Refused | None:
    """Whether an officer may decide a request."""
    if roll.is_sealed or not request.is_open:
        return Refused("not_open", _("This request is settled."))
    if refusal := why_not_judge(tie):
        return refusal
    if has_decided:
        return Refused("decided", _("You have decided; another officer has to as well."))
    return None


def why_not_judge(tie: Tie) -> Refused | None:
    """Whether somebody is an officer without an interest of their own."""
    if refusal := why_not_run(is_officer=tie.is_officer):
        return refusal
    if tie.is_concerned:
        return Refused("concerned", _("It is about you: leave it to other officers."))
    if tie.asked:
        return Refused("asked", _("You asked for it: leave it to other officers."))
    if tie.shares_employer:
        return Refused(
            "same_employer",
            _("You work for the employer of the person concerned: leave it to other officers."),
        )
    return None


def why_not_amend(roll: Roll, tie: Tie, *, kind: str, stands: bool) -> Refused | None:
    """Whether an officer may have a sealed roll changed."""
    if not roll.is_sealed:
        return Refused("not_sealed", _("Only a sealed roll is amended."))
    if refusal := why_not_judge(tie):
        return refusal
    if kind == "add" and stands:
        return Refused("stands", _("This person is on the roll."))
    if kind == "remove" and not stands:
        return Refused("stands_not", _("This person is not on the roll."))
    return None


def why_not_confirm(proposal: Proposal, by: Person) -> Refused | None:
    """Whether an officer may confirm what another one proposed."""
    if not proposal.is_open:
        return Refused("not_open", _("This amendment is settled."))
    if proposal.by_id == by.pk:
        return Refused("same_officer", _("Another officer has to confirm it."))
    return None


def why_not_drop(proposal: Proposal, *, is_officer: bool) -> Refused | None:
    """Whether a proposed amendment may be dropped."""
    if refusal := why_not_run(is_officer=is_officer):
        return refusal
    if not proposal.is_open:
        return Refused("not_open", _("This amendment is settled."))
    return None


def why_not_trust(sealed: str, found: str) -> Refused | None:
    """Whether the list still has the hash that was written down."""
    if sealed != found:
        return Refused("hash", _("The list no longer has the hash that was sealed."))
    return None
