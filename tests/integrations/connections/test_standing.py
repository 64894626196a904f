"""What keeps a source from being called complete, each with the time of the next try."""

from datetime import UTC, datetime, timedelta

import pytest

from community.lib.refusals import Refused, Sentence
from contributors.activity.standing import weight_of
from integrations.connections.actions import disconnect
from integrations.connections.models import Source, SyncRun
from integrations.connections.protocol import OutOfBudget
from integrations.connections.standing import standings
from integrations.connections.sync import sync_source
from tests.factories.connections import run, scripted, source

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 10, tzinfo=UTC)
DUE = NOW + timedelta(minutes=40)


def told(of: Source) -> list[tuple[str, str]]:
    """Code and words of each open reason."""
    (found,) = standings([of.repository_id], NOW)
    return [(one.code, str(one.said)) for one in found.reasons]


def test_what_was_read_to_its_end_and_lately_has_no_open_reason(time_machine):
    time_machine.move_to(NOW, tick=False)

    assert told(source(synced_at=NOW)) == []


def test_a_source_never_read_says_so_and_is_not_known(time_machine):
    time_machine.move_to(NOW, tick=False)
    of = source(due_at=DUE)

    assert told(of) == [
        ("never_read", "It has not been read to the end yet. Next try at 10:40 UTC.")
    ]
    assert weight_of(of.repository, NOW).share is None


def test_an_empty_repository_that_was_read_is_complete():
    of = source()
    with scripted():
        sync_source(source=of)

    assert weight_of(of.repository, datetime.now(UTC)).percent == 100


def test_a_parked_run_says_when_it_goes_on(time_machine):
    time_machine.move_to(NOW, tick=False)
    of = source(synced_at=NOW)
    limit = Sentence(
        "The limit is used up; reading goes on at %(until_at)s.", {"until_at": f"{DUE}"}
    )
    with scripted(OutOfBudget(DUE, limit)):
        sync_source(source=of)

    assert told(of) == [("waiting", "The limit is used up; reading goes on at 10:40 UTC.")]


def test_a_failure_says_when_the_next_try_is(time_machine):
    time_machine.move_to(NOW, tick=False)
    of = source(synced_at=NOW)
    with scripted(Refused("gone", Sentence("It is gone."))):
        sync_source(source=of)

    assert told(of) == [("failed", "It is gone. Next try at 11:00 UTC.")]


def test_phases_that_did_not_come_to_their_end_are_named(time_machine):
    time_machine.move_to(NOW, tick=False)
    of = source(synced_at=NOW, unfinished=["issue_comments", "commits"])

    assert told(of) == [("unfinished", "Not read to the end: Comments, Commits.")]


def test_a_paused_source_has_no_next_try(time_machine):
    time_machine.move_to(NOW, tick=False)

    assert told(source(synced_at=NOW, state="paused", due_at=DUE)) == [
        ("paused", "Reading is paused.")
    ]


def test_a_day_without_a_reading_makes_it_stale_from_then_on(time_machine):
    time_machine.move_to(NOW, tick=False)
    read = NOW - timedelta(days=2)
    of = source(synced_at=read)
    (found,) = standings([of.repository_id], NOW)

    assert [(one.code, one.since) for one in found.reasons] == [("stale", read.date())]


@pytest.mark.parametrize("size", [1, 3])
def test_standings_cost_one_query(size, django_assert_num_queries):
    every = [source(location=f"guild/r{number}") for number in range(size)]
    for one in every:
        run(one, state=SyncRun.State.FAILED)

    with django_assert_num_queries(1):
        assert len(list(standings([one.repository_id for one in every], NOW))) == size


def test_a_disconnected_repository_says_so_until_it_is_read_again(time_machine):
    time_machine.move_to(NOW, tick=False)
    of = source(synced_at=NOW - timedelta(hours=1))
    repository = of.repository

    disconnect(source=of, by=None, at=NOW)
    (left,) = standings([repository.pk], NOW)
    again = source(repository=repository, synced_at=NOW)

    words = "Nobody has read it since it was disconnected at 10:00 UTC."
    assert [(one.code, str(one.said)) for one in left.reasons] == [("disconnected", words)]
    assert left.reasons[0].since == NOW.date()
    assert told(again) == []
