"""Who may stand, nominate, answer, withdraw and write, and until when."""

from datetime import timedelta

import pytest

from community.audit.models import Event
from community.jobs import topics
from community.lib.refusals import Refused
from community.people.erasure import erase_person
from community.people.merging import merge_people
from governance.ballots.actions import freeze_election
from governance.ballots.candidacies import withdrawn_keys, withdrawn_since_frozen
from governance.ballots.models import Candidacy, Election, Endorsement
from governance.ballots.nominating import (
    accept_nomination,
    decline_nomination,
    endorse,
    forget_candidate,
    nominate,
    withdraw,
    write_statement,
)
from governance.rolls.models import Roll
from tests.factories.ballots import ANNOUNCED, CLOSES, drafted, people, take_off, turn_rolls
from tests.governance.ballots.candidates.conftest import UNTIL, employ, scene, stand

pytestmark = pytest.mark.django_db
State = Candidacy.State
MICROSECOND = timedelta(microseconds=1)


def code_of(deed, **arguments) -> str | None:
    """The code by which it is refused."""
    try:
        deed(**arguments)
    except Refused as refusal:
        return refusal.code
    return None


def proposed(election, person, by):
    return nominate(election=election, person=person, by=by, at=ANNOUNCED)


def frozen(election) -> Election:
    return freeze_election(election=election, by=election.created_by, at=ANNOUNCED)


def test_who_nominates_themselves_stands_at_once():
    place = scene()

    made = stand(place.election, place.voters[0])

    assert (made.state, made.nominated_by, made.answered_at) == (
        State.ACCEPTED,
        place.voters[0],
        ANNOUNCED,
    )


def test_whom_others_nominate_is_asked_first():
    place = scene()
    made = proposed(place.election, place.voters[0], place.voters[1])
    before = made.state

    accepted = accept_nomination(candidacy=made, by=place.voters[0], at=ANNOUNCED)

    assert (before, accepted.state) == (State.NOMINATED, State.ACCEPTED)


def test_officers_nominate_others_too():
    place = scene()

    made = proposed(place.election, place.voters[0], place.officer)

    assert made.nominated_by == place.officer


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (UNTIL - MICROSECOND, None),
        (UNTIL, "nominations_over"),
        (UNTIL + MICROSECOND, "nominations_over"),
    ],
)
def test_the_time_for_nominations_is_half_open_by_the_database_clock(moment, code, clock):
    place = scene()
    clock.set(moment)

    found = code_of(
        nominate, election=place.election, person=place.voters[0], by=place.voters[0], at=ANNOUNCED
    )

    assert found == code


def test_without_an_end_nominations_are_taken_until_the_freeze(clock):
    place = scene(nominations_until=None)
    clock.set(UNTIL)
    for one in place.voters[:2]:
        stand(place.election, one)
    frozen(place.election)

    last = {"election": place.election, "person": place.voters[2], "by": place.voters[2]}

    assert code_of(nominate, **last, at=ANNOUNCED) == "announced"


def test_a_nomination_may_be_answered_after_the_time_for_them(clock):
    place = scene()
    made = proposed(place.election, place.voters[0], place.voters[1])
    clock.set(UNTIL)

    accepted = accept_nomination(candidacy=made, by=place.voters[0], at=UNTIL)

    assert accepted.state == State.ACCEPTED


def test_who_may_not_be_nominated_or_nominate():
    place = scene()
    (outsider,) = people(1, "outsider")
    voter = place.voters[0]

    found = [
        code_of(nominate, election=place.election, person=person, by=by, at=ANNOUNCED)
        for person, by in (
            (outsider, outsider),
            (voter, outsider),
            (outsider, voter),
            (place.officer, voter),
            (place.officer, place.officer),
        )
    ]

    assert found == [
        "not_on_roll",
        "may_not_nominate",
        "nominee_not_on_roll",
        "officer_stands",
        "officer_stands",
    ]


def test_nobody_stands_where_a_question_is_put_or_no_roll_is_published():
    place = scene()
    voter = place.voters[0]
    motion = drafted(place.election.roll)
    early = drafted(place.election.roll, (), is_of_people=True)
    turn_rolls(Roll.State.DRAFT)

    found = [
        code_of(nominate, election=one, person=voter, by=voter, at=ANNOUNCED)
        for one in (motion, early)
    ]

    assert found == ["not_of_people", "roll_not_published"]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (State.NOMINATED, "is nominated already; once is enough. You can endorse them."),
        (State.ACCEPTED, "stands already; no need to nominate them. You can endorse them."),
        (State.DECLINED, "was nominated before and declined. They alone may come back."),
        (State.WITHDRAWN, "stood and withdrew. They alone may come back."),
    ],
)
def test_a_second_nominator_is_told_so_kindly(state, sentence):
    place = scene()
    proposed(place.election, place.voters[0], place.voters[1])
    Candidacy.objects.update(state=state)

    with pytest.raises(Refused) as refusal:
        proposed(place.election, place.voters[0], place.voters[2])

    assert refusal.value.code == "nominated_already"
    assert sentence in str(refusal.value)
    assert Candidacy.objects.count() == 1


def test_who_declined_or_withdrew_may_come_back_by_themselves():
    place = scene()
    voter = place.voters[0]
    made = proposed(place.election, voter, place.voters[1])
    decline_nomination(candidacy=made, by=voter, at=ANNOUNCED)
    back = stand(place.election, voter)
    withdraw(candidacy=back, by=voter, at=ANNOUNCED)

    again = stand(place.election, voter)

    assert (again.pk, again.state, again.withdrawn_at) == (made.pk, State.ACCEPTED, None)
    assert code_of(nominate, election=place.election, person=voter, by=voter, at=ANNOUNCED) == (
        "stands_already"
    )


def test_only_the_nominee_answers_and_once():
    place = scene()
    made = proposed(place.election, place.voters[0], place.voters[1])

    foreign = code_of(accept_nomination, candidacy=made, by=place.voters[1], at=ANNOUNCED)
    decline_nomination(candidacy=made, by=place.voters[0], at=ANNOUNCED)
    late = code_of(accept_nomination, candidacy=made, by=place.voters[0], at=ANNOUNCED)

    assert (foreign, late) == ("not_yours", "answered")


def test_who_was_taken_off_the_roll_accepts_nothing():
    place = scene()
    made = proposed(place.election, place.voters[0], place.voters[1])
    take_off(place.voters[0])

    assert code_of(accept_nomination, candidacy=made, by=place.voters[0], at=ANNOUNCED) == (
        "not_on_roll"
    )


def test_a_statement_is_its_candidates_own_until_the_freeze():
    place = scene()
    made = stand(place.election, place.voters[0], " I **care**. ")
    stand(place.election, place.voters[1])
    foreign = code_of(write_statement, candidacy=made, text="x", by=place.voters[1], at=ANNOUNCED)
    long = code_of(
        write_statement, candidacy=made, text="x" * 20_001, by=place.voters[0], at=ANNOUNCED
    )
    election = frozen(place.election)

    late = code_of(write_statement, candidacy=made, text="x", by=place.voters[0], at=ANNOUNCED)

    assert (foreign, long, late) == ("not_yours", "too_long", "announced")
    assert election.options.get(person=place.voters[0]).text == "I **care**."


def test_who_withdraws_before_the_freeze_is_not_on_the_ballot():
    place = scene()
    rows = [stand(place.election, one) for one in place.voters[:3]]

    withdraw(candidacy=rows[0], by=place.voters[0], at=ANNOUNCED)
    election = frozen(place.election)

    names = set(election.options.values_list("person", flat=True))
    assert names == {one.pk for one in place.voters[1:3]}
    assert withdrawn_since_frozen(election) == []


def test_who_withdraws_after_the_freeze_stays_on_the_ballot_and_is_marked(clock):
    place = scene()
    rows = [stand(place.election, one) for one in place.voters[:2]]
    election = frozen(place.election)
    clock.set(CLOSES - MICROSECOND)

    withdraw(candidacy=rows[0], by=place.voters[0], at=CLOSES - MICROSECOND)

    assert election.options.count() == 2
    assert withdrawn_since_frozen(election) == [rows[0]]
    assert withdrawn_keys(election) == {place.voters[0].handle}


def test_nobody_withdraws_once_voting_is_closed(clock):
    place = scene()
    rows = [stand(place.election, one) for one in place.voters[:2]]
    frozen(place.election)
    clock.set(CLOSES)

    assert code_of(withdraw, candidacy=rows[0], by=place.voters[0], at=CLOSES) == "closed"


def test_who_is_off_the_roll_by_the_freeze_is_not_on_the_ballot():
    place = scene()
    for one in place.voters[:3]:
        stand(place.election, one)
    take_off(place.voters[0])

    election = frozen(place.election)

    names = set(election.options.values_list("person", flat=True))
    assert names == {one.pk for one in place.voters[1:3]}


def test_each_verb_is_logged_and_told(monkeypatch):
    told = []
    monkeypatch.setattr(
        "governance.ballots.nominating.publish", lambda topic, **facts: told.append((topic, facts))
    )
    place = scene()
    voter, other = place.voters[:2]
    made = proposed(place.election, voter, other)
    accept_nomination(candidacy=made, by=voter, at=ANNOUNCED)
    write_statement(candidacy=made, text="Hello", by=voter, at=ANNOUNCED)
    write_statement(candidacy=made, text="Hello", by=voter, at=ANNOUNCED)
    endorse(candidacy=made, by=other, at=ANNOUNCED)
    withdraw(candidacy=made, by=voter, at=ANNOUNCED)

    events = Event.objects.about(made).in_order()

    assert [(one.verb, one.actor) for one in events] == [
        ("ballots.nominated", other),
        ("ballots.nomination_accepted", voter),
        ("ballots.statement_written", voter),
        ("ballots.endorsed", other),
        ("ballots.candidate_withdrew", voter),
    ]
    assert [topic for topic, _facts in told] == [one.verb for one in events]
    assert told[0][1] == {
        "candidacy_id": made.pk,
        "election_id": place.election.pk,
        "person_id": voter.pk,
        "by_id": other.pk,
    }


def test_an_erased_person_leaves_no_words_and_no_endorsements_in_a_draft(maintainer):
    place = scene()
    gone, other = place.voters[:2]
    stand(place.election, gone, "My life")
    kept = stand(place.election, other)
    endorse(candidacy=kept, by=gone, at=ANNOUNCED)
    erase_person(person=gone, typed=gone.handle, by=maintainer, at=ANNOUNCED)

    forget_candidate(person_id=gone.pk, at=ANNOUNCED)

    mine = Candidacy.objects.get(person=gone)
    assert (mine.state, mine.statement) == (State.WITHDRAWN, "")
    assert Endorsement.objects.count() == 0
    assert "ballots.forget_candidate" in topics._subscribers["people.erased"]


def test_what_is_frozen_stays_when_somebody_is_erased(maintainer):
    place = scene()
    gone, other = place.voters[:2]
    stand(place.election, gone, "My life")
    endorse(candidacy=stand(place.election, other), by=gone, at=ANNOUNCED)
    election = frozen(place.election)
    erase_person(person=gone, typed=gone.handle, by=maintainer, at=ANNOUNCED)

    forget_candidate(person_id=gone.pk, at=ANNOUNCED)

    option = election.options.get(person=gone)
    assert (option.text, Endorsement.objects.count()) == ("My life", 1)
    assert [one.person for one in withdrawn_since_frozen(election)] == [gone]


def test_records_of_one_human_are_one(maintainer):
    place = scene()
    voter, other = place.voters[:2]
    (account,) = people(1, "account")
    typed = voter.handle
    merge_people(kept=account, absorbed=voter, by=maintainer, at=ANNOUNCED, confirmation=typed)
    made = stand(place.election, account, "Hello")
    employ(other, "acme")

    again = code_of(nominate, election=place.election, person=account, by=other, at=ANNOUNCED)
    own = code_of(endorse, candidacy=made, by=account, at=ANNOUNCED)

    assert (made.person, again, own) == (account, "nominated_already", "own_candidacy")
