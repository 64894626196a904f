"""A reading that is cut off goes on without asking for anything again, and believes nothing old."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import transaction

from contributors.activity.models import WorkItem
from integrations.connections import sync
from integrations.connections.actions import connect
from integrations.connections.keys import plain
from integrations.connections.models import Source, SyncRun
from integrations.connections.sync import sync_source
from integrations.github import listing, transport
from integrations.github.firstwalk import FirstWalk
from integrations.github.phases import Signs, comments_as_records
from integrations.github.shelf import Shelf, _name
from integrations.github.transport import Transport
from tests.factories import NOON
from tests.github_api.replies import Reply
from tests.github_api.world import Size, World
from tests.integrations.github.dump import dump

pytestmark = pytest.mark.django_db
PAGE = 5


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", PAGE)
    monkeypatch.setattr("integrations.github.walk.AT_ONCE", PAGE)
    monkeypatch.setattr("integrations.github.pulls.LARGEST", PAGE)
    monkeypatch.setattr("integrations.github.lanes.AT_ONCE", 1)


@pytest.fixture
def world():
    return World(size=Size(12, 12, 22, 4, 4, 7, 30))


@contextmanager
def undone():
    with transaction.atomic():
        connect(connector="github", location="guild/hall", project="hall", at=NOON)
        yield
        transaction.set_rollback(True)


def questions(github) -> Counter[tuple[str, ...]]:
    """What was asked, each question with its validator."""
    return Counter(
        (
            asked.method,
            asked.path,
            repr(sorted(asked.query.items())),
            asked.body.decode(),
            asked.headers.get("if-none-match", ""),
        )
        for asked, _status in github.log
    )


def at_rest(github) -> None:
    """Wait until nothing is under way: every lane waits for the writer or is over."""
    before = -1
    while before != len(github.log):
        before = len(github.log)
        time.sleep(0.06)


def cut_off(github, monkeypatch, stop: int) -> bool:
    """The process ends before a page is stored, with no request under way; False: it read all."""
    store, stored = sync.store_page, []

    def dies(**given):
        stored.append(1)
        if len(stored) == stop:
            at_rest(github)
            raise KeyboardInterrupt
        return store(**given)

    monkeypatch.setattr(sync, "store_page", dies)
    try:
        sync_source(source=Source.objects.get())
    except KeyboardInterrupt:
        return True
    finally:
        monkeypatch.setattr(sync, "store_page", store)
        SyncRun.objects.update(holder="", state=SyncRun.State.FAILED)
    return False


def lives(github, monkeypatch, stop: int):
    """Whether a reading was cut off there, what it left in the end, and what it asked in all."""
    github.log.clear()
    with undone():
        was_cut = cut_off(github, monkeypatch, stop)
        if was_cut:
            assert sync_source(source=Source.objects.get()).state == SyncRun.State.DONE
        return was_cut, dump(), questions(github)


def test_a_reading_cut_off_at_any_page_asks_for_nothing_again(github, monkeypatch):
    _, whole, asked = lives(github, monkeypatch, 0)

    stop, was_cut = 1, True
    while was_cut:
        was_cut, found, more = lives(github, monkeypatch, stop)
        assert (found == whole, more - asked) == (True, Counter()), stop
        stop += 1

    assert stop > 8


def test_without_the_opening_look_it_asks_for_the_repository_again(github, monkeypatch):
    """The negative control."""
    monkeypatch.setattr(Transport, "get_opening", Transport.get_kept)
    _, _, asked = lives(github, monkeypatch, 0)

    _, _, more = lives(github, monkeypatch, 4)

    assert [path for _, path, *_ in more - asked].count("/repos/guild/hall") == 1


def _cut_off_behind_the_signs(monkeypatch) -> None:
    """The page that tells which pull requests changed is stored, and nothing after it."""
    store = sync.store_page

    def dies(*, page, **given):
        run = store(page=page, **given)
        if page.cursor.get("issues", {}).get("done"):
            raise KeyboardInterrupt
        return run

    monkeypatch.setattr(sync, "store_page", dies)
    with pytest.raises(KeyboardInterrupt):
        sync_source(source=Source.objects.get())
    monkeypatch.setattr(sync, "store_page", store)
    SyncRun.objects.update(holder="", state=SyncRun.State.FAILED)


def title_after_a_change_behind_the_walk(github, world, monkeypatch) -> str:
    """Of a pull request that changes when its page was read, in a reading that is cut off."""
    number, pages = min(world.pulls), []

    def change(asked) -> None:
        """When the second page of pull requests is asked for, one of the first changes."""
        if b"CREATED_AT" in asked.body:
            pages.append(asked)
            if len(pages) == 2:
                world.edit_issue(number, "changed behind the walk")

    def wait(asked) -> Reply | None:
        """The issues are asked what changed when that has happened."""
        if asked.path.endswith("/issues") and asked.query["sort"] == "created":
            return replace(github.answered(asked), delay=0.1)
        return None

    github.faults += [change, wait]
    with undone():
        _cut_off_behind_the_signs(monkeypatch)
        assert len(pages) > 1
        assert sync_source(source=Source.objects.get()).state == SyncRun.State.DONE
        return WorkItem.objects.get(number=number).title


def test_what_changed_behind_a_walk_that_was_cut_off_is_read(github, world, monkeypatch):
    assert title_after_a_change_behind_the_walk(github, world, monkeypatch) == (
        "changed behind the walk"
    )


def test_without_remembering_what_was_heard_it_is_not_read(github, world, monkeypatch):
    """The negative control: the issues are "not modified" since the run that was cut off."""
    begin = Signs.__init__
    monkeypatch.setattr(
        Signs, "__init__", lambda signs, part: begin(signs, {"signs": part.get("signs", 0)})
    )

    assert title_after_a_change_behind_the_walk(github, world, monkeypatch) != (
        "changed behind the walk"
    )


class Walked:
    """A walk through comments, over a shelf that a run before may have filled."""

    def __init__(self, folder) -> None:
        self.transport = Transport(plain("good-token"), shelf=Shelf(folder))
        self.pool = ThreadPoolExecutor(1)
        self.part: dict = {}

    def ids(self) -> set[str]:
        listed = listing.Listing(
            "issue_comments", "repos/guild/hall/issues/comments", {}, comments_as_records
        )
        walk = FirstWalk(self.transport, listed, self.part, self.pool)
        return {
            act.external_id for reading in walk.readings() for act in reading.batch.contributions
        }


def with_a_late_page(github, world, folder) -> tuple[set[str], set[str]]:
    """Of a whole walk on the shelf the last page is lost, and shifted before it is asked again.

    Gives what the second walk found, and what is there.
    """
    Walked(folder).ids()
    path = "repos/guild/hall/issues/comments"
    url = f"{github.base}/{path}?sort=created&direction=asc&per_page={PAGE}&page=5"
    (folder / _name(transport.asked_as(url, transport.NO_ETAG))).unlink()
    world.delete_comment(min(world.comments))
    return Walked(folder).ids(), {str(key) for key in world.comments}


def test_a_second_look_is_later_than_every_page_it_vouches_for(github, world, tmp_path):
    found, there = with_a_late_page(github, world, tmp_path / "fetched")

    assert there - found == set()


def test_a_second_look_from_the_shelf_would_lose_something(github, world, tmp_path, monkeypatch):
    """The negative control."""
    monkeypatch.setattr(FirstWalk, "_look", FirstWalk._ask)

    found, there = with_a_late_page(github, world, tmp_path / "fetched")

    assert there - found != set()
