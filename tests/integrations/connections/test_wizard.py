"""From a pasted token, or an app, to repositories that are read."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from community.audit.models import Event
from community.jobs.models import Job
from integrations.connections.foresight import Foreseen
from integrations.connections.models import Connection, Credential, Source
from integrations.connections.protocol import Described, Estimate
from integrations.connections.sealing import unseal
from integrations.connections.sync import sync_source
from tests.factories import NOON
from tests.github_api.__main__ import scaled
from tests.github_api.app_auth import APP_ID, Apps, private_key
from tests.github_api.hooks import sent
from tests.github_api.world import World

pytestmark = pytest.mark.django_db
SMALL = scaled(0.004)
WRONG = "ghp_0123456789abcdefXYZ9"


@pytest.fixture
def world():
    return World(size=SMALL)


@pytest.fixture(autouse=True)
def no_tokens_of_the_site(github, settings):
    settings.GITHUB_TOKEN = ""
    yield
    cache.clear()  # estimates are remembered


@pytest.fixture
def annex(github):
    """A second repository, which is private."""
    made = World(full_name="guild/annex", id=424_242, size=SMALL)
    made.is_private = True
    github.worlds.append(made)
    return made


def how(client, **fields):
    return client.post(reverse("connections:create"), fields)


@pytest.fixture
def connection(maintainer_client):
    """Opened with a good token."""
    how(maintainer_client, token="good-token")
    return Connection.objects.get()


def address(name: str, connection) -> str:
    return reverse(f"connections:{name}", args=[connection.pk])


def text_of(answer) -> str:
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))


def test_a_wrong_token_is_told_beside_its_field_and_nothing_typed_is_lost(maintainer_client):
    answer = how(maintainer_client, token=WRONG, label="Mine")

    form, text = answer.context["form"], answer.content.decode()
    assert (list(form.errors), form.known_secret()) == (["token"], WRONG)
    assert (WRONG in text, "XYZ9" in text, "Mine" in text) == (False, True, True)
    assert Connection.objects.count() == 0


def test_a_good_token_leads_to_its_repositories(maintainer_client, annex):
    answer = how(maintainer_client, token="good-token")
    made = Connection.objects.get()
    page = maintainer_client.get(answer.url)

    found = [(row["one"].location, row["one"].is_private) for row in page.context["choices"]]
    assert answer.url == address("pick", made)
    assert sorted(found) == [("guild/annex", True), ("guild/hall", False)]
    assert unseal(Credential.objects.get().sealed_secret) == "good-token"


def test_the_same_token_again_opens_the_same_connection(maintainer_client, connection):
    answer = how(maintainer_client, token="good-token")

    assert (answer.url, Connection.objects.count()) == (address("pick", connection), 1)


def test_the_estimate_says_requests_time_and_budget_before_anything_is_read(
    maintainer_client, connection, github
):
    answer = maintainer_client.post(address("estimate", connection), {"pick": "guild/hall"})

    text = text_of(answer)
    foreseen = answer.context["foreseen"]
    assert f"About {foreseen.requests} requests, under a minute of reading" in text
    assert "The key allows 5,000 requests an hour" in text
    assert foreseen.spent == 7
    assert Source.objects.count() == 0


@pytest.mark.parametrize(("remaining", "hours"), [(9, 0), (1, 4), (10, None)])
def test_an_estimate_beyond_the_budget_says_behind_which_reset_it_will_be_done(remaining, hours):
    one = Estimate(Described("1", "guild/hall"), {}, rest=10, graphql=3, spent=7, seconds=1)
    budget = {"remaining": remaining, "limit": 2, "resets_at": NOON.isoformat()}

    foreseen = Foreseen(estimates={"guild/hall": one}, budget=budget)

    expected = None if hours is None else NOON + timedelta(hours=hours)
    assert (foreseen.done_after, foreseen.requests, foreseen.minutes) == (expected, 13, 1)


def test_nothing_picked_or_too_much_is_told_and_keeps_what_was_typed(maintainer_client, connection):
    nothing = maintainer_client.post(address("estimate", connection), {"typed": " "})
    many = " ".join(f"guild/hall-{place}" for place in range(31))
    much = maintainer_client.post(
        address("estimate", connection), {"pick": "guild/hall", "typed": many}
    )

    assert "Pick at least one repository." in text_of(nothing)
    assert "Pick at most 30 at a time" in text_of(much)
    assert ("guild/hall-30" in text_of(much), "checked" in text_of(much)) == (True, True)


def test_starting_connects_each_repository_and_asks_for_its_first_run(
    maintainer_client, connection, maintainer, annex
):
    answer = maintainer_client.post(
        address("estimate", connection),
        {
            "pick": ["guild/hall"],
            "typed": "guild/annex",
            "project:guild/hall": "the-hall",
            "start": "",
        },
    )

    made = {one.location: one.repository.project.slug for one in Source.objects.all()}
    assert (answer.status_code, answer.url) == (302, connection.get_absolute_url())
    assert made == {"guild/hall": "the-hall", "guild/annex": "annex"}
    assert {one.connection for one in Source.objects.all()} == {connection}
    assert Job.objects.filter(task="connections.sync").count() == 2
    assert Event.objects.filter(verb="connections.connected", actor=maintainer.pk).count() == 2
    assert text_of(maintainer_client.get(answer.url)).count("Waiting for a worker") == 2


def test_one_project_may_take_them_all(maintainer_client, connection, annex):
    maintainer_client.post(
        address("estimate", connection),
        {"pick": ["guild/hall", "guild/annex"], "together": "guild", "start": ""},
    )

    assert {one.repository.project.slug for one in Source.objects.all()} == {"guild"}


def test_what_is_refused_stays_with_its_reason_and_the_rest_is_connected(
    maintainer_client, connection, annex
):
    answer = maintainer_client.post(
        address("estimate", connection),
        {
            "pick": ["guild/hall", "guild/annex", "guild/missing"],
            "project:guild/annex": "Not A Slug",
            "start": "",
        },
    )

    text = text_of(answer)
    assert [one.location for one in Source.objects.all()] == ["guild/hall"]
    assert [row["place"] for row in answer.context["rows"]] == ["guild/annex", "guild/missing"]
    assert ("Not A Slug" in text, "GitHub finds nothing at this address" in text) == (True, True)


def test_what_is_connected_already_cannot_be_picked_again(maintainer_client, connection):
    given = {"pick": "guild/hall", "start": ""}
    maintainer_client.post(address("estimate", connection), given)

    page = maintainer_client.get(address("pick", connection))

    assert [row["source"] for row in page.context["choices"]] == [Source.objects.get()]


def test_going_back_keeps_the_ticks(maintainer_client, connection):
    answer = maintainer_client.post(
        address("estimate", connection), {"pick": "guild/hall", "back": ""}
    )

    assert [row["is_ticked"] for row in answer.context["choices"]] == [True]


def test_the_site_s_own_tokens_serve_without_being_stored(maintainer_client, settings, github):
    settings.GITHUB_TOKEN = "good-token"

    answer = how(maintainer_client, site="")
    again = how(maintainer_client, site="")
    page = maintainer_client.get(answer.url)

    assert (again.url, Credential.objects.count()) == (answer.url, 0)
    assert [row["one"].location for row in page.context["choices"]] == ["guild/hall"]


def test_without_any_token_repositories_are_typed(maintainer_client, github):
    page = maintainer_client.get(how(maintainer_client, site="").url)

    assert (page.status_code, page.context["choices"]) == (200, [])


@pytest.fixture
def apps(github):
    return Apps(github)


def by_app(client):
    return client.post(reverse("connections:app"), {"app_id": APP_ID, "private_key": private_key()})


def test_an_app_leads_over_its_installations_to_its_repositories(maintainer_client, apps):
    first, asleep = apps.install("guild"), apps.install("asleep")
    apps.suspend(asleep)

    places = maintainer_client.get(by_app(maintainer_client).url)
    chosen = maintainer_client.post(places.request["PATH_INFO"], {"place": [first]})
    page = maintainer_client.get(chosen.url)
    maintainer_client.post(
        address("estimate", Connection.objects.get()), {"pick": "guild/hall", "start": ""}
    )
    run = sync_source(source=Source.objects.get())

    assert "suspended" in text_of(places)
    assert [row["one"].location for row in page.context["choices"]] == ["guild/hall"]
    kept = Credential.objects.get()
    assert (kept.kind, kept.installation_id, kept.account) == ("app", str(first), "guild")
    assert run.state == "done"


def test_a_wrong_private_key_is_told_and_kept_sealed(maintainer_client, apps):
    answer = maintainer_client.post(
        reverse("connections:app"), {"app_id": "77", "private_key": private_key()}
    )

    form = answer.context["form"]
    assert (list(form.errors), form.known_secret()) == (["private_key"], private_key().strip())
    assert "PRIVATE KEY" not in answer.content.decode()


def test_a_manifest_comes_back_with_its_state_alone(maintainer_client, apps, settings):
    settings.SITE_URL = "https://guild.example.org"
    apps.codes.add("a-code")
    page = maintainer_client.get(reverse("connections:app"), {"organization": "guild"})
    maker = page.context["maker"]
    state = maker.partition("state=")[2]
    back = reverse("connections:app_made")

    foreign = maintainer_client.get(back, {"code": "a-code", "state": "another"})
    spent = maintainer_client.get(back, {"code": "a-code", "state": state})
    fresh = maintainer_client.get(reverse("connections:app")).context["maker"]
    made = maintainer_client.get(back, {"code": "a-code", "state": fresh.partition("state=")[2]})

    connection = Connection.objects.get()
    assert maker.startswith("https://github.com/organizations/guild/settings/apps/new?state=")
    assert (
        '"url": "https://guild.example.org/integrations/github/webhook"'
        in (page.context["manifest"])
    )
    assert (foreign.status_code, spent.status_code) == (400, 400)
    assert made.url == address("install", connection)
    assert unseal(connection.sealed_app_hook_secret) == "hook-secret-0123456789"
    assert taken_in_with("hook-secret-0123456789") == 202


def test_the_secret_of_an_app_that_exists_is_tried_on_deliveries(maintainer_client, apps):
    maintainer_client.post(
        reverse("connections:app"),
        {"app_id": APP_ID, "private_key": private_key(), "hook_secret": "a-long-hook-secret"},
    )

    assert taken_in_with("a-long-hook-secret") == 202
    assert taken_in_with("another") == 403


def taken_in_with(secret: str) -> int:
    """How a delivery signed with this secret is answered."""
    one = sent("ping", {"hook_id": 1})
    headers = one.headers(secret)
    kind = headers.pop("Content-Type")
    address = reverse("github:webhook")
    return Client().post(address, one.body(), content_type=kind, headers=headers).status_code


def test_the_list_is_searched(maintainer_client, connection, github):
    for place in range(12):
        github.worlds.append(World(full_name=f"guild/room-{place}", id=9_000 + place, size=SMALL))

    page = maintainer_client.get(address("pick", connection), {"q": "ROOM-1"})

    found = [row["one"].location for row in page.context["choices"]]
    assert sorted(found) == ["guild/room-1", "guild/room-10", "guild/room-11"]
