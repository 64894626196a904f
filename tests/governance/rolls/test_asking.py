"""Requests: anybody asks, two officers without an interest of their own decide."""

import os
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.db.models import QuerySet

from community.audit.models import Event
from community.people.merging import merge_people
from community.people.models import Affiliation
from governance.rolls.asking import decide_request, make_request, withdraw_request
from governance.rolls.models import Decision, Request, Voter
from governance.rolls.querysets import voter_of
from tests import factories
from tests.conftest import NOON
from tests.factories import rolls
from tests.governance.rolls.test_actions import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def say(asked: Request, officer, verdict: str = "accept") -> str:
    facts = {"verdict": verdict, "reason": "It can be seen.", "at": NOON}
    return code_of(decide_request, request=asked, officer=officer, **facts)


def ask(roll, by, kind: str = "include", person=None) -> str:
    facts = {"kind": kind, "person": person or by, "reason": "Translated it.", "at": NOON}
    return code_of(make_request, roll=roll, by=by, **facts)


def employ(person, organization) -> None:
    Affiliation.objects.create(person=person, organization=organization, starts_on=date(2020, 1, 1))


def test_two_officers_that_agree_put_somebody_on_the_roll():
    roll = rolls.published([factories.person()])
    one, two, _three = rolls.officers_for(roll)
    asked = rolls.request(roll)

    assert say(asked, one) == ""
    assert (voter_of(roll, asked.person), Request.objects.get().state) == (None, "open")
    assert say(asked, two) == ""

    row = voter_of(roll, asked.person)
    assert row
    assert (row.origin, Request.objects.get().state) == ("request", "accepted")
    event = Event.objects.get(verb="rolls.request_decided")
    assert (event.actor, event.facts["officers"]) == (None, [one.pk, two.pk])


def test_where_two_disagree_a_third_one_decides():
    roll = rolls.published([factories.person()])
    one, two, three = rolls.officers_for(roll)
    asked = rolls.request(roll)

    said = [say(asked, one), say(asked, two, "decline"), say(asked, three, "decline")]

    asked.refresh_from_db()
    assert (said, asked.state, voter_of(roll, asked.person)) == (["", "", ""], "declined", None)
    assert say(asked, one) == "not_open"


def test_an_accepted_challenge_takes_the_row_off_and_keeps_it_to_be_read():
    voter = factories.person()
    roll = rolls.published([voter, factories.person()])
    one, two, _three = rolls.officers_for(roll)
    asked = rolls.request(roll, person=voter, kind="exclude", by=factories.person())

    for officer in (one, two):
        say(asked, officer)

    row = Voter.objects.get(roll=roll, person=voter)
    assert (voter_of(roll, voter), row.removed_at) == (None, NOON)


def test_somebody_put_back_has_the_row_again_with_a_new_salt():
    voter = factories.person()
    roll = rolls.published([voter])
    Voter.objects.update(removed_at=NOON)
    before = Voter.objects.get()

    for officer in rolls.officers_for(roll, 2):
        say(Request.objects.first() or rolls.request(roll, person=voter), officer)

    after = Voter.objects.get()
    assert (after.pk, after.removed_at) == (before.pk, None)
    assert after.salt != before.salt
    assert after.leaf != before.leaf


def test_officers_with_an_interest_of_their_own_are_kept_out(maintainer):
    roll = rolls.published([factories.person()])
    colleague, asker, concerned, twin, observer, free = rolls.officers_for(roll, 6)
    roll.officers.filter(person=observer).update(role="observer")
    person, acme, left = factories.person(), factories.organization(), factories.organization()
    for one, place in ((colleague, acme), (person, acme), (free, left)):
        employ(one, place)
    Affiliation.objects.create(person=person, organization=left, ends_on=date(2025, 1, 1))
    for independent in (person, free):
        employ(independent, None)
    absorbed = factories.person()
    merge_people(kept=twin, absorbed=absorbed, by=maintainer, at=NOON)

    challenge = rolls.request(roll, person=person, kind="exclude", by=asker)
    own, merged = rolls.request(roll, person=concerned), rolls.request(roll, person=absorbed)

    assert say(challenge, colleague) == "same_employer"
    assert say(challenge, asker) == "asked"
    assert say(own, concerned) == "concerned"
    assert say(merged, twin) == "concerned"
    assert say(challenge, observer) == "not_officer"
    assert say(challenge, factories.person()) == "not_officer"
    assert say(challenge, free) == ""
    assert say(challenge, free) == "decided"


def test_requests_are_taken_until_their_moment_by_the_clock_of_the_database(monkeypatch):
    roll = rolls.published([factories.person()])

    def ask_when(now) -> str:
        monkeypatch.setattr("governance.rolls.asking.database_now", lambda: now)
        return ask(roll, factories.person())

    assert ask_when(roll.requests_until - timedelta(microseconds=1)) == ""
    assert ask_when(roll.requests_until) == "window_closed"


def test_what_cannot_be_asked_is_refused():
    voter, person = factories.person(), factories.person()
    roll = rolls.published([voter])

    assert ask(roll, voter) == "on_roll"
    assert [ask(roll, person), ask(roll, person)] == ["", "asked_already"]
    assert ask(rolls.roll(slug="draft"), person) == "window_closed"
    assert ask(rolls.sealed(slug="sealed"), person) == "window_closed"


def test_nobody_asks_for_more_than_officers_can_read():
    roll, person = rolls.published([factories.person()]), factories.person()
    for _number in range(20):
        rolls.request(roll, kind="exclude", by=person, person=factories.person())

    assert ask(roll, person) == "too_many"


def test_whoever_challenges_does_not_learn_who_is_on_the_roll(member):
    on, off = factories.person(), factories.person()
    roll = rolls.published([on])

    assert [ask(roll, member, "exclude", one) for one in (on, off)] == ["", ""]


def test_the_log_does_not_keep_who_asked(member):
    ask(rolls.published([factories.person()]), member)

    event = Event.objects.get(verb="rolls.request_made")
    assert event.actor is None
    assert event.facts == {"request": Request.objects.get().pk, "kind": "include"}


def test_only_whoever_asked_takes_it_back(member):
    asked = rolls.request(rolls.published([factories.person()]), person=member)

    def withdraw(by) -> str:
        return code_of(withdraw_request, request=asked, by=by, at=NOON)

    assert [withdraw(factories.person()), withdraw(member), withdraw(member)] == [
        "not_yours",
        "",
        "not_open",
    ]


on_postgresql = pytest.mark.skipif(
    not os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"),
    reason="SQLite lets one transaction write at a time",
)


def decide_at_once() -> tuple[str, int]:
    """Two officers say yes in the same moment: the state, and how many decisions were logged."""
    roll = rolls.published([factories.person()])
    officers = rolls.officers_for(roll, 2)
    asked = rolls.request(roll)
    barrier = Barrier(2)

    def decide(officer) -> None:
        barrier.wait()
        decide_request(request=asked, officer=officer, verdict="accept", reason="Yes.", at=NOON)
        connection.close()

    threads = [Thread(target=decide, args=[one]) for one in officers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked.refresh_from_db()
    assert Decision.objects.count() == 2
    return asked.state, Event.objects.filter(verb="rolls.request_decided").count()


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_decide_once():
    assert decide_at_once() == ("accepted", 1)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_officers_at_once_would_decide_nothing(monkeypatch):
    """The negative control: each sees only what they said themselves."""
    meet = Barrier(2)
    create = Decision.objects.create

    def create_together(**facts) -> Decision:
        made = create(**facts)
        meet.wait(timeout=10)
        return made

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)
    monkeypatch.setattr(Decision.objects, "create", create_together)

    assert decide_at_once() == ("open", 0)
