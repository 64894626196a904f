"""A ledger that lacks something says so, on the day it belongs to."""

import pytest
from django.utils import timezone

from community.lib.refusals import Sentence
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from integrations.connections.figures import completeness
from integrations.connections.models import ExpectedItem, Source
from integrations.connections.sync import store_completeness
from integrations.github.connector import GitHubConnector
from tests.integrations.github.test_sync import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(source):
    """Everything was read."""
    read(source)
    return Source.objects.select_related("repository").get()


def weighed(source: Source) -> list[tuple[str, int, str]]:
    """Day, how many are missing, and why; only of days that lack something."""
    store_completeness(source=source, connector=GitHubConnector(), at=timezone.now())
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


def test_a_lost_comment_shows_on_the_day_its_issue_was_opened(whole, world):
    lost = Contribution.objects.filter(kind="issue_comment")[0]
    number = lost.work_item.number
    lost.delete()

    assert weighed(whole) == [
        (opened(world, number), 1, f"GitHub counts more than we received at #{number}.")
    ]
    assert completeness(whole.repository) < 1


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
    number = next(iter(world.issues))
    WorkItem.objects.filter(number=number).update(deleted_at=timezone.now())
    Contribution.objects.filter(work_item__number=number).update(deleted_at=timezone.now())

    assert weighed(whole) == []


def test_lost_commits_are_missed(whole):
    Contribution.objects.filter(kind="commit")[0].delete()
    day = DayCount.objects.filter(kind="commit").order_by("day")[0]
    day.count -= 1
    day.save()

    assert [count for _, count, _ in weighed(whole)] == [1]


def test_the_reason_of_a_stopped_run_is_the_reason_of_its_days(whole):
    Contribution.objects.filter(kind="review")[0].delete()
    whole.problem = Sentence("GitHub's limit of requests is used up.")

    assert [reason for _, _, reason in weighed(whole)] == ["GitHub's limit of requests is used up."]


def test_days_with_gaps_but_equal_totals_are_complete(whole, world):
    numbers = {*world.issues, *world.pulls}

    assert len(numbers) < max(numbers)  # discussions took numbers
    assert weighed(whole) == []
