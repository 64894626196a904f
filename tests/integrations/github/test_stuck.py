"""A delivery whose job was given up: seen, read after, and to be tried again."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from community.jobs.models import Job
from integrations.connections.models import Delivery
from integrations.connections.receiving import ask_for_processing, process_again
from integrations.github import applying
from integrations.github.tasks import close_stuck, process
from tests.conftest import NOON
from tests.factories import connections as sources
from tests.factories.deliveries import deliver

pytestmark = pytest.mark.django_db
GIVEN_UP = "Every try to apply it failed; the page of jobs tells why."


@pytest.fixture
def source():
    return sources.source(connector="github")


@pytest.fixture
def stuck(source, monkeypatch):
    """A delivery that the database was away for, at every try."""
    delivery = deliver(
        "label", {"action": "created"}, repository=source.repository, received_at=NOON
    )
    ask_for_processing(delivery)
    with monkeypatch.context() as patch:
        patch.setattr(applying, "_apply", away)
        for _try in range(5):
            with pytest.raises(OperationalError):
                process(delivery_id=delivery.pk)
    Job.objects.filter(task="github.process_delivery").update(state="parked")
    return delivery


def away(*_: object) -> None:
    raise OperationalError("the database is away")


def told(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.state, str(delivery.problem)


def test_what_every_try_failed_at_is_failed_and_read(stuck, source):
    close_stuck()

    assert told(stuck) == ("failed", GIVEN_UP)
    assert Job.objects.get(task="connections.sync").arguments["source_id"] == source.pk


def test_it_may_be_processed_again(stuck, maintainer):
    close_stuck()

    assert process_again(delivery=stuck, by=maintainer, at=NOON + timedelta(days=1))
    close_stuck()  # its new job is still to run
    process(delivery_id=stuck.pk)
    assert told(stuck) == ("done", "")


def test_what_a_job_still_tries_is_left_alone(stuck):
    """The negative control."""
    Job.objects.filter(task="github.process_delivery").update(state="waiting")

    close_stuck()

    assert told(stuck) == ("waiting", "")
