"""What the job table survives, shown on real processes; each guard is shown to be needed."""

import os
import signal
import time
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
from celery import Celery

from tests.databases import Database
from tests.nursery import Nursery
from tests.own_redis import address, own_redis

pytestmark = pytest.mark.services
RIG = "tests.community.jobs.rig"
QUICK = {"JOB_LEASE_SECONDS": "1", "LOG_LEVEL": "CRITICAL"}


def wait_until(condition, seconds: float = 90) -> None:
    """Look often and give up late: on a busy machine a process takes long to begin."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def effects(database) -> list[int]:
    return sorted(number for (number,) in database.rows("SELECT number FROM rig_effect"))


def states(database) -> dict[str, int]:
    return dict(database.rows("SELECT state, count(*) FROM jobs_job GROUP BY state"))


@dataclass
class Rig:
    """A database, and processes forked from two that have everything loaded.

    One forks what runs to its end, the other what is killed, so that both may run at once.
    """

    database: Database
    finite: Nursery
    mortal: Nursery

    def run(self, *command: object) -> None:
        self.finite.do("run", self.database.name, *command)

    @contextmanager
    def running(self, *command: object):
        """A process that is killed at the end, or before by its number."""
        number = self.mortal.begin("run", self.database.name, *command)
        try:
            yield number
        finally:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
            assert self.mortal.end() == -signal.SIGKILL


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def nurseries(request):
    copies = request.getfixturevalue(f"{request.param}_copies")
    with (
        Nursery(copies().start(RIG, **QUICK)) as finite,
        Nursery(copies().start(RIG, **QUICK)) as mortal,
    ):
        yield copies, finite, mortal


@pytest.fixture
def rig(nurseries) -> Rig:
    copies, *both = nurseries
    return Rig(copies(), *both)


@contextmanager
def running(database, *arguments, module=RIG, **environment):
    """A process of its own from the start, killed at the end if it still lives."""
    process = database.start(module, *arguments, **QUICK, **environment)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def kill_in_the_middle(rig, marker, *options) -> None:
    """Kill a worker between its effect and its mark, and let another one take over."""
    with rig.running("hang", marker, *options):
        wait_until(marker.exists)
    with rig.running("work", *options):
        wait_until(lambda: states(rig.database) == {"done": 1})


def test_a_job_whose_worker_is_killed_in_the_middle_is_done_once(rig, tmp_path):
    kill_in_the_middle(rig, tmp_path / "marker")

    assert effects(rig.database) == [1]
    assert rig.database.rows("SELECT attempts FROM jobs_job") == [(2,)]


def test_without_the_fence_a_killed_worker_leaves_its_effect_twice(rig, tmp_path):
    kill_in_the_middle(rig, tmp_path / "marker", "--without-fence")

    assert effects(rig.database) == [1, 1]


def test_a_worker_told_to_end_gives_its_job_back(rig, tmp_path):
    rig.run("fill_hanging", tmp_path / "marker")

    with running(rig.database, "command", "0.2") as worker:
        wait_until((tmp_path / "marker").exists)
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(timeout=90)

    job = rig.database.rows("SELECT state, attempts FROM jobs_job WHERE task = 'rig.hang'")
    assert (code, job, effects(rig.database)) == (0, [("waiting", 0)], [])


def test_an_embedded_worker_works_until_it_is_stopped(rig):
    rig.run("fill", 20)
    rig.database.run(RIG, "embedded", **QUICK)

    assert effects(rig.database) == list(range(20))


def test_an_embedded_worker_that_is_stopped_gives_a_long_job_back(rig, tmp_path):
    rig.run("fill_hanging", tmp_path / "marker", "rig.pages")
    rig.database.run(RIG, "embedded", **QUICK)

    assert rig.database.rows("SELECT state, attempts FROM jobs_job") == [("waiting", 0)]


def test_an_embedded_worker_is_stopped_though_a_job_holds_the_database(rig, tmp_path):
    rig.run("fill_hanging", tmp_path / "marker")

    start = time.monotonic()
    rig.database.run(RIG, "embedded", **QUICK)

    assert time.monotonic() - start < 60
    assert effects(rig.database) == []


DELAY = 5


def kill_while_something_waits(rig, command: str) -> float:
    """Kill a worker before the effect it delays; answers when that effect is surely due."""
    with rig.running(command, DELAY):
        wait_until(lambda: rig.database.rows("SELECT * FROM jobs_workerbeat"))
        due = time.monotonic() + DELAY
    assert effects(rig.database) == []
    return due


def test_a_delayed_job_survives_a_restart(rig):
    kill_while_something_waits(rig, "delay")

    with rig.running("work"):
        wait_until(lambda: effects(rig.database))

    assert effects(rig.database) == [1]


def test_a_delay_kept_in_memory_does_not_survive_a_restart(rig):
    due = kill_while_something_waits(rig, "delay_in_memory")

    with rig.running("work"):
        wait_until(lambda: time.monotonic() > due)
        rig.run("fill", 1)
        wait_until(lambda: effects(rig.database))

    assert effects(rig.database) == [0]


def test_three_workers_run_three_hundred_jobs_once_each(rig):
    rig.run("fill", 300)
    rig.run("compete")

    assert effects(rig.database) == list(range(300))
    assert states(rig.database) == {"done": 300}


def test_without_the_claim_three_workers_do_some_jobs_twice(rig):
    rig.run("fill", 300)
    rig.run("compete", "--without-claim")

    assert len(effects(rig.database)) > 300


def test_a_poison_job_is_parked_while_the_others_flow(rig):
    rig.run("poison", 2)
    rig.run("fill", 40)
    rig.run("compete")

    parked = "SELECT task, attempts FROM jobs_job WHERE state = 'parked'"
    assert rig.database.rows(parked) == [("rig.poison", 5), ("rig.poison", 5)]
    assert effects(rig.database) == list(range(40))


def slots(database) -> Counter:
    keys = database.rows("SELECT unique_key FROM jobs_job ORDER BY id")
    return Counter(key.partition("~")[0] for (key,) in keys)


def test_three_beats_make_each_slot_once(rig):
    rig.run("beat", 3)

    made = slots(rig.database)
    assert 5 <= len(made) <= 8
    assert set(made.values()) == {1}


def test_without_the_key_three_beats_make_slots_twice(rig):
    rig.run("beat", 3, "--without-key")

    assert max(slots(rig.database).values()) > 1


@pytest.fixture
def redis(tmp_path):
    with own_redis(tmp_path) as client:
        yield client


@contextmanager
def celery(database, redis):
    """A Celery worker with two processes."""
    call = ["-A", "tests.community.jobs.rig_celery", "worker", "-c", "2", "-l", "critical"]
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    with running(database, *call, *alone, module="celery", REDIS_URL=address(redis)) as worker:
        yield worker
        worker.terminate()
        worker.wait(timeout=90)


def fill_and_flush(database, redis) -> None:
    """Ring a hundred bells and lose them all."""
    database.run(RIG, "fill", 100, REDIS_URL=address(redis))
    assert redis.llen("celery") == 100
    redis.flushall()


def test_losing_all_of_redis_loses_no_job(shared_database, redis):
    fill_and_flush(shared_database, redis)
    beat = Celery(broker=address(redis))

    def sweep_until(condition) -> None:
        """Sweep as the beat does, again and again: a bell that is lost is rung anew."""

        def swept() -> bool:
            beat.send_task("jobs.sweep", expires=10)
            time.sleep(1)
            return condition()

        wait_until(swept)

    with celery(shared_database, redis):
        sweep_until(lambda: len(effects(shared_database)) > 5)
        redis.flushall()
        sweep_until(lambda: states(shared_database) == {"done": 100})
    beat.close()

    assert effects(shared_database) == list(range(100))


def test_without_the_sweep_losing_redis_loses_its_jobs(shared_database, redis):
    fill_and_flush(shared_database, redis)

    with celery(shared_database, redis):
        shared_database.run(RIG, "fill", 1, REDIS_URL=address(redis))
        wait_until(lambda: states(shared_database).get("done"))

    assert states(shared_database) == {"done": 1, "waiting": 100}
