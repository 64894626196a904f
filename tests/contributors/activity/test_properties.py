"""Whatever the order, the doubling and the cutting into batches: one ledger."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contributors.activity import upsert
from contributors.activity.ingest import ingest, mark_deleted
from contributors.activity.models import DayCount, WorkItem
from tests import factories
from tests.factories.activity import (
    START,
    actor,
    batch_of,
    canonical,
    contribution,
    hours,
    work_item,
)
from tests.trying import examples

pytestmark = pytest.mark.django_db
FEW = settings(
    max_examples=examples(12, in_the_build=25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def story():
    """Two work items and what happened on them, in several versions."""
    return [
        work_item(1, author=actor(1), updated_at=hours(0)),
        work_item(1, author=actor(1), updated_at=hours(30), state="closed", closed_at=hours(30)),
        work_item(2, author=None, kind="change_request", updated_at=hours(3)),
        work_item(3, author=actor(1), opened_at=hours(2), updated_at=hours(2)),
        work_item(3, author=actor(1), opened_at=hours(2), updated_at=hours(4), is_draft=True),
        work_item(3, author=actor(1), opened_at=hours(2), updated_at=hours(5)),
        contribution("open-1", kind="issue", work_item=1, updated_at=hours(0)),
        contribution("c1", work_item=1, actor=actor(2), occurred_at=hours(20),
                     updated_at=hours(20)),
        contribution("c1", work_item=1, actor=actor(2), occurred_at=hours(20), updated_at=hours(40),
                     title="edited"),
        contribution("c2", work_item=1, actor=actor(1), occurred_at=hours(21)),
        contribution("c3", work_item=1, actor=actor(9, is_bot=True), occurred_at=hours(1)),
        contribution("r1", kind="review", work_item=2, actor=actor(3), occurred_at=hours(50),
                     outcome="approved"),
        contribution("gone", work_item=2, actor=actor(3), occurred_at=hours(49),
                     updated_at=hours(49)),
        contribution("k1", kind="commit", actor=None, lines_added=5, lines_removed=2),
    ]  # fmt: skip


DELETION = "deletion"


def play(repository, batches):
    for batch in batches:
        records = [one for one in batch if one != DELETION]
        if records:
            ingest(repository=repository, batch=batch_of(*records), at=START)
        if DELETION in batch:
            mark_deleted(
                repository=repository, kind="issue_comment", external_ids=["gone"], at=hours(60)
            )


@st.composite
def tellings(draw):
    """The story in any order, some of it twice, cut anywhere."""
    parts = [*story(), DELETION]
    told = draw(st.permutations(parts)) + draw(st.lists(st.sampled_from(parts), max_size=6))
    cuts = sorted(draw(st.sets(st.integers(1, len(told) - 1), max_size=6)))
    return [told[a:b] for a, b in zip([0, *cuts], [*cuts, len(told)], strict=True)]


@FEW
@given(batches=tellings())
def test_any_telling_of_the_story_ends_the_same(batches):
    plain, other = factories.repository(), factories.repository()
    play(plain, [[*story(), DELETION]])

    play(other, batches)

    assert without_place(canonical(other)) == without_place(canonical(plain))
    waiting = WorkItem.objects.waiting().values_list("pk", flat=True)
    assert set(waiting) == set(WorkItem.objects.unanswered().values_list("pk", flat=True))
    for repository in (plain, other):
        repository.delete()


def without_place(ledger):
    return {table: [row[2:] for row in rows] for table, rows in ledger.items()}


def test_without_the_guard_against_older_versions_order_would_matter(monkeypatch):
    plain, other = factories.repository(), factories.repository()
    play(plain, [story()])
    monkeypatch.setattr(upsert, "is_older", lambda *_: False)

    play(other, [[record] for record in reversed(story())])

    assert without_place(canonical(other)) != without_place(canonical(plain))


def test_day_counts_are_what_counting_by_hand_gives():
    repository = factories.repository()
    for n in range(40):
        take = contribution(f"x{n}", actor=actor(n % 3), occurred_at=START + timedelta(hours=7 * n))
        ingest(repository=repository, batch=batch_of(take), at=START)

    counted = {
        (day, uid): count
        for day, uid, count in DayCount.objects.values_list("day", "identity__uid", "count")
    }

    by_hand: dict = {}
    for n in range(40):
        key = ((START + timedelta(hours=7 * n)).date(), str(n % 3))
        by_hand[key] = by_hand.get(key, 0) + 1
    assert counted == by_hand
