"""Commits come by git, their authors' accounts by GraphQL."""

import pytest

from community.audit.models import Event
from community.lib.refusals import Refused
from community.people.merging import undo_merge
from community.people.models import Identity, Merge, Person
from community.projects.models import Repository
from integrations.connections.figures import figures
from integrations.connections.gitmirror import parse_remote, public_address
from integrations.connections.models import Source, SyncRun
from integrations.connections.sync import sync_source
from integrations.github.commits import clone_address
from tests import factories
from tests.github_api.bare import git
from tests.github_api.server import Reply
from tests.integrations.github.test_sync import read

pytestmark = pytest.mark.django_db


def accounts(world) -> set[str]:
    """The ids of accounts that wrote commits."""
    people = {user for user in world.commits.values() if user is not None}
    return {str(user) for user in people if world.users[user]["type"] == "User"}


def tied() -> set[str]:
    """The ids of accounts whose person also holds an address of git."""
    rows = Identity.objects.of("github").filter(person__identities__provider="git")
    return set(rows.values_list("uid", flat=True))


def fails(asked):
    """Nobody answers who wrote a commit."""
    return Reply(502, {"message": "timeout"}) if b"Authors" in asked.body else None


@pytest.fixture
def met(source, github):
    """Commits were read while nobody answered who wrote them; now somebody does."""
    github.faults.append(fails)
    read(source)
    github.faults.clear()
    return source


def test_one_person_is_not_counted_twice(source, world):
    read(source)

    assert tied() == accounts(world)
    assert Merge.objects.count() == 0
    made = Event.objects.get(verb="people.authors_introduced").facts["identities"]
    assert len(made) == len(accounts(world))


def test_a_nameless_account_takes_the_name_its_owner_commits_under(source, world):
    read(source)

    names = Person.objects.filter(identities__uid__in=accounts(world)).values_list("name")
    assert {name for (name,) in names} == {
        world.users[int(user)]["login"] for user in accounts(world)
    }


def test_addresses_known_from_elsewhere_are_merged_and_logged(met, world):
    read(met)

    assert tied() == accounts(world)
    assert Merge.objects.count() == len(accounts(world))
    assert set(Merge.objects.values_list("merged_by", flat=True)) == {None}


def test_addresses_are_asked_about_once(source, github):
    read(source)
    asked = len(github.log)

    read(source)

    queries = [one for one, _ in github.log[asked:] if b"Authors" in one.body]
    assert queries == []


def test_a_tie_that_a_maintainer_undid_is_not_tied_again(met, maintainer, world):
    read(met)
    merge = Merge.objects.order_by("pk")[0]
    undo_merge(merge=merge, by=maintainer, at=factories.NOON)

    read(met, full=True)

    assert len(tied()) == len(accounts(world)) - 1


def test_a_claimed_person_is_left_alone(met):
    Identity.objects.of("git").update(person=factories.person("own", claimed_at=factories.NOON))

    read(met)

    assert Merge.objects.count() == 0


def test_the_run_goes_well_when_nobody_answers_who_wrote(source, github, world):
    github.faults.append(fails)

    found = figures(read(source))

    assert (found["commits"], tied()) == (len(world.commits), set())


def test_new_commits_are_read_alone(source, world, tmp_path):
    read(source)
    bare = tmp_path / "guild/hall.git"
    tree = git(bare, "rev-parse", "main^{tree}").strip()
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    made = git(bare, *who, "commit-tree", tree, "-p", "main", "-m", "More").strip()
    git(bare, "update-ref", "refs/heads/main", made)

    run = read(source)

    assert run.counts == {"commits": 1}
    assert figures(run)["completeness"] == 1.0


def test_a_missing_history_fails_the_run_and_is_not_called_complete(source, github, tmp_path):
    shut = Reply(502, {"message": "timeout"})
    github.faults.append(lambda asked: shut if b"query Head" in asked.body else None)
    (tmp_path / "guild/hall.git").rename(tmp_path / "elsewhere.git")

    run = sync_source(source=source)

    assert run.state == SyncRun.State.FAILED
    assert figures(run)["completeness"] < 1


@pytest.mark.parametrize("address", ["/etc", "file:///etc", "ext::sh", "http://a.example/x.git"])
def test_an_answer_cannot_make_us_read_anything_but_https(settings, address):
    settings.GITHUB_CLONE_BASE = ""
    repository = Repository(name="guild/hall", clone_url=address)

    with pytest.raises(Refused) as refusal:
        clone_address(repository)

    assert refusal.value.code == "bad_clone_url"


@pytest.mark.parametrize(
    ("base", "address"),
    [
        ("", "https://github.example/guild/hall.git"),
        ("https://mirror.example/git/", "https://mirror.example/git/guild/hall.git"),
        ("ssh://git@mirror.example", "ssh://git@mirror.example/guild/hall.git"),
    ],
)
def test_the_base_replaces_the_host(settings, base, address):
    settings.GITHUB_CLONE_BASE = base
    found = Repository(name="guild/hall", clone_url="https://github.example/guild/hall.git")

    assert clone_address(found) == address


def test_a_base_of_the_operator_may_be_http_on_an_inner_host(settings):
    settings.GITHUB_CLONE_BASE = "http://127.0.0.1:8159/git"

    remote = parse_remote("http://127.0.0.1:8159/git/guild/hall.git")

    assert (remote.host, remote.port, public_address(remote)) == ("127.0.0.1", 8159, "127.0.0.1")


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8159/other.git", "http://127.0.0.1:81599/git/guild/hall.git"]
)
def test_nothing_else_may_be_http(settings, address):
    settings.GITHUB_CLONE_BASE = "http://127.0.0.1:8159/git"

    with pytest.raises(Refused):
        parse_remote(address)


def test_sources_know_how_many_commits_there_are(source, world):
    read(source)

    assert Source.objects.get().facts["commits"] == len(world.commits)
