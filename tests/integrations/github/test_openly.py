"""Without a token: whatever GitHub shows to everybody is read, by REST."""

import pytest

from contributors.activity.models import WorkItem
from integrations.connections import sync
from integrations.connections.actions import connect
from integrations.connections.figures import figures
from integrations.connections.models import Source
from integrations.connections.sync import sync_source
from integrations.github import lanes, openly
from tests.factories import NOON
from tests.github_api.server import Reply
from tests.integrations.github.dump import dump
from tests.integrations.github.test_commits import accounts, tied
from tests.integrations.github.test_sync import LISTS, read, truth

pytestmark = pytest.mark.django_db
# What GitHub says to strangers: sometimes that they are nobody, sometimes that nothing is left.
REFUSALS = [
    Reply(401, {"message": "Requires authentication"}),
    Reply(
        403,
        {"message": "API rate limit exceeded for 192.0.2.1."},
        {
            "X-RateLimit-Limit": "0",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "4000000000",
            "X-RateLimit-Resource": "graphql",
        },
    ),
]


@pytest.fixture
def stranger(db, github, settings):
    settings.GITHUB_TOKEN = ""
    return connect(connector="github", location="guild/hall", project="hall", at=NOON)


@pytest.mark.parametrize("reply", REFUSALS, ids=["401", "403"])
def test_everything_is_read_without_a_token(stranger, github, world, reply, caplog):
    github.faults.append(lambda asked: reply if asked.path == "/graphql" else None)

    found = figures(read(stranger))

    assert {name: found[name] for name in LISTS} == truth(world)
    assert (found["completeness"], found["requests"]["graphql"] <= 2) == (1.0, True)
    assert "Set GITHUB_TOKEN" in caplog.text


def test_one_person_is_not_counted_twice_without_a_token_either(stranger, world):
    read(stranger)

    assert tied() == accounts(world)


def test_a_server_that_does_not_list_commits_leaves_addresses_alone(stranger, github, world):
    github.faults.append(
        lambda asked: Reply(409, {"message": "Empty"}) if asked.path.endswith("/commits") else None
    )

    found = figures(read(stranger))

    assert {name: found[name] for name in LISTS} == truth(world)


def test_graphql_open_to_all_is_used(stranger, github, world):
    github.opens_graphql = True

    found = figures(read(stranger))

    assert {name: found[name] for name in LISTS} == truth(world)
    assert found["requests"]["graphql"] > 1


def test_a_second_run_without_a_token_changes_nothing(stranger):
    read(stranger)
    before = dump()

    read(stranger)
    read(stranger, full=True)

    assert dump() == before


def test_a_later_run_without_a_token_sees_what_changed(stranger, world):
    read(stranger)
    number = world.add_item("pull")
    world.review(number)
    world.close(number, merged=True)

    found = figures(read(stranger))

    assert {name: found[name] for name in LISTS} == truth(world)
    assert WorkItem.objects.get(number=number).state == "merged"


@pytest.mark.parametrize("stop", [3, 5, 6, 8])
def test_a_run_that_died_goes_on_from_its_last_page(stranger, world, stop, monkeypatch):
    monkeypatch.setattr(openly, "AT_ONCE", 5)
    monkeypatch.setattr(openly, "REVIEWS", 2)
    monkeypatch.setattr(lanes, "AT_ONCE", 1)  # pages that came together are not joined
    store, pages = sync.store_page, []

    def dies(**arguments):
        pages.append(1)
        if len(pages) == stop:
            raise ConnectionResetError
        return store(**arguments)

    monkeypatch.setattr(sync, "store_page", dies)
    with pytest.raises(ConnectionResetError):
        sync_source(source=stranger)
    monkeypatch.setattr(sync, "store_page", store)

    found = figures(read(stranger))

    assert {name: found[name] for name in LISTS} == truth(world)


def test_a_token_that_comes_later_finishes_the_job(stranger, world, settings):
    read(stranger)
    settings.GITHUB_TOKEN = "good-token"

    found = figures(read(Source.objects.get(), full=True))

    assert {name: found[name] for name in LISTS} == truth(world)
    assert found["completeness"] == 1.0


def test_a_server_that_wants_a_token_says_how_to_give_one(stranger, github):
    github.faults.append(lambda asked: Reply(401, {"message": "Requires authentication"}))

    run = sync_source(source=stranger)

    assert "Set GITHUB_TOKEN" in str(run.error)
