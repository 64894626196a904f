"""What is not complete is called complete nowhere: on no page, in no file, by no program."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from community.lib.refusals import NOTHING, Sentence
from contributors.activity.ingest import record_completeness
from contributors.activity.models import Completeness
from contributors.activity.records import CompletenessRecord, Part
from contributors.metrics import wholeness
from contributors.metrics.actions import rebuild_figures
from contributors.metrics.trends import CHARTS
from integrations.connections.actions import disconnect
from integrations.connections.models import Source, SyncRun
from tests import factories
from tests.factories import ledger
from tests.factories.connections import run, source
from tests.kept import once

pytestmark = [pytest.mark.django_db, pytest.mark.alike]
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
MARCH = "from=2026-03-01&to=2026-04-01"
PAGES = (
    "/",
    "/?month=2026-03",
    "/?days=365",
    f"/?{MARCH}",
    "/projects/atlas/",
    "/projects/atlas/activity/?days=30",
    "/projects/atlas/activity/?month=2026-03",
    f"/activity/completeness/?{MARCH}",
    "/activity/completeness/{repository}/",
    "/connections/",
    "/?period=2026-Q1",
    "/projects/atlas/activity/?period=2026",
    "/explore/?by=quarter&period=2026-Q1",
    "/compare/?period=2026-Q1&with=year",
    "/explore/?from=2026-03&to=2026-04",
    "/explore/?scope=project:atlas&metric=contributors&from=2026-03&to=2026-04",
    "/compare/?month=2026-03",
)
SCOPES = ("community", "project:atlas")
PROBLEM = Sentence("Something nobody foresaw went wrong; the log has the details.")


def shorten(of: Source) -> None:
    """One row of one day of March lacks."""
    day = Completeness.objects.get(day=date(2026, 3, 5))
    day.expected, day.reason = day.received + 1, Sentence("Not everything has been read yet.")
    day.save()


def change(**more: object) -> Callable[[Source], None]:
    return lambda of: Source.objects.filter(pk=of.pk).update(**more) and None


def park(of: Source) -> None:
    change(problem=PROBLEM)(of)
    until = NOW + timedelta(hours=1)
    run(of, state=SyncRun.State.WAITING, started_at=NOW, finished_at=NOW, resumes_at=until)


def leave(of: Source) -> None:
    disconnect(source=of, by=None, at=NOW)


LACKS: dict[str, Callable[[Source], None]] = {
    "a short day": shorten,
    "never read": change(synced_at=None),
    "a phase not ended": change(unfinished=["issue_comments"]),
    "a parked run": park,
    "a failure": change(problem=PROBLEM),
    "a pause": change(state="paused"),
    "no reading lately": change(synced_at=NOW - timedelta(days=4)),
    "disconnected": leave,
}


@once
def whole_source():
    repository = factories.repository(factories.project("atlas"), name="guild/atlas")
    ledger.quarter(repository)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(90)]
    parts = {"commit": Part(4, 4, "history")}
    records = [CompletenessRecord(day, 4, 4, NOTHING, parts) for day in days]
    record_completeness(repository=repository, records=records, at=NOW)
    made = source(repository=repository, synced_at=NOW, weighed_at=NOW)
    rebuild_figures(at=timezone.now())
    return made


@pytest.fixture
def of(time_machine, db):
    """A repository of which everything has come, and its figures."""
    time_machine.move_to(NOW, tick=False)
    cache.clear()
    return whole_source()


def shares(found: object, name: str = "") -> Iterator[float]:
    """Every share that a document tells, other than of months before what lacks began."""
    if isinstance(found, dict):
        if str(found.get("month", "2026-03")) < "2026-03":
            return
        for key in found.keys() - {"details"}:
            yield from shares(found[key], key)
    elif isinstance(found, list):
        for value in found:
            yield from shares(value, name)
    elif name in {"share", "completeness"} and isinstance(found, int | float):
        yield found


def as_pages(client, of: Source) -> Iterator[tuple[str, bool]]:
    """Each page, and whether it calls anything complete."""
    for page in PAGES:
        address = page.format(repository=of.repository_id)
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        told = r">100%</td>" if address.startswith("/compare/") else r"\b100% complete"
        yield address, bool(re.search(told, text))
        if address.startswith("/explore/"):
            whole = [row[-1] for row in answer.context["chart"].table.rows]
            yield f"{address} table", "100%" in whole


def as_files(client) -> Iterator[tuple[str, bool]]:
    """The numbers behind each chart."""
    for scope in SCOPES:
        for chart in set(CHARTS) - {"spread"}:
            address = f"/series/{scope}/{chart}"
            rows = list(csv.DictReader(StringIO(client.get(f"{address}.csv").content.decode())))
            (march,) = (row for row in rows if row["month"] == "2026-03-01")
            yield f"{address}.csv", march["completeness"] == "1.0"
            yield f"{address}.json", 1 in shares(client.get(f"{address}.json").json())


def as_answers_of_explore(client) -> Iterator[tuple[str, bool]]:
    """The figures behind an answer, split and whole."""
    for group in ("month", "project", "repository", "kind"):
        query = f"group={group}&from=2026-03&to=2026-04"
        rows = list(csv.DictReader(StringIO(client.get(f"/explore.csv?{query}").content.decode())))
        told = [row["completeness"] for row in rows if not row["period"].startswith("#")]
        yield f"/explore.csv?{query}", "1.0" in told
        yield f"/explore.json?{query}", 1 in shares(client.get(f"/explore.json?{query}").json())
        answer = client.get(f"/api/v1/explore/?group={group}&{MARCH}").json()
        yield f"explore/?group={group}", 1 in shares(answer)


def as_answers(client) -> Iterator[tuple[str, bool]]:
    """The API."""
    for path in (
        "measures/?period=2026-Q1",
        "figures/?from=2026-03-01",
        "completeness/",
        "sources/",
    ):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 200, path
        yield path, 1 in shares(answer.json())
        yield f"{path} flag", '"is_complete":true' in answer.content.decode()


def as_commands() -> Iterator[tuple[str, bool]]:
    """What a terminal shows."""
    for scope in ("community", "project:atlas", "repository:guild/atlas"):
        said = printed("metrics", scope, "--from", "2026-03-01", "--to", "2026-04-01", "--json")
        yield f"metrics {scope}", 1 in shares(json.loads(said))
    for command in ("completeness", "connections"):
        yield command, bool(re.search(r"\b100(\.00)?%", printed(command)))
    for line in printed("completeness", "--json").splitlines():
        yield "completeness --json", 1 in shares(json.loads(line))


def printed(*call: str) -> str:
    out = StringIO()
    with suppress(SystemExit):
        call_command(*call, stdout=out)
    return out.getvalue()


def called_complete(client, of: Source) -> set[str]:
    """Where the month is called complete."""
    cache.clear()
    exits = [*as_pages(client, of), *as_files(client), *as_answers(client), *as_commands()]
    exits += as_answers_of_explore(client)
    return {name for name, is_whole in exits if is_whole}


@pytest.mark.parametrize("lack", LACKS)
def test_what_lacks_or_is_open_is_called_complete_nowhere(lack, maintainer_client, of):
    LACKS[lack](of)

    assert called_complete(maintainer_client, of) == set()


@pytest.mark.parametrize("lack", ["a pause", "disconnected"])
def test_nor_where_its_figures_were_made_while_it_was_open(lack, maintainer_client, of):
    LACKS[lack](of)
    rebuild_figures(at=NOW)

    assert called_complete(maintainer_client, of) == set()


def test_what_is_whole_is_called_so_everywhere(maintainer_client, of):
    """The negative control: each of these places does say it."""
    named = called_complete(maintainer_client, of)

    assert len(named) >= 30
    assert {"/", "/series/community/people.csv", "figures/?from=2026-03-01", "sources/"} <= named
    assert {"metrics community", "completeness", "connections"} <= named
    assert {*PAGES[-3:], f"{PAGES[-3]} table", "explore/?group=kind"} <= named


def test_without_the_cap_a_finished_share_would_say_it(maintainer_client, of, monkeypatch):
    """The negative control: tell shares as they were stored."""
    monkeypatch.setattr(wholeness, "capped", lambda stored, weight: stored)
    monkeypatch.setattr("contributors.metrics.series.capped", lambda stored, weight: stored)
    LACKS["a pause"](of)

    named = called_complete(maintainer_client, of)

    assert {"/series/community/people.csv", "metrics community"} <= named


def test_days_that_an_open_reason_covers_are_ticked_off_nowhere(maintainer_client, of):
    change(unfinished=["issue_comments"])(of)

    days = maintainer_client.get(f"/activity/completeness/{of.repository_id}/")
    every = maintainer_client.get(f"/activity/completeness/?{MARCH}")

    assert "<td>✓" not in days.content.decode()
    assert ">✓</td>" not in days.content.decode()
    assert "whole" not in every.context["lines"][0].strip.states


def test_the_command_prints_what_is_open(of):
    LACKS["a pause"](of)

    said = printed("metrics", "community", "--from", "2026-03-01", "--to", "2026-04-01")

    assert said.splitlines()[-2:] == ["99% complete", "  Reading is paused."]


def test_the_command_names_the_short_day_and_everything_open(of):
    shorten(of)
    LACKS["a pause"](of)

    call = ("metrics", "project:atlas", "--from", "2026-03-01", "--to", "2026-04-01")
    lacking = json.loads(printed(*call, "--json"))["lacking"]

    assert lacking["reason"] == "4 of 5 on March 5, 2026: Not everything has been read yet."
    assert lacking["reasons"] == [{"code": "paused", "sentence": "Reading is paused."}]
    assert "  Reading is paused." in printed(*call).splitlines()


def test_a_file_ends_with_what_lacks(client, of):
    shorten(of)

    last = client.get("/series/community/people.csv").content.decode().splitlines()[-1]

    assert last == '"# 4 of 5 on March 5, 2026: Not everything has been read yet."'


def test_figures_in_the_api_tell_what_is_open(client, of):
    LACKS["a pause"](of)

    found = client.get("/api/v1/figures/?from=2026-03-01&metric=contributors").json()["results"]

    assert [one["completeness"]["share"] for one in found] == [0.9999] * len(found)
    assert {one["completeness"]["reasons"][0]["code"] for one in found} == {"paused"}
