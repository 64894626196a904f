"""Why somebody cannot stand, be nominated, answer, withdraw, write or endorse."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from community.lib.refusals import Refused
from governance.ballots.models import Candidacy, Election
from governance.rolls.models import Roll

State = Candidacy.State
LONGEST_STATEMENT = 20_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """What somebody has to do with an election; `ids` are theirs and of records merged in."""

    is_voter: bool = False
    is_officer: bool = False
    ids: frozenset[int] = frozenset()

    def owns(self, candidacy: Candidacy) -> bool:
        """Whether the candidacy is their own."""
        return candidacy.person_id in self.ids


def why_not_draft(election: Election) -> Refused | None:
    """Whether who stands is still open."""
    if election.state == Election.State.CANCELED:
        return Refused("canceled", _("This election was canceled."))
    if election.state != Election.State.DRAFT:
        return Refused(
            "announced", _("The election is announced; its candidates stay as they are.")
        )
    return None


def takes_nominations(election: Election, at: datetime) -> Refused | None:
    """Whether anybody may be nominated at this moment of the database's clock; half open."""
    if not election.is_of_people:
        return Refused("not_of_people", _("Nobody stands here: this vote decides a question."))
    if refusal := why_not_draft(election):
        return refusal
    if election.roll.state not in {Roll.State.PUBLISHED, Roll.State.SEALED}:
        return Refused(
            "roll_not_published", _("Nominations begin once the electoral roll is published.")
        )
    if election.nominations_until is not None and election.nominations_until <= at:
        return Refused("nominations_over", _("The time for nominations is over."))
    return None


def why_not_stand(
    election: Election, part: Part, existing: Candidacy | None, at: datetime
) -> Refused | None:
    """Whether somebody may nominate themselves; who declined or withdrew may come back."""
    if refusal := takes_nominations(election, at):
        return refusal
    if part.is_officer:
        return Refused(
            "officer_stands", _("You answer for this election, so you cannot stand in it.")
        )
    if not part.is_voter:
        return Refused("not_on_roll", _("You are not on the electoral roll."))
    if existing is not None and existing.state == State.ACCEPTED:
        return Refused("stands_already", _("You stand already."))
    return None


def why_not_propose(election: Election, by: Part, at: datetime) -> Refused | None:
    """Whether somebody may nominate others at all."""
    if refusal := takes_nominations(election, at):
        return refusal
    if not (by.is_voter or by.is_officer):
        return Refused(
            "may_not_nominate",
            _("Those on the electoral roll and the officers of the election nominate others."),
        )
    return None


def why_not_nominate(
    election: Election, by: Part, nominee: Part, name: str, existing: Candidacy | None, at: datetime
) -> Refused | None:
    """Whether somebody may nominate somebody else, whom `name` calls."""
    if refusal := why_not_propose(election, by, at):
        return refusal
    if existing is not None:
        return Refused("nominated_already", _said_of(existing) % {"name": name})
    if nominee.is_officer:
        return Refused(
            "officer_stands",
            _("%(name)s answers for this election and cannot stand in it.") % {"name": name},
        )
    if not nominee.is_voter:
        return Refused(
            "nominee_not_on_roll", _("%(name)s is not on the electoral roll.") % {"name": name}
        )
    return None


def _said_of(existing: Candidacy) -> str:
    """Why nobody needs to be nominated twice, kindly."""
    if existing.state == State.DECLINED:
        return _("%(name)s was nominated before and declined. They alone may come back.")
    if existing.state == State.WITHDRAWN:
        return _("%(name)s stood and withdrew. They alone may come back.")
    if existing.state == State.ACCEPTED:
        return _("%(name)s stands already; no need to nominate them. You can endorse them.")
    return _("%(name)s is nominated already; once is enough. You can endorse them.")


def why_not_accept(candidacy: Candidacy, election: Election, by: Part) -> Refused | None:
    """Whether a nomination may be accepted: by its own person, until the announcement."""
    if refusal := _why_not_answer(candidacy, election, by):
        return refusal
    if by.is_officer:
        return Refused(
            "officer_stands", _("You answer for this election, so you cannot stand in it.")
        )
    if not by.is_voter:
        return Refused("not_on_roll", _("You are not on the electoral roll."))
    return None


def why_not_decline(candidacy: Candidacy, election: Election, by: Part) -> Refused | None:
    """Whether a nomination may be declined."""
    return _why_not_answer(candidacy, election, by)


def _why_not_answer(candidacy: Candidacy, election: Election, by: Part) -> Refused | None:
    if not by.owns(candidacy):
        return Refused("not_yours", _("Only who is nominated can answer."))
    if refusal := why_not_draft(election):
        return refusal
    if candidacy.state != State.NOMINATED:
        return Refused("answered", _("This nomination is answered already."))
    return None


def why_not_withdraw(
    candidacy: Candidacy, election: Election, by: Part, at: datetime
) -> Refused | None:
    """Whether somebody may step back: at any time before voting closes."""
    if not by.owns(candidacy):
        return Refused("not_yours", _("Only the candidate can withdraw."))
    if candidacy.state != State.ACCEPTED:
        return Refused("does_not_stand", _("Only who stands can withdraw."))
    if election.state == Election.State.CANCELED:
        return Refused("canceled", _("This election was canceled."))
    is_shut = election.state not in {Election.State.DRAFT, Election.State.FROZEN}
    if is_shut or election.is_over(at):
        return Refused("closed", _("Voting is closed."))
    return None


def why_not_write_statement(candidacy: Candidacy, election: Election, by: Part) -> Refused | None:
    """Whether somebody may say why they stand."""
    if not by.owns(candidacy):
        return Refused("not_yours", _("Only the candidate writes the statement."))
    if refusal := why_not_draft(election):
        return refusal
    if candidacy.state != State.ACCEPTED:
        return Refused("does_not_stand", _("Accept the nomination first."))
    return None


def why_not_say(text: str) -> Refused | None:
    """Whether a statement may read so."""
    if len(text) > LONGEST_STATEMENT:
        return Refused("too_long", _("This statement is longer than 20,000 characters."))
    return None


def why_not_endorse(
    candidacy: Candidacy, election: Election, by: Part, *, has_endorsed: bool
) -> Refused | None:
    """Whether somebody may endorse a candidacy: once, from the roll, until the announcement."""
    if refusal := why_not_draft(election):
        return refusal
    if by.owns(candidacy):
        return Refused("own_candidacy", _("You cannot endorse yourself."))
    if not by.is_voter:
        return Refused("not_on_roll", _("Only those on the electoral roll endorse candidates."))
    if candidacy.state not in {State.NOMINATED, State.ACCEPTED}:
        return Refused("does_not_stand", _("Who does not stand cannot be endorsed."))
    if has_endorsed:
        return Refused("endorsed_already", _("You endorse this candidate already."))
    return None


def why_not_take_back(election: Election, *, has_endorsed: bool) -> Refused | None:
    """Whether an endorsement may be taken back."""
    if refusal := why_not_draft(election):
        return refusal
    if not has_endorsed:
        return Refused("not_endorsed", _("You do not endorse this candidate."))
    return None
