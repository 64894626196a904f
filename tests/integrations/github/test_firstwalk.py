"""The first reading of lists, side by side: what is deleted meanwhile loses and doubles nothing."""

from random import Random

import pytest
from django.db import transaction

from contributors.activity.models import Contribution, WorkItem
from integrations.connections import sync
from integrations.connections.actions import connect
from integrations.connections.models import Source, SyncRun
from integrations.connections.sync import sync_source
from integrations.github import listing, pulls, transport, walk
from integrations.github.firstwalk import FirstWalk, Seen
from integrations.github.reconcile import Reconciliation
from tests.factories import NOON
from tests.github_api.replies import Reply
from tests.github_api.world import Size, World
from tests.integrations.github.dump import dump

pytestmark = pytest.mark.django_db
PAGES, PAGE = 6, 10
SIZE = Size(PAGES * PAGE - 3, 0, PAGES * PAGE - 3, 0, 0, 1, 2)


@pytest.fixture
def world():
    return World(size=SIZE)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch):
    monkeypatch.setattr(listing, "PAGE_SIZE", PAGE)
    monkeypatch.setattr(walk, "AT_ONCE", 1)
    monkeypatch.setattr(pulls, "LARGEST", 8)
    monkeypatch.setattr(transport, "PAUSE", 0.001)


def read() -> SyncRun:
    """One run that must end well."""
    run = sync_source(source=Source.objects.get())
    assert (run.state, str(run.error)) == (SyncRun.State.DONE, "")
    return run


def comments() -> list[str]:
    """Every comment that is held as being there, however often."""
    acts = Contribution.objects.filter(kind="issue_comment", deleted_at=None)
    return sorted(acts.values_list("external_id", flat=True))


class Deletion:
    """Takes an old comment away just before a page of the list is answered."""

    def __init__(self, github, world, *, page: int, seed: int) -> None:
        self.github, self.world, self.page = github, world, page
        self.chance = Random(seed)

    def __call__(self, asked):
        is_list = asked.path.endswith("issues/comments") and asked.query.get("sort") == "created"
        if is_list and asked.query["page"] == str(self.page) and self in self.github.faults:
            self.github.faults.remove(self)
            first = list(self.world.comments)[: max(1, (self.page - 1) * PAGE)]
            self.world.delete_comment(self.chance.choice(first))


def unreconciled(monkeypatch) -> None:
    """What a walk loses is not found by counting afterwards."""
    monkeypatch.setattr(Reconciliation, "is_wanted", lambda _: False)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("page", range(1, PAGES + 1))
def test_a_deletion_before_any_page_loses_nothing(source, github, world, page, seed, monkeypatch):
    unreconciled(monkeypatch)
    github.faults.append(Deletion(github, world, page=page, seed=seed))

    read()

    there = {str(key) for key in world.comments}
    assert (there - set(comments()), len(comments())) == (set(), len(set(comments())))


def test_deletions_at_every_page_of_one_walk_lose_nothing(source, github, world, monkeypatch):
    unreconciled(monkeypatch)
    github.faults += [Deletion(github, world, page=page, seed=page) for page in (2, 4, 5)]

    read()

    assert {str(key) for key in world.comments} <= set(comments())


def test_a_first_page_looked_at_only_once_loses_something(source, github, world, monkeypatch):
    """The negative control of the second look, for what goes between page and last page."""
    unreconciled(monkeypatch)
    monkeypatch.setattr(FirstWalk, "_fetched_again", lambda walk, number, etag: None)
    github.faults.append(Deletion(github, world, page=PAGES, seed=1))

    read()

    assert {str(key) for key in world.comments} - set(comments()) != set()


def test_believing_every_walk_to_be_whole_loses_something(source, github, world, monkeypatch):
    """The negative control: pages are asked for in turn, and each deletion shifts the next."""
    unreconciled(monkeypatch)
    monkeypatch.setattr(FirstWalk, "_is_whole", lambda _: True)
    monkeypatch.setattr("integrations.github.firstwalk.AHEAD", 1)
    github.faults.append(Deletion(github, world, page=3, seed=1))

    read()

    assert {str(key) for key in world.comments} - set(comments()) != set()


@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 3 * PAGE])
def test_a_list_of_any_length_is_read_to_its_end(settings, tmp_path, github, count, db):
    github.world = World(size=Size(max(1, count), 0, count, 0, 0, 0, 1))
    settings.GITHUB_CLONE_BASE = str(github.world.write_git(tmp_path / "other"))
    connect(connector="github", location="guild/hall", project="hall", at=NOON)

    read()

    assert comments() == sorted(str(key) for key in github.world.comments)
    assert WorkItem.objects.count() == len(github.world.issues)


def test_an_empty_repository_is_read(settings, tmp_path, github, db):
    github.world = World(size=Size(0, 0, 0, 0, 0, 0, 0))
    settings.GITHUB_CLONE_BASE = str(github.world.write_git(tmp_path / "other"))
    connect(connector="github", location="guild/hall", project="hall", at=NOON)

    read()

    assert not WorkItem.objects.exists()
    assert read().requests["graphql"] == 0


@pytest.mark.parametrize("has_issues", [True, False])
def test_a_repository_of_pull_requests_only_is_read(settings, tmp_path, github, db, has_issues):
    github.world = World(size=Size(0, 25, 30, 12, 12, 1, 2))
    github.world.has_issues = has_issues
    settings.GITHUB_CLONE_BASE = str(github.world.write_git(tmp_path / "other"))
    connect(connector="github", location="guild/hall", project="hall", at=NOON)

    read()

    assert WorkItem.objects.filter(kind="change_request").count() == 25
    assert Contribution.objects.filter(kind="review").count() == 12


def without_last(asked, github) -> Reply | None:
    """A list whose length GitHub does not tell."""
    if "page" not in asked.query or asked.method != "GET":
        return None
    found = github.answered(asked)
    links = found.headers.get("Link", "").split(", ")
    found.headers["Link"] = ", ".join(one for one in links if 'rel="last"' not in one)
    return found


def too_deep(asked, _github) -> Reply | None:
    """Page numbers are taken up to three."""
    is_deep = asked.query.get("sort") == "created" and int(asked.query.get("page", "1")) > 3
    return Reply(422, {"message": "pagination is limited for this resource"}) if is_deep else None


@pytest.mark.parametrize("way", [without_last, too_deep])
def test_where_page_numbers_do_not_serve_lists_are_read_by_change(source, github, world, way):
    github.faults.append(lambda asked: way(asked, github))

    read()

    assert comments() == sorted(str(key) for key in world.comments)
    by_change = [asked for asked, _ in github.log if asked.query.get("sort") == "updated"]
    assert len(by_change) >= PAGES


def dying(monkeypatch, stop: int) -> None:
    """The process ends before a page is stored, as if cut off, and reads on in a new life."""
    store, stored = sync.store_page, []

    def dies(**given):
        stored.append(1)
        if len(stored) == stop:
            raise KeyboardInterrupt
        return store(**given)

    monkeypatch.setattr(sync, "store_page", dies)


@pytest.mark.parametrize("keeps", [True, False], ids=["shelf", "no shelf"])
def test_a_crash_between_any_two_pages_ends_in_the_same_tables(
    settings, tmp_path, github, monkeypatch, db, keeps
):
    if not keeps:
        monkeypatch.setattr("integrations.github.shelf.Shelf.find", lambda *_: None)
    monkeypatch.setattr("integrations.github.lanes.AT_ONCE", 1)  # each lane's page by itself
    github.world = World(size=Size(12, 12, 21, 4, 4, 1, 2))
    settings.GITHUB_CLONE_BASE = str(github.world.write_git(tmp_path / "other"))
    store = sync.store_page

    def life(stop: int) -> tuple[bool, dict]:
        with transaction.atomic():
            connect(connector="github", location="guild/hall", project="hall", at=NOON)
            dying(monkeypatch, stop)
            try:
                sync_source(source=Source.objects.get())
                has_died = False
            except KeyboardInterrupt:
                has_died = True
            monkeypatch.setattr(sync, "store_page", store)
            SyncRun.objects.update(holder="", state=SyncRun.State.FAILED)
            if has_died:
                read()
            found = dump()
            transaction.set_rollback(True)
        return has_died, found

    _, whole = life(0)
    stop, has_died = 1, True
    while has_died:
        has_died, found = life(stop)
        assert found == whole, stop
        stop += 1
    assert stop > 10


def test_the_page_that_showed_an_id_last_is_known_in_whatever_order_ids_come():
    chance, seen, plain = Random(5), Seen(), {}

    for page in range(40):
        ids = [chance.randrange(150) for _ in range(8)]
        expected = len(set(ids) - plain.keys())
        assert seen.pages_of(ids) == {plain[one] for one in ids if one in plain}
        assert seen.note(ids, page) == expected
        plain |= dict.fromkeys(ids, page)
