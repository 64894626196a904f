"""Each task may run twice, or be cut off anywhere and run again, and leaves what one run leaves.

A task without a case fails. A case sets the scene, and says what the task is
given and which tables are a diary of runs rather than state.
"""

from collections.abc import Callable
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, models, transaction

from community.jobs.models import Job
from community.jobs.registry import Task, registered
from community.people.models import OrganizationDomain, Person
from contributors.activity.models import DayCount
from contributors.activity.records import Batch
from contributors.metrics.actions import mark_stale
from contributors.metrics.models import Figure
from contributors.retention.models import Drift, FollowUp
from integrations.connections.models import Delivery, Hook, SyncRun
from integrations.connections.protocol import Page
from tests import factories
from tests.conftest import NOON
from tests.factories import connections as sources
from tests.factories import ledger
from tests.factories.deliveries import deliver

WINGS = ("community", "contributors", "events", "governance", "integrations")
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Case:
    """What a task is given, the tables that list its runs, and what passes after a crash."""

    arguments: dict[str, Any] = field(default_factory=dict)
    diaries: tuple[str, ...] = ()
    meanwhile: Callable[[], object] = lambda: None


def old_jobs() -> Case:
    for age in (31, 29):
        moment = NOON - timedelta(days=age)
        fields = {"run_at": moment, "created_at": moment, "finished_at": moment}
        Job.objects.create(task="t", state=Job.State.DONE, **fields)
    return Case()


def pictured() -> int:
    """An identity that shows a picture elsewhere."""
    return factories.identity(avatar_url="https://avatars.example/1.png").pk


def picture_awaited() -> Case:
    pictured()
    return Case()


def unindexed_newcomers() -> Case:
    for name in ("Ada", "李伟"):
        factories.person(name=name)
    Person.objects.update(search_text="")
    return Case()


def employed() -> Case:
    employer = factories.organization()
    OrganizationDomain.objects.create(organization=employer, domain="example.com")
    factories.identity(email_domain="example.com", first_seen_at=NOON)
    return Case()


def active() -> Any:
    """A repository in which two people were active."""
    repository = factories.repository()
    day = date(2026, 3, 10)
    ledger.fill(
        repository,
        ledger.work(1, 1, day, closed=day + timedelta(days=2)),
        ledger.act("a", 1, day),
        ledger.act("b", 2, day + timedelta(days=1), kind="issue_comment", work_item=1),
    )
    return repository


def underived_repository() -> Case:
    repository = active()
    DayCount.objects.all().delete()
    return Case({"repository_id": repository.pk})


def active_days() -> Case:
    return Case({"repository_id": active().pk, "days": ["2026-03-10"], "months": ["2026-03-01"]})


def active_people() -> Case:
    active()
    return Case({"person_ids": list(Person.objects.order_by("pk").values_list("pk", flat=True))})


def found_bots() -> Case:
    """Who answered turns out to be a bot, so nobody did."""
    case = active_people()
    Person.objects.update(is_bot=True)
    return case


def stale_figures() -> Case:
    mark_stale(repository_ids=[active().pk], since=date(2026, 3, 1), at=NOON)
    return Case()


def quiet_people() -> Case:
    """Somebody became quiet in December; somebody else came back after a note."""
    one = factories.person("quiet")
    months = [("person", one.pk, date(2025, month, 1), 20.0) for month in range(1, 12)]
    for scope, pk, month, value in [*months, ("community", 0, date(2026, 2, 1), 1.0)]:
        fields = {"metric": "contributions", "value": value, "version": 1}
        Figure.objects.create(scope=scope, scope_id=pk, month=month, **fields)
    other = factories.identity()
    FollowUp.objects.create(person=other.person, kind="note", at=NOON - timedelta(days=30))
    DayCount.objects.create(
        repository=factories.repository(),
        identity=other,
        day=NOON.date() - timedelta(days=7),
        kind="commit",
        count=1,
    )
    return Case()


def erased_person() -> Case:
    one = factories.person(erased_at=NOON)
    FollowUp.objects.create(person=one, kind="note", at=NOON)
    fields = {"usual": 9, "recent": 0, "reason": "stopped", "version": 1}
    Drift.objects.create(person=one, since=NOON, months_from=NOON, known_until=NOON, **fields)
    return Case({"person_id": one.pk})


def a_source(connector: str = "scripted") -> Any:
    return sources.source(connector=connector, due_at=NOON - timedelta(hours=1))


def source_to_read() -> Case:
    return Case({"source_id": a_source().pk}, ("connections.SyncRun",), dead_runs_are_noticed)


def dead_runs_are_noticed() -> None:
    """Long enough passes that a run without a sign of life is not taken for a living one."""
    SyncRun.objects.filter(state="running").update(touched_at=NOON - timedelta(days=1))


def due_source() -> Case:
    a_source()
    return Case()


def old_delivery() -> Case:
    for age in (31, 29, 500):
        deliver("ping", {"hook_id": 1}, received_at=NOON - timedelta(days=age))
    return Case()


def stuck_delivery() -> Case:
    """Every try to apply it failed."""
    case = waiting_delivery()
    Delivery.objects.update(received_at=NOON - timedelta(hours=1))
    Job.objects.create(
        task="github.process_delivery",
        arguments=case.arguments,
        state="parked",
        run_at=NOON,
        created_at=NOON,
    )
    return Case()


def waiting_delivery() -> Case:
    of = a_source(connector="github")
    issue = {
        "id": 11,
        "number": 3,
        "title": "A door squeaks",
        "html_url": "https://github.com/guild/hall/issues/3",
        "user": {"id": 7, "login": "ada", "type": "User"},
        "comments": 2,
        "created_at": "2026-03-01T10:00:00Z",
        "updated_at": "2026-03-02T10:00:00Z",
    }
    kept = deliver("issues", {"action": "opened", "issue": issue}, repository=of.repository)
    return Case({"delivery_id": kept.pk})


def lost_delivery() -> Case:
    """A hook of whose record GitHub tells us one delivery that never came."""
    of = a_source(connector="github")
    hook = Hook.objects.create(
        provider="github",
        external_id="4242",
        target="repository",
        repository_external_id=of.repository.external_id,
        first_seen_at=NOON - timedelta(days=1),
    )
    return Case({"hook_id": hook.pk})


class LostRecord:
    """What GitHub says it sent."""

    def listed(self, _: object) -> list[dict[str, Any]]:
        at = (NOON - timedelta(hours=2)).isoformat()
        repository = Hook.objects.get().repository_external_id
        sent = {"id": 5, "guid": "a-lost-one", "event": "issues", "delivered_at": at}
        return [{**sent, "repository_id": int(repository)}]

    def send_again(self, number: int) -> None:
        """GitHub sends it under the same id, so that twice is once."""


def hooks_to_compare() -> Case:
    lost_delivery()
    return Case()


TASK_CASES: dict[str, Callable[[], Case]] = {
    "activity.note_people": found_bots,
    "activity.rebuild": underived_repository,
    "connections.prune_deliveries": old_delivery,
    "connections.sync": source_to_read,
    "connections.sync_due": due_source,
    "github.close_stuck_deliveries": stuck_delivery,
    "github.compare_hook": lost_delivery,
    "github.compare_hooks": hooks_to_compare,
    "github.process_delivery": waiting_delivery,
    "jobs.prune": old_jobs,
    "metrics.note_activity": active_days,
    "metrics.note_people": active_people,
    "metrics.refresh": stale_figures,
    "people.affiliate_by_domain": employed,
    "people.fetch_avatar": lambda: Case({"identity_id": pictured()}),
    "people.fetch_avatars": picture_awaited,
    "people.index_new": unindexed_newcomers,
    "retention.forget": erased_person,
    "retention.refresh": quiet_people,
}


@contextmanager
def noon():
    """Noon, a picture at each address, and a repository that can be read."""
    batch = Batch(contributions=[ledger.act("read", 3, date(2026, 3, 12))])
    with (
        pytest.MonkeyPatch.context() as patch,
        time_machine.travel(NOON, tick=False),
        sources.scripted(Page(batch, {"next": 1}, "x")),
    ):
        patch.setattr("community.people.pictures.fetch", lambda _: b"picture")
        patch.setattr("integrations.github.hookrecord.record_of", lambda _: LostRecord())
        yield


@pytest.fixture
def world(db):
    with noon():
        yield


def state(case: Case) -> dict[str, list[str]]:
    """The content of every row of every table of ours, diaries apart."""
    ours = [m for m in apps.get_models() if m.__module__.split(".")[0] in WINGS]
    return {
        model._meta.label: sorted(repr(list(map(told, columns, row))) for row in rows)
        for model in ours
        if model._meta.label not in case.diaries
        and (columns := [f for f in model._meta.concrete_fields if is_content(f)])
        and (rows := model._base_manager.values_list(*[f.attname for f in columns]))
    }


def is_content(column: models.Field) -> bool:
    """Neither random nor a number that a row made anew gets."""
    return not (column.primary_key or column.is_relation or column.name == "password")


def told(column: models.Field, value: object) -> object:
    """A value; of a file whether there is one, since its name avoids those already stored.

    PostgreSQL hands bytes over as a view, which tells where they lie instead of what they are.
    """
    if isinstance(column, models.FileField):
        return bool(value)
    return bytes(value) if isinstance(value, memoryview) else value


def run(task: Task, case: Case) -> None:
    """As a worker runs it."""
    with nullcontext() if task.commits_itself else transaction.atomic():
        task.run(**case.arguments)


class Crash(BaseException):
    """The end of the process, as far as the task can see."""


@contextmanager
def counted_writes(*, at_most: int | None = None):
    """Count the statements that write; die after so many."""
    seen = []

    def watch(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.lstrip().upper().startswith(WRITES):
            seen.append(sql)
            if len(seen) == at_most:
                raise Crash
        return result

    with connection.execute_wrapper(watch):
        yield seen


@contextmanager
def undone():
    """A world that is forgotten at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_each_task_has_a_case():
    assert sorted(TASK_CASES) == sorted(registered())


@pytest.mark.parametrize("name", sorted(TASK_CASES))
def test_a_second_run_changes_nothing(world, name):
    task, case = registered()[name], TASK_CASES[name]()
    before = state(case)

    run(task, case)
    once = state(case)
    run(task, case)

    assert once != before
    assert state(case) == once


@pytest.mark.parametrize("name", sorted(TASK_CASES))
def test_a_run_cut_off_after_any_write_is_made_good_by_the_next(world, name):
    task, case = registered()[name], TASK_CASES[name]()
    with undone(), counted_writes() as writes:
        run(task, case)
        whole = state(case)

    for number in range(1, len(writes) + 1):
        with undone():
            with pytest.raises(Crash), counted_writes(at_most=number):
                run(task, case)
            case.meanwhile()
            run(task, case)
            assert state(case) == whole, writes[number - 1]


def test_a_task_that_counts_its_runs_would_be_found(world):
    def count() -> None:
        factories.person()

    task, case = Task("test.count", count, None, commits_itself=True), Case()

    run(task, case)
    once = state(case)
    run(task, case)

    assert state(case) != once
