"""The loop every source runs through: a page and its cursor in one transaction, or neither."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from community.audit.actions import record
from community.lib.refusals import NOTHING, Refused, Sentence
from community.people.bulk import upsert
from community.projects.models import Repository
from contributors.activity.ingest import ingest_unsettled, mark_deleted, mark_present
from contributors.activity.models import WorkItem
from contributors.activity.planning import count_grown_tables, little_held, sorting_in_files
from contributors.activity.settle import settle_waiting
from integrations.connections import protocol
from integrations.connections.actions import describe_repository, start_run
from integrations.connections.credentials import find_bad_keys, note_budgets
from integrations.connections.models import ExpectedItem, Source, SyncRun
from integrations.connections.protocol import Connector, OutOfBudget, Page, merged
from integrations.connections.tokens import keys_of
from integrations.connections.weighing import store_weight, weigh_after

EVERY = timedelta(minutes=15)
AFTER_A_FAILURE = timedelta(hours=1)
# Seconds and rows: what derives from the rows costs less for many pages together.
SETTLED_EVERY, SETTLED_AT = 20.0, 25_000
OF_A_KEY = {"bad_token", "bad_app_key", "bad_private_key", "suspended", "not_installed"}
Watch = Callable[[SyncRun], None]


def unwatched(_: SyncRun) -> None:
    """Nobody looks on."""


class Overtaken(Exception):
    """Another run has taken this source over; this one must not write any more."""


def sync_source(*, source: Source, full: bool = False, watch: Watch = unwatched) -> SyncRun:
    """Read what is new, or everything when `full`; the run says how it went.

    What the source does wrong (no access, out of budget) ends the run with a
    sentence, keeping every page so far. Raises `Refused` when the run may not
    start, and passes on what nobody foresaw after marking the run as failed.
    """
    run = start_run(source=source, full=full, at=timezone.now())
    connector = protocol.connector(source.connector)
    try:
        with little_held():
            return _read(run, connector, full=full, watch=watch)
    except OutOfBudget as pause:
        return finish(run, connector, SyncRun.State.WAITING, pause.reason, resumes_at=pause.until)
    except Refused as refusal:
        run = finish(run, connector, SyncRun.State.FAILED, Sentence.of(refusal.reason))
        if refusal.code in OF_A_KEY:
            go_on_without_bad_keys(run.source_id, at=timezone.now())
        return run
    except Overtaken:
        run.refresh_from_db()
        return run
    except Exception:
        error = Sentence(_("Something nobody foresaw went wrong; the log has the details."))
        finish(run, None, SyncRun.State.FAILED, error)
        raise


def go_on_without_bad_keys(source_id: int, *, at: datetime) -> None:
    """Tell which key was refused; read on at once when another is good."""
    source = Source.objects.select_related("connection").get(pk=source_id)
    if source.connection is None or not find_bad_keys(connection=source.connection, at=at):
        return
    if source.connection.credentials.exclude(problem=NOTHING).exists():
        Source.objects.filter(pk=source_id).update(due_at=at)


def _read(run: SyncRun, connector: Connector, *, full: bool, watch: Watch) -> SyncRun:
    """Store page after page until there is none, or a maintainer pauses the source."""
    source = Source.objects.select_related("repository", "connection").get(pk=run.source_id)
    settled_at, unsettled = time.monotonic(), 0
    # Closed at once, however we leave: threads behind it go on fetching until then.
    with closing(connector.pages(source, keys=keys_of(source), full=full)) as pages:
        for page in pages:
            run = store_page(run=run, page=page, connector=connector, at=timezone.now())
            count_grown_tables()
            unsettled += len(page.batch.work_items) + len(page.batch.contributions)
            if time.monotonic() - settled_at > SETTLED_EVERY or unsettled > SETTLED_AT:
                with sorting_in_files():
                    derive(source.repository)
                settled_at, unsettled = time.monotonic(), 0
            watch(run)
            if run.source.state == Source.State.PAUSED:
                return finish(run, connector, SyncRun.State.PAUSED, NOTHING)
    return finish(run, connector, SyncRun.State.DONE, NOTHING)


@transaction.atomic
def derive(repository: Repository) -> None:
    """Bring up to date what follows from the pages stored so far."""
    wait_for_no_disk()
    settle_waiting(repository=repository)


@transaction.atomic
def store_page(*, run: SyncRun, page: Page, connector: Connector, at: datetime) -> SyncRun:
    """Ingest a page and move the cursor, both or neither. Raises `Overtaken`."""
    wait_for_no_disk()
    locked = Source.objects.select_for_update(of=("self",)).select_related("repository")
    source = locked.get(pk=run.source_id)
    run = SyncRun.objects.select_for_update().get(pk=run.pk)
    if run.state != SyncRun.State.RUNNING:
        raise Overtaken
    if page.described is not None:
        was_private = source.repository.is_private
        describe_repository(repository=source.repository, described=page.described)
        if source.repository.is_private != was_private:
            verb = "connections.made_public" if was_private else "connections.made_private"
            record(verb=verb, subject=source, at=at)
        source.location = page.described.location or source.location
    for kind, ids in page.back.items():
        mark_present(repository=source.repository, kind=kind, external_ids=ids)
    if page.batch.work_items or page.batch.contributions:
        ingest_unsettled(repository=source.repository, batch=page.batch, at=at)
    _expect(source, page)
    _bury(source, page, at)
    source.cursor = dict(page.cursor)
    source.facts = merged(source.facts, page.facts)
    _forget_departures(source, page)
    source.budget = dict(connector.budget())
    source.weighed_at = source.weighed_at if page.is_bare else None
    source.save(update_fields=["cursor", "facts", "budget", "location", "weighed_at"])
    run.counts = dict(Counter(run.counts) + Counter(page.counts))
    run.requests = dict(connector.requests())
    run.phase, run.progress = page.phase, {"done": page.done, "total": page.total}
    run.touched_at = at
    run.source = source
    run.save(update_fields=["counts", "requests", "phase", "progress", "touched_at"])
    return run


def wait_for_no_disk() -> None:
    """Let PostgreSQL answer before this transaction is on disk, as SQLite does.

    Should its machine die within that second, page and cursor are lost
    together, and the page is read again.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")


def _bury(source: Source, page: Page, at: datetime) -> None:
    """Mark what the source was seen without; nothing more is expected of items that are gone."""
    for kind, ids in page.gone.items():
        mark_deleted(
            repository=source.repository, kind=kind, external_ids=ids, at=page.gone_at or at
        )
    if ids := [one for kind in WorkItem.Kind.values for one in page.gone.get(kind, ())]:
        dead = WorkItem.objects.filter(
            repository=source.repository, external_id__in=ids, deleted_at__isnull=False
        )
        source.expected_items.filter(number__in=dead.values("number")).delete()


def _forget_departures(source: Source, page: Page) -> None:
    """What was told gone before a list was looked at is in no length of it from now on."""
    for phase, look in page.facts.get("lists", {}).items():
        source.departures.filter(phase=phase, told_at__lte=look["at"]).delete()


def _expect(source: Source, page: Page) -> None:
    """Remember what the source says belongs to each item; None leaves what was known."""
    # A list that shifts while it is read shows an item twice, and of two lists each says its
    # part: of each count, what was said last counts.
    said: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for one in page.expected:
        counts = {"comments": one.comments, "reviews": one.reviews}
        said[one.number] |= {name: count for name, count in counts.items() if count is not None}
    days = {one.number: one.opened_on.isoformat() for one in page.expected}
    groups: defaultdict[tuple[str, ...], list[list[object]]] = defaultdict(list)
    for number, counted in said.items():
        groups[tuple(counted)].append([source.pk, number, days[number], *counted.values()])
    table = ExpectedItem._meta.db_table
    for columns, rows in groups.items():
        upsert(table, ("source_id", "number"), ("opened_on", *columns), rows)


def finish(
    run: SyncRun,
    connector: Connector | None,
    state: SyncRun.State,
    error: Sentence,
    *,
    resumes_at: datetime | None = None,
) -> SyncRun:
    """Close the run, note when the next is wanted, and weigh how complete the ledger is."""
    at = timezone.now()
    weight = None
    if connector is not None:
        with sorting_in_files():
            derive(run.source.repository)
            # Counting takes a while, so it comes before the locks.
            weight = weigh_after(run, connector, error, at=at)
    with transaction.atomic():
        source = Source.objects.select_for_update().get(pk=run.source_id)
        run = SyncRun.objects.select_for_update().get(pk=run.pk)
        if run.state != SyncRun.State.RUNNING:
            return run
        source.problem = error
        source.due_at = resumes_at or at + (AFTER_A_FAILURE if error else EVERY)
        if state == SyncRun.State.DONE:
            if run.is_full or source.synced_at is None:
                source.relisted_at = at
            source.synced_at = at
        if connector is not None:
            run.requests = dict(connector.requests())
            note_what_is_left(source, connector, at=at)
        run.state, run.error, run.finished_at = state, error, at
        run.resumes_at = resumes_at
        source.save(update_fields=["problem", "due_at", "synced_at", "relisted_at", "budget"])
        if weight is not None:
            store_weight(source=source, weight=weight, at=at)
        run.save()
    run.source = source
    return run


def note_what_is_left(source: Source, connector: Connector, *, at: datetime) -> None:
    """The budget as a whole on the source, that of each key on its credential."""
    left = dict(connector.budget())
    keys = left.pop("keys", ())
    source.budget = left or source.budget
    if source.connection is not None and keys:
        note_budgets(connection=source.connection, budgets=keys, at=at)
