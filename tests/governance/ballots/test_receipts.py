"""Receipts: each finds its own ballot among the published ones, and none finds another."""

from datetime import timedelta
from random import Random

import pytest
from django.test import Client

from community.audit.models import Event
from community.jobs.models import Job
from governance.ballots import casting
from governance.ballots.actions import close_election, count_election, publish_election
from governance.ballots.casting import cast_ballot
from governance.ballots.folder.building import bytes_of_receipt, tracker_of
from governance.ballots.manifest import terms_of
from governance.ballots.models import Election, Envelope, Paper
from governance.ballots.papers import WRONG
from governance.ballots.queries import why_count_stopped
from governance.ballots.receipt_forms import ReceiptForm
from governance.ballots.rulebook import choice_of
from governance.ballots.tasks import count
from tests.factories.ballots import CLOSES, NAMES, OPENS, announced, people

pytestmark = pytest.mark.django_db
DURING = OPENS + timedelta(hours=1)
VOTERS = 100


def published(election: Election, clock) -> Election:
    clock.set(CLOSES)
    close_election(election=election, at=CLOSES)
    count_election(election=election, at=CLOSES)
    return publish_election(election=election, at=CLOSES)


def wish(chance: Random) -> dict[str, int]:
    ranked = chance.sample(NAMES, chance.randint(0, len(NAMES)))
    return {name: rank for rank, name in enumerate(ranked, 1)}


def found_by(code: str, election: Election) -> dict[str, int] | None:
    """What is on the ballot that the page finds."""
    form = ReceiptForm({"code": code}, election=election)
    assert form.is_valid()
    if form.said() is None:
        return None
    terms = terms_of(election.manifest_document)
    marks = bytes(Paper.objects.get(tracker=form.tracker).marks)
    return choice_of(terms.rulebook, terms.keys, marks)


def test_a_hundred_voters_find_their_ballots_and_no_replaced_one(clock):
    voters, chance = people(VOTERS), Random(1)
    election = announced(voters)
    clock.set(DURING)
    first, last = {}, {}
    for voter in voters:
        receipt = cast_ballot(election=election, person=voter, choice=wish(chance), at=DURING)
        last[voter.pk] = receipt
    for voter in voters[::3]:
        first[voter.pk] = last[voter.pk]
        receipt = cast_ballot(election=election, person=voter, choice=wish(chance), at=DURING)
        last[voter.pk] = receipt

    election = published(election, clock)

    assert {pk: found_by(one.code, election) for pk, one in last.items()} == {
        pk: one.choice for pk, one in last.items()
    }
    assert [found_by(one.code, election) for one in first.values()] == [None] * len(first)


def test_the_page_finds_the_last_ballot_and_says_that_a_replaced_one_is_not_there(clock):
    voters = people(6)
    election = announced(voters)
    clock.set(DURING)
    codes, names = [], ["ada", *["linus"] * 5, "ada"]
    for voter, name in zip([voters[0], *voters], names, strict=True):
        receipt = cast_ballot(election=election, person=voter, choice={name: 1}, at=DURING)
        codes.append(receipt.code)

    published(election, clock)

    address = f"/elections/{election.slug}/receipt/"
    answers = [Client().post(address, {"code": code}).content.decode() for code in codes[:2]]
    tracker = [tracker_of(str(election.uid), bytes_of_receipt(code)) for code in codes[:2]]
    assert [one in said for one, said in zip(tracker, answers, strict=True)] == [False, True]


def test_a_receipt_of_another_election_finds_nothing(clock):
    voters = people(6)
    elections = [announced(voters), announced(voters)]
    clock.set(DURING)
    codes = [
        [cast_ballot(election=one, person=v, choice={"ada": 1}, at=DURING).code for v in voters]
        for one in elections
    ]

    one, other = (published(election, clock) for election in elections)

    assert [found_by(code, other) for code in codes[0]] == [None] * 6
    assert found_by(codes[0][0], one) == {"ada": 1}


def clashing(clock, monkeypatch) -> Election:
    """The last two of six voters were given the same receipt; its time is up."""
    *others, one, two, officer = people(7)
    election = announced([*others, one, two], officers=[officer])
    clock.set(DURING)
    for voter in others:
        cast_ballot(election=election, person=voter, choice={"grace": 1}, at=DURING)
    monkeypatch.setattr(casting.secrets, "token_bytes", lambda size: b"r" * size)
    for voter in (one, two):
        cast_ballot(election=election, person=voter, choice={"ada": 1}, at=DURING)
    clock.set(CLOSES)
    return close_election(election=election, at=CLOSES)


def test_a_clash_stops_the_count_and_everybody_reads_why(clock, monkeypatch):
    election = clashing(clock, monkeypatch)
    officer, voter = election.roll.officers.get().person, election.roll.voters.first().person
    for _ in range(2):
        count(election_id=election.pk)

    pages = []
    for reader in (officer, voter):
        browser = Client()
        browser.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
        pages.append(browser.get(election.get_absolute_url()).content.decode())

    election.refresh_from_db()
    assert (election.state, Paper.objects.count()) == ("closed", 0)
    assert [WRONG["receipts_clash"] in page for page in pages] == [True, True]
    events = Event.objects.filter(verb="ballots.count_stopped")
    assert [one.facts for one in events] == [{"why": "receipts_clash"}]
    assert Job.objects.filter(task="ballots.tell_stopped").count() == 1


def test_another_reason_is_written_down_as_well_and_goes_with_the_count(clock, monkeypatch):
    election = clashing(clock, monkeypatch)
    count(election_id=election.pk)
    Envelope.objects.filter(election=election).first().delete()
    count(election_id=election.pk)
    said = str(why_count_stopped(election))
    Election.objects.update(state="counted", counted_at=CLOSES)

    assert said == WRONG["envelopes_differ"]
    assert not why_count_stopped(Election.objects.get())
    assert Event.objects.filter(verb="ballots.count_stopped").count() == 2


def test_a_voter_who_is_given_the_same_receipt_again_is_no_clash(clock, monkeypatch):
    (voter, *others) = people(6)
    election = announced([voter, *others])
    clock.set(DURING)
    for one in others:
        cast_ballot(election=election, person=one, choice={"grace": 1}, at=DURING)
    monkeypatch.setattr(casting.secrets, "token_bytes", lambda size: b"r" * size)
    for choice in ({"ada": 1}, {"linus": 1}):
        code = cast_ballot(election=election, person=voter, choice=choice, at=DURING).code

    assert found_by(code, published(election, clock)) == {"linus": 1}
