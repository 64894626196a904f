"""Where git cannot reach the commits, GitHub's list of them gives the same rows."""

import pytest

from contributors.activity.models import Completeness, Contribution
from integrations.connections import gitpages, sync
from integrations.connections.figures import figures
from integrations.connections.models import Source, SyncRun
from integrations.connections.sync import sync_source
from integrations.github import history
from integrations.github.history import _still_open, _title
from tests.github_api import bare
from tests.integrations.github.dump import dump
from tests.integrations.github.test_sync import read

pytestmark = pytest.mark.django_db
COLUMNS = (
    *("kind", "external_id", "identity__provider", "identity__uid", "identity__email_hash"),
    *("occurred_at", "zone_minutes", "lines_added", "lines_removed", "is_merge", "title", "url"),
)
SAID = "\n\nWhy.\n\nCo-authored-by: Ada <ada@example.org>\nSigned-off-by: Bo <bo@example.org>"


@pytest.fixture
def parted(source, settings):
    """A source whose clone address names an inner host, which is refused."""
    folder = settings.GITHUB_CLONE_BASE
    settings.GITHUB_CLONE_BASE = f"{folder}/nowhere"
    source.folder = folder
    return source


@pytest.fixture(autouse=True)
def short_pages(monkeypatch):
    monkeypatch.setattr(history, "SIZES", (7, 3))


def commits() -> list[tuple]:
    rows = Contribution.objects.present().filter(kind__in=gitpages.KINDS)
    return sorted(rows.values_list(*COLUMNS), key=repr)


def asked(github) -> int:
    """How many pages of the history were asked for."""
    return sum(b"fragment commits" in one.body for one, _ in github.log)


def signed(world, monkeypatch) -> None:
    """More commits, with others in their messages."""
    draft = bare.draft
    monkeypatch.setattr(
        bare, "draft", lambda *given: (one := draft(*given)) | {"message": one["message"] + SAID}
    )
    world.push(3)
    monkeypatch.setattr(bare, "draft", draft)


def test_rows_equal_those_of_git(parted, world, settings, monkeypatch):
    signed(world, monkeypatch)
    found = figures(read(parted))
    listed, whole = commits(), dump()["Contribution"]

    settings.GITHUB_CLONE_BASE = parted.folder
    read(parted, full=True)

    assert (commits(), dump()["Contribution"]) == (listed, whole)
    assert {row[0] for row in listed} == {"commit", "co_authored", "signed_off"}
    assert (found["commits"], found["completeness"]) == (len(world.commits), 1.0)


def test_nothing_new_costs_one_request(parted, github):
    read(parted)
    before, pages = dump(), asked(github)

    read(parted)

    assert (dump(), asked(github) - pages) == (before, 1)


def test_new_commits_are_read_down_to_what_is_known(parted, world, github):
    read(parted)
    world.push(9)
    pages = asked(github)

    run = read(parted)

    assert (run.counts["commits"], asked(github) - pages) == (9, 2)


@pytest.mark.parametrize("stop", range(3, 9))
def test_a_reading_that_was_cut_goes_on(parted, world, monkeypatch, stop):
    store, pages = sync.store_page, []

    def dies(**given):
        pages.append(given["page"].phase)
        if pages.count("commits") == stop:
            raise ConnectionResetError
        return store(**given)

    world.push(60)
    monkeypatch.setattr(sync, "store_page", dies)
    with pytest.raises(ConnectionResetError):
        sync_source(source=parted)
    monkeypatch.setattr(sync, "store_page", store)
    held = figures(SyncRun.objects.get())["commits"]

    run = read(parted)

    assert (held, run.counts["commits"]) == (7 * (stop - 1), len(world.commits) - held)


@pytest.mark.parametrize(("drop", "add"), [(2, 1), (2, 2), (3, 0), (7, 14)])
def test_what_a_force_push_dropped_is_gone(parted, world, drop, add):
    read(parted)
    world.force_push(drop, add)

    read(parted)

    there = Contribution.objects.present().filter(kind="commit")
    assert set(there.values_list("external_id", flat=True)) == set(world.commits)


def test_git_goes_on_where_the_list_was_used(parted, world, settings):
    settings.GITHUB_CLONE_BASE = parted.folder
    read(parted)
    settings.GITHUB_CLONE_BASE = f"{parted.folder}/nowhere"
    world.push(2)
    read(parted)
    world.force_push(1, 2)
    settings.GITHUB_CLONE_BASE = parted.folder

    run = read(parted)

    assert figures(run)["commits"] == len(world.commits)
    assert "by" not in Source.objects.get().cursor["commits"]


def test_how_commits_were_read_is_said(parted, client, maintainer, settings):
    read(parted)
    client.force_login(maintainer)
    page = client.get(parted.get_absolute_url()).content.decode()
    by, how = Source.objects.get().facts["commits_by"], known_by()

    settings.GITHUB_CLONE_BASE = parted.folder
    read(parted)

    assert (by, how, "come from GitHub" in page) == ("history", "listed", True)
    assert (Source.objects.get().facts["commits_by"], known_by()) == ("git", "history")


def known_by() -> str:
    day = Completeness.objects.filter(parts__has_key="commit").first()
    return day.parts["commit"][2]


def test_without_a_token_either_the_run_says_both(parted, settings):
    settings.GITHUB_TOKEN = ""

    run = sync_source(source=parted)

    assert run.state == SyncRun.State.FAILED
    assert "nowhere" in str(run.error)
    assert "GraphQL needs a token" in str(run.error)


def test_a_refused_address_falls_back_too(parted, settings, world):
    settings.GITHUB_CLONE_BASE = ""  # the local server's addresses are of the inner network

    found = figures(read(parted))

    assert found["commits"] == len(world.commits)


def test_a_side_branch_keeps_the_walk_open():
    merge = {"oid": "m", "parents": {"totalCount": 2, "nodes": [{"oid": "h"}, {"oid": "s"}]}}
    commit = type("One", (), {"parents": ["h", "s"]})()

    assert _still_open([], [merge], [commit], {"h"}) == ["s"]
    assert _still_open(["s"], [{"oid": "s", **ROOT}], [], set()) == []


ROOT = {"parents": {"totalCount": 0, "nodes": []}}


def test_titles_are_the_first_paragraph():
    assert _title("One\ntwo\n\nthree\n") == "One two"
