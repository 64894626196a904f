"""GitHub's payloads as records."""

import json
from datetime import UTC, datetime

import pytest

from contributors.activity.records import Actor, Batch
from integrations.github.mapping import (
    actor,
    comment_to_record,
    expected,
    issue_to_records,
    pull_request_to_records,
    release_to_record,
    review_comment_to_record,
    review_to_record,
)
from integrations.github.shapes import review_as_rest, user_as_rest
from tests.github_api.published import published

ADA = {"id": 7, "login": "ada", "type": "User", "avatar_url": "https://a.example/7"}
API = "https://api.github.com/repos/guild/hall"
WEB = "https://github.com/guild/hall"


def issue(**more):
    return {
        "id": 11,
        "number": 3,
        "title": "A door squeaks",
        "html_url": f"{WEB}/issues/3",
        "user": ADA,
        "state": "open",
        "labels": [{"name": "bug"}, "door"],
        "milestone": {"title": "Spring"},
        "comments": 2,
        "created_at": "2026-03-01T10:00:00Z",
        "updated_at": "2026-03-02T10:00:00Z",
        "closed_at": None,
        **more,
    }


def pull(**more):
    return issue(**{"draft": False, "merged_at": None, "merged_by": None, **more})


def comment(**more):
    return {
        "id": 21,
        "html_url": f"{WEB}/issues/3#issuecomment-21",
        "issue_url": f"{API}/issues/3",
        "user": ADA,
        "created_at": "2026-03-02T09:00:00Z",
        "updated_at": "2026-03-02T10:00:00Z",
        **more,
    }


def review(**more):
    return {
        "id": 31,
        "user": ADA,
        "state": "APPROVED",
        "submitted_at": "2026-03-03T09:00:00Z",
        "html_url": f"{WEB}/pull/4#pullrequestreview-31",
        "pull_request_url": f"{API}/pulls/4",
        **more,
    }


def test_an_issue_is_an_item_and_the_act_of_opening_it():
    batch = issue_to_records(issue(state="closed", state_reason="not_planned", closed_by=ADA))

    item, act = batch.work_items[0], batch.contributions[0]
    assert (item.kind, item.external_id, item.number, item.state, item.state_reason) == (
        "issue",
        "11",
        3,
        "closed",
        "not_planned",
    )
    assert (item.labels, item.milestone, item.closed_by) == (
        ["bug", "door"],
        "Spring",
        actor(ADA),
    )
    assert (act.kind, act.work_item, act.actor) == ("issue", 3, actor(ADA))
    assert act.occurred_at == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_a_pull_request_among_the_issues_is_no_issue():
    assert issue_to_records(issue(pull_request={"url": f"{API}/pulls/3"})) == Batch()


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, "open"),
        ({"state": "closed"}, "closed"),
        ({"state": "closed", "merged_at": "2026-03-02T10:00:00Z"}, "merged"),
    ],
)
def test_a_merged_pull_request_is_not_merely_closed(more, state):
    assert pull_request_to_records(pull(**more)).work_items[0].state == state


def test_who_merged_is_who_closed():
    merged = pull(state="closed", merged_at="2026-03-02T10:00:00Z", merged_by=ADA)

    assert pull_request_to_records(merged).work_items[0].closed_by == actor(ADA)


@pytest.mark.parametrize("user", [None, {}, {"id": 10137, "login": "ghost", "type": "User"}])
def test_a_deleted_account_is_nobody_rather_than_one_person_called_ghost(user):
    assert actor(user) is None
    assert comment_to_record(comment(user=user)).actor is None


@pytest.mark.parametrize(
    ("user", "is_bot"),
    [
        ({"id": 1, "login": "renovate[bot]", "type": "Bot"}, True),
        ({"id": 1, "login": "renovate[bot]", "type": "User"}, True),
        ({"id": 1, "login": "Copilot", "type": "Bot"}, True),
        ({"id": 1, "login": "robot", "type": "User"}, False),
    ],
)
def test_bots_are_told_by_type_or_suffix(user, is_bot):
    found = actor(user)

    assert isinstance(found, Actor)
    assert found.is_bot is is_bot


def test_comments_know_the_item_they_belong_to():
    line = comment(pull_request_url=f"{API}/pulls/4")

    assert (comment_to_record(comment()).kind, comment_to_record(comment()).work_item) == (
        "issue_comment",
        3,
    )
    assert (review_comment_to_record(line).kind, review_comment_to_record(line).work_item) == (
        "review_comment",
        4,
    )


def test_a_review_carries_its_outcome_in_lower_case():
    found = review_to_record(review())

    assert (found.kind, found.outcome, found.work_item) == ("review", "approved", 4)


@pytest.mark.parametrize("more", [{"state": "PENDING"}, {"submitted_at": None}])
def test_a_review_nobody_submitted_is_not_an_act(more):
    assert review_to_record(review(**more)) is None


def test_a_draft_release_is_not_an_act():
    release = {
        "id": 41,
        "tag_name": "v1",
        "name": "",
        "html_url": f"{WEB}/releases/v1",
        "author": ADA,
        "draft": False,
        "created_at": "2026-03-01T10:00:00Z",
        "published_at": "2026-03-04T10:00:00Z",
    }

    found = release_to_record(release)

    assert (found.title, found.occurred_at.day) == ("v1", 4)
    assert release_to_record({**release, "draft": True}) is None


def test_nul_and_endless_titles_fit_the_columns():
    batch = issue_to_records(issue(title="a\0b" + "c" * 900))

    assert len(batch.work_items[0].title) == 500
    assert batch.work_items[0].title[:3] == "abc"


def test_expected_counts_come_with_the_payload():
    found = expected(issue(reviews=4))

    assert (found.number, str(found.opened_on), found.comments, found.reviews) == (
        3,
        "2026-03-01",
        2,
        4,
    )


def test_both_apis_name_a_bot_alike():
    rest = {"id": 5, "login": "dependabot[bot]", "type": "Bot", "avatar_url": ""}
    node = {"__typename": "Bot", "databaseId": 5, "login": "dependabot", "avatarUrl": ""}

    assert actor(user_as_rest(node)) == actor(rest)


def test_both_apis_give_the_same_review():
    node = {
        "fullDatabaseId": "31",
        "author": {"__typename": "User", "databaseId": 7, "login": "ada", "avatarUrl": ""},
        "state": "APPROVED",
        "submittedAt": "2026-03-03T09:00:00Z",
        "updatedAt": "2026-03-03T09:00:00Z",
        "url": f"{WEB}/pull/4#pullrequestreview-31",
    }

    assert review_to_record(review_as_rest(node, number=4)) == review_to_record(
        review(user={**ADA, "avatar_url": ""})
    )


def test_github_s_own_example_deliveries_are_understood():
    examples = json.loads(published("webhooks-examples/api.github.com/index.json").read_text())
    deliveries = {event["name"]: event["examples"] for event in examples}

    counts = {
        "issues": [issue_to_records(one["issue"]) for one in deliveries["issues"]],
        "issue_comment": [comment_to_record(one["comment"]) for one in deliveries["issue_comment"]],
        "pull_request": [
            pull_request_to_records(one["pull_request"]) for one in deliveries["pull_request"]
        ],
        "pull_request_review": [
            review_to_record(one["review"]) for one in deliveries["pull_request_review"]
        ],
        "pull_request_review_comment": [
            review_comment_to_record(one["comment"])
            for one in deliveries["pull_request_review_comment"]
        ],
        "release": [release_to_record(one["release"]) for one in deliveries["release"]],
    }

    assert {name: len(found) for name, found in counts.items()} == {
        name: len(deliveries[name]) for name in counts
    }
