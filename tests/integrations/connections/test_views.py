"""The maintainers' pages."""

from datetime import date

import pytest
from django.urls import reverse

from community.audit.models import Event
from community.jobs.models import Job
from community.lib.refusals import Sentence
from contributors.activity.models import Completeness
from integrations.connections.models import Credential, Source, SyncRun
from tests import factories
from tests.factories import NOON
from tests.factories.connections import run, source

pytestmark = pytest.mark.django_db
TOKEN = "ghp_0123456789abcdefXYZ9"
PAGES = ("connections:list", "connections:create")


@pytest.fixture
def of():
    made = source(synced_at=NOON, budget={"remaining": 4_321, "limit": 5_000})
    for day in (1, 2):
        Completeness.objects.create(
            repository=made.repository,
            day=date(2026, 3, day),
            expected=10,
            received=9,
            checked_at=NOON,
        )
    run(made, state=SyncRun.State.DONE, counts={"issues": 7}, finished_at=NOON)
    return made


def addresses(of: Source) -> list[str]:
    """Every address of this app."""
    return [
        *(reverse(name) for name in PAGES),
        *(reverse(f"connections:{name}", args=[of.pk]) for name in ("source", "progress")),
        reverse("connections:disconnect", args=[of.pk]),
    ]


def test_only_maintainers_come_in(client, member_client, maintainer_client, of):
    answers = [
        [browser.get(address).status_code for address in addresses(of)]
        for browser in (client, member_client, maintainer_client)
    ]

    assert answers == [[302] * 5, [403] * 5, [200] * 5]


@pytest.mark.parametrize("verb", ["sync", "full", "pause", "resume"])
def test_only_maintainers_may_act(client, member_client, of, verb):
    address = reverse("connections:act", args=[of.pk, verb])

    statuses = [browser.post(address).status_code for browser in (client, member_client)]

    assert statuses == [302, 403]
    assert (Job.objects.count(), Source.objects.get().state) == (0, "active")


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    maintainer_client, size, django_assert_num_queries
):
    for place in range(size):
        run(source(location=f"guild/hall-{place}"), state=SyncRun.State.DONE)

    with django_assert_num_queries(7):
        maintainer_client.get(reverse("connections:list"))


@pytest.mark.parametrize("size", [1, 3])
def test_a_source_costs_the_same_however_often_it_was_read(
    maintainer_client, of, size, django_assert_num_queries
):
    for _ in range(size):
        run(of, state=SyncRun.State.DONE, counts={"issues": 1})

    with django_assert_num_queries(10):
        maintainer_client.get(of.get_absolute_url())


def test_the_list_shows_how_a_source_stands(maintainer_client, of):
    text = maintainer_client.get(reverse("connections:list")).content.decode()

    assert ("In step" in text, "90% complete" in text, "4,321" in text) == (True, True, True)


def test_a_problem_is_shown_in_words(maintainer_client, of):
    Source.objects.update(problem=Sentence("GitHub does not accept the token."))

    listed = maintainer_client.get(reverse("connections:list")).content.decode()
    page = maintainer_client.get(of.get_absolute_url()).content.decode()

    assert "GitHub does not accept the token." in listed
    assert "GitHub does not accept the token." in page


def test_reading_now_is_asked_for_once_and_logged(maintainer_client, maintainer, of):
    address = reverse("connections:act", args=[of.pk, "sync"])

    maintainer_client.post(address)
    maintainer_client.post(address)

    assert list(Job.objects.values_list("task", "arguments")) == [
        ("connections.sync", {"source_id": of.pk, "full": False})
    ]
    assert list(Event.objects.values_list("verb", "actor")) == [
        ("connections.run_asked", maintainer.pk)
    ]


def test_reading_everything_says_so_to_the_job(maintainer_client, of):
    maintainer_client.post(reverse("connections:act", args=[of.pk, "full"]))

    assert Job.objects.get().arguments["full"] is True


def test_a_paused_source_cannot_be_read_and_its_button_says_why(maintainer_client, of):
    maintainer_client.post(reverse("connections:act", args=[of.pk, "pause"]))

    text = maintainer_client.get(of.get_absolute_url()).content.decode()

    assert 'disabled title="This source is paused. Resume it first."' in text


def test_the_page_asks_again_only_while_something_happens(maintainer_client, of, time_machine):
    address = reverse("connections:progress", args=[of.pk])
    resting = maintainer_client.get(address).content.decode()
    time_machine.move_to(NOON, tick=False)
    maintainer_client.force_login(
        factories.person("later", is_staff=True), "django.contrib.auth.backends.ModelBackend"
    )
    run(of, phase="issues", progress={"done": 50, "total": 200}, counts={"issues": 50})

    running = maintainer_client.get(address).content.decode()

    assert ("hx-get" in resting, "hx-get" in running) == (False, True)
    assert ("Reading: Issues" in running, "25%" in running) == (True, True)


def test_disconnecting_says_what_is_kept_and_keeps_it(maintainer_client, of):
    address = reverse("connections:disconnect", args=[of.pk])
    question = maintainer_client.get(address).content.decode()

    maintainer_client.post(address)

    assert ("What stays" in question, "What goes" in question) == (True, True)
    assert (Source.objects.count(), Completeness.objects.count()) == (0, 2)


def connect(client, bare, **fields):
    given = {"location": str(bare), "slug": "hall", **fields}
    return client.post(reverse("connections:git"), given)


@pytest.fixture
def bare(world, tmp_path, settings):
    """A git repository on this machine."""
    settings.GIT_ALLOW_PRIVATE = True
    return world.write_git(tmp_path) / f"{world.full_name}.git"


def test_connecting_by_the_page_asks_for_the_first_run(maintainer_client, bare):
    answer = connect(maintainer_client, bare, token="a-token-of-some-length", connect="")

    made = Source.objects.get()
    assert (answer.status_code, answer.url) == (302, made.get_absolute_url())
    assert Job.objects.get(task="connections.sync").arguments["source_id"] == made.pk
    assert Credential.objects.get().sealed_secret not in {"", "a-token-of-some-length"}


def test_a_repository_that_was_checked_keeps_its_token_sealed(maintainer_client, bare):
    checked = connect(maintainer_client, bare, token=TOKEN, check="", slug="")
    form = checked.context["form"]

    answer = connect(maintainer_client, bare, sealed=form.data["sealed"], connect="")

    assert checked.context["found"].location == str(bare)
    assert (TOKEN in checked.content.decode(), form.known_secret()) == (False, TOKEN)
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"location": ""}, "location"),
        ({"location": "/nowhere/at/all"}, "location"),
        ({"slug": ""}, "slug"),
        ({"slug": "Not A Slug"}, "slug"),
    ],
)
def test_each_mistake_is_told_where_it_is(maintainer_client, bare, fields, field):
    answer = connect(maintainer_client, bare, **{"connect": "", **fields})

    assert list(answer.context["form"].errors) == [field]
