"""Whatever is done to an election, in whatever order: what has to hold holds after each step.

ENDURANCE=1 tells two thousand stories of fifty steps.
"""

import os
from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from community.audit.verify import verify
from community.jobs import clock as clocks
from community.lib.refusals import Refused
from community.people.erasure import erase_person
from governance.ballots import casting, sealing
from governance.ballots.actions import (
    cancel_election,
    change_election,
    close_election,
    count_election,
    freeze_election,
    publish_election,
)
from governance.ballots.casting import cast_ballot
from governance.ballots.models import Document, Election, Envelope, Paper
from governance.ballots.triggers import FROZEN, lift, protect
from governance.rolls.forgetting import forget_person
from tests.factories.ballots import ANNOUNCED, CLOSES, NAMES, OPENS, draft_of, drafted, people
from tests.factories.ballots import sealed_roll as roll_of
from tests.trying import examples

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(3_000)]
ENDURES = bool(os.environ.get("ENDURANCE"))
STORIES, STEPS = (2_000, 50) if ENDURES else (examples(20, in_the_build=30), 20)
SETTINGS = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=not ENDURES,
    suppress_health_check=list(HealthCheck),
)
MOMENTS = [ANNOUNCED, OPENS - timedelta(seconds=1), OPENS, CLOSES - timedelta(seconds=1), CLOSES]
CHOICES = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 4))
VOTERS = st.integers(0, 5)
REACHED: Counter[str] = Counter()  # how stories ended


class Story(RuleBasedStateMachine):
    """An election of six voters, and what is known of it without a look at its tables."""

    def __init__(self) -> None:
        super().__init__()
        self.world = transaction.atomic()
        self.world.__enter__()
        self.casts: dict[int, int] = {}
        self.announced: dict[str, object] = {}
        self.folder: dict[str, bytes] = {}
        self.envelopes_at_close: set[str] | None = None
        self.moment = 0

    def teardown(self) -> None:
        REACHED[self.election.state] += 1
        clocks._told.set(None)
        transaction.set_rollback(True)
        self.world.__exit__(None, None, None)

    @initialize(start=st.sampled_from(["voted", "open", "draft", "voted"]))
    def begin(self, start) -> None:
        """At the first word, or in the middle: few stories would come to their end by chance."""
        self.now = MOMENTS[0]
        clocks._told.set(self.now)
        self.voters = people(6)
        self.roll = roll_of(self.voters)
        self.election = drafted(self.roll)
        self.by = self.election.created_by
        if start != "draft":
            self.freeze()
            self.go_to(OPENS)
        if start == "voted":
            for voter, choice in enumerate([{"ada": 1}, {"grace": 1}, {}]):
                self.cast(voter, choice)
            self.go_to(CLOSES)

    def go_to(self, moment) -> None:
        while self.now != moment:
            self.time_passes()

    def attempt(self, verb, **facts) -> bool:
        """Do it as an action does; whether it was not refused."""
        try:
            with transaction.atomic():
                verb(election=self.election, at=self.now, **facts)
        except Refused:
            return False
        finally:
            self.election.refresh_from_db()
        return True

    # What people and jobs do

    @rule()
    def time_passes(self) -> None:
        self.moment = min(self.moment + 1, len(MOMENTS) - 1)
        self.now = MOMENTS[self.moment]
        clocks._told.set(self.now)

    @rule(title=st.sampled_from(["A committee", "Another committee"]))
    def write_anew(self, title) -> None:
        was_draft = self.election.state == "draft"
        draft = draft_of(self.roll, title=title)
        assert self.attempt(change_election, draft=draft, by=self.by) == was_draft

    @rule()
    def freeze(self) -> None:
        may = self.election.state == "draft" and self.now <= OPENS
        assert self.attempt(freeze_election, by=self.by) == may
        if may:
            self.announced = self.frozen_fields()

    @rule(voter=VOTERS, choice=CHOICES)
    def cast(self, voter, choice) -> None:
        may = self.election.state == "frozen" and OPENS <= self.now < CLOSES
        assert self.attempt(cast_ballot, person=self.voters[voter], choice=choice) == may
        if may:
            self.casts[voter] = self.casts.get(voter, 0) + 1

    @rule()
    def close(self) -> None:
        was_closed = self.election.closed_at is not None
        may = was_closed or (self.election.state == "frozen" and self.now >= CLOSES)
        assert self.attempt(close_election) == may
        if may and not was_closed:
            self.envelopes_at_close = self.hashes()

    @rule()
    def open_the_box(self) -> None:
        may = self.election.state in {"closed", "counted", "published"}
        assert self.attempt(count_election) == may

    @rule()
    def publish(self) -> None:
        may = self.election.state in {"counted", "published"}
        assert self.attempt(publish_election) == may
        if may and not self.folder:
            self.folder = self.files()

    @rule(voter=VOTERS)
    def erase(self, voter) -> None:
        person = self.voters[voter]
        person.refresh_from_db()
        if person.erased_at is None:
            erase_person(person=person, typed=person.handle, by=person, at=self.now)
            forget_person(person_id=person.pk)

    @rule(times=st.sampled_from([2, 1, 3]))
    def go_on(self, times) -> None:
        """What comes next of itself, so many times."""
        for _ in range(times):
            self.take_the_next_step()

    def take_the_next_step(self) -> None:
        steps = {"closed": self.open_the_box, "counted": self.publish, "draft": self.freeze}
        if self.election.state == "frozen":
            steps["frozen"] = self.close if self.now >= CLOSES else self.time_passes
        steps.get(self.election.state, self.time_passes)()

    @rule(is_meant=st.sampled_from([*[False] * 7, True]))
    def cancel(self, is_meant) -> None:
        may = is_meant and self.election.state in {"draft", "frozen"}
        reason = "A mistake" if is_meant else " "
        assert self.attempt(cancel_election, reason=reason, by=self.by) == may

    # What has to hold

    def frozen_fields(self) -> dict[str, object]:
        fields = Election.objects.filter(pk=self.election.pk).values(*FROZEN)[0]
        return fields | {"options": list(self.election.options.values_list("key", "title"))}

    def hashes(self) -> set[str]:
        return set(self.election.envelopes.values_list("sha256", flat=True))

    def files(self) -> dict[str, bytes]:
        rows = Document.objects.filter(election=self.election)
        return {one.name: bytes(one.content) for one in rows}

    @invariant()
    def each_voter_has_one_envelope(self) -> None:
        rows = self.election.envelopes.values_list("voter__person", "version")
        people = {self.voters[at].pk: number for at, number in self.casts.items()}
        assert sorted(rows) == sorted(people.items())
        assert len(rows) <= self.roll.voters.count()

    @invariant()
    def what_was_announced_stays(self) -> None:
        assert not self.announced or self.frozen_fields() == self.announced

    @invariant()
    def papers_come_with_the_count_and_are_as_many(self) -> None:
        papers = Paper.objects.filter(election=self.election).count()
        is_counted = self.election.counted_at is not None
        assert papers == (len(self.casts) if is_counted else 0)
        if is_counted:
            result = self.election.result
            assert (result["valid"], result["invalid"]) == (papers, 0)
            assert result["cast"] == self.election.envelope_count == papers

    @invariant()
    def what_was_shut_stays_shut(self) -> None:
        assert self.envelopes_at_close in (None, self.hashes())

    @invariant()
    def contents_go_with_the_count_or_the_cancellation(self) -> None:
        is_gone = self.election.state in {"counted", "published", "canceled"}
        contents = Envelope.objects.contents_of(self.election)
        assert all((one is None) == is_gone for one in contents)
        assert is_gone or not self.casts or sealing.is_there(self.election.uid)

    @invariant()
    def what_is_published_stays(self) -> None:
        assert self.files() == self.folder

    @invariant()
    def the_audit_log_holds(self) -> None:
        assert verify().fault == ""


@pytest.fixture
def guarded(db):
    from django.db import connection

    protect(connection)


def test_what_has_to_hold_holds_in_every_story(guarded):
    REACHED.clear()

    run_state_machine_as_test(Story, settings=SETTINGS)

    print(REACHED)
    assert {"draft", "frozen", "closed", "counted", "published", "canceled"} - set(REACHED) == set()


class Forgetful(Story):
    """One in which a second ballot does not replace the first."""

    def cast_and_lose(self, **facts):
        receipt = cast_ballot(**facts)
        Envelope.objects.filter(version=2).update(version=1)
        return receipt

    @rule(voter=VOTERS)
    def cast_twice(self, voter) -> None:
        for _ in range(2):
            if self.attempt(self.cast_and_lose, person=self.voters[voter], choice={"ada": 1}):
                self.casts[voter] = self.casts.get(voter, 0) + 1


class Hasty(Story):
    """One in which the end is not looked at by the statement nor before it."""

    @rule(voter=VOTERS)
    def cast_late(self, voter) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(casting, "why_not_vote", lambda *_, **__: None)
            patch.setattr(casting, "IN_TIME", "{clock} IS NOT NULL")
            is_open = self.election.state == "frozen" and OPENS <= self.now < CLOSES
            if self.election.manifest and self.election.state != "canceled":
                person = self.voters[voter]
                late = not is_open
                done = self.attempt(cast_ballot, person=person, choice={"ada": 1})
                assert not (done and late)
                self.casts[voter] = self.casts.get(voter, 0) + done


@pytest.mark.parametrize("broken", [Forgetful, Hasty])
def test_a_broken_guard_is_found(db, broken):
    from django.db import connection

    lift(connection)
    quick = settings(SETTINGS, max_examples=500, phases=SETTINGS.phases[:3], database=None)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(broken, settings=quick)

    protect(connection)
