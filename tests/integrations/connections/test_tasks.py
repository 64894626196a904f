"""The jobs that keep sources in step, through the death of a worker."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from community.jobs.leases import claim
from community.jobs.models import Job
from community.jobs.schedule import MAX_TRIES
from contributors.activity.records import Batch
from integrations.connections import tasks
from integrations.connections.models import Source, SyncRun
from integrations.connections.protocol import Page
from integrations.connections.tasks import sync_due
from tests.conftest import NOON
from tests.factories import connections
from tests.factories.jobs import drain

pytestmark = pytest.mark.django_db


def test_a_sync_whose_worker_died_is_taken_up_once_the_run_is_known_dead():
    source = connections.source(due_at=NOON)
    connections.run(source)

    with connections.scripted(Page(Batch(), {"next": 1}, "x")), time_machine.travel(NOON) as clock:
        sync_due()
        drain(allow_failures=True)
        early = list(Job.objects.values_list("state", "attempts"))
        clock.move_to(NOON + timedelta(minutes=20))
        drain()

    assert early == [("waiting", 0)]
    states = SyncRun.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["failed", "done"]


def die_in_every_try(clock) -> None:
    """Workers that are killed in the middle, until the job is put aside."""
    for _ in range(MAX_TRIES):
        assert claim(worker="killed", at=timezone.now()) is not None
        clock.shift(timedelta(hours=1))
    drain(allow_failures=True)
    assert [job.state for job in Job.objects.all()] == [Job.State.PARKED]


def test_a_source_whose_workers_all_died_says_so_and_is_read_an_hour_later():
    connections.source(due_at=NOON)

    with connections.scripted(Page(Batch(), {"next": 1}, "x")), time_machine.travel(NOON) as clock:
        sync_due()
        die_in_every_try(clock)
        sync_due()
        troubled = Source.objects.get()
        clock.shift(timedelta(hours=1))
        sync_due()
        drain()

    assert "died" in str(troubled.problem)
    assert (str(Source.objects.get().problem), SyncRun.objects.get().state) == ("", "done")
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["parked", "done"]


def test_a_source_whose_workers_died_while_they_came_further_is_tried_anew_at_once():
    """Its twin above, in which nothing was stored, is the negative control."""
    source = connections.source(due_at=NOON)

    with connections.scripted(Page(Batch(), {"next": 1}, "x")), time_machine.travel(NOON) as clock:
        sync_due()
        connections.run(source, started_at=timezone.now(), counts={"issues": 100}, state="failed")
        die_in_every_try(clock)
        sync_due()
        sync_due()
        drain()

    assert str(Source.objects.get().problem) == ""
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["parked", "done"]


def test_without_asking_later_such_a_source_stays_unread(monkeypatch):
    """The negative control: the same moment is asked for again and again."""
    monkeypatch.setattr(tasks, "ask_later", lambda *_, **__: None)
    connections.source(due_at=NOON)

    with connections.scripted(Page(Batch(), {"next": 1}, "x")), time_machine.travel(NOON) as clock:
        sync_due()
        die_in_every_try(clock)
        for _ in range(3):
            clock.shift(timedelta(hours=24))
            sync_due()
            drain()

    assert not SyncRun.objects.exists()


def test_a_source_whose_job_was_dropped_is_read_later_without_a_problem():
    connections.source(due_at=NOON)

    with connections.scripted(Page(Batch(), {"next": 1}, "x")), time_machine.travel(NOON) as clock:
        sync_due()
        Job.objects.update(state=Job.State.DROPPED)
        sync_due()
        problem = str(Source.objects.get().problem)
        clock.shift(timedelta(hours=1))
        sync_due()
        drain()

    assert (problem, SyncRun.objects.get().state) == ("", "done")


def test_a_source_that_was_moved_on_meanwhile_is_left_alone():
    known = connections.source(due_at=NOON)
    Source.objects.update(due_at=NOON + timedelta(minutes=15))

    tasks.ask_later(known, Job(state=Job.State.PARKED, created_at=NOON), at=NOON)

    found = Source.objects.get()
    assert (found.due_at, str(found.problem)) == (NOON + timedelta(minutes=15), "")
