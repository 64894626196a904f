"""The command line: connect, sync, rotate_tokens."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from community.jobs.models import Job
from community.projects.models import Project
from integrations.connections.figures import figures
from integrations.connections.models import Credential, Source, SyncRun
from integrations.connections.sealing import unseal
from integrations.connections.tasks import sync, sync_due
from tests.factories import NOON, connections
from tests.integrations.github.test_sync import LISTS, truth

pytestmark = pytest.mark.django_db
KEYS = [
    "repository",
    *LISTS,
    "people",
    "requests",
    "seconds",
    "completeness",
]


def run(*arguments: str) -> str:
    """What a command writes to standard output."""
    said = StringIO()
    call_command(*arguments, stdout=said, stderr=StringIO())
    return said.getvalue()


def test_connecting_reads_at_once_and_says_so(github, world):
    said = run("connect", "github", "guild/hall", "--project", "hall")

    made = Project.objects.get()
    assert (made.slug, made.name, made.summary) == ("hall", "hall", "Where the guild meets.")
    assert f"{len(world.issues)} issues" in said
    assert "completeness 100.00%" in said


def test_connecting_need_not_read(github):
    said = run("connect", "github", "guild/hall", "--project", "hall", "--no-sync")

    assert Source.objects.get().synced_at is None
    assert "Read it with" in said


def test_the_token_of_the_environment_is_not_stored(github):
    run("connect", "github", "guild/hall", "--project", "hall", "--no-sync")

    assert Credential.objects.count() == 0


def test_json_is_one_object_a_line_and_nothing_else(source, world):
    lines = run("sync", "guild/hall", "--json").splitlines()

    found = json.loads(lines[0])
    assert (len(lines), list(found)) == (1, KEYS)
    assert {name: found[name] for name in LISTS} == truth(world)
    assert sorted(found["requests"]) == ["graphql", "not_modified", "rest"]
    assert (found["repository"], found["completeness"]) == ("guild/hall", 1.0)


def test_a_failed_source_makes_the_command_fail_and_say_why(source, settings):
    settings.GITHUB_TOKEN = "another"

    with pytest.raises(CommandError) as failure:
        run("sync")

    assert "guild/hall: GitHub does not accept the token." in str(failure.value)


def test_what_nobody_foresaw_at_one_source_does_not_hold_up_the_rest(db):
    for name in ("guild/first", "guild/second"):
        connections.source(location=name)

    said = StringIO()
    with connections.scripted(ZeroDivisionError()), pytest.raises(CommandError) as failure:
        call_command("sync", "--json", stdout=said, stderr=StringIO())

    assert str(failure.value) == "guild/first: ZeroDivisionError\nguild/second: ZeroDivisionError"
    assert said.getvalue() == ""


def test_a_repository_nobody_connected_is_named(source):
    with pytest.raises(CommandError) as failure:
        run("sync", "Guild/HALL", "guild/unknown")

    assert "Not connected: guild/unknown." in str(failure.value)


def test_a_refused_connection_is_told_in_words(github):
    with pytest.raises(CommandError) as failure:
        run("connect", "github", "guild/missing", "--project", "hall")

    assert "GitHub finds nothing at this address" in str(failure.value)


def test_keys_are_rotated_by_command(db):
    assert run("rotate_tokens") == "Sealed 0 tokens with the newest key.\n"


def test_each_due_source_gets_one_job_per_slot(source):
    sync_due()
    sync_due()

    assert list(Job.objects.values_list("task", "arguments")) == [
        ("connections.sync", {"source_id": source.pk, "full": False})
    ]


def test_the_job_reads_and_a_source_that_is_gone_is_no_error(source):
    sync(source_id=source.pk)
    sync(source_id=source.pk + 1)

    assert Source.objects.get().synced_at is not None


def test_the_job_run_twice_leaves_what_one_run_leaves(source, world):
    sync(source_id=source.pk)
    sync(source_id=source.pk)

    found = figures(SyncRun.objects.first())
    assert {name: found[name] for name in LISTS} == truth(world)


def test_nothing_is_due_while_paused(source):
    Source.objects.update(state=Source.State.PAUSED, due_at=NOON)

    assert list(Source.objects.due_at(NOON)) == []


def test_a_token_comes_by_standard_input_and_is_stored(github, monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("good-token\n"))

    run("connect", "github", "guild/hall", "--project", "hall", "--no-sync", "--token-stdin")

    assert unseal(Credential.objects.get().sealed_secret) == "good-token"


def test_an_estimate_is_said_before_anything_is_connected(github):
    said = run("connect", "github", "guild/hall", "--project", "hall", "--estimate")

    assert ("requests" in said, "are left this hour" in said) == (True, True)
    assert Source.objects.count() == 0


def test_sources_are_listed_with_state_and_budget(source):
    assert run("connections") == "guild/hall: active, completeness not known, no budget known\n"
