"""What maintainers see of the deliveries, and how they set a webhook up."""

from datetime import timedelta

import pytest
from django.urls import reverse

from community.audit.models import Event
from community.jobs.models import Job
from integrations.connections.hooksecrets import known_secrets
from integrations.connections.models import Connection, Delivery, Hook
from integrations.connections.receiving import prune_deliveries
from tests.factories import NOON
from tests.factories.connections import source
from tests.factories.deliveries import deliver

pytestmark = pytest.mark.django_db
ISSUE = {"action": "opened", "issue": {"title": "<b>Türen</b> 关"}}


def listed(client, **chosen) -> str:
    return client.get(reverse("connections:deliveries"), chosen).content.decode()


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    maintainer_client, size, django_assert_num_queries
):
    for _ in range(size):
        deliver("issues", ISSUE)

    with django_assert_num_queries(6):
        listed(maintainer_client)


def test_deliveries_are_found_by_state_event_and_repository(maintainer_client):
    of = source(connector="github")
    mine = deliver("issues", ISSUE, repository=of.repository, repository_name="guild/hall")
    other = deliver("star", {}, state=Delivery.State.UNKNOWN)

    def shown(**chosen) -> list[bool]:
        text = listed(maintainer_client, **chosen)
        return [f'id="delivery-{one.pk}"' in text for one in (mine, other)]

    assert [
        shown(),
        shown(state="unknown"),
        shown(event="issues"),
        shown(repository="Guild/Hall"),
        shown(state="nonsense"),
        shown(event="push"),
    ] == [[True, True], [False, True], [True, False], [True, False], [True, True], [False, False]]


def test_each_event_is_counted_with_those_that_were_unknown(maintainer_client):
    for state in ("unknown", "unknown", "failed"):
        deliver("star", {}, state=state)

    counts = maintainer_client.get(reverse("connections:deliveries")).context["counts"]

    assert counts == [{"event": "star", "total": 3, "unknown": 2, "failed": 1}]


def test_a_delivery_shows_its_headers_and_its_payload_as_text(maintainer_client):
    page = maintainer_client.get(deliver("issues", ISSUE).get_absolute_url()).content.decode()

    assert ("Content-Type" in page, "&lt;b&gt;Türen&lt;/b&gt; 关" in page) == (True, True)
    assert "<b>Türen" not in page


def test_a_delivery_is_processed_again_and_that_is_logged(maintainer_client, maintainer):
    of = deliver("issues", ISSUE, state=Delivery.State.FAILED)

    for _each in range(2):
        maintainer_client.post(reverse("connections:again", args=[of.pk]))

    of.refresh_from_db()
    assert (of.state, Job.objects.filter(task="github.process_delivery").count()) == ("waiting", 1)
    assert list(Event.objects.values_list("verb", "actor")) == [
        ("connections.delivery_processed_again", maintainer.pk)
    ]


def test_old_bodies_are_dropped_and_their_ids_stay(maintainer_client):
    for age in (29, 31, 401):
        deliver("issues", ISSUE, received_at=NOON - timedelta(days=age), delivery_id=f"d-{age}")

    prune_deliveries(at=NOON)

    kept = {one.delivery_id: one.body is not None for one in Delivery.objects.all()}
    assert kept == {"d-29": True, "d-31": False}
    old = Delivery.objects.get(delivery_id="d-31")
    page = maintainer_client.get(old.get_absolute_url()).content.decode()
    assert "The body was dropped." in page
    maintainer_client.post(reverse("connections:again", args=[old.pk]))
    assert Job.objects.count() == 0


def test_bodies_that_nothing_was_made_of_go_after_a_week():
    states = ("unknown", "ignored", "done", "failed", "waiting")
    for state in states:
        for age in (6, 8):
            deliver("star", {}, state=state, received_at=NOON - timedelta(days=age))

    prune_deliveries(at=NOON)

    left = Delivery.objects.exclude(packed_body=None).values_list("state", flat=True)
    assert {state: list(left).count(state) for state in states} == {
        "unknown": 1,
        "ignored": 1,
        "done": 2,
        "failed": 2,
        "waiting": 2,
    }


def test_a_secret_is_shown_once_and_kept_sealed(maintainer_client, settings):
    settings.SITE_URL = "https://guild.example"
    of = source(connector="github")

    answer = maintainer_client.post(reverse("connections:hook_secret", args=[of.pk]))

    text, secret = answer.content.decode(), answer.context["secret"]
    assert (secret in text, "https://guild.example/integrations/github/webhook" in text) == (
        True,
        True,
    )
    assert "no-store" in answer["Cache-Control"]
    assert secret not in Connection.objects.get().sealed_hook_secret
    assert secret not in maintainer_client.get(of.get_absolute_url()).content.decode()
    assert secret not in str(list(Event.objects.values()))


def test_the_card_tells_the_address_and_the_last_delivery(maintainer_client, settings):
    settings.SITE_URL = "https://guild.example"
    of = source(connector="github")
    before = maintainer_client.get(of.get_absolute_url()).content.decode()
    deliver("issues", ISSUE, repository=of.repository)
    problem = {"text": "GitHub did not answer properly. We will try again later.", "values": {}}
    Hook.objects.create(
        provider="github",
        external_id="1",
        repository_external_id=of.repository.external_id,
        first_seen_at=NOON,
        problem=problem,
    )

    after = maintainer_client.get(of.get_absolute_url()).content.decode()

    assert "https://guild.example/integrations/github/webhook" in before
    assert ("No delivery has come yet." in before, "Last delivery" in after) == (True, True)
    assert problem["text"] in after


def test_a_connection_without_a_repository_has_a_webhook_too(maintainer_client):
    of = Connection.objects.create(provider="github", label="An app", created_at=NOON)
    before = maintainer_client.get(of.get_absolute_url()).content.decode()

    answer = maintainer_client.post(reverse("connections:access_secret", args=[of.pk]))

    secret = known_secrets("github", at=NOON)[-1]
    assert reverse("connections:access_secret", args=[of.pk]) in before
    assert (secret.secret in answer.content.decode(), secret.connection) == (True, of.pk)
    assert secret.secret not in maintainer_client.get(of.get_absolute_url()).content.decode()
