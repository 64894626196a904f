"""`manage.py metrics`: the same numbers on a terminal."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from community.people.models import Identity
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.models import Figure
from contributors.metrics.registry import METRICS
from tests import factories
from tests.factories import ledger

pytestmark = pytest.mark.django_db
MARCH = ("--from", "2026-03-01", "--to", "2026-04-01")


@pytest.fixture
def repository():
    made = factories.repository(factories.project("atlas"), name="guild/atlas")
    ledger.quarter(made)
    ledger.settle_figures()
    return made


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("metrics", *arguments, stdout=out)
    return out.getvalue()


def test_every_metric_is_printed_by_its_name(repository):
    lines = printed("community", *MARCH).splitlines()

    assert [line[:35].strip() for line in lines] == [one.name for one in METRICS.values()]


@pytest.mark.parametrize("scope", ["community", "project:atlas", "repository:guild/atlas"])
def test_each_scope_gives_what_its_finished_figures_say(scope, repository):
    rebuild_figures(at=datetime(2026, 12, 31, tzinfo=UTC))

    found = json.loads(printed(scope, *MARCH, "--json"))["metrics"]

    mine = {"scope": scope.partition(":")[0], "month": "2026-03-01"}
    figures = Figure.objects.filter(**mine, metric__in=METRICS)
    assert {key: one["value"] for key, one in found.items()} == dict(
        figures.values_list("metric", "value")
    )


def test_a_person_is_found_by_handle_and_counted_alone(repository):
    handle = Identity.objects.get(uid="2").person.handle

    found = json.loads(printed(f"person:{handle}", *MARCH, "--json"))["metrics"]

    assert (found["contributors"]["value"], found["issues_new"]["value"]) == (1, 4)


@pytest.mark.parametrize("scope", ["project:none", "person:nobody", "repository:x", "planet"])
def test_a_scope_that_is_not_there_is_refused_by_name(scope):
    with pytest.raises(CommandError, match=f"There is no '{scope}'"):
        printed(scope)


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(CommandError, match="--from must be before --to"):
        printed("community", "--from", "2026-04-01", "--to", "2026-03-01")


def test_a_project_counts_nothing_of_another(repository):
    other = factories.repository(factories.project("lumen"))
    ledger.quarter(other)
    ledger.settle_figures()

    atlas = json.loads(printed("project:atlas", *MARCH, "--json"))["metrics"]
    both = json.loads(printed("community", *MARCH, "--json"))["metrics"]

    assert both["contributions"]["value"] == 2 * atlas["contributions"]["value"] > 0
    assert both["issues_new"]["value"] == 2 * atlas["issues_new"]["value"] > 0
