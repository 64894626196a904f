"""What is over stays so: the database and the jobs see to it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from governance.ballots import sealing, tasks
from governance.ballots.actions import (
    cancel_election,
    close_election,
    count_election,
    publish_election,
)
from governance.ballots.casting import cast_ballot
from governance.ballots.models import Document, Election, Envelope
from governance.ballots.triggers import lift, protect
from tests.factories.ballots import CLOSES, OPENS, announced, people

pytestmark = pytest.mark.django_db
DURING = OPENS + timedelta(hours=1)
VERBS = (close_election, count_election, publish_election)
LATER = {"closed_at": CLOSES + timedelta(days=1)}
GOING_BACK = {
    "closed": [{"state": "frozen"}, {"box_root": "0" * 64}, LATER],
    "counted": [{"state": "closed"}, {"state": "canceled"}, {"invalid_count": 1}],
    "published": [{"state": "counted"}, {"result": {}}, {"decisions": [1]}, {"lot_value": "7"}],
}


def brought_to(state: str, clock) -> Election:
    """An election in which six have voted, in this state."""
    voters = people(6)
    election = announced(voters)
    clock.set(DURING)
    for voter in voters:
        cast_ballot(election=election, person=voter, choice={"ada": 1}, at=DURING)
    clock.set(CLOSES)
    for verb in VERBS:
        if election.state != state:
            election = verb(election=election, at=CLOSES)
    return election


def refused(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize("state", GOING_BACK)
def test_no_step_of_an_election_is_taken_back(state, clock):
    election = brought_to(state, clock)
    mine = Election.objects.filter(pk=election.pk)

    found = [refused(lambda one=one: mine.update(**one)) for one in GOING_BACK[state]]

    assert found == [True] * len(found)


def test_nothing_is_added_to_a_published_folder(clock):
    election = brought_to("published", clock)

    assert refused(lambda: Document.objects.create(election=election, name="more", content=b""))


def test_without_the_triggers_all_of_it_would_pass(clock):
    election = brought_to("published", clock)
    mine = Election.objects.filter(pk=election.pk)
    lift(connection)

    found = [refused(lambda one=one: mine.update(**one)) for one in GOING_BACK["published"]]

    protect(connection)
    assert found == [False] * len(found)


def test_what_lay_in_a_box_that_is_called_off_is_thrown_away_unopened(clock, monkeypatch):
    monkeypatch.setattr(tasks, "forget_envelopes", lambda: True)
    voters = people(2)
    election = announced(voters)
    clock.set(DURING)
    cast_ballot(election=election, person=voters[0], choice={"ada": 1}, at=DURING)

    cancel_election(election=election, reason="A mistake", by=voters[0], at=DURING)
    tasks.clear_box(election_id=election.pk)

    assert list(Envelope.objects.values_list("content", flat=True)) == [None]
    assert not sealing.is_there(election.uid)
    election.refresh_from_db()
    assert refused(lambda: Election.objects.filter(pk=election.pk).update(state="frozen"))


def test_the_key_of_a_box_that_is_still_in_use_stays(clock, monkeypatch):
    monkeypatch.setattr(tasks, "forget_envelopes", lambda: True)
    election = announced(people(1))

    tasks.clear_box(election_id=election.pk)

    assert sealing.is_there(election.uid)
