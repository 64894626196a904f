"""A whole repository read from the local GitHub."""

import pytest

from contributors.activity.models import Contribution, WorkItem
from integrations.connections import sync
from integrations.connections.figures import figures
from integrations.connections.models import Source, SyncRun
from integrations.connections.sync import sync_source
from integrations.github import lanes, listing, pulls, walk
from tests.github_api.server import Reply
from tests.github_api.world import Size, World
from tests.integrations.github.dump import dump

pytestmark = pytest.mark.django_db
LISTS = ("issues", "change_requests", "issue_comments", "reviews", "review_comments", "commits")


def truth(world: World) -> dict[str, int]:
    """What a complete reading must count."""
    said = (world.comments, world.reviews, world.line_comments)
    stores = (world.issues, world.pulls, *said, world.commits)
    return {name: len(store) for name, store in zip(LISTS, stores, strict=True)}


def read(source: Source, **more) -> SyncRun:
    """One run that must end well."""
    run = sync_source(source=source, **more)
    assert (run.state, str(run.error)) == (SyncRun.State.DONE, "")
    return run


def test_every_object_is_there_once_and_nothing_is_missing(source, world):
    found = figures(read(source))

    assert {name: found[name] for name in LISTS} == truth(world)
    assert found["completeness"] == 1.0
    assert Contribution.objects.filter(kind="release").count() == len(world.releases)


def test_bots_are_apart_and_deleted_accounts_are_unknown(source, world):
    found = figures(read(source))

    by_bots = Contribution.objects.filter(identity__is_bot=True, kind="issue_comment").count()
    by_nobody = Contribution.objects.filter(identity=None, kind="issue_comment").count()
    assert found["people"] <= world.size.people + len(set(world.commits.values()))
    assert by_bots == sum(row["user"] == world.bot for row in world.comments.values())
    assert by_nobody == sum(row["user"] is None for row in world.comments.values())
    assert by_bots * by_nobody > 0


def test_items_stand_in_the_ledger_as_at_github(source, world):
    read(source)

    states = dict(WorkItem.objects.values_list("number", "state"))
    assert states == {
        **{number: row["state"] for number, row in world.issues.items()},
        **{
            number: "merged" if row["merged_at"] else row["state"]
            for number, row in world.pulls.items()
        },
    }


def test_a_second_run_changes_nothing_and_is_not_billed(source, github):
    read(source)
    before, used = dump(), github.used

    run = read(source)

    assert dump() == before
    assert run.requests == {"rest": 5, "graphql": 0, "not_modified": 5}
    assert github.used == used


def test_reading_everything_again_gives_the_same_tables(source):
    read(source)
    before = dump()

    read(source, full=True)

    assert dump() == before


def test_a_later_run_sees_what_was_added_and_edited(source, world, github):
    read(source)
    asked = len(github.log)
    number = world.add_item("pull")
    world.review(number)
    world.close(number, merged=True)
    world.comment(world.add_item("issue"))
    edited = world.edit_comment(next(iter(world.comments)))

    found = figures(read(source))

    assert {name: found[name] for name in LISTS} == truth(world)
    assert found["completeness"] == 1.0
    assert WorkItem.objects.get(number=number).state == "merged"
    kept = Contribution.objects.get(kind="issue_comment", external_id=str(edited["id"]))
    assert f"{kept.updated_at:%Y-%m-%dT%H:%M:%SZ}" == edited["updated_at"]
    assert len(github.log) - asked <= 8


@pytest.mark.parametrize("stop", [1, 2, 3, 5, 7, 9, 11, 12])
def test_a_run_that_dies_goes_on_from_its_last_page(source, world, stop, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 20)
    monkeypatch.setattr(walk, "AT_ONCE", 1)
    monkeypatch.setattr(lanes, "AHEAD", 1)
    monkeypatch.setattr(lanes, "AT_ONCE", 1)
    monkeypatch.setattr(pulls, "LARGEST", 8)
    whole = store = sync.store_page
    pages = []

    def dies(**arguments):
        pages.append(1)
        if len(pages) == stop:
            raise ConnectionResetError
        return store(**arguments)

    monkeypatch.setattr(sync, "store_page", dies)
    with pytest.raises(ConnectionResetError):
        sync_source(source=source)
    monkeypatch.setattr(sync, "store_page", whole)

    found = figures(read(source))

    resumed = dump()
    assert {name: found[name] for name in LISTS} == truth(world)
    assert found["completeness"] == 1.0
    read(source, full=True)
    assert dump() == resumed


@pytest.mark.parametrize("at_once", [1, 60, 500])
def test_what_was_read_before_a_fault_is_stored(source, github, world, at_once, monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", 20)
    monkeypatch.setattr(walk, "AT_ONCE", at_once)
    github.faults.append(
        lambda asked: (
            Reply(403, {"message": "No more of this"})
            if asked.path.endswith("issues/comments") and asked.query.get("page") == "2"
            else None
        )
    )

    sync_source(source=source)
    github.faults.clear()

    assert Contribution.objects.filter(kind="issue_comment").count() == 20
    found = figures(read(Source.objects.get()))
    assert {name: found[name] for name in LISTS} == truth(world)


def test_a_dead_run_shows_less_than_everything(source, monkeypatch):
    monkeypatch.setattr(lanes, "AT_ONCE", 1)
    store = sync.store_page

    def dies(**arguments):
        if arguments["page"].phase == "review_comments":
            raise sync.Refused("gone", "The line went dead.")
        return store(**arguments)

    monkeypatch.setattr(sync, "store_page", dies)

    found = figures(sync_source(source=source))

    assert 0 < found["completeness"] < 1


def test_a_cursor_stored_without_its_page_would_lose_rows(source, world, monkeypatch):
    """The negative control: take the page out of the transaction, and the tables differ."""
    monkeypatch.setattr(sync, "ingest_unsettled", lambda **_: None)
    read(source)
    monkeypatch.undo()

    found = figures(read(source))

    assert {name: found[name] for name in LISTS} != truth(world)
    assert found["completeness"] < 1


def test_same_seconds_over_many_pages_lose_nothing(db, github, settings):
    from integrations.connections.actions import connect
    from tests.factories import NOON

    github.world = World(size=Size(330, 0, 230, 0, 0, 0, 0))
    for row in (*github.world.issues.values(), *github.world.comments.values()):
        row["updated_at"] = "2025-01-01T00:00:00Z"
    of = connect(connector="github", location="guild/hall", project="hall", at=NOON)

    found = figures(read(of))

    assert (found["issues"], found["issue_comments"]) == (330, 230)
