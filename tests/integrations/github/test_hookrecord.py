"""GitHub's record of what it sent against what arrived."""

from datetime import date, datetime, timedelta

import pytest

from community.jobs.models import Job
from integrations.connections.missing import deliveries_missing
from integrations.connections.models import Credential, Hook, MissedDelivery, Source, SyncRun
from integrations.connections.sealing import seal
from integrations.github.hookrecord import compare_hook
from tests.factories import NOON
from tests.factories.connections import run
from tests.factories.deliveries import deliver
from tests.github_api.server import Reply

pytestmark = pytest.mark.django_db
PATH = "/repos/guild/hall/hooks/4242/deliveries"


class Keeper:
    """GitHub's record, two on a page, as a fault of the local GitHub that answers in its place."""

    def __init__(self) -> None:
        self.rows: list[dict] = []
        self.again: list[str] = []
        self.path = PATH
        self.refusal: Reply | None = None

    def sent(self, guid: str, at: datetime, action: str = "opened", **more) -> None:
        number = 100 + len(self.rows)
        row = {"id": number, "guid": guid, "delivered_at": at.isoformat(), "action": action}
        self.rows.insert(0, {**row, "event": "issues", "repository_id": 77_001, **more})

    def __call__(self, asked) -> Reply | None:
        if not asked.path.startswith(self.path):
            return None
        if self.refusal is not None:
            return self.refusal
        if asked.method == "POST":
            self.again.append(asked.path.removeprefix(f"{self.path}/"))
            return Reply(202, {})
        start = int(asked.query.get("cursor", "0"))
        link = f'<{{base}}{self.path}?per_page=100&cursor={start + 2}>; rel="next"'
        more = start + 2 < len(self.rows)
        headers = {"Link": link.replace("{base}", self.base)} if more else {}
        return Reply(200, self.rows[start : start + 2], headers)


@pytest.fixture
def keeper(github) -> Keeper:
    made = Keeper()
    made.base = github.base
    github.faults.append(made)
    return made


@pytest.fixture
def hook(source) -> Hook:
    return Hook.objects.create(
        provider="github",
        external_id="4242",
        target="repository",
        target_id="77001",
        repository_external_id="77001",
        first_seen_at=NOON - timedelta(days=9),
    )


def ago(**much: float) -> datetime:
    return NOON - timedelta(**much)


def asked_for() -> list[int]:
    jobs = Job.objects.filter(task="connections.sync")
    return [job.arguments["source_id"] for job in jobs]


def test_what_did_not_arrive_is_asked_for_again_and_missing_until_then(keeper, hook, source):
    for hours in (50, 5, 4, 3):
        keeper.sent(f"lost-{hours}", ago(hours=hours))
    deliver("issues", {}, delivery_id="lost-4")

    compare_hook(hook=hook, at=NOON)

    assert keeper.again == ["100/attempts", "101/attempts", "103/attempts"]
    assert asked_for() == [source.pk]
    assert deliveries_missing(source) == {date(2026, 3, 12): 1, date(2026, 3, 14): 2}
    deliver("issues", {}, delivery_id="lost-50")
    assert deliveries_missing(source) == {date(2026, 3, 14): 2}


def test_a_second_comparison_asks_for_nothing_twice(keeper, hook, source):
    keeper.sent("lost", ago(hours=2))

    for _each in range(2):
        compare_hook(hook=hook, at=NOON)
        hook.refresh_from_db()

    assert (keeper.again, MissedDelivery.objects.count()) == (["100/attempts"], 1)
    assert (hook.checked_at, hook.checked_until) == (NOON, ago(minutes=5))


def test_what_is_on_its_way_and_what_github_sent_again_is_not_missing(keeper, hook, source):
    keeper.sent("here", ago(hours=3))
    keeper.sent("HERE", ago(hours=1), redelivery=True)
    keeper.sent("on-its-way", ago(minutes=2))
    deliver("issues", {}, delivery_id="here")

    compare_hook(hook=hook, at=NOON)

    assert (deliveries_missing(source), asked_for()) == ({}, [])


def test_what_is_older_than_the_last_comparison_is_not_listed_again(keeper, hook, source, github):
    hook.checked_until = ago(hours=1)
    for hours in range(20, 0, -1):
        keeper.sent(f"old-{hours}", ago(hours=hours + 1))

    compare_hook(hook=hook, at=NOON)

    assert len([one for one, _status in github.log if one.path == PATH]) == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_key_that_may_not_look_says_so_and_nothing_else_happens(keeper, hook, source, status):
    keeper.refusal = Reply(status, {"message": "Not Found"})

    compare_hook(hook=hook, at=NOON)

    hook.refresh_from_db()
    assert "admin:repo_hook" in str(hook.problem)
    assert (hook.checked_until, deliveries_missing(source), asked_for()) == (None, {}, [])


@pytest.mark.parametrize(
    "reply",
    [
        Reply(502, raw=b"<html>"),
        Reply(403, {}, {"Retry-After": "60"}),
        Reply(429, {}),
        Reply(200, raw=b'[{"guid":'),
    ],
)
def test_a_fault_of_the_way_is_tried_the_next_hour(keeper, hook, source, reply):
    keeper.refusal = reply

    compare_hook(hook=hook, at=NOON)

    hook.refresh_from_db()
    assert str(hook.problem) == "GitHub did not answer properly. We will try again later."
    assert hook.checked_until is None


def test_a_reading_makes_good_what_it_can_see(keeper, hook, source):
    keeper.sent("edited", ago(hours=2), action="edited")
    keeper.sent("deleted", ago(hours=2), action="deleted")
    compare_hook(hook=hook, at=NOON)
    before = deliveries_missing(source)

    run(source, state=SyncRun.State.DONE, started_at=ago(hours=1))
    after_a_run = deliveries_missing(source)
    run(source, state=SyncRun.State.DONE, started_at=NOON, is_full=True)

    assert (before, after_a_run, deliveries_missing(source)) == (
        {date(2026, 3, 14): 2},
        {date(2026, 3, 14): 1},
        {},
    )


def test_an_app_reads_the_record_of_its_own_hook(keeper, hook, source, monkeypatch):
    seen = []
    monkeypatch.setattr(
        "integrations.github.hookrecord.as_app",
        lambda app, key: seen.append((app, key)) or {"Authorization": "Bearer good-token"},
    )
    keeper.path = "/app/hook/deliveries"
    hook.target, hook.target_id = "integration", "31"
    made = {"app_id": "31", "installation_id": "7", "mark": "m", "created_at": NOON}
    Credential.objects.create(
        connection=source.connection, kind="app", sealed_secret=seal("pem"), **made
    )
    keeper.sent("lost", ago(hours=2))

    compare_hook(hook=hook, at=NOON)

    assert (seen, keeper.again) == ([("31", "pem")], ["100/attempts"])


def test_a_hook_of_nothing_we_are_connected_to_says_that_we_may_not(keeper, hook, source):
    Source.objects.all().delete()

    compare_hook(hook=hook, at=NOON)

    hook.refresh_from_db()
    assert "admin:repo_hook" in str(hook.problem)
