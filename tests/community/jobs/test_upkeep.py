from datetime import timedelta

import pytest
from django.utils import timezone

from community.jobs import bell
from community.jobs.actions import enqueue, prune_jobs
from community.jobs.heartbeat import show_life
from community.jobs.models import Job, WorkerBeat
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def task(register):
    register("test.one", lambda: None)


@pytest.fixture
def bells(monkeypatch) -> list[int]:
    """The ids for which a bell rang."""
    heard: list[int] = []
    monkeypatch.setattr(bell, "ring", lambda job_id, **_: heard.append(job_id))
    return heard


def test_jobs_over_for_a_month_are_forgotten_and_parked_ones_are_not():
    for state, age in [
        ("done", 31),
        ("done", 29),
        ("dropped", 31),
        ("parked", 99),
        ("waiting", 99),
    ]:
        moment = NOON - age * DAY
        Job.objects.create(
            task=f"{state}.{age}", state=state, run_at=moment, created_at=moment, finished_at=moment
        )

    prune_jobs(at=NOON)

    left = Job.objects.order_by("pk").values_list("task", flat=True)
    assert list(left) == ["done.29", "parked.99", "waiting.99"]


def test_workers_gone_for_a_day_are_forgotten():
    for age in (0, 2):
        WorkerBeat.objects.create(worker=str(age), seen_at=NOON - age * DAY)

    prune_jobs(at=NOON)

    assert WorkerBeat.objects.get().worker == "0"


def test_a_worker_is_listed_once_with_its_last_beat():
    for age in (2, 1):
        show_life(worker="w", at=NOON - age * DAY)

    assert list(WorkerBeat.objects.values_list("worker", "seen_at")) == [("w", NOON - DAY)]


def test_the_bell_rings_after_the_commit(bells, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = enqueue("test.one")
        before = list(bells)

    assert (before, bells) == ([], [job.pk])


def test_no_bell_rings_for_a_delayed_job_or_one_that_is_there(
    bells, django_capture_on_commit_callbacks
):
    enqueue("test.one", unique_key="one")

    with django_capture_on_commit_callbacks(execute=True):
        enqueue("test.one", run_at=timezone.now() + DAY)
        enqueue("test.one", unique_key="one")

    assert bells == []


def test_a_broker_that_is_away_is_left_in_peace_for_a_while(settings, monkeypatch):
    calls = []

    def refuse(*args, **kwargs):
        calls.append(args)
        raise ConnectionRefusedError

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    monkeypatch.setattr("celery.app.base.Celery.send_task", refuse)

    bell.ring(1)
    bell.ring(2)

    assert len(calls) == 1


def test_celery_hears_of_chores_with_the_lowest_priority(settings, monkeypatch):
    told = []
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    monkeypatch.setattr(
        "celery.app.base.Celery.send_task",
        lambda *_, args, priority, **__: told.append((args, priority)),
    )

    bell.ring(1)
    bell.ring(2, is_chore=True)

    assert told == [([1], 0), ([2], 9)]
