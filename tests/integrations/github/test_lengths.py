"""What leaves a list after its length was seen."""

from datetime import date, timedelta

import pytest

from contributors.activity.deletions import mark_present
from contributors.activity.ingest import mark_deleted
from contributors.activity.records import Batch
from integrations.connections.models import Source
from integrations.connections.protocol import Page
from integrations.connections.sync import merged, store_page
from integrations.github.completeness import weigh
from integrations.github.events import Understood
from integrations.github.lengths import left_since, note_departures
from tests.conftest import NOON
from tests.factories import connections as sources
from tests.factories import ledger

DAY = date(2026, 3, 1)
HOUR = timedelta(hours=1)


@pytest.fixture
def source(db):
    """Two comments on an issue, on a list of two that was looked at at noon."""
    found = sources.source(
        connector="github",
        facts={"lists": {"issue_comments": {"total": 2, "at": NOON.isoformat()}}},
    )
    ledger.fill(
        found.repository,
        ledger.work(1, 1, DAY),
        ledger.act("c1", 1, DAY, kind="issue_comment", work_item=1),
        ledger.act("c2", 1, DAY, kind="issue_comment", work_item=1),
    )
    return found


def delivered(source: Source, kind: str, *ids: str, told_at=NOON + HOUR, made_at=NOON - HOUR):
    """A delivery tells that things are gone that were last changed two hours ago."""
    said = Understood(gone={kind: ids}, gone_at=NOON - 2 * HOUR, gone_from=made_at)
    note_departures(source=source, understood=said, told_at=told_at)
    mark_deleted(
        repository=source.repository, kind=kind, external_ids=ids, at=said.gone_at or told_at
    )


def lacking(source: Source) -> int:
    return sum(day.expected - day.received for day in weigh(source))


@pytest.mark.parametrize(
    ("made_at", "told_at", "left"),
    [(NOON - HOUR, NOON + HOUR, 1), (NOON - HOUR, NOON - HOUR, 0), (NOON + HOUR, NOON + HOUR, 0)],
    ids=["told after the look", "told before it", "made after it"],
)
def test_what_was_on_the_list_and_left_is_counted_off(source, made_at, told_at, left):
    delivered(source, "issue_comment", "never-seen", made_at=made_at, told_at=told_at)

    assert left_since(source, "issue_comments", NOON) == left


def test_nothing_lacks_when_what_a_list_showed_is_told_gone(source):
    delivered(source, "issue_comment", "c1")

    assert lacking(source) == 0


def test_what_nobody_told_gone_lacks(source):
    delivered(source, "issue_comment", "c1", told_at=NOON - HOUR)

    assert lacking(source) == 1


def test_what_is_told_a_second_time_leaves_once(source):
    delivered(source, "issue_comment", "c1", "never-seen", told_at=NOON - HOUR)
    delivered(source, "issue_comment", "c1", "never-seen", told_at=NOON + HOUR)

    assert left_since(source, "issue_comments", NOON) == 0


def test_a_deleted_issue_takes_its_comments_along(source):
    issue = source.repository.work_items.get().external_id

    delivered(source, "issue", issue)

    assert left_since(source, "issue_comments", NOON) == 2


def test_a_release_that_is_published_again_has_not_left(source):
    ledger.fill(source.repository, ledger.act("r1", 1, DAY, kind="release"))
    delivered(source, "release", "r1")
    before = left_since(source, "releases", NOON)

    mark_present(repository=source.repository, kind="release", external_ids=["r1"])

    assert (before, left_since(source, "releases", NOON)) == (1, 0)


def test_a_later_look_forgets_what_was_told_gone_before_it(source):
    delivered(source, "issue_comment", "c1", told_at=NOON)
    delivered(source, "issue_comment", "c2", told_at=NOON + 2 * HOUR)
    look = {"total": 1, "at": (NOON + HOUR).isoformat()}
    page = Page(Batch(), {}, "issue_comments", facts={"lists": {"issue_comments": look}})

    with sources.scripted() as connector:
        store_page(run=sources.run(source), page=page, connector=connector, at=NOON)

    assert list(source.departures.values_list("external_id", flat=True)) == ["c2"]


def test_the_same_look_told_again_by_a_run_that_goes_on_leaves_nothing_lacking(source):
    delivered(source, "issue_comment", "c1")
    page = Page(Batch(), {}, "issue_comments", facts={"lists": source.facts["lists"]})

    with sources.scripted() as connector:
        store_page(run=sources.run(source), page=page, connector=connector, at=NOON)

    assert lacking(Source.objects.get(pk=source.pk)) == 0


def test_a_page_tells_of_its_own_list_alone():
    known = {"labels": ["a"], "lists": {"releases": {"total": 3}, "issues": {"total": 9}}}

    found = merged(known, {"lists": {"issues": {"total": 8}}})

    assert found == {"labels": ["a"], "lists": {"releases": {"total": 3}, "issues": {"total": 8}}}
