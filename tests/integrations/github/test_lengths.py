"""What leaves a list after its length was seen."""

from collections import Counter
from datetime import date, timedelta

import pytest

from contributors.activity.ingest import mark_deleted
from integrations.connections.models import Source
from integrations.connections.sync import merged
from integrations.github.events import Understood
from integrations.github.lengths import leaving, shorten
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


def gone(kind: str, *ids: str) -> Understood:
    return Understood(gone={kind: ids}, gone_at=NOON - HOUR)


def total(of: Source) -> int:
    return Source.objects.get(pk=of.pk).facts["lists"]["issue_comments"]["total"]


@pytest.mark.parametrize(
    ("changed_at", "told_at", "left"),
    [(NOON - HOUR, NOON + HOUR, 1), (NOON - HOUR, NOON - HOUR, 2), (NOON + HOUR, NOON + HOUR, 2)],
    ids=["told after the look", "told before it", "changed after it"],
)
def test_what_was_on_the_list_and_left_is_counted_off(source, changed_at, told_at, left):
    shorten(source, Counter(issue_comment=1), changed_at=changed_at, told_at=told_at)

    assert total(source) == left


def test_what_is_told_a_second_time_leaves_once(source):
    first = leaving(source, gone("issue_comment", "c1"))
    mark_deleted(
        repository=source.repository,
        kind="issue_comment",
        external_ids=["c1", "never-seen"],
        at=NOON,
    )

    again = leaving(source, gone("issue_comment", "c1", "never-seen"))

    assert (first["issue_comment"], again["issue_comment"]) == (1, 0)


def test_a_deleted_issue_takes_its_comments_along(source):
    issue = source.repository.work_items.get().external_id

    assert leaving(source, gone("issue", issue))["issue_comment"] == 2


def test_a_page_tells_of_its_own_list_alone():
    known = {"labels": ["a"], "lists": {"releases": {"total": 3}, "issues": {"total": 9}}}

    found = merged(known, {"lists": {"issues": {"total": 8}}})

    assert found == {"labels": ["a"], "lists": {"releases": {"total": 3}, "issues": {"total": 8}}}
