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
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models, transaction

from community.jobs.clock import story_at
from community.jobs.models import Job
from community.jobs.registry import Task, registered
from community.notifications.models import Notice, Preference
from community.people.models import OrganizationDomain, Person
from contributors.activity.ingest import ingest_unsettled
from contributors.activity.models import DayCount
from contributors.activity.records import Batch
from contributors.attention.actions import note_visit
from contributors.digests.models import Mailing, Subscription
from contributors.metrics.actions import mark_stale, rebuild_figures, refresh_figures
from contributors.metrics.models import Figure
from contributors.retention.models import Drift, FollowUp
from governance.ballots.models import Candidacy, Endorsement
from governance.rolls.models import Officer
from integrations.connections.models import Delivery, Hook, SyncRun
from integrations.connections.protocol import Page
from tests import factories
from tests.conftest import NOON
from tests.contributors.activity.test_properties import story
from tests.factories import ballots, ledger, rolls
from tests.factories import connections as sources
from tests.factories.activity import batch_of
from tests.factories.deliveries import deliver
from tests.factories.notices import notice
from tests.governance.ballots import task_cases as elections

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


def erased_visitor() -> Case:
    person = factories.person()
    note_visit(person=person, project=None, at=NOON)
    return Case({"person_id": person.pk})


def reviewed_repository() -> Case:
    active()
    return Case()


def underived_repository() -> Case:
    repository = active()
    DayCount.objects.all().delete()
    return Case({"repository_id": repository.pk})


def unsettled_rows() -> Case:
    """What a run put off before it died."""
    ingest_unsettled(repository=factories.repository(), batch=batch_of(*story()), at=NOON)
    return Case()


def somebody_on_leave() -> Case:
    active()
    person = Person.objects.earliest("pk")
    return Case({"person_id": person.pk, "starts_on": "2026-03-01", "ends_on": None})


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


def newly_looked_after() -> Case:
    """Somebody answered who turns out to be nobody who looks after the project."""
    repository, day = factories.repository(), date(2026, 3, 10)
    ledger.fill(
        repository,
        ledger.work(1, 1, day),
        ledger.act("b", 2, day, kind="issue_comment", work_item=1),
    )
    repository.project.maintainers.add(factories.person("boss"))
    return Case({"project_id": repository.project_id})


def stale_figures() -> Case:
    mark_stale(repository_ids=[active().pk], days=[date(2026, 3, 1)], at=NOON)
    return Case()


def stale_last_days() -> Case:
    stale_figures()
    refresh_figures(at=NOON)
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


def erased_voter() -> Case:
    one = factories.person(erased_at=NOON)
    rolls.request(rolls.sealed([one]), person=one)
    return Case({"person_id": one.pk})


def published_roll() -> Case:
    roll = rolls.published([factories.person()], NOON + timedelta(days=7))
    return Case({"roll_id": roll.pk}, diaries=("jobs.Job",))


def decided_request() -> Case:
    asked = rolls.request(rolls.sealed([factories.person()]), person=factories.person())
    return Case({"request_id": asked.pk}, diaries=("jobs.Job",))


def nominated_voter() -> Case:
    voter, other = voters = ballots.people(2)
    election = ballots.drafted(ballots.sealed_roll(voters), (), is_of_people=True)
    made = Candidacy.objects.create(
        election=election, person=voter, nominated_by=other, nominated_at=NOON
    )
    ids = {"candidacy_id": made.pk, "person_id": voter.pk, "by_id": other.pk}
    return Case(ids, diaries=("jobs.Job",))


def subscribed() -> Any:
    """A maintainer who wants the weekly digest of a project in which something happened."""
    repository, reader = active(), factories.person("reader", claimed_at=NOON)
    EmailAddress.objects.create(user=reader, email="reader@example.com", verified=True)
    repository.project.maintainers.add(reader)
    rebuild_figures(at=NOON)
    wish = {"person": reader, "project": repository.project, "length": "week"}
    Subscription.objects.create(since=NOON - timedelta(days=30), **wish)
    return wish


def digests_to_plan() -> Case:
    subscribed()
    return Case()


def digest_to_send() -> Case:
    wish = subscribed()
    Mailing.objects.create(starts_on=date(2026, 3, 9), planned_at=NOON, **wish)
    ids = {"person_id": wish["person"].pk, "project_id": wish["project"].pk}
    return Case({**ids, "edition": "2026-W11"})


def merged_reader() -> Case:
    wish, kept = subscribed(), factories.person("kept", claimed_at=NOON)
    Person.objects.filter(pk=wish["person"].pk).update(merged_into=kept)
    return Case({"person_ids": [kept.pk, wish["person"].pk]})


def parted_reader() -> Case:
    """What they asked for came along with a merge that is undone by now."""
    wish, kept = subscribed(), factories.person("kept", claimed_at=NOON)
    Subscription.objects.update(person=kept, moved_from=[wish["person"].pk])
    return Case({"person_ids": [kept.pk, wish["person"].pk]})


def erased_reader() -> Case:
    return Case({"person_id": subscribed()["person"].pk})


def told_reader() -> Any:
    """Somebody with an address who was told something that waits to be mailed."""
    reader = factories.person("reader", claimed_at=NOON)
    EmailAddress.objects.create(user=reader, email="reader@example.com", verified=True)
    return notice(reader, mail="waiting")


def notice_to_mail() -> Case:
    return Case({"notice_ids": [told_reader().pk]})


def old_notices() -> Case:
    for age in (181, 179):
        notice(factories.person(), read_at=NOON - timedelta(days=age))
    return Case()


def merged_told() -> Case:
    told, kept = told_reader(), factories.person("kept", claimed_at=NOON)
    Preference.objects.create(person=told.person, group="elections", is_mailed=False)
    Person.objects.filter(pk=told.person_id).update(merged_into=kept)
    return Case({"person_ids": [kept.pk, told.person_id]})


def parted_told() -> Case:
    """What they were told came along with a merge that is undone by now."""
    told, kept = told_reader(), factories.person("kept", claimed_at=NOON)
    Notice.objects.update(person=kept, moved_from=[told.person_id])
    return Case({"person_ids": [kept.pk, told.person_id]})


def erased_told() -> Case:
    return Case({"person_id": told_reader().person_id})


def erased_candidate() -> Case:
    """They stand in a draft, and endorsed somebody else there."""
    gone, other = voters = ballots.people(2)
    election = ballots.drafted(ballots.sealed_roll(voters), (), is_of_people=True)
    facts = {"election": election, "nominated_at": NOON, "state": "accepted"}
    Candidacy.objects.create(person=gone, statement="Me", **facts)
    candidacy = Candidacy.objects.create(person=other, **facts)
    Endorsement.objects.create(candidacy=candidacy, person=gone, endorsed_at=NOON)
    return Case({"person_id": gone.pk})


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


def elections_to_move() -> Case:
    elections.of_each_stage()
    return Case()


def election_to_count() -> Case:
    return Case({"election_id": elections.closed().pk})


def counted_election() -> Case:
    return Case({"election_id": elections.counted().pk})


def election_over() -> Case:
    return Case({"election_id": elections.voted().pk})


def election_to_tell_of() -> Case:
    """Jobs of mails name notices by id, which after a run cut off are others."""
    return Case({"election_id": elections.voted().pk}, diaries=("jobs.Job",))


def election_whose_count_stopped() -> Case:
    election = elections.closed()
    Officer.objects.create(roll=election.roll, person=factories.person(claimed_at=NOON))
    return Case({"election_id": election.pk}, diaries=("jobs.Job",))


def recorded_ballot() -> Case:
    election = elections.voted()
    voter = election.roll.voters.earliest("pk")
    ids = {"election_id": election.pk, "person_id": voter.person_id}
    return Case({**ids, "version": 2}, diaries=("jobs.Job",))


TASK_CASES: dict[str, Callable[[], Case]] = {
    "activity.note_maintainers": newly_looked_after,
    "activity.note_people": found_bots,
    "activity.rebuild": underived_repository,
    "activity.settle": unsettled_rows,
    "attention.forget": erased_visitor,
    "attention.refresh": reviewed_repository,
    "ballots.clear_box": counted_election,
    "ballots.close": election_over,
    "ballots.count": election_to_count,
    "ballots.forget_candidate": erased_candidate,
    "ballots.move_on": elections_to_move,
    "ballots.publish": counted_election,
    "ballots.remind": election_to_tell_of,
    "ballots.tell_announced": election_to_tell_of,
    "ballots.tell_canceled": election_to_tell_of,
    "ballots.tell_nominee": nominated_voter,
    "ballots.tell_of_ballot": recorded_ballot,
    "ballots.tell_opened": election_to_tell_of,
    "ballots.tell_published": election_to_tell_of,
    "ballots.tell_stopped": election_whose_count_stopped,
    "connections.prune_deliveries": old_delivery,
    "connections.sync": source_to_read,
    "connections.sync_due": due_source,
    "digests.forget": erased_reader,
    "digests.move": merged_reader,
    "digests.plan": digests_to_plan,
    "digests.return": parted_reader,
    "digests.send": digest_to_send,
    "github.close_stuck_deliveries": stuck_delivery,
    "github.compare_hook": lost_delivery,
    "github.compare_hooks": hooks_to_compare,
    "github.process_delivery": waiting_delivery,
    "jobs.prune": old_jobs,
    "metrics.note_activity": active_days,
    "metrics.note_leave": somebody_on_leave,
    "metrics.note_people": active_people,
    "metrics.refresh": stale_figures,
    "metrics.refresh_recent": stale_last_days,
    "notifications.forget": erased_told,
    "notifications.mail": notice_to_mail,
    "notifications.move": merged_told,
    "notifications.prune": old_notices,
    "notifications.return": parted_told,
    "people.affiliate_by_domain": employed,
    "people.fetch_avatar": lambda: Case({"identity_id": pictured()}),
    "people.fetch_avatars": picture_awaited,
    "people.index_new": unindexed_newcomers,
    "retention.forget": erased_person,
    "retention.refresh": quiet_people,
    "rolls.forget": erased_voter,
    "rolls.tell_decided": decided_request,
    "rolls.tell_published": published_roll,
}


@contextmanager
def noon():
    """Noon, a picture at each address, and a repository that can be read."""
    batch = Batch(contributions=[ledger.act("read", 3, date(2026, 3, 12))])
    with (
        pytest.MonkeyPatch.context() as patch,
        time_machine.travel(NOON, tick=False),
        sources.scripted(Page(batch, {"next": 1}, "x")),
        story_at(NOON),
    ):
        patch.setattr("community.people.pictures.fetch", lambda _: b"picture")
        patch.setattr("integrations.github.hookrecord.record_of", lambda _: LostRecord())
        yield


@pytest.fixture
def world(db, monkeypatch):
    """No table is written anew here: all that happens is undone."""
    monkeypatch.setattr("governance.ballots.tasks.forget_envelopes", lambda: True)
    with noon():
        yield


def state(case: Case) -> dict[str, list[str]]:
    """The content of every row of every table of ours, diaries apart, and the keys of boxes."""
    ours = [m for m in apps.get_models() if m.__module__.split(".")[0] in WINGS]
    keys = {"keys": sorted(one.name for one in settings.BALLOT_KEYS.glob("*.box"))}
    return keys | {
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
    """A world that is forgotten at the end, in which notices get the same numbers each time.

    Jobs name them, and PostgreSQL never gives a number twice of its own accord.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [Notice]):
                cursor.execute(statement)
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
