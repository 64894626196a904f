"""A world that changes while it is read: after two cycles the ledger is what GitHub holds."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from community.people.models import Identity, Person
from community.projects.models import Project, Repository
from contributors.activity.models import Contribution, WorkItem
from integrations.connections.actions import connect
from integrations.connections.models import Source, SyncRun
from integrations.connections.sync import sync_source
from integrations.github.reconcile import Reconciliation
from tests.factories import NOON
from tests.github_api.server import GitHub, serving
from tests.github_api.world import Size, World
from tests.integrations.github.dump import standing

pytestmark = pytest.mark.django_db
HALL = Size(
    issues=200, pulls=60, comments=260, reviews=60, line_comments=50, releases=12, commits=60
)
Change = Callable[[], object]


@dataclass
class Story:
    """What happens to two repositories, in an order that only the seed decides."""

    hall: World
    annex: World
    chance: random.Random
    recycled: dict[str, tuple[int, int]] = field(default_factory=dict)  # login: old id, new id

    def changes(self) -> list[Change]:
        """A thousandth of what happens at GitHub in an hour, in any order."""
        found: list[Change] = [
            *[self.rename_somebody] * 200,
            *[self.transfer] * 50,
            *[self.delete] * 100,
            *[lambda: self.hall.force_push(drop=2, add=1)] * 20,
            *[self.turn_visibility] * 5,
            *[self.recycle] * 3,
            *[self.within_a_second] * 20,
            *[self.discuss] * 5,
            *[self.lose_an_account] * 2,
            *[self.go_on] * 40,
        ]
        self.chance.shuffle(found)
        return found

    def someone(self) -> dict:
        there = [user for user in self.hall.crowd if not user.get("is_gone")]
        return self.chance.choice(there)

    def rename_somebody(self) -> None:
        user = self.someone()
        self.hall.rename_user(user, f"{user['login'].partition('.')[0]}.{self.chance.random()}")

    def transfer(self) -> None:
        self.hall.transfer_issue(self.chance.choice(list(self.hall.issues)), self.annex)

    def delete(self) -> None:
        """Of issues one in four, else something that was said, in part without any sign."""
        world = self.hall
        verb, store = self.chance.choice(
            (
                (world.delete_issue, world.issues),
                (world.delete_comment, world.comments),
                (world.delete_review, world.reviews),
                (world.delete_line_comment, world.line_comments),
                (world.delete_release, world.releases),
            )
        )
        if len(store) > 1:
            verb(self.chance.choice(list(store)))

    def turn_visibility(self) -> None:
        if self.hall.is_private:
            self.hall.publish()
        else:
            self.hall.set_private("good-token")

    def recycle(self) -> None:
        """A login is given up; a stranger takes it and begins to write under it."""
        user = self.someone()
        login = user["login"]
        self.hall.rename_user(user, f"formerly-{login}")
        stranger = self.hall.recycle_login(login)
        self.recycled[login] = (user["id"], stranger["id"])
        row = self.hall.comment(self.chance.choice(list(self.hall.issues)))
        row["user"] = stranger

    def within_a_second(self) -> None:
        with self.hall.same_second():
            for number in self.chance.sample(list(self.hall.issues), 3):
                self.hall.edit_issue(number, title=f"edited {self.chance.random()}")
                self.hall.comment(number)
                self.hall.edit_issue(number, title=f"edited again {self.chance.random()}")

    def discuss(self) -> None:
        self.hall.convert_to_discussion(self.chance.choice(list(self.hall.issues)))

    def lose_an_account(self) -> None:
        self.hall.delete_user(self.someone())

    def go_on(self) -> None:
        """What people do on any day."""
        number = self.hall.add_item(self.chance.choice(("issue", "pull")))
        self.hall.comment(self.chance.choice([number, *self.hall.issues]))
        if number in self.hall.pulls:
            self.hall.review(number)
            self.hall.line_comment(number)


@contextmanager
def during(github: GitHub, changes: list[Change], *, at_once: int) -> Iterator[None]:
    """So many changes with each request, and what is left over afterwards."""

    def some(_: object) -> None:
        for _place in range(min(at_once, len(changes))):
            changes.pop()()

    github.faults.append(some)
    yield
    github.faults.clear()
    while changes:
        changes.pop()()


@pytest.fixture
def story(db, settings, tmp_path):
    hall = World(seed=3, size=HALL)
    annex = World(
        seed=4,
        size=Size(20, 5, 20, 5, 5, 1, 5),
        id=77_002,
        full_name="guild/annex",
        users=hall.users,
    )
    github = GitHub(hall, annex)
    settings.GITHUB_TOKEN = "good-token"
    settings.GITHUB_CLONE_BASE = str(hall.write_git(tmp_path))
    annex.write_git(tmp_path)
    with serving(github) as base:
        settings.GITHUB_API_URL = base
        yield github, Story(hall, annex, random.Random(17))


def connected() -> None:
    for name in ("hall", "annex"):
        connect(connector="github", location=f"guild/{name}", project=name, at=NOON)


def cycle(*, full: bool = False) -> None:
    """Every source once."""
    for source in Source.objects.order_by("pk"):
        run = sync_source(source=source, full=full)
        assert (run.state, str(run.error)) == (SyncRun.State.DONE, "")


def read_anew() -> dict:
    """What an empty ledger reads."""
    Repository.objects.all().delete()
    Project.objects.all().delete()
    Identity.objects.all().delete()
    Person.objects.all().delete()
    for name in ("great-hall", "annex"):
        connect(connector="github", location=f"guild/{name}", project=name, at=NOON)
    cycle()
    return standing()


def lived(github: GitHub, story: Story) -> None:
    """Two readings in the midst of change, and a repository renamed between them."""
    changes = story.changes()
    half = len(changes) // 2
    connected()
    with during(github, changes[:half], at_once=15):
        cycle()
    story.hall.rename("guild/great-hall")
    with during(github, changes[half:], at_once=15):
        cycle()


def test_after_two_cycles_the_ledger_is_what_github_holds(story):
    github, told = story
    lived(github, told)

    cycle()
    assert numbers() == truth(told)
    cycle(full=True)

    found = standing()
    assert credited(told) == expected_credit(told)
    assert len(told.recycled) == 3
    assert {one.name: one.is_private for one in Repository.objects.all()} == {
        "guild/great-hall": told.hall.is_private,
        "guild/annex": False,
    }
    anew = read_anew()
    for table, rows in anew.items():
        assert [row for row in found[table] if row not in rows] == [], table
        assert len(found[table]) == len(rows), table
    assert {row[-1] - row[-2] for row in found["Completeness"]} == {0}


def test_without_the_comparison_it_would_not_converge(story, monkeypatch):
    """The negative control."""
    github, told = story
    monkeypatch.setattr(Reconciliation, "is_wanted", lambda self: False)
    lived(github, told)

    cycle()
    cycle(full=True)

    assert numbers() != truth(told)
    assert standing()["Contribution"] != read_anew()["Contribution"]


def numbers() -> dict[str, list[int]]:
    """Issues and pull requests that stand, by repository."""
    rows = WorkItem.objects.present().order_by("number")
    rows = rows.values_list("repository__external_id", "number")
    found: dict[str, list[int]] = {}
    for repository, number in rows:
        found.setdefault(repository, []).append(number)
    return found


def truth(told: Story) -> dict[str, list[int]]:
    return {
        str(world.id): sorted([*world.issues, *world.pulls]) for world in (told.hall, told.annex)
    }


def credited(told: Story) -> dict[int, set[str]]:
    """What stands to the credit of each party to a recycled login."""
    people = [pk for pair in told.recycled.values() for pk in pair]
    acts = Contribution.objects.present().filter(
        identity__provider="github", identity__uid__in=map(str, people)
    )
    return {
        one: {
            f"{kind} {key}"
            for kind, key in acts.filter(identity__uid=str(one)).values_list("kind", "external_id")
        }
        for one in people
    }


def expected_credit(told: Story) -> dict[int, set[str]]:
    """What each of them did, as the worlds know."""
    kinds = ("issue", "change_request", "issue_comment", "review", "review_comment", "release")
    found: dict[int, set[str]] = {pk: set() for pair in told.recycled.values() for pk in pair}
    for world in (told.hall, told.annex):
        for kind, store in zip(kinds, world.stores(), strict=True):
            for row in store.values():
                who = (row["user"] or {}).get("id")
                if who in found:
                    found[who].add(f"{kind} {row['id']}")
    return found
