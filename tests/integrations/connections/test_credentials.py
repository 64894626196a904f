"""What a connection is opened with: pools, budgets, rotation, and secrets that stay secret."""

import pytest
from django.apps import apps as installed

from community.audit.models import Event
from community.lib.refusals import NOTHING, Refused, Sentence
from integrations.connections.credentials import (
    SEALED,
    add_app,
    add_token,
    note_budgets,
    remove_credential,
    replace_token,
    reseal_tokens,
)
from integrations.connections.keys import mark_of
from integrations.connections.models import Connection, Credential
from integrations.connections.sealing import seal, unseal
from integrations.connections.tokens import keys_of
from tests.factories import NOON
from tests.factories.connections import source
from tests.github_api.app_auth import APP_ID, private_key

pytestmark = pytest.mark.django_db
FIRST, SECOND = "ghp_0123456789abcdefAAAA", "ghp_0123456789abcdefBBBB"


@pytest.fixture
def connection():
    return Connection.objects.create(provider="github", label="Guild", created_at=NOON)


@pytest.fixture
def of(connection):
    return source(connection=connection, connector="github")


def secrets(of) -> list[str]:
    return [key.secret() for key in keys_of(of)]


def test_a_source_is_read_with_every_key_of_its_connection(connection, of):
    for token in (FIRST, SECOND):
        add_token(connection=connection, token=token, at=NOON)

    assert secrets(of) == [FIRST, SECOND]


def test_without_keys_the_tokens_of_the_environment_serve(of, settings):
    settings.GITHUB_TOKEN = f"{FIRST}, {SECOND},"

    assert secrets(of) == [FIRST, SECOND]


def test_a_key_with_a_problem_is_left_out_while_there_is_another(connection, of):
    bad = add_token(connection=connection, token=FIRST, at=NOON)
    Credential.objects.filter(pk=bad.pk).update(problem=Sentence("Revoked."))
    alone = secrets(of)
    add_token(connection=connection, token=SECOND, at=NOON)

    assert (alone, secrets(of)) == ([FIRST], [SECOND])


def test_an_app_opens_the_repositories_of_its_account_alone(connection, of):
    for number, account in (("1", "Guild"), ("2", "others"), ("", "")):
        add_app(
            connection=connection,
            app_id=APP_ID,
            private_key=private_key(),
            installation_id=number,
            account=account,
            at=NOON,
        )

    assert [key.installation_id for key in keys_of(of)] == ["1"]


def test_one_lost_key_does_not_close_the_pool_but_the_last_one_says_so(connection, of):
    lost = add_token(connection=connection, token=FIRST, at=NOON)
    Credential.objects.filter(pk=lost.pk).update(sealed_secret="garbage")
    with pytest.raises(Refused) as refusal:
        keys_of(of)
    add_token(connection=connection, token=SECOND, at=NOON)

    assert (refusal.value.code, secrets(of)) == ("token_unreadable", [SECOND])


def test_a_token_counts_once_in_a_pool(connection):
    add_token(connection=connection, token=FIRST, at=NOON)

    with pytest.raises(Refused) as refusal:
        add_token(connection=connection, token=FIRST, at=NOON)

    assert refusal.value.code == "key_known"


def test_replacing_a_token_forgets_its_budget_and_its_problem(connection, of, maintainer):
    made = add_token(connection=connection, token=FIRST, at=NOON)
    Credential.objects.update(problem=Sentence("Revoked."), budgets={"rest": {}})

    replace_token(credential=made, token=SECOND, by=maintainer, at=NOON)

    kept = Credential.objects.get()
    assert (kept.ending, kept.problem, kept.budgets, secrets(of)) == ("BBBB", NOTHING, {}, [SECOND])


def test_removing_the_last_key_leaves_what_was_read(connection, of, maintainer):
    made = add_token(connection=connection, token=FIRST, at=NOON)

    remove_credential(credential=made, by=maintainer, at=NOON)

    assert (list(connection.credentials.all()), connection.sources.get()) == ([], of)


def test_what_a_run_saw_left_is_kept_with_each_key(connection):
    for token in (FIRST, SECOND):
        add_token(connection=connection, token=token, at=NOON)
    left = {"remaining": 10, "limit": 5_000, "resets_at": "2026-03-14T13:00:00+00:00"}

    note_budgets(
        connection=connection,
        budgets=[
            {"mark": mark_of(SECOND), "kind": "rest", **left},
            {"mark": mark_of(SECOND), "kind": "graphql", **left, "remaining": 9},
            {"mark": "unknown", "kind": "rest", **left},
        ],
        at=NOON,
    )

    first, second = connection.credentials.all()
    assert (first.budgets, first.last_used_at, second.last_used_at) == ({}, None, NOON)
    assert second.budgets == {"rest": left, "graphql": {**left, "remaining": 9}}


def test_rotation_seals_every_secret_anew(connection, settings):
    old, new = settings.ENCRYPTION_KEYS[0], "a-newer-key-of-more-than-thirty-two-characters"
    add_token(connection=connection, token=FIRST, at=NOON)
    add_app(connection=connection, app_id=APP_ID, private_key=private_key(), at=NOON)
    settings.ENCRYPTION_KEYS = [new, old]

    assert reseal_tokens(at=NOON) == 2

    settings.ENCRYPTION_KEYS = [new]
    sealed = Credential.objects.values_list("sealed_secret", flat=True)
    assert [unseal(one) for one in sealed] == [FIRST, private_key()]


def test_every_column_that_holds_a_sealed_secret_is_rotated():
    columns = {
        (model, column.name)
        for model in installed.get_models()
        for column in model._meta.get_fields()
        if column.name.startswith("sealed_") and column.name != "sealed_at"
    }

    assert columns == set(SEALED)


def test_no_row_and_no_entry_of_the_log_shows_a_secret(connection, maintainer):
    made = add_token(connection=connection, token=FIRST, by=maintainer, at=NOON)
    replace_token(credential=made, token=SECOND, by=maintainer, at=NOON)
    add_app(connection=connection, app_id=APP_ID, private_key=private_key(), at=NOON)

    kept = f"{list(Credential.objects.values())} {list(Event.objects.values())} {made!r} {made}"
    shown = [secret for secret in (FIRST, SECOND, private_key()) if secret in kept]
    assert shown == []
    assert seal(FIRST) not in kept
