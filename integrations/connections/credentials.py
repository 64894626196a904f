"""Verbs on what a connection is opened with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from community.audit.actions import record
from community.lib.refusals import NOTHING, Refused, Sentence
from community.people.models import Person
from integrations.connections import protocol
from integrations.connections.keys import mark_of
from integrations.connections.models import Connection, Credential
from integrations.connections.protocol import App, Browsable, Installation, OutOfBudget
from integrations.connections.rules import why_not_add
from integrations.connections.sealing import reseal, seal, unseal
from integrations.connections.tokens import apps_at, key_of

SHORTEST_TOLD = 12  # of a shorter token, four characters would tell too much


@transaction.atomic
def open_connection(
    *, provider: str, label: str, by: Person | None = None, at: datetime
) -> Connection:
    """A door without keys yet; it opens with those of the environment until it has its own."""
    made = Connection.objects.create(
        provider=provider, label=label[:120], created_by=by, created_at=at
    )
    record(verb="connections.opened", subject=made, actor=by, at=at)
    return made


def ending_of(token: str) -> str:
    """As much of a token as people may see."""
    return token[-4:] if len(token) >= SHORTEST_TOLD else ""


@transaction.atomic
def add_token(
    *,
    connection: Connection,
    token: str,
    label: str = "",
    account: str = "",
    by: Person | None = None,
    at: datetime,
) -> Credential:
    """Put a token into the pool. Raises `Refused` when it is there already."""
    mark = mark_of(token)
    if refusal := why_not_add(connection, mark):
        raise refusal
    made = Credential.objects.create(
        connection=connection,
        kind=Credential.Kind.TOKEN,
        label=label,
        sealed_secret=seal(token),
        ending=ending_of(token),
        account=account,
        mark=mark,
        created_by=by,
        created_at=at,
    )
    record(verb="connections.key_added", subject=connection, actor=by, at=at, key=made.pk)
    return made


@transaction.atomic
def add_app(
    *,
    connection: Connection,
    app_id: str,
    private_key: str,
    installation_id: str = "",
    label: str = "",
    account: str = "",
    by: Person | None = None,
    at: datetime,
) -> Credential:
    """Put an app's installation into the pool. Raises `Refused` when it is there already."""
    key = apps_at(connection.provider).app_key(app_id, private_key, installation_id)
    if refusal := why_not_add(connection, key.mark):
        raise refusal
    made = Credential.objects.create(
        connection=connection,
        kind=Credential.Kind.APP,
        label=label,
        sealed_secret=seal(private_key),
        app_id=app_id,
        installation_id=installation_id,
        account=account,
        mark=key.mark,
        created_by=by,
        created_at=at,
    )
    record(verb="connections.key_added", subject=connection, actor=by, at=at, key=made.pk)
    return made


@transaction.atomic
def install_app(
    *, credential: Credential, places: Sequence[Installation], by: Person | None, at: datetime
) -> int:
    """Have a key for each place an app is installed at; returns how many were new."""
    connection, private_key = credential.connection, unseal(credential.sealed_secret)
    made = 0
    for place in places:
        key = apps_at(connection.provider).app_key(credential.app_id, private_key, place.id)
        if why_not_add(connection, key.mark):
            continue
        add_app(
            connection=connection,
            app_id=credential.app_id,
            private_key=private_key,
            installation_id=place.id,
            label=credential.label,
            account=place.account,
            by=by,
            at=at,
        )
        made += 1
    if places:  # what was only waiting for a place to be installed at
        connection.credentials.filter(app_id=credential.app_id, installation_id="").delete()
    return made


def places_of(*, credential: Credential) -> tuple[App, Sequence[Installation]]:
    """The app behind a credential and where it is installed. Raises `Refused`."""
    knows = apps_at(credential.connection.provider)
    private_key = unseal(credential.sealed_secret)
    return (
        knows.app(credential.app_id, private_key),
        knows.installations(credential.app_id, private_key),
    )


@transaction.atomic
def keep_hook_secret(
    *, connection: Connection, secret: str, by: Person | None, at: datetime
) -> None:
    """Know deliveries by the secret that the provider chose for an app."""
    Connection.objects.filter(pk=connection.pk).update(sealed_app_hook_secret=seal(secret))
    record(verb="connections.hook_secret_renewed", subject=connection, actor=by, at=at)


@transaction.atomic
def replace_token(
    *, credential: Credential, token: str, account: str = "", by: Person | None, at: datetime
) -> None:
    """Have another token where this one was; its budget and its problem go. Raises `Refused`."""
    mark = mark_of(token)
    if mark != credential.mark and (refusal := why_not_add(credential.connection, mark)):
        raise refusal
    Credential.objects.filter(pk=credential.pk).update(
        sealed_secret=seal(token),
        ending=ending_of(token),
        account=account,
        mark=mark,
        budgets={},
        problem=NOTHING,
    )
    _lift_limits(credential.connection)
    record(
        verb="connections.key_replaced",
        subject=credential.connection,
        actor=by,
        at=at,
        key=credential.pk,
    )


@transaction.atomic
def remove_credential(*, credential: Credential, by: Person | None, at: datetime) -> None:
    """Forget one; what was read with it stays."""
    key, connection = credential.pk, credential.connection
    credential.delete()
    record(verb="connections.key_removed", subject=connection, actor=by, at=at, key=key)


def note_problem(*, credential: Credential, problem: Sentence) -> None:
    """Remember why a credential opens nothing, or that it does."""
    Credential.objects.filter(pk=credential.pk).update(problem=problem)


def check_credential(*, credential: Credential, at: datetime) -> Sentence:
    """Ask what it opens, and remember its budget or its problem; returns the problem."""
    connector = protocol.connector(credential.connection.provider)
    try:
        key = key_of(credential)
        if isinstance(connector, Browsable):
            connector.account(keys=[key])
    except Refused as refusal:
        problem = Sentence.of(refusal.reason)
        note_problem(credential=credential, problem=problem)
        return problem
    except OutOfBudget:  # used up is no fault of the key
        pass
    else:
        budget = connector.budget()
        if budget.get("limit"):
            seen = [{"mark": credential.mark, "kind": "rest", **budget}]
            note_budgets(connection=credential.connection, budgets=seen, at=at)
    note_problem(credential=credential, problem=NOTHING)
    return NOTHING


def find_bad_keys(*, connection: Connection, at: datetime) -> bool:
    """Check every key after a refusal; whether one is left to go on with."""
    stored = [one for one in connection.credentials.all() if one.is_complete]
    problems = [check_credential(credential=one, at=at) for one in stored]
    return not all(problems)


def note_budgets(
    *, connection: Connection, budgets: Iterable[Mapping[str, Any]], at: datetime
) -> None:
    """Remember what a run saw left of each key."""
    by_mark: dict[str, dict[str, Any]] = {}
    for one in budgets:
        left = {name: one.get(name) for name in ("remaining", "limit", "resets_at")}
        by_mark.setdefault(str(one["mark"]), {})[str(one["kind"])] = left
    for credential in connection.credentials.filter(mark__in=by_mark):
        credential.budgets = {**credential.budgets, **by_mark[credential.mark]}
        credential.last_used_at = at
        credential.save(update_fields=["budgets", "last_used_at"])


def _lift_limits(connection: Connection) -> None:
    """A limit belongs to the key it was met with."""
    for source in connection.sources.all():
        source.runs.update(resumes_at=None)


@transaction.atomic
def reseal_tokens(*, at: datetime) -> int:
    """Seal every secret with the newest key; returns how many. Raises `Refused`."""
    count = 0
    for model, column in SEALED:
        for row in model.objects.select_for_update().exclude(**{column: ""}):
            model.objects.filter(pk=row.pk).update(**{column: reseal(getattr(row, column))})
            count += 1
    record(verb="connections.resealed", subject="connections", at=at, tokens=count)
    return count


# Where secrets lie at rest; a test finds every column that is named like one.
SEALED: tuple[tuple[Any, str], ...] = (
    (Credential, "sealed_secret"),
    (Connection, "sealed_hook_secret"),
    (Connection, "sealed_former_hook_secret"),
    (Connection, "sealed_app_hook_secret"),
)
