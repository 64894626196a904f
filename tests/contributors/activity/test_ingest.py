"""The one door: nothing lost, doubled or overwritten by something older."""

from datetime import date, timedelta

import pytest

from community.lib.refusals import NOTHING, Sentence
from community.people.models import Identity, Person
from contributors.activity.ingest import (
    ingest,
    mark_deleted,
    mark_present,
    record_completeness,
)
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from contributors.activity.records import Batch, CompletenessRecord, Ingested
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

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=30)


@pytest.fixture
def repository():
    return factories.repository()


def take(repository, *records, at=START):
    return ingest(repository=repository, batch=batch_of(*records), at=at)


def test_a_batch_becomes_rows_with_their_people(repository):
    told = take(repository, work_item(7), contribution("c1", work_item=7, actor=actor(2)))

    act = Contribution.objects.get()
    assert told == Ingested(added=2)
    assert (act.identity.login, act.work_item.number, act.recorded_at) == ("user-2", 7, START)
    assert list(DayCount.objects.values_list("day", "kind", "count")) == [
        (date(2026, 3, 1), "issue_comment", 1)
    ]


def test_the_same_batch_twice_changes_nothing(repository):
    records = [
        work_item(7, labels=["bug", "界面"], closed_by=actor(3)),
        contribution("c1", work_item=7, actor=actor(2), zone_minutes=480, lines_added=3),
        contribution("c2", actor=None, updated_at=hours(1)),
    ]
    take(repository, *records)
    before = [list(model.objects.order_by("pk").values()) for model in (WorkItem, Contribution)]

    told = take(repository, *records, at=LATER)

    after = [list(model.objects.order_by("pk").values()) for model in (WorkItem, Contribution)]
    assert told == Ingested(unchanged=3)
    assert after == before


def test_a_newer_version_replaces_and_moves_the_day_count(repository):
    take(repository, contribution("c1", updated_at=hours(0)))

    told = take(
        repository,
        contribution("c1", title="moved", occurred_at=hours(48), updated_at=hours(50)),
        at=LATER,
    )

    assert told == Ingested(changed=1)
    assert list(Contribution.objects.values_list("title", "recorded_at")) == [("moved", START)]
    assert list(DayCount.objects.values_list("day", "count")) == [(date(2026, 3, 3), 1)]


def test_an_older_version_never_overwrites_a_newer(repository):
    take(repository, work_item(1, title="new", updated_at=hours(5)))

    told = take(repository, work_item(1, title="old", updated_at=hours(2)))

    assert told == Ingested(unchanged=1)
    assert WorkItem.objects.get().title == "new"


def test_of_one_key_twice_in_a_batch_the_newest_stays(repository):
    told = take(
        repository,
        contribution("c1", title="new", updated_at=hours(5)),
        contribution("c1", title="old", updated_at=hours(2)),
    )

    assert told == Ingested(added=1)
    assert Contribution.objects.get().title == "new"


def test_a_contribution_that_comes_first_is_linked_when_its_work_item_comes(repository):
    take(repository, contribution("c1", work_item=7, actor=actor(2), occurred_at=hours(3)))

    take(repository, work_item(7))

    item = WorkItem.objects.get()
    assert Contribution.objects.get().work_item == item
    assert (item.first_response_at, item.first_response_by.login) == (hours(3), "user-2")


def test_an_unknown_actor_stays_unknown(repository):
    take(repository, contribution("c1", actor=None), work_item(1, author=None))

    assert Contribution.objects.get().identity is None
    assert WorkItem.objects.get().author is None
    assert (Person.objects.count(), DayCount.objects.get().identity) == (0, None)


def test_the_first_response_is_by_somebody_else_who_is_no_bot(repository):
    reply = [
        contribution("own", work_item=1, actor=actor(1), occurred_at=hours(1)),
        contribution("bot", work_item=1, actor=actor(8, is_bot=True), occurred_at=hours(2)),
        contribution("ghost", work_item=1, actor=None, occurred_at=hours(3)),
        contribution("review", kind="review", work_item=1, actor=actor(2), occurred_at=hours(4)),
        contribution("thanks", work_item=1, actor=actor(1), occurred_at=hours(5)),
        contribution("bot2", work_item=1, actor=actor(8, is_bot=True), occurred_at=hours(6)),
    ]

    take(repository, work_item(1), *reply)

    item = WorkItem.objects.get()
    assert (item.first_response_at, item.first_response_by.login) == (hours(4), "user-2")
    assert (item.last_reply_at, item.last_reply_by.login) == (hours(5), "user-1")


def test_the_author_under_another_identity_gives_no_first_response(repository):
    author = factories.person("ada")
    for uid in ("1", "2"):
        factories.identity(author, uid=uid)

    take(
        repository,
        work_item(1, author=actor(1)),
        contribution("c", work_item=1, actor=actor(2), occurred_at=hours(1)),
    )

    item = WorkItem.objects.get()
    assert (item.first_response_at, item.last_reply_at) == (None, hours(1))


def test_a_deleted_contribution_is_marked_and_no_longer_counted(repository):
    take(repository, contribution("c1"), contribution("c2"))

    mark_deleted(repository=repository, kind="issue_comment", external_ids=["c1"], at=hours(9))

    rows = Contribution.objects.order_by("external_id").values_list("external_id", "deleted_at")
    assert list(rows) == [("c1", hours(9)), ("c2", None)]
    assert DayCount.objects.get().count == 1


def test_a_deleted_comment_gives_no_response_any_more(repository):
    take(repository, work_item(1), contribution("c1", work_item=1, actor=actor(2)))

    mark_deleted(repository=repository, kind="issue_comment", external_ids=["c1"], at=hours(9))

    assert WorkItem.objects.get().first_response_at is None


def test_a_deleted_work_item_takes_along_what_hangs_on_it_and_gives_it_back(repository):
    records = [
        work_item(1),
        contribution("item-1", kind="issue", work_item=1),
        contribution("c1", work_item=1),
    ]
    take(repository, *records)
    before = canonical()

    gone = mark_deleted(repository=repository, kind="issue", external_ids=["item-1"], at=hours(9))
    without = DayCount.objects.count()
    back = mark_present(repository=repository, kind="issue", external_ids=["item-1"])

    assert (gone, without, back) == (2, 0, 2)
    assert canonical() == before


def test_a_row_that_comes_after_its_deletion_is_dead_on_arrival(repository):
    mark_deleted(repository=repository, kind="issue_comment", external_ids=["c1"], at=hours(9))

    take(repository, contribution("c1", updated_at=hours(1)))

    assert Contribution.objects.get().deleted_at == hours(9)
    assert DayCount.objects.count() == 0


def test_a_comment_on_a_deleted_work_item_is_deleted_too(repository):
    take(repository, work_item(1))
    mark_deleted(repository=repository, kind="issue", external_ids=["item-1"], at=hours(9))

    take(repository, contribution("c1", work_item=1, updated_at=hours(10)))

    assert Contribution.objects.get().deleted_at == hours(9)


def test_a_row_written_after_its_deletion_lives_again(repository):
    take(repository, contribution("c1", updated_at=hours(1)))
    mark_deleted(repository=repository, kind="issue_comment", external_ids=["c1"], at=hours(9))

    take(repository, contribution("c1", updated_at=hours(8)))
    still_dead = Contribution.objects.get().deleted_at
    take(repository, contribution("c1", updated_at=hours(10)))

    assert (still_dead, Contribution.objects.get().deleted_at) == (hours(9), None)
    assert DayCount.objects.get().count == 1


def test_the_same_commit_in_a_fork_is_a_row_of_each_repository(repository):
    fork = factories.repository()
    commit = contribution("abc123", kind="commit")

    take(repository, commit)
    take(fork, commit)

    assert Contribution.objects.count() == 2


def test_text_that_no_database_takes_is_made_storable(repository):
    take(repository, contribution("c1", title="a\0b\udcff" + "x" * 400, lines_added=2**40))

    act = Contribution.objects.get()
    assert act.title == "ab?" + "x" * 297
    assert act.lines_added == 2**31 - 1


def test_an_empty_batch_is_fine(repository):
    assert ingest(repository=repository, batch=Batch(), at=START) == Ingested()


def test_completeness_is_replaced_by_day(repository):
    day = date(2026, 3, 12)
    for received, reason in [(3, Sentence("Rate limited")), (5, NOTHING)]:
        record_completeness(
            repository=repository,
            records=[CompletenessRecord(day, expected=5, received=received, reason=reason)],
            at=START,
        )

    assert list(Completeness.objects.values_list("day", "expected", "received", "reason")) == [
        (day, 5, 5, NOTHING)
    ]


def test_a_recycled_login_moves_no_credit(repository):
    take(repository, contribution("c1", actor=actor(1, login="ada")))
    take(repository, contribution("c2", actor=actor(1, login="ada-lovelace")))

    take(repository, contribution("c3", actor=actor(2, login="ada")))

    credit = Contribution.objects.order_by("external_id").values_list("identity__uid", flat=True)
    assert list(credit) == ["1", "1", "2"]
    first = Identity.objects.get(uid="1")
    assert list(first.logins.values_list("login", flat=True)) == ["ada", "ada-lovelace"]
