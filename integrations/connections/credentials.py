"""Verbs on what a connection is opened with."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from community.audit.actions import record
from community.lib.refusals import NOTHING, Sentence
from community.people.models import Person
from integrations.connections.keys import mark_of
from integrations.connections.models import Connection, Credential
from integrations.connections.rules import why_not_add
from integrations.connections.sealing import reseal, seal
from integrations.connections.tokens import apps_at

SHORTEST_TOLD = 12  # of a shorter token, four characters would tell too much


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
)
