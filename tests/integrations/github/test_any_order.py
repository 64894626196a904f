"""Deliveries in any order, doubled, late and lost, amid a reading: the state of a plain reading.

The whole size of the test plan runs with ENDURANCE=1, and two thousand deliveries for each of
ENDURANCE_SEEDS.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import F
from django.test import RequestFactory

from contributors.activity.models import Completeness, Contribution, WorkItem
from integrations.connections import sync
from integrations.connections.actions import connect
from integrations.connections.models import Delivery, ExpectedItem, Source, SyncRun
from integrations.connections.protocol import Page
from integrations.connections.receiving import Arrived
from integrations.connections.sync import sync_source
from integrations.github import applying, webhook
from integrations.github.ordering import News
from integrations.github.tasks import process
from tests.factories import NOON
from tests.github_api.hooks import SECRET, HookedWorld, Sent
from tests.github_api.server import Asked, GitHub, Reply, serving
from tests.github_api.world import Size
from tests.integrations.github.dump import TABLES

pytestmark = pytest.mark.django_db
SMALL = Size(60, 40, 170, 70, 60, 4, 15, 12)
TINY = Size(20, 10, 40, 20, 10, 2, 3, 6)
MEDIUM = Size(230, 230, 860, 250, 200, 6, 60, 24)
WHOLE = Size(1_150, 1_150, 4_300, 1_250, 1_000, 6, 300, 120)
SEEDS = [int(one) for one in os.environ.get("ENDURANCE_SEEDS", "1,2,18").split(",")]
ADDRESS = "/integrations/github/webhook"


class InItsTime(GitHub):
    """A server whose clock is that of its world, as GitHub's is.

    What changes during a reading is asked for from its first answer on, by that clock.
    """

    def answered(self, asked: Asked) -> Reply:
        found = super().answered(asked)
        found.headers["Date"] = formatdate(self.world.now.timestamp(), usegmt=True)
        return found


@dataclass
class Post:
    """What lies between GitHub and us: deliveries come in any order, twice, late or never."""

    github: GitHub
    world: HookedWorld
    chance: random.Random
    dropped: float = 0.1
    seen: int = 0
    waiting: list[Sent] = field(default_factory=list)
    late: list[Sent] = field(default_factory=list)
    applied: Counter[str] = field(default_factory=Counter)
    taken: int = 0

    def collect(self) -> None:
        """Take over what the world has sent since; a fifth twice, a twentieth again a day later."""
        fresh = self.world.deliveries[self.seen :]
        self.seen = len(self.world.deliveries)
        for one in fresh:
            if self.chance.random() < self.dropped and "deleted" not in one.text[:30]:
                continue
            self.waiting.append(one)
            if self.chance.random() < 0.2:
                self.waiting.append(one)
            if self.chance.random() < 0.05:
                self.late.append(one)
        self.chance.shuffle(self.waiting)

    def hand_over(self, count: int) -> None:
        """Post so many at the door, and let the jobs run."""
        part, self.waiting = self.waiting[:count], self.waiting[count:]
        factory = RequestFactory()
        for one in part:
            headers = one.headers()
            kind = headers.pop("Content-Type")
            request = factory.post(ADDRESS, one.body(), content_type=kind, headers=headers)
            assert webhook.receive(request).status_code == 202
        waiting = Delivery.objects.filter(state=Delivery.State.WAITING)
        for pk in list(waiting.values_list("pk", flat=True)):
            with transaction.atomic():
                process(delivery_id=pk)
                process(delivery_id=pk)  # a job may run twice


def come_and_go(world: HookedWorld, kind: str) -> None:
    """An item that is opened and closed at once; an issue is opened again."""
    number = world.add_item(kind)
    world.close(number, merged=True)
    if kind == "issue":
        world.reopen(number)


VERBS: tuple[Callable[[HookedWorld, random.Random], object], ...] = (
    lambda world, chance: world.comment(chance.choice([*world.issues, *world.pulls])),
    lambda world, chance: world.review(chance.choice(list(world.pulls))),
    lambda world, chance: world.line_comment(chance.choice(list(world.pulls))),
    lambda world, chance: world.edit_issue(chance.choice(list(world.issues)), world.title()),
    lambda world, chance: world.edit_comment(chance.choice(list(world.comments))),
    lambda world, chance: world.delete_comment(chance.choice(list(world.comments))),
    lambda world, chance: world.delete_line_comment(chance.choice(list(world.line_comments))),
    lambda world, chance: come_and_go(world, chance.choice(("issue", "pull"))),
)


def happen(world: HookedWorld, chance: random.Random, count: int) -> None:
    """Something more happens."""
    for _each in range(count):
        chance.choice(VERBS)(world, chance)


@contextmanager
def between_pages(act: Callable[[], None]):
    """Do something after each page that a run stores."""
    store = sync.store_page

    def stored(**arguments: Any) -> SyncRun:
        run = store(**arguments)
        act()
        return run

    sync.store_page = stored
    try:
        yield
    finally:
        sync.store_page = store


def present() -> dict[str, list[Any]]:
    """The ledger by natural keys, without what was deleted."""
    dead = WorkItem.objects.exclude(deleted_at=None).values("number")
    rows = {
        WorkItem: WorkItem.objects.filter(deleted_at=None),
        Contribution: Contribution.objects.filter(deleted_at=None),
        ExpectedItem: ExpectedItem.objects.exclude(number__in=dead),
    }
    return {
        model.__name__: sorted(rows.get(model, model.objects.all()).values_list(*columns), key=repr)
        for model, columns in TABLES.items()
    }


def read_all() -> None:
    run = sync_source(source=Source.objects.get())
    assert run.state == SyncRun.State.DONE, str(run.error)


def plain_reading() -> dict[str, list[Any]]:
    """What a reading alone makes of the world as it is in the end; undone again."""
    with transaction.atomic():
        connect(connector="github", location="guild/hall", project="hall", at=NOON)
        read_all()
        found = present()
        transaction.set_rollback(True)
    return found


@dataclass
class Played:
    """How a reading with deliveries in between ended, and how one without would have."""

    found: dict[str, list[Any]]
    wanted: dict[str, list[Any]]
    applied: Counter[str]
    ids: int
    states: set[str]


@pytest.fixture
def play(settings, tmp_path, monkeypatch):
    settings.GITHUB_TOKEN, settings.GITHUB_WEBHOOK_SECRET = "good-token", SECRET
    applied: Counter[str] = Counter()
    apply = applying._apply

    def counted(delivery: Delivery, *rest: Any) -> Any:
        applied[delivery.delivery_id] += 1
        return apply(delivery, *rest)

    def played(seed: int, size: Size, *, polls: int = 2, dropped: float = 0.1) -> Played:
        monkeypatch.setattr(applying, "_apply", counted)
        chance = random.Random(seed)
        world = HookedWorld(seed=seed, size=size)
        settings.GITHUB_CLONE_BASE = str(world.write_git(tmp_path / str(seed)))
        github = InItsTime(world)
        with serving(github) as settings.GITHUB_API_URL:
            post = Post(github, world, chance, dropped=dropped)
            _mixed(post, polls)
            found, states = present(), set(Delivery.objects.values_list("state", flat=True))
            ids = Delivery.objects.count()
            Source.objects.get().repository.project.delete()
            wanted = plain_reading()
        return Played(found, wanted, applied, ids, states)

    return played


def _mixed(post: Post, polls: int) -> None:
    """A first reading amid deliveries and changes, then the rest, replays, and readings."""
    connect(connector="github", location="guild/hall", project="hall", at=NOON)
    post.collect()
    portion = max(1, len(post.waiting) // 12)
    more = [post.world.size.comments // 40 or 1] * 8

    def meanwhile() -> None:
        if more:
            with post.github.lock:
                happen(post.world, post.chance, more.pop())
        post.collect()
        post.hand_over(portion)

    with between_pages(meanwhile):
        read_all()
    post.hand_over(len(post.waiting))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=1)):
        post.waiting, post.late = post.late, []
        post.hand_over(len(post.waiting))
        for _each in range(polls):
            read_all()


def differing(one: Played) -> dict[str, Any]:
    """What is not the same, to be read by people."""
    return {
        name: (sorted(set(map(repr, rows)) ^ set(map(repr, one.wanted[name])))[:6])
        for name, rows in one.found.items()
        if rows != one.wanted[name]
    }


def test_deliveries_in_any_order_amid_a_reading_end_where_a_reading_ends(play):
    found = play(3, SMALL)

    assert differing(found) == {}
    assert (set(found.applied.values()), len(found.applied)) == ({1}, found.ids)
    assert found.ids > 400
    assert found.states == {"done"}


@pytest.mark.timeout(600)
@pytest.mark.skipif(not os.environ.get("ENDURANCE"), reason="takes minutes; set ENDURANCE=1")
@pytest.mark.parametrize("seed", SEEDS)
def test_two_thousand_deliveries_of_several_seeds_end_where_a_reading_ends(play, seed):
    found = play(seed, MEDIUM)

    assert differing(found) == {}
    assert (set(found.applied.values()), len(found.applied)) == ({1}, found.ids)


@pytest.mark.timeout(3_600)
@pytest.mark.skipif(not os.environ.get("ENDURANCE"), reason="takes minutes; set ENDURANCE=1")
def test_ten_thousand_deliveries_end_where_a_reading_ends(play):
    found = play(18, WHOLE)

    assert differing(found) == {}
    assert (set(found.applied.values()), len(found.applied)) == ({1}, found.ids)
    assert found.ids > 9_000


@pytest.mark.alike
@pytest.mark.parametrize("is_guarded", [True, False])
def test_without_the_guard_of_order_the_tables_would_differ(is_guarded, play, monkeypatch):
    if not is_guarded:
        monkeypatch.setattr(applying, "news_of", lambda _, batch: News(batch, is_contested=False))

    assert (differing(play(1, TINY)) == {}) is is_guarded


@pytest.mark.alike
@pytest.mark.parametrize("is_noted", [True, False])
def test_what_leaves_between_the_look_at_a_list_and_its_storing_lacks_nowhere(
    is_noted, settings, tmp_path, monkeypatch
):
    if not is_noted:
        monkeypatch.setattr(applying, "note_departures", lambda **_: None)
    settings.GITHUB_TOKEN, settings.GITHUB_WEBHOOK_SECRET = "good-token", SECRET
    world = HookedWorld(seed=1, size=TINY)
    settings.GITHUB_CLONE_BASE = str(world.write_git(tmp_path))
    github = InItsTime(world)
    post = Post(github, world, random.Random(1), dropped=0)
    store = sync.store_page

    def stored(*, page: Page, **arguments: Any) -> SyncRun:
        if "review_comments" in page.facts.get("lists", {}):
            with github.lock:
                world.delete_line_comment(min(world.line_comments))
            post.collect()
            post.hand_over(len(post.waiting))
        return store(page=page, **arguments)

    monkeypatch.setattr(sync, "store_page", stored)
    with serving(github) as settings.GITHUB_API_URL:
        connect(connector="github", location="guild/hall", project="hall", at=NOON)
        post.seen = len(world.deliveries)
        read_all()

    lacking = Completeness.objects.filter(received__lt=F("expected")).count()
    assert lacking == (0 if is_noted else 1)


def test_without_a_reading_what_was_dropped_would_be_missing(play):
    assert differing(play(3, TINY, polls=0, dropped=0.5)) != {}


def test_without_known_ids_a_doubled_delivery_would_be_applied_twice(play, monkeypatch):
    take_in = webhook.take_in

    def forgetful(*, arrived: Arrived, **more: Any) -> Any:
        Delivery.objects.filter(delivery_id=arrived.delivery_id).delete()
        return take_in(arrived=arrived, **more)

    monkeypatch.setattr(webhook, "take_in", forgetful)

    assert max(play(3, TINY, polls=0).applied.values()) > 1
