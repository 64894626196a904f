"""Whom elections tell what, and how often."""

from datetime import timedelta

import pytest

from community.jobs.models import Job
from community.notifications.models import Notice
from governance.ballots.actions import cancel_election
from governance.ballots.casting import cast_ballot
from governance.ballots.nominating import nominate
from governance.ballots.tasks import ask_nominee, move_on
from governance.ballots.telling import remind, reminds_from, tell_all, tell_of_ballot, tell_officers
from tests.factories.ballots import CLOSES, OPENS, announced, drafted, people, sealed_roll

pytestmark = pytest.mark.django_db
DURING = OPENS + timedelta(hours=1)


def keys_of(person) -> list[str]:
    keys = Notice.objects.filter(person=person).values_list("key", flat=True)
    return sorted(key.split(":", 2)[2] for key in keys)


def test_everybody_on_the_roll_is_told_once(clock, member):
    voters = people(2)
    election = announced(voters)

    told = [tell_all(election=election, what="announced", at=DURING) for _ in range(2)]

    assert told == [2, 0]
    assert [keys_of(one) for one in (*voters, member)] == [["announced"], ["announced"], []]


def test_only_those_who_have_not_voted_are_reminded(clock):
    voters = people(2)
    election = announced(voters)
    clock.set(DURING)
    cast_ballot(election=election, person=voters[0], choice={"ada": 1}, at=DURING)

    remind(election=election, at=DURING)

    assert [keys_of(one) for one in voters] == [[], ["reminder"]]


def test_a_voter_is_told_of_each_ballot_and_not_what_is_on_it(clock):
    (voter,) = people(1)
    election = announced([voter])

    for version in (1, 2, 2):
        tell_of_ballot(election=election, person_id=voter.pk, version=version, at=DURING)

    assert keys_of(voter) == ["cast:1", "cast:2"]
    assert "ada" not in "".join(str(one.sentence) for one in Notice.objects.all()).lower()


def test_a_nominee_is_asked_and_who_stands_by_themselves_is_not(clock):
    voters = people(2)
    election = drafted(sealed_roll(voters), (), is_of_people=True)
    asked = nominate(election=election, person=voters[0], by=voters[1], at=DURING)
    own = nominate(election=election, person=voters[1], by=voters[1], at=DURING)

    for one, by in ((asked, voters[1]), (own, voters[1])):
        ask_nominee(candidacy_id=one.pk, person_id=one.person_id, by_id=by.pk)

    assert [keys_of(one) for one in voters] == [[f"nominated:{asked.pk}"], []]
    assert Notice.objects.get().url == asked.get_absolute_url()


def test_the_minute_finds_what_is_due(clock):
    election = announced(people(1))
    asked = []
    for moment in (OPENS - timedelta(hours=1), DURING, reminds_from(election), CLOSES):
        clock.set(moment)
        before = set(Job.objects.values_list("pk", flat=True))
        move_on()
        asked.append(sorted(Job.objects.exclude(pk__in=before).values_list("task", flat=True)))

    assert asked == [[], ["ballots.tell_opened"], ["ballots.remind"], ["ballots.close"]]


def test_a_short_vote_reminds_at_half_time(clock):
    election = announced(people(1), closes_at=OPENS + timedelta(hours=4))

    assert reminds_from(election) == OPENS + timedelta(hours=2)


def test_only_officers_are_told_that_a_count_has_stopped(clock):
    (voter, officer) = people(2)
    election = announced([voter], officers=[officer])

    told = [tell_officers(election=election, at=CLOSES) for _ in range(2)]

    assert told == [1, 0]
    assert [keys_of(one) for one in (voter, officer)] == [[], ["stopped"]]


def test_calling_off_asks_to_tell_everybody(clock):
    voters = people(1)
    election = announced(voters)

    cancel_election(election=election, reason="A mistake", by=voters[0], at=DURING)

    assert Job.objects.filter(task="ballots.tell_canceled").count() == 1
