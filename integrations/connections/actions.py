"""Verbs on connections and their sources."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop as _

from community.audit.actions import record
from community.jobs.actions import enqueue
from community.lib.refusals import Refused, Sentence
from community.people.models import Person
from community.projects.actions import create_project
from community.projects.models import Project, Repository
from integrations.connections import protocol
from integrations.connections.credentials import add_token
from integrations.connections.holders import this_process
from integrations.connections.keys import Key, plain
from integrations.connections.models import (
    Connection,
    Credential,
    Disconnection,
    Source,
    SyncRun,
)
from integrations.connections.protocol import Described
from integrations.connections.rules import why_not_connect, why_not_start
from integrations.connections.tokens import environment_keys, keys_through


def connect(
    *,
    connector: str,
    location: str,
    project: str,
    token: str = "",
    connection: Connection | None = None,
    options: Mapping[str, str] | None = None,
    by: Person | None = None,
    at: datetime,
) -> Source:
    """Look a repository up and keep it in step from now on, making the project when missing.

    It is read through `connection`, else with a `token` of its own, else with
    those of the environment. Connecting what is connected renews its access and
    its description. Raises `Refused` when it cannot be found, or belongs to
    another project.
    """
    keys = plain(token) or _shared_keys(connector, connection, location)
    described = protocol.connector(connector).describe(location, keys=keys)
    return adopt(
        connector=connector,
        location=described.location or location,
        project=project,
        described=described,
        token=token,
        connection=connection,
        options=options,
        by=by,
        at=at,
    )


def _shared_keys(
    connector: str, connection: Connection | None, location: str = ""
) -> Sequence[Key]:
    """The keys of a connection, else those of the environment. Raises `Refused`."""
    held = keys_through(connection, location) if connection is not None else ()
    return held or environment_keys(connector)


@transaction.atomic
def adopt(
    *,
    connector: str,
    location: str,
    project: str,
    described: Described,
    token: str = "",
    connection: Connection | None = None,
    options: Mapping[str, str] | None = None,
    by: Person | None = None,
    at: datetime,
) -> Source:
    """Store what `connect` found. Raises `Refused`."""
    owner = _project(slug=project, described=described, by=by, at=at)
    repository = Repository.objects.filter(
        provider=connector, external_id=described.external_id
    ).first()
    if refusal := why_not_connect(repository, owner):
        raise refusal
    if repository is None:
        repository = Repository(
            project=owner, provider=connector, external_id=described.external_id, created_at=at
        )
    describe_repository(repository=repository, described=described)
    source, made = Source.objects.get_or_create(
        repository=repository,
        defaults={"connector": connector, "location": location, "created_at": at},
    )
    Disconnection.objects.filter(repository=repository).delete()
    source.location = location
    source.options = {**source.options, **(options or {})}
    if connection is not None or token or source.connection is None:
        source.connection = connection or _connection(source=source, token=token, by=by, at=at)
        if not made:
            source.runs.update(resumes_at=None)  # a limit belongs to the token it was met with
    source.save()
    verb = "connections.connected" if made else "connections.renewed"
    record(verb=verb, subject=source, actor=by, at=at, connector=connector, project=project)
    return source


def _project(*, slug: str, described: Described, by: Person | None, at: datetime) -> Project:
    """The project of this short name, made from what the repository says when missing."""
    if found := Project.objects.filter(slug=slug).first():
        return found
    return create_project(
        slug=slug,
        name=described.name.rsplit("/", 1)[-1][:120],
        actor=by,
        at=at,
        summary=described.description[:300],
        license=described.license[:200],
        topics=list(described.topics),
    )


@transaction.atomic
def describe_repository(*, repository: Repository, described: Described) -> None:
    """Renew what the repository says of itself; its id never changes."""
    repository.name = described.name
    repository.url = described.url
    repository.clone_url = described.clone_url
    repository.default_branch = described.default_branch
    repository.description = described.description
    repository.is_archived = described.is_archived
    repository.is_private = described.is_private
    repository.save()


def _connection(*, source: Source, token: str, by: Person | None, at: datetime) -> Connection:
    """The source's own door, its token renewed; a door that others use too is left alone."""
    found = source.connection
    if found is not None and found.sources.exclude(pk=source.pk).exists():
        found = None
    if found is None:
        found = Connection.objects.create(
            provider=source.connector, label=source.location[:120], created_by=by, created_at=at
        )
    if token:
        found.credentials.filter(kind=Credential.Kind.TOKEN).delete()
        add_token(connection=found, token=token, by=by, at=at)
    return found


@transaction.atomic
def ask_for_run(*, source: Source, full: bool, by: Person | None, at: datetime) -> None:
    """Have a worker read the source as soon as one is free. Raises `Refused`."""
    source = Source.objects.select_for_update().get(pk=source.pk)
    is_running = source.is_running_at(at) or source.has_waiting_job()
    parked_until = source.parked_until(at)
    if refusal := why_not_start(source, is_running=is_running, parked_until=parked_until):
        raise refusal
    record(verb="connections.run_asked", subject=source, actor=by, at=at, full=full)
    enqueue("connections.sync", source_id=source.pk, full=full)


def ask_for_first_run(*, source: Source, by: Person | None, at: datetime) -> None:
    """Have it read soon; one that is being read, or may not be read now, is left as it is."""
    with suppress(Refused):
        ask_for_run(source=source, full=False, by=by, at=at)


@transaction.atomic
def pause(*, source: Source, by: Person | None, at: datetime) -> None:
    """Stop reading after the page under way; everything read so far stays."""
    Source.objects.filter(pk=source.pk).update(state=Source.State.PAUSED)
    record(verb="connections.paused", subject=source, actor=by, at=at)


@transaction.atomic
def resume(*, source: Source, by: Person | None, at: datetime) -> None:
    """Read on from the stored cursor, at once."""
    Source.objects.filter(pk=source.pk).update(state=Source.State.ACTIVE, due_at=at)
    record(verb="connections.resumed", subject=source, actor=by, at=at)


@transaction.atomic
def disconnect(*, source: Source, by: Person | None, at: datetime) -> None:
    """Forget the token, the cursor and the runs; the repository and its ledger stay."""
    connection = source.connection
    facts = {"connector": source.connector, "location": source.location}
    record(verb="connections.disconnected", subject=source, actor=by, at=at, **facts)
    Disconnection.objects.update_or_create(
        repository=source.repository,
        defaults={"synced_at": source.synced_at, "happened_at": at},
    )
    source.delete()
    if connection is not None and not connection.sources.exists():
        connection.delete()


@transaction.atomic
def start_run(*, source: Source, full: bool, at: datetime) -> SyncRun:
    """Open a run, closing those that died. Raises `Refused` while another is alive."""
    source = Source.objects.select_for_update().get(pk=source.pk)
    alive = source.is_running_at(at)
    parked_until = source.parked_until(at)
    if refusal := why_not_start(source, is_running=alive, parked_until=parked_until):
        raise refusal
    source.runs.filter(state=SyncRun.State.RUNNING).update(
        state=SyncRun.State.FAILED,
        finished_at=at,
        error=Sentence(_("Interrupted; the next run went on from its last page.")),
    )
    return SyncRun.objects.create(
        source=source, is_full=full, started_at=at, touched_at=at, holder=this_process()
    )
