"""Everything is read again by itself: when due, not all at once, and only if it can be afforded."""

from datetime import timedelta

import pytest

from community.jobs.models import Job
from integrations.connections import protocol
from integrations.connections.models import Source
from integrations.connections.relisting import is_relisting_due, next_relisting
from integrations.connections.sync import sync_source
from integrations.connections.tasks import sync_due
from tests import factories
from tests.factories import NOON, connections

pytestmark = pytest.mark.django_db


class Changing(connections.Scripted):
    needs_relisting = True


@pytest.fixture(autouse=True)
def changing():
    protocol.register("scripted", lambda: Changing([]))
    yield
    protocol.unregister("scripted")


def read_at(moment=NOON, **more) -> Source:
    return connections.source(synced_at=moment, relisted_at=moment, **more)


def test_it_is_due_after_the_interval_and_sources_drift_apart(settings):
    settings.RELIST_DAYS = 30
    found = [
        read_at(repository=factories.repository(name=f"guild/{place}"), pk=place)
        for place in range(1, 11)
    ]

    waits = {one.pk: (next_relisting(one) - NOON).days for one in found}

    assert waits == {10: 30, 1: 29, 2: 28, 3: 27, 4: 26, 5: 25, 6: 24, 7: 23, 8: 22, 9: 21}
    assert is_relisting_due(found[0], at=NOON + timedelta(days=29))
    assert not is_relisting_due(found[0], at=NOON + timedelta(days=28))


def test_none_is_wanted_when_switched_off_or_before_the_first_reading(settings):
    source = read_at()
    late = NOON + timedelta(days=40)
    fresh = connections.source(repository=factories.repository(name="guild/new"))
    settings.RELIST_DAYS = 0

    assert (is_relisting_due(source, at=late), next_relisting(source)) == (False, None)
    settings.RELIST_DAYS = 30
    assert [is_relisting_due(one, at=late) for one in (source, fresh)] == [True, False]


def test_it_waits_for_a_budget_that_bears_it():
    late = NOON + timedelta(days=40)
    reset = (late + timedelta(minutes=9)).isoformat()
    source = read_at(budget={"remaining": 29, "limit": 5000, "resets_at": reset})

    assert not is_relisting_due(source, at=late)
    assert is_relisting_due(source, at=late + timedelta(minutes=9))


def test_the_job_reads_all_and_notes_when(time_machine):
    source = read_at(due_at=NOON)
    time_machine.move_to(NOON + timedelta(days=40), tick=False)

    sync_due()
    asked = Job.objects.get(task="connections.sync").arguments
    sync_source(source=source, full=asked["full"])

    source.refresh_from_db()
    assert (asked["full"], source.relisted_at) == (True, NOON + timedelta(days=40))
    assert not is_relisting_due(source, at=NOON + timedelta(days=41))


def test_a_run_over_the_new_alone_does_not_count(time_machine):
    source = read_at()
    time_machine.move_to(NOON + timedelta(days=3), tick=False)

    sync_source(source=source)

    source.refresh_from_db()
    assert (source.relisted_at, source.synced_at) == (NOON, NOON + timedelta(days=3))
