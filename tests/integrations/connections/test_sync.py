"""The loop: a page and its cursor together or not at all."""

from datetime import UTC, date, datetime, timedelta

import pytest

from community.lib.refusals import Refused, Sentence
from contributors.activity.models import Completeness
from contributors.activity.records import Batch, CompletenessRecord
from integrations.connections import sync
from integrations.connections.figures import completeness
from integrations.connections.models import ExpectedItem, Source, SyncRun
from integrations.connections.protocol import Expected, OutOfBudget, Page
from integrations.connections.sync import sync_source
from tests.factories.connections import run, scripted, source

pytestmark = pytest.mark.django_db
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def page(number: int, **more) -> Page:
    """An empty page whose cursor points behind it."""
    return Page(Batch(), {"next": number}, "issues", {"issues": 2}, done=number, total=2, **more)


def test_a_run_adds_up_its_pages_and_leaves_the_cursor_behind_the_last():
    with scripted(page(1), page(2)):
        made = sync_source(source=source())

    assert (made.state, made.counts, made.requests) == (
        SyncRun.State.DONE,
        {"issues": 4},
        {"rest": 3, "graphql": 1, "not_modified": 0},
    )
    assert Source.objects.get().cursor == {"next": 2}


def test_a_failure_keeps_the_pages_before_it_and_says_why():
    with scripted(page(1), Refused("gone", "The repository is gone.")):
        made = sync_source(source=source())

    kept = Source.objects.get()
    assert (made.state, str(made.error)) == (SyncRun.State.FAILED, "The repository is gone.")
    assert (kept.cursor, str(kept.problem)) == ({"next": 1}, "The repository is gone.")


def test_the_next_run_goes_on_where_the_last_one_stopped():
    with scripted(page(1), Refused("gone", "Gone."), page(3)):
        sync_source(source=source())
        Source.objects.update(cursor={"next": 2})
        made = sync_source(source=Source.objects.get())

    assert (made.counts, str(Source.objects.get().problem)) == ({"issues": 2}, "")


def test_a_page_that_cannot_be_stored_leaves_the_cursor_where_it_was(monkeypatch):
    of = source()

    def broken(*arguments):
        raise RuntimeError("killed")

    monkeypatch.setattr(sync, "_expect", broken)
    with scripted(page(1)), pytest.raises(RuntimeError):
        sync_source(source=of)

    assert (Source.objects.get().cursor, SyncRun.objects.get().state) == ({}, "failed")


def test_running_out_of_budget_parks_the_source_until_the_reset():
    with scripted(page(1), OutOfBudget(LATER, Sentence("No requests are left."))):
        made = sync_source(source=source())

    assert (made.state, made.resumes_at) == (SyncRun.State.WAITING, LATER)
    assert Source.objects.get().due_at == LATER
    assert list(Source.objects.due_at(LATER - timedelta(seconds=1))) == []


def test_a_paused_source_stops_after_the_page_under_way():
    of = source()

    def pause(one):
        Source.objects.update(state=Source.State.PAUSED)

    with scripted(page(1), page(2), page(3)):
        made = sync_source(source=of, watch=pause)

    assert (made.state, Source.objects.get().cursor) == (SyncRun.State.PAUSED, {"next": 2})


def test_a_second_run_is_refused_while_one_is_alive(time_machine):
    of = source()
    time_machine.move_to(run(of).started_at + timedelta(minutes=1), tick=False)

    with scripted(page(1)), pytest.raises(Refused) as refusal:
        sync_source(source=of)

    assert refusal.value.code == "already_running"


def test_a_run_that_was_overtaken_writes_no_more():
    of = source()

    def overtake(one):
        SyncRun.objects.update(state=SyncRun.State.FAILED)

    with scripted(page(1), page(2)):
        made = sync_source(source=of, watch=overtake)

    assert (made.state, Source.objects.get().cursor) == (SyncRun.State.FAILED, {"next": 1})


def test_what_nobody_foresaw_fails_the_run_and_is_passed_on():
    with scripted(page(1), ZeroDivisionError()), pytest.raises(ZeroDivisionError):
        sync_source(source=source())

    assert SyncRun.objects.get().state == SyncRun.State.FAILED


def test_counts_a_source_did_not_say_leave_what_was_known():
    day = date(2026, 3, 1)

    with scripted(
        page(1, expected=[Expected(7, day, comments=3)]),
        page(2, expected=[Expected(7, day, reviews=2)]),
    ):
        sync_source(source=source())

    assert list(ExpectedItem.objects.values_list("number", "comments", "reviews")) == [(7, 3, 2)]


@pytest.mark.parametrize("turn", [1, -1])
def test_two_lists_stored_together_each_say_their_part(turn):
    """However they came; of a list that shifted, what it said last counts."""
    day = date(2026, 3, 1)
    lists = [
        [Expected(7, day, comments=3), Expected(7, day, comments=4)],
        [Expected(7, day, reviews=2), Expected(8, day)],
    ]

    with scripted(page(1, expected=[one for listed in lists[::turn] for one in listed])):
        sync_source(source=source())

    rows = ExpectedItem.objects.order_by("number")
    assert list(rows.values_list("number", "comments", "reviews")) == [(7, 4, 2), (8, None, None)]


def test_completeness_is_replaced_day_by_day_and_never_rounds_up():
    of = source()
    with scripted(days=[CompletenessRecord(date(2026, 3, 1), 5, 5)]):
        sync_source(source=of)

    Source.objects.update(weighed_at=None)
    lacking = CompletenessRecord(date(2026, 3, 2), 100_000, 99_999, Sentence("One is missing."))
    with scripted(days=[lacking]):
        sync_source(source=of)

    assert list(Completeness.objects.values_list("day", "received")) == [(date(2026, 3, 2), 99_999)]
    assert completeness(of.repository) == 0.9999
