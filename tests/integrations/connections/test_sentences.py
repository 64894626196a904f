"""What a worker met is stored once and said to each reader in their own language."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import translation

from community.lib.refusals import Refused, Sentence
from integrations.connections.models import Source
from integrations.connections.sync import sync_source
from integrations.github.limits import out_of_budget
from tests.factories.connections import scripted, source

UNTIL = datetime(2030, 1, 1, 10, 40, tzinfo=UTC)


@pytest.mark.django_db
def test_a_problem_met_by_a_worker_in_english_reads_chinese_for_a_chinese_reader(
    maintainer_client, maintainer
):
    of = source()
    with translation.override("en"), scripted(out_of_budget(UNTIL)):
        sync_source(source=of)
    maintainer.interface_language, maintainer.time_zone = "zh-hans", "Asia/Shanghai"
    maintainer.save()

    page = maintainer_client.get(reverse("connections:source", args=[of.pk])).content.decode()

    words = "GitHub 的请求额度已用完；将于 2030年1月1日 18:40 CST 继续读取。"
    assert page.count(words) == 2  # what is wrong, and the run that met it
    with translation.override("en"):
        assert str(Source.objects.get().problem) == (
            "GitHub's limit of requests is used up; reading goes on at Jan. 1, 2030 10:40 UTC."
        )


@pytest.mark.django_db
def test_only_what_stopped_wants_attention():
    whole, stopped = source(location="guild/a"), source(location="guild/b")
    with scripted():
        sync_source(source=whole)
    with scripted(Refused("gone", Sentence("It is %(state)s.", {"state": "gone"}))):
        sync_source(source=stopped)

    assert [one.pk for one in Source.objects.troubled()] == [stopped.pk]


@pytest.mark.django_db(transaction=True)
def test_what_was_said_before_sentences_were_stored_stays_as_it_was_said():
    executor = MigrationExecutor(connection)
    executor.migrate([("connections", "0001_initial"), ("activity", "0001_initial")])
    try:
        old = executor.loader.project_state(
            [("connections", "0001_initial"), ("activity", "0001_initial")]
        ).apps
        project = old.get_model("projects", "Project").objects.create(
            slug="hall", name="Hall", created_at=UNTIL
        )
        repository = old.get_model("projects", "Repository").objects.create(
            project=project, provider="git", external_id="1", name="hall", created_at=UNTIL
        )
        found = old.get_model("connections", "Source").objects.create(
            repository=repository, connector="git", created_at=UNTIL, problem='Only 12% "came".'
        )
        found.runs.create(started_at=UNTIL, touched_at=UNTIL)
        repository.completeness.create(
            day=UNTIL.date(), expected=2, received=1, reason="Späť", checked_at=UNTIL
        )
    finally:
        call_command("migrate", verbosity=0)

    kept = Source.objects.get()
    assert str(kept.problem) == 'Only 12% "came".'
    assert [str(run.error) for run in kept.runs.all()] == [""]
    assert [str(day.reason) for day in kept.repository.completeness.all()] == ["Späť"]
