from datetime import timedelta

import pytest
from django.utils import timezone

from community.jobs.actions import enqueue, plan_slots
from community.jobs.leases import LeaseLost, claim, extend
from community.jobs.models import Job, WorkerBeat
from community.jobs.runner import Interrupted, RetryAt, confirm_lease, execute
from tests.conftest import NOON
from tests.factories.jobs import drain

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def leave_a_mark(name: str) -> None:
    WorkerBeat.objects.create(worker=name, seen_at=NOON)


def marks() -> list[str]:
    return list(WorkerBeat.objects.order_by("pk").values_list("worker", flat=True))


def claimed(**fields) -> Job:
    """A job in the hands of worker `first`."""
    job = enqueue("test.mark", name="effect")
    Job.objects.filter(pk=job.pk).update(**fields)
    return claim(worker="first", at=timezone.now(), only=job.pk)


@pytest.fixture(autouse=True)
def mark(register):
    register("test.mark", leave_a_mark)


def test_a_job_runs_once_and_is_done():
    enqueue("test.mark", name="effect")

    ran = drain()

    assert (ran, marks()) == (["test.mark"], ["effect"])
    assert list(Job.objects.values_list("state", "attempts", "error")) == [("done", 1, "")]


def test_an_unregistered_name_cannot_be_enqueued():
    with pytest.raises(KeyError):
        enqueue("test.missing")


def test_a_unique_key_is_enqueued_once():
    first = enqueue("test.mark", unique_key="one", name="first")
    second = enqueue("test.mark", unique_key="one", name="second")

    assert (second.pk, second.arguments) == (first.pk, {"name": "first"})


def test_a_chore_is_claimed_after_everything_else_that_is_due(register):
    register("test.chore", leave_a_mark, is_chore=True)
    enqueue("test.chore", name="chore", run_at=timezone.now() - HOUR)
    enqueue("test.mark", name="first", run_at=timezone.now() - HOUR / 2)
    enqueue("test.mark", name="second")

    drain()

    assert marks() == ["first", "second", "chore"]


def test_work_that_comes_meanwhile_goes_before_the_chores_that_are_left(register):
    def chore(name: str) -> None:
        leave_a_mark(name)
        if name == "chore 1":
            enqueue("test.mark", name="urgent")

    register("test.chore", chore, is_chore=True)
    for number in (1, 2):
        enqueue("test.chore", name=f"chore {number}", run_at=timezone.now() - HOUR)

    drain()

    assert marks() == ["chore 1", "urgent", "chore 2"]


def test_a_delayed_job_waits_for_its_time():
    enqueue("test.mark", run_at=timezone.now() + HOUR, name="later")

    assert (drain(), marks()) == ([], [])
    assert claim(worker="first", at=timezone.now() + HOUR).arguments == {"name": "later"}


def test_the_job_due_longest_comes_first():
    now = timezone.now()
    enqueue("test.mark", run_at=now - timedelta(minutes=1), name="young")
    enqueue("test.mark", run_at=now - timedelta(minutes=2), name="old")

    drain()

    assert marks() == ["old", "young"]


def test_a_claimed_job_is_not_given_to_another():
    claimed()

    assert claim(worker="second", at=timezone.now()) is None


def test_a_lease_that_ran_out_is_given_to_another():
    job = claimed()

    taken = claim(worker="second", at=job.leased_until)

    assert (taken.pk, taken.attempts) == (job.pk, 2)


def test_a_lease_left_from_before_the_clock_went_back_is_given_to_another():
    job = claimed()

    assert claim(worker="second", at=job.leased_until - HOUR).pk == job.pk


def test_an_extended_lease_is_kept():
    job = claimed()
    end = job.leased_until

    assert extend(job, at=end - timedelta(seconds=1))
    assert claim(worker="second", at=end) is None


def test_a_worker_that_was_taken_over_cannot_commit_its_effect():
    job = claimed()
    claim(worker="second", at=job.leased_until)

    execute(job)

    assert marks() == []
    assert Job.objects.get().state == "running"


def test_without_the_fence_the_effect_of_a_lost_worker_stays(monkeypatch):
    job = claimed()
    claim(worker="second", at=job.leased_until)
    monkeypatch.setattr("community.jobs.runner.finish", lambda *_, **__: None)

    execute(job)

    assert marks() == ["effect"]


def test_a_worker_whose_job_was_dropped_cannot_commit_its_effect():
    job = claimed()
    Job.objects.update(state="dropped")

    execute(job)

    assert (marks(), Job.objects.get().state) == ([], "dropped")


def test_a_failed_try_leaves_no_effect_and_waits_for_the_next(register):
    def fail_after_writing(name):
        leave_a_mark(name)
        raise ValueError("no such thing")

    register("test.mark", fail_after_writing)
    before = timezone.now()

    execute(claimed())

    job = Job.objects.get()
    assert (marks(), job.state, job.attempts) == ([], "waiting", 1)
    assert before <= job.run_at <= timezone.now() + timedelta(seconds=15)
    assert job.error.splitlines()[-1] == "ValueError: no such thing"


def test_a_job_is_parked_after_its_fifth_try(register):
    def fail(name):
        raise ValueError("poison")

    register("test.mark", fail)

    execute(claimed(attempts=4))

    job = Job.objects.get()
    assert (job.state, job.attempts) == ("parked", 5)
    assert "in fail" in job.error


def test_a_job_that_kills_its_worker_each_time_is_parked_without_a_sixth_try():
    execute(claimed(attempts=5))

    job = Job.objects.get()
    assert (marks(), job.state, job.attempts) == ([], "parked", 5)
    assert job.error.startswith("The worker died in the middle of each of 5 tries.")


def test_a_task_nobody_knows_is_parked_with_its_name():
    execute(claimed(task="test.forgotten"))

    job = Job.objects.get()
    assert (job.state, job.error) == (
        "parked",
        "No task is called 'test.forgotten' in this version of the site.",
    )


@pytest.mark.parametrize("commits_itself", [False, True])
def test_retry_at_waits_for_its_moment_without_using_up_a_try(register, commits_itself):
    def hit_the_limit(name):
        raise RetryAt(NOON, "Rate limit.")

    register("test.mark", hit_the_limit, commits_itself=commits_itself)

    execute(claimed(attempts=4))

    job = Job.objects.get()
    assert (job.state, job.run_at, job.attempts, job.error) == ("waiting", NOON, 4, "Rate limit.")


def test_retry_at_undoes_what_the_task_wrote(register):
    def write_then_wait(name):
        leave_a_mark(name)
        raise RetryAt(NOON)

    register("test.mark", write_then_wait)

    execute(claimed())

    assert marks() == []


def test_retry_at_needs_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        RetryAt(NOON.replace(tzinfo=None))


def test_an_interrupted_job_is_given_back_without_using_up_a_try(register):
    def be_interrupted(name):
        leave_a_mark(name)
        raise Interrupted

    register("test.mark", be_interrupted)

    with pytest.raises(Interrupted):
        execute(claimed())

    job = Job.objects.get()
    assert (marks(), job.state, job.attempts) == ([], "waiting", 0)


@pytest.mark.django_db(transaction=True)
def test_a_task_that_commits_itself_keeps_what_it_wrote_before_failing(register):
    def write_then_fail(name):
        leave_a_mark(name)
        raise ValueError("half way")

    register("test.mark", write_then_fail, commits_itself=True)

    execute(claimed())

    assert (marks(), Job.objects.get().state) == (["effect"], "waiting")


def test_confirming_a_lost_lease_stops_a_task_that_commits_itself(register):
    def be_taken_over_half_way(name):
        leave_a_mark("page 1")
        Job.objects.update(leased_by="second/token")
        confirm_lease()
        leave_a_mark("page 2")

    register("test.mark", be_taken_over_half_way, commits_itself=True)

    execute(claimed())

    assert (marks(), Job.objects.get().leased_by) == (["page 1"], "second/token")


def test_confirming_a_lease_outside_a_job_does_nothing():
    assert confirm_lease() is None


def test_confirming_a_lease_raises_what_the_runner_understands(register):
    seen = []

    def lose(name):
        Job.objects.update(state="dropped")
        try:
            confirm_lease()
        except LeaseLost as lost:
            seen.append(str(lost))
            raise

    register("test.mark", lose)
    job = claimed()

    execute(job)

    assert seen == [f"test.mark #{job.pk}"]


def test_a_periodic_task_gets_one_job_per_slot(register):
    register("test.hourly", lambda: None, every=HOUR)

    made = [
        [job.unique_key for job in plan_slots(at=NOON + offset) if job.task == "test.hourly"]
        for offset in (timedelta(0), timedelta(minutes=59), HOUR)
    ]

    assert made == [
        ["test.hourly@2026-03-14T12:00:00+00:00"],
        [],
        ["test.hourly@2026-03-14T13:00:00+00:00"],
    ]
