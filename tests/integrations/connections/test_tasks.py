"""The jobs that keep sources in step, through the death of a worker."""

from datetime import timedelta

import pytest
import time_machine

from community.jobs.models import Job
from contributors.activity.records import Batch
from integrations.connections.models import SyncRun
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
