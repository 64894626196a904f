"""A ledger that lacks something says so, on the day it belongs to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from community.lib.refusals import Sentence
from contributors.activity.ingest import mark_deleted
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from contributors.activity.rollups import recount_days
from integrations.connections.figures import completeness
from integrations.connections.models import ExpectedItem, Hook, Source
from integrations.connections.weighing import weigh_again
from integrations.github.connector import GitHubConnector
from tests.integrations.github.test_sync import read

pytestmark = pytest.mark.django_db
GONE = "Rows that were here are missing"
REPAIR = "reading everything again brings them back."


@pytest.fixture
def whole(source):
    """Everything was read."""
    read(source)
    return Source.objects.select_related("repository").get()


def weighed(source: Source) -> list[tuple[str, int, str]]:
    """Day, how many are missing, and why; only of days that lack something."""
    weigh_again(source=source, connector=GitHubConnector(), at=timezone.now())
    rows = Completeness.objects.order_by("day")
    return [
        (f"{one.day}", one.expected - one.received, str(one.reason))
        for one in rows
        if one.received < one.expected
    ]


def opened(world, number: int) -> str:
    """The day an item was opened."""
    return world.item(number)["created_at"][:10]


def test_nothing_is_missing_after_a_whole_reading(whole):
    assert weighed(whole) == []
    assert completeness(whole.repository) == 1.0


def test_a_lost_comment_shows_on_its_own_day_with_the_number_that_lacks_it(whole):
    lost = Contribution.objects.filter(kind="issue_comment")[0]
    number, day = lost.work_item.number, f"{lost.occurred_at:%Y-%m-%d}"
    lost.delete()

    assert weighed(whole) == [(day, 1, f"{GONE} at #{number}; {REPAIR}")]
    assert completeness(whole.repository) < 1


def test_a_comment_nobody_can_date_shows_on_the_day_its_issue_was_opened(whole, world):
    lost = Contribution.objects.filter(kind="issue_comment")[0]
    number, day = lost.work_item.number, lost.occurred_at.date()
    lost.delete()
    recount_days(whole.repository_id, [day])

    assert weighed(whole) == [
        (opened(world, number), 1, f"GitHub counts more than we received at #{number}.")
    ]


def test_a_lost_line_comment_is_missed_by_what_was_recorded_for_its_day(whole):
    lost = Contribution.objects.filter(kind="review_comment")[0]
    day = f"{lost.occurred_at:%Y-%m-%d}"
    lost.delete()

    assert weighed(whole) == [(day, 1, f"{GONE}; {REPAIR}")]
    assert Completeness.objects.lacking().get().parts["review_comment"][2] == "recorded"


UNDATED = {
    "review_comment": "walked",
    "release": "walked",
    "commit": "history",
}


@pytest.mark.parametrize("kind", UNDATED)
def test_what_a_list_showed_and_nobody_remembers_is_said_to_be_of_no_known_day(whole, kind):
    lost = Contribution.objects.filter(kind=kind).order_by("occurred_at")[0]
    lost.delete()
    recount_days(whole.repository_id, [lost.occurred_at.date()])
    last = Contribution.objects.order_by("-occurred_at")[0].occurred_at

    reason = "GitHub showed 1 more than is here; nobody can tell of which day."
    assert weighed(whole) == [(f"{last:%Y-%m-%d}", 1, reason)]
    assert Completeness.objects.lacking().get().parts[kind][2] == UNDATED[kind]
    assert completeness(whole.repository) < 1


def test_what_came_after_a_list_was_seen_does_not_hide_what_it_lost(whole, world):
    lost = Contribution.objects.filter(kind="review_comment")[0]
    day = lost.occurred_at.date()
    Contribution.objects.filter(pk=lost.pk).delete()
    recount_days(whole.repository_id, [day])
    later = timezone.now() + timedelta(hours=1)
    newest = Contribution.objects.filter(kind="review_comment")[0]
    newest.pk, newest.external_id, newest.occurred_at = None, "new", later
    newest.save(force_insert=True)
    recount_days(whole.repository_id, [later.date()])

    assert sum(count for _, count, _ in weighed(whole)) == 1


def test_what_was_deleted_at_github_since_its_list_was_seen_is_not_missed(whole):
    dead = Contribution.objects.filter(kind="review_comment")[0]
    mark_deleted(
        repository=whole.repository,
        kind=dead.kind,
        external_ids=[dead.external_id],
        at=timezone.now(),
    )

    assert weighed(whole) == []


def test_each_list_says_how_long_it_was(whole, world):
    told = {phase: one["total"] for phase, one in whole.facts["lists"].items()}

    assert told == {
        "issues": len(world.issues) + len(world.pulls),
        "issue_comments": len(world.comments),
        "review_comments": len(world.line_comments),
        "releases": len(world.releases),
    }


def test_without_the_lists_a_line_comment_nobody_remembers_would_hide(whole):
    """The negative control: forget what the lists said."""
    lost = Contribution.objects.filter(kind="review_comment")[0]
    lost.delete()
    recount_days(whole.repository_id, [lost.occurred_at.date()])
    Source.objects.update(facts={**whole.facts, "lists": {}})
    whole.refresh_from_db()

    assert weighed(whole) == []


def test_a_delivery_that_never_came_is_missed_on_the_day_it_was_sent(whole):
    sent = timezone.now() + timedelta(minutes=1)
    hook = Hook.objects.create(provider="github", external_id="1", first_seen_at=sent)
    repository = whole.repository.external_id
    hook.missed.create(
        delivery_id="d", number=1, event="issues", sent_at=sent, repository_external_id=repository
    )

    assert [(day, count) for day, count, _ in weighed(whole)] == [(f"{sent:%Y-%m-%d}", 1)]


def test_each_day_says_by_kind_how_much_is_known_and_how(whole):
    weighed(whole)

    parts = [one.parts for one in Completeness.objects.all()]
    found = {(kind, part[2]) for one in parts for kind, part in one.items()}
    assert {
        ("issue", "listed"),
        ("change_request", "listed"),
        ("issue_comment", "counted"),
        ("review", "counted"),
        ("review_comment", "recorded"),
        ("release", "recorded"),
        ("commit", "history"),
    } <= found
    sums = [(sum(p[0] for p in one.values()), sum(p[1] for p in one.values())) for one in parts]
    assert sums == list(Completeness.objects.values_list("expected", "received"))


def test_a_lost_item_takes_its_comments_with_it(whole, world):
    number = next(number for number in world.issues if world.comment_count(number))
    WorkItem.objects.get(number=number).delete()

    missing = weighed(whole)

    assert [(day, count) for day, count, _ in missing] == [
        (opened(world, number), 1 + world.comment_count(number))
    ]


def test_an_item_never_listed_is_looked_for_in_the_gaps(whole, world):
    number = max(world.issues)
    WorkItem.objects.filter(number=number).delete()
    ExpectedItem.objects.filter(number=number).delete()

    assert sum(count for _, count, _ in weighed(whole)) == 1


def test_what_was_deleted_at_github_is_no_longer_expected(whole, world):
    gone = WorkItem.objects.get(number=next(iter(world.issues)))
    mark_deleted(
        repository=whole.repository,
        kind=gone.kind,
        external_ids=[gone.external_id],
        at=timezone.now(),
    )

    assert weighed(whole) == []


def test_lost_commits_are_missed(whole):
    Contribution.objects.filter(kind="commit")[0].delete()
    day = DayCount.objects.filter(kind="commit").order_by("day")[0]
    day.count -= 1
    day.save()

    assert [count for _, count, _ in weighed(whole)] == [1]


def test_the_reason_of_a_stopped_run_is_the_reason_of_its_days(whole):
    lost = Contribution.objects.filter(kind="review")[0]
    lost.delete()
    recount_days(whole.repository_id, [lost.occurred_at.date()])
    whole.problem = Sentence("GitHub's limit of requests is used up.")

    assert [reason for _, _, reason in weighed(whole)] == ["GitHub's limit of requests is used up."]


def test_what_vanished_here_is_not_blamed_on_a_stopped_run(whole):
    lost = Contribution.objects.filter(kind="review")[0]
    number = lost.work_item.number
    lost.delete()
    whole.problem = Sentence("GitHub's limit of requests is used up.")

    assert [reason for _, _, reason in weighed(whole)] == [f"{GONE} at #{number}; {REPAIR}"]


def test_days_with_gaps_but_equal_totals_are_complete(whole, world):
    numbers = {*world.issues, *world.pulls}

    assert len(numbers) < max(numbers)  # discussions took numbers
    assert weighed(whole) == []
