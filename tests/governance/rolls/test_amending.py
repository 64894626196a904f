"""A sealed roll changes when two officers agree, and each change is signed and chained."""

import json
from datetime import date

import pytest

from community.audit.models import Event
from community.people.models import Affiliation
from governance.rolls.amending import confirm_amendment, drop_proposal, propose_amendment
from governance.rolls.leaves import roll_hash
from governance.rolls.models import Amendment, Proposal, Roll, Voter
from governance.rolls.queries import leaves_of
from governance.rolls.querysets import voter_of
from governance.rolls.signing import is_signed, signer
from tests import factories
from tests.conftest import NOON
from tests.factories import rolls
from tests.governance.rolls.test_actions import code_of

pytestmark = pytest.mark.django_db


def propose(roll: Roll, person, by, kind: str = "add") -> Proposal:
    reason = "Left out by mistake."
    return propose_amendment(roll=roll, person=person, kind=kind, reason=reason, by=by, at=NOON)


def amend(roll: Roll, person, officers, kind: str = "add") -> Amendment:
    first, second = officers
    return confirm_amendment(proposal=propose(roll, person, first, kind), by=second, at=NOON)


def test_an_amendment_leads_from_the_hash_before_to_the_hash_after_and_is_signed():
    roll, person = rolls.sealed([factories.person()]), factories.person()
    first, second = rolls.officers_for(roll, 2)

    made = amend(roll, person, (first, second))

    roll.refresh_from_db()
    assert (roll.sha256, made.number) == (made.after, 1)
    assert roll_hash(leaves_of(roll)) == made.after
    assert is_signed(made.document.encode(), made.signature, signer())
    assert not is_signed(made.document.replace("add", "remove").encode(), made.signature, signer())
    assert json.loads(made.document) == {
        "format": "guildhall-roll-amendment-1",
        "roll": "spring",
        "number": 1,
        "kind": "add",
        "leaf": made.leaf,
        "before": made.before,
        "after": made.after,
        "reason": "Left out by mistake.",
        "officers": [f"person:{first.pk}", f"person:{second.pk}"],
        "at": "2026-03-14T12:00:00+00:00",
    }
    event = Event.objects.get(verb="rolls.amended")
    assert (event.facts["before"], event.facts["after"]) == (made.before, made.after)


def test_somebody_taken_off_and_put_back_has_another_line():
    voter = factories.person()
    roll = rolls.sealed([voter, factories.person()])
    officers = rolls.officers_for(roll, 2)
    first = voter_of(roll, voter)

    off = amend(roll, voter, officers, "remove")
    gone = voter_of(roll, voter)
    on = amend(roll, voter, officers, "add")

    again = voter_of(roll, voter)
    assert (gone, off.leaf, on.leaf) == (None, first.leaf, again.leaf)
    assert (again.pk, on.before) == (first.pk, off.after)
    assert again.leaf != first.leaf
    assert Voter.objects.count() == 2


def test_it_takes_two_officers_without_an_interest_of_their_own():
    roll, person = rolls.sealed([factories.person()]), factories.person()
    first, second, colleague = rolls.officers_for(roll)
    acme = factories.organization()
    for one in (colleague, person):
        Affiliation.objects.create(person=one, organization=acme, starts_on=date(2020, 1, 1))
    proposal = propose(roll, person, first)

    def confirm(by) -> str:
        return code_of(confirm_amendment, proposal=proposal, by=by, at=NOON)

    assert confirm(first) == "same_officer"
    assert confirm(colleague) == "same_employer"
    assert confirm(factories.person()) == "not_officer"
    assert not Amendment.objects.exists()
    assert [confirm(second), confirm(second)] == ["", "not_open"]


def test_what_makes_no_sense_is_refused():
    voter, person = factories.person(), factories.person()
    roll, open_roll = rolls.sealed([voter]), rolls.published([voter], slug="open")
    first, second = rolls.officers_for(roll, 2)
    other = rolls.officers_for(open_roll, 1)[0]

    def refused(of: Roll, who, by, kind: str) -> str:
        facts = {"kind": kind, "reason": "So.", "at": NOON}
        return code_of(propose_amendment, roll=of, person=who, by=by, **facts)

    assert refused(open_roll, person, other, "add") == "not_sealed"
    assert refused(roll, voter, first, "add") == "stands"
    assert refused(roll, person, first, "remove") == "stands_not"
    twice = [propose(roll, person, first) for _number in range(2)]
    confirm_amendment(proposal=twice[0], by=second, at=NOON)
    assert code_of(confirm_amendment, proposal=twice[1], by=second, at=NOON) == "stands"
    assert code_of(drop_proposal, proposal=twice[1], by=factories.person(), at=NOON) == (
        "not_officer"
    )
    drop_proposal(proposal=twice[1], by=second, at=NOON)
    assert code_of(drop_proposal, proposal=twice[1], by=second, at=NOON) == "not_open"


def test_a_list_that_somebody_changed_is_not_amended():
    roll = rolls.published([factories.person()])
    first, second = rolls.officers_for(roll, 2)
    Roll.objects.update(state="sealed", sha256="0" * 64)
    proposal = propose(roll, factories.person(), first)

    assert code_of(confirm_amendment, proposal=proposal, by=second, at=NOON) == "hash"
