"""What derives from many batches is made once, and never forgotten."""

import pytest

from community.jobs.models import Job
from community.jobs.registry import find
from community.projects.models import Repository
from contributors.activity.deletions import mark_deleted
from contributors.activity.ingest import ingest, ingest_unsettled
from contributors.activity.models import DayCount, Unsettled
from contributors.activity.settle import settle_waiting
from tests import factories
from tests.contributors.activity.test_properties import story, without_place
from tests.factories.activity import START, batch_of, canonical, contribution, hours

pytestmark = pytest.mark.django_db


@pytest.fixture
def repository():
    return factories.repository(name="guild/door")


def put_off(repository: Repository) -> None:
    """The whole story, a row at a time, nothing of it settled."""
    for record in story():
        ingest_unsettled(repository=repository, batch=batch_of(record), at=START)


def test_what_was_put_off_ends_as_what_was_settled_at_once(repository):
    at_once = factories.repository(name="guild/window")
    ingest(repository=at_once, batch=batch_of(*story()), at=START)
    put_off(repository)
    before = canonical(repository)

    settle_waiting(repository=repository)

    told = without_place(canonical(at_once))
    assert (without_place(before) == told, without_place(canonical(repository)) == told) == (
        False,
        True,
    )
    assert not Unsettled.objects.exists()


def test_a_run_that_died_is_settled_by_the_periodic_job(repository):
    put_off(repository)

    find("activity.settle").run()

    assert (DayCount.objects.exists(), Unsettled.objects.exists()) == (True, False)


def test_whoever_settles_next_settles_what_waits(repository):
    put_off(repository)

    mark_deleted(repository=repository, kind="commit", external_ids=["nowhere"], at=START)

    assert (DayCount.objects.exists(), Unsettled.objects.exists()) == (True, False)


def test_others_are_told_once_and_of_every_day(repository):
    for number in range(3):
        record = contribution(f"c{number}", occurred_at=hours(24 * number))
        ingest_unsettled(repository=repository, batch=batch_of(record), at=START)

    settle_waiting(repository=repository)
    settle_waiting(repository=repository)

    (job,) = Job.objects.filter(task="metrics.note_activity")
    assert len(job.arguments["days"]) == 3
