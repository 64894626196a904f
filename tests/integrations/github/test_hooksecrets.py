"""What each secret of a webhook opens, and how long."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from community.jobs.models import Job
from contributors.activity.models import WorkItem
from integrations.connections import hooksecrets
from integrations.connections.credentials import keep_hook_secret, reseal_tokens
from integrations.connections.hooksecrets import renew_hook_secret
from integrations.connections.models import Connection, Credential, Delivery, Hook, Source
from integrations.github import applying
from integrations.github.tasks import process
from tests.factories import repository
from tests.factories.connections import source
from tests.github_api.hooks import SECRET, HookedWorld, Sent, sent
from tests.github_api.world import Size

pytestmark = pytest.mark.django_db
ADDRESS = "/integrations/github/webhook"
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
ODD = "It was signed with the secret of another connection."


@pytest.fixture(autouse=True)
def no_secret_of_the_site(settings):
    settings.GITHUB_WEBHOOK_SECRET = ""


def post(one: Sent, secret: str, *, at: datetime = NOW) -> int:
    """Post a delivery signed with a secret, and let its job run."""
    headers = one.headers(secret)
    kind = headers.pop("Content-Type")
    with time_machine.travel(at, tick=False):
        answer = Client().post(ADDRESS, one.body(), content_type=kind, headers=headers)
        for pk in Delivery.objects.filter(state="waiting").values_list("pk", flat=True):
            process(delivery_id=pk)
    return answer.status_code


def hall(name: str, number: int, **more: object) -> Source:
    """A connected repository of GitHub with a connection of its own."""
    place = repository(provider="github", external_id=str(number), name=name)
    return source(connector="github", repository=place, location=name, **more)


def opened(of: Source, *, number: int = 1) -> Sent:
    """An issue opened in the repository of this source."""
    world = HookedWorld(size=Size(1, 0, 0, 0, 0, 1, 0, 1))
    payload = world.deliveries[0].payload
    payload["repository"] = {
        **payload["repository"],
        "id": int(of.repository.external_id),
        "full_name": of.location,
    }
    return sent("issues", payload, number=number)


def about(of: Source, event: str, number: int = 5, **payload: object) -> Sent:
    """Some delivery about the repository of this source."""
    named = {"id": int(of.repository.external_id), "full_name": of.location}
    return sent(event, {"repository": named, **payload}, number=number)


def told() -> list[tuple[str, str]]:
    """How each delivery ended."""
    rows = Delivery.objects.order_by("pk")
    return [(one.state, str(one.problem)) for one in rows]


def test_a_secret_opens_the_repositories_of_its_connection():
    mine = hall("guild/hall", 7)
    secret = renew_hook_secret(source=mine, by=None, at=NOW)

    post(opened(mine), secret)

    assert (told(), WorkItem.objects.count()) == ([("done", "")], 1)
    assert Delivery.objects.get().signed_for == [Source.objects.get().connection_id]


def test_a_secret_writes_nothing_into_repositories_of_another_connection():
    mine, theirs = hall("guild/hall", 7), hall("other/hall", 8)
    secret = renew_hook_secret(source=mine, by=None, at=NOW)
    renew_hook_secret(source=theirs, by=None, at=NOW)

    for one in (
        opened(theirs),
        about(theirs, "repository", 2, action="privatized"),
        about(theirs, "push", 4, ref="refs/heads/main"),
    ):
        post(one, secret)
    named = about(theirs, "repository", 3, action="renamed").payload
    named["repository"]["full_name"] = "guild/stolen"
    post(sent("repository", named, number=3), secret)

    theirs.refresh_from_db()
    assert told() == [("ignored", ODD)] * 4
    assert (WorkItem.objects.count(), theirs.location, theirs.repository.is_private) == (
        0,
        "other/hall",
        False,
    )
    assert not Hook.objects.exists()
    assert not Job.objects.filter(task="connections.sync").exists()


def test_without_the_guard_it_would_write_there(monkeypatch):
    mine, theirs = hall("guild/hall", 7), hall("other/hall", 8)
    secret = renew_hook_secret(source=mine, by=None, at=NOW)
    monkeypatch.setattr(applying, "may_speak_of", lambda *_: True)

    post(opened(theirs), secret)

    assert WorkItem.objects.count() == 1


def test_a_delivery_has_no_further_repository_of_another_connection_read():
    mine, theirs = hall("guild/hall", 7), hall("other/hall", 8)
    secret = renew_hook_secret(source=mine, by=None, at=NOW)
    payload = opened(mine).payload
    payload |= {"action": "transferred", "changes": {"new_repository": {"id": 8}}}

    post(sent("issues", payload), secret)

    read = set(Job.objects.filter(task="connections.sync").values_list("arguments", flat=True))
    assert (told(), theirs.pk in {one["source_id"] for one in read}) == ([("done", "")], False)


def test_the_secret_of_the_site_opens_every_repository(settings):
    settings.GITHUB_WEBHOOK_SECRET = SECRET
    halls = [hall("guild/hall", 7), hall("other/hall", 8)]

    for number, one in enumerate(halls, 1):
        post(opened(one, number=number), SECRET)

    assert (told(), WorkItem.objects.count()) == ([("done", "")] * 2, 2)


def app_of(account: str) -> Connection:
    """A connection whose app is installed at an account and has a webhook of its own."""
    made = Connection.objects.create(provider="github", label="app", created_at=NOW)
    Credential.objects.create(
        connection=made,
        kind="app",
        installation_id="3",
        account=account,
        mark=account or "anywhere",
        created_at=NOW,
    )
    keep_hook_secret(connection=made, secret=SECRET, by=None, at=NOW)
    return made


@pytest.mark.parametrize(
    ("account", "state"), [("Guild", "done"), ("other", "ignored"), ("", "ignored")]
)
def test_the_secret_of_an_app_opens_the_accounts_it_is_installed_at(account, state):
    app_of(account)
    of = hall("guild/hall", 7)

    post(opened(of), SECRET)

    assert told()[0][0] == state


def test_a_secret_made_for_a_repository_leaves_that_of_the_app_valid():
    made = app_of("guild")
    of = hall("guild/hall", 7, connection=made)
    fresh = renew_hook_secret(source=of, by=None, at=NOW)

    later = NOW + timedelta(days=3)
    statuses = [
        post(opened(of, number=n), one, at=later) for n, one in enumerate((SECRET, fresh), 1)
    ]

    assert (statuses, [state for state, _why in told()]) == ([202, 202], ["done", "done"])


def test_the_former_secret_is_taken_for_a_day(maintainer_client):
    of = hall("guild/hall", 7)
    first = renew_hook_secret(source=of, by=None, at=NOW)
    fresh = renew_hook_secret(source=of, by=None, at=NOW)

    hours = (0, 23, 24, 25)
    former = [
        post(opened(of, number=hour + 1), first, at=NOW + timedelta(hours=hour)) for hour in hours
    ]
    present = post(opened(of, number=99), fresh, at=NOW + timedelta(hours=25))

    assert (former, present) == ([202, 202, 403, 403], 202)
    with time_machine.travel(NOW, tick=False):
        page = maintainer_client.get(of.get_absolute_url()).content.decode()
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        later = maintainer_client.get(of.get_absolute_url()).content.decode()
    words = "The former secret is taken for a while yet"
    assert (words in page, words in later) == (True, False)


def test_of_two_former_secrets_the_older_one_goes_at_once():
    of = hall("guild/hall", 7)
    three = [renew_hook_secret(source=of, by=None, at=NOW) for _each in range(3)]

    statuses = [post(opened(of, number=n), one) for n, one in enumerate(three, 1)]

    assert statuses == [403, 202, 202]


def test_a_rotated_key_takes_every_secret_along(settings):
    made = app_of("guild")
    of = hall("guild/hall", 7, connection=made)
    two = [renew_hook_secret(source=of, by=None, at=NOW) for _each in range(2)]
    settings.ENCRYPTION_KEYS = ["k" * 40, *settings.ENCRYPTION_KEYS]
    reseal_tokens(at=NOW)
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]

    known = {one.secret for one in hooksecrets.known_secrets("github", at=NOW)}

    assert known == {SECRET, *two}


def test_a_secret_that_no_key_opens_any_more_opens_nothing(settings):
    of = hall("guild/hall", 7)
    secret = renew_hook_secret(source=of, by=None, at=NOW)
    post(opened(of), secret)
    settings.ENCRYPTION_KEYS = ["n" * 40]

    assert post(opened(of, number=2), secret) == 403


def test_the_secret_of_a_connection_that_is_gone_opens_nothing():
    of = hall("guild/hall", 7)
    secret = renew_hook_secret(source=of, by=None, at=NOW)
    Connection.objects.all().delete()

    assert post(opened(of), secret) == 403


def test_a_delivery_taken_before_its_connection_went_is_for_nobody_else():
    of = hall("guild/hall", 7)
    secret = renew_hook_secret(source=of, by=None, at=NOW)
    post(opened(of), secret)
    Connection.objects.all().delete()
    WorkItem.objects.all().delete()
    Delivery.objects.update(state="waiting")

    process(delivery_id=Delivery.objects.get().pk)

    assert (told(), WorkItem.objects.count()) == ([("ignored", ODD)], 0)


def test_the_card_makes_a_secret_that_opens(maintainer_client):
    of = hall("guild/hall", 7)
    answer = maintainer_client.post(reverse("connections:hook_secret", args=[of.pk]))

    status = post(opened(of), answer.context["secret"], at=datetime.now(UTC))

    assert (status, told()) == (202, [("done", "")])


NAMES = ("../../user", "guild/..", "guild/hall?x=1", "guild/hall/more", "guild/ha ll", "", None, 7)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_none_never_becomes_part_of_an_address(name):
    of = hall("guild/hall", 7)
    secret = renew_hook_secret(source=of, by=None, at=NOW)
    renamed = {"action": "renamed", "repository": {"id": 7, "full_name": name}}

    post(sent("repository", renamed), secret)

    of.refresh_from_db()
    assert (of.location, of.repository.name, told()[0][0]) == ("guild/hall", "guild/hall", "failed")


def test_a_name_that_passed_to_another_repository_leads_nowhere():
    of = hall("guild/hall", 7)
    secret = renew_hook_secret(source=of, by=None, at=NOW)
    payload = json.loads(opened(of).text)
    payload["repository"]["id"] = 999  # the same name, another repository

    post(sent("issues", payload), secret)

    assert (told(), WorkItem.objects.count()) == (
        [("ignored", "This repository is not connected.")],
        0,
    )
