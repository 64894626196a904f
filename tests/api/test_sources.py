"""Sources in the API."""

import pytest

from community.audit.models import Event
from community.jobs.models import Job
from community.lib.refusals import Sentence
from integrations.connections.models import Connection, Source
from tests.factories import NOON
from tests.factories.connections import source
from tests.factories.tokens import bearer

pytestmark = pytest.mark.django_db
LIST = "/api/v1/sources/"


@pytest.fixture
def of():
    held = Connection.objects.create(provider="github", label="Guild", created_at=NOON)
    return source(
        connection=held, budget={"remaining": 7, "limit": 9}, problem=Sentence("It is gone.")
    )


def test_a_maintainer_sees_how_a_source_stands(client, maintainer, of):
    answer = client.get(f"{LIST}{of.pk}/", headers=bearer(maintainer, "read"))

    shown = answer.json()
    assert (shown["location"], shown["state"], shown["requests_left"]) == (
        "guild/hall",
        "active",
        7,
    )
    assert (shown["problem"], shown["completeness"]) == ("It is gone.", None)


def ask(client, of, headers):
    address = f"{LIST}{of.pk}/sync/"
    return client.post(address, {}, content_type="application/json", headers=headers)


def test_acting_takes_the_scope_for_it(client, maintainer, of):
    weak = ask(client, of, bearer(maintainer, "read", "write"))
    strong = ask(client, of, bearer(maintainer, "admin:sync"))
    again = ask(client, of, bearer(maintainer, "admin:sync"))

    assert [one.status_code for one in (weak, strong, again)] == [403, 202, 409]
    assert again.json()["code"] == "already_running"
    assert Job.objects.get(task="connections.sync").arguments == {
        "source_id": of.pk,
        "full": False,
    }


def test_pausing_and_resuming_are_logged(client, maintainer, of):
    headers = bearer(maintainer, "admin:sync")

    states = [
        client.post(f"{LIST}{of.pk}/{verb}/", headers=headers).json()["state"]
        for verb in ("pause", "resume")
    ]

    assert (states, Source.objects.get().state) == (["paused", "active"], "active")
    assert list(Event.objects.filter(verb__startswith="connections").values_list("actor")) == [
        (maintainer.pk,),
        (maintainer.pk,),
    ]
