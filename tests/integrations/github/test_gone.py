"""What vanished at GitHub: which run notices it, at how many requests."""

from datetime import UTC, datetime, timedelta

import pytest

from community.audit.models import Event
from community.projects.models import Repository
from contributors.activity.models import Contribution, WorkItem
from integrations.connections.actions import connect
from integrations.connections.figures import figures
from integrations.connections.models import Source, SyncRun
from integrations.connections.sync import sync_source
from integrations.github import listing, reconcile, vanished
from tests.factories import NOON
from tests.github_api.server import Reply
from tests.github_api.world import Size, World
from tests.integrations.github.dump import dump
from tests.integrations.github.test_sync import LISTS, read, truth

pytestmark = pytest.mark.django_db


def gone(kind: str) -> list[int]:
    """Ids of what is marked as gone."""
    rows = Contribution.objects.filter(kind=kind, deleted_at__isnull=False)
    return sorted(int(one) for one in rows.values_list("external_id", flat=True))


def again(github, **more) -> tuple[dict, int]:
    """Another run: what it counts, and its requests."""
    before = len(github.log)
    found = figures(read(Source.objects.get(), **more))
    return found, len(github.log) - before


def stir(world: World) -> None:
    """Something else happens, so that a run has something to read."""
    world.edit_issue(next(iter(world.issues)))


def test_a_deleted_issue_is_gone_after_the_next_run_with_what_was_said_on_it(source, world, github):
    read(source)
    number = list(world.issues)[5]
    world.comment(number)
    read(source)
    said = [key for key, row in world.comments.items() if row["number"] == number]
    row = world.delete_issue(number)
    stir(world)

    found, requests = again(github)

    assert (gone("issue"), gone("issue_comment")) == ([row["id"]], sorted(said))
    assert {name: found[name] for name in LISTS} == truth(world)
    assert (found["completeness"], requests) == (1.0, 7)


@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_count_taken_before_a_deletion_is_replaced_though_as_many_are_held(
    source, world, github, monkeypatch, is_guarded
):
    """As where the deletion of a comment is told before the comment was ever read."""
    monkeypatch.setattr(reconcile, "IN_TURN", 1_000)
    if not is_guarded:
        monkeypatch.setattr(reconcile.Reconciliation, "_outdated", lambda *_: [])
    read(source)
    row = source.expected_items.filter(comments__gt=0).order_by("number").last()
    counted, row.comments = row.comments, row.comments + 1
    row.save()
    stir(world)

    again(github)

    row.refresh_from_db()
    assert (row.comments == counted) is is_guarded


def test_many_deletions_among_many_issues_take_few_requests(db, github, settings):
    github.world = world = World(size=Size(2_000, 20, 0, 0, 0, 0, 0))
    source = connect(connector="github", location="guild/hall", project="hall", at=NOON)
    read(source)
    numbers = world.random.sample(list(world.issues)[1:], 12)
    for number in numbers:
        world.delete_issue(number)
    stir(world)

    found, requests = again(github)

    assert sorted(WorkItem.objects.exclude(deleted_at=None).values_list("number", flat=True)) == (
        sorted(numbers)
    )
    assert (found["issues"], found["completeness"]) == (1_988, 1.0)
    assert requests <= 10


def test_a_deletion_in_a_quiet_repository_is_found_within_a_day(
    source, world, github, time_machine, monkeypatch
):
    monkeypatch.setattr(listing, "PAGE_SIZE", 10)
    now = datetime.now(UTC)
    time_machine.move_to(now, tick=True)
    read(source)
    row = world.delete_issue(list(world.issues)[3])

    at_once = again(github)[1], gone("issue")
    time_machine.move_to(now + timedelta(hours=25), tick=True)
    later = again(github)[1], gone("issue")

    assert at_once == (5, [])
    assert later == (7, [row["id"]])


def test_pull_requests_that_were_hidden_are_gone_and_come_back(source, world, github):
    read(source)
    number = next(number for number, row in world.pulls.items() if row["state"] == "open")
    row = world.pulls.pop(number)
    stir(world)
    found, _ = again(github)
    assert (found["change_requests"], gone("change_request")) == (len(world.pulls), [row["id"]])

    world.pulls[number] = row
    world.touch(number)
    found, _ = again(github)

    assert ({name: found[name] for name in LISTS}, gone("change_request")) == (truth(world), [])


def test_a_comment_deleted_where_something_changed_is_gone_after_the_next_run(
    source, world, github
):
    read(source)
    row = world.delete_comment(next(iter(world.comments)))
    world.edit_issue(row["number"]) if row["number"] in world.issues else world.touch(row["number"])

    found, _ = again(github)

    assert gone("issue_comment") == [row["id"]]
    assert ({name: found[name] for name in LISTS}, found["completeness"]) == (truth(world), 1.0)


def test_a_comment_deleted_without_a_sign_is_found_by_reading_all(
    source, world, github, monkeypatch
):
    monkeypatch.setattr(reconcile, "IN_TURN", 0)
    monkeypatch.setattr(listing, "PAGE_SIZE", 10)
    read(source)
    longest_ago = min(
        world.comments.values(), key=lambda row: world.item(row["number"])["updated_at"]
    )
    row = world.delete_comment(longest_ago["id"])
    line = world.delete_line_comment(next(iter(world.line_comments)))
    stir(world)

    again(github)
    assert (gone("issue_comment"), gone("review_comment")) == ([], [])
    found, _ = again(github, full=True)

    assert (gone("issue_comment"), gone("review_comment")) == ([row["id"]], [line["id"]])
    assert ({name: found[name] for name in LISTS}, found["completeness"]) == (truth(world), 1.0)


def test_a_comment_deleted_without_a_sign_is_found_in_turn_as_other_things_happen(
    source, world, github, monkeypatch
):
    monkeypatch.setattr(listing, "PAGE_SIZE", 10)
    read(source)
    rows = sorted(world.comments.values(), key=lambda row: world.item(row["number"])["updated_at"])
    deleted = [world.delete_comment(row["id"])["id"] for row in (rows[0], rows[20])]

    for _ in range(3):
        stir(world)
        found, requests = again(github)

    assert gone("issue_comment") == sorted(deleted)
    assert ({name: found[name] for name in LISTS}, requests <= 10) == (truth(world), True)


def test_a_review_and_a_release_that_vanish_are_gone_after_the_next_run(source, world, github):
    read(source)
    review = world.delete_review(next(iter(world.reviews)))
    release = world.delete_release(list(world.releases)[1])
    world.touch(review["number"])

    again(github)

    assert (gone("review"), gone("release")) == ([review["id"]], [release["id"]])


def test_comments_that_a_list_skipped_are_fetched_where_the_count_says_so(source, world, github):
    hidden = [world.comments.pop(key) for key in list(world.comments)[:2]]
    read(source)
    for row in hidden:
        world.comments[row["id"]] = row
        world.touch(row["number"])

    found, _ = again(github)

    assert ({name: found[name] for name in LISTS}, found["completeness"]) == (truth(world), 1.0)


def test_what_github_counts_and_never_shows_is_not_asked_for_each_time(source, world, github):
    read(source)
    number = next(iter(world.issues))
    world.comment_counts[number] += 1
    world.touch(number)

    first = again(github)
    stir(world)
    world.touch(next(iter(world.pulls)))
    second = again(github)

    assert first[0]["completeness"] == 1.0
    assert len([1 for asked, _ in github.log if b"CommentsOf" in asked.body]) <= 2
    assert second[0]["completeness"] == 1.0


def test_a_question_that_is_too_large_is_halved(source, world, github, monkeypatch):
    monkeypatch.setattr(vanished, "ENOUGH", 40)
    read(source)
    row = world.delete_issue(list(world.issues)[2])
    stir(world)

    def too_large(asked):
        is_large = b"IdsOf" in asked.body and asked.body.count(b"...c") > 20
        return Reply(502, {"message": "timeout"}) if is_large else None

    github.faults.append(too_large)
    again(github)

    assert gone("issue") == [row["id"]]


def test_without_a_token_reading_all_finds_what_is_gone(world, github, settings, monkeypatch):
    settings.GITHUB_TOKEN = ""
    source = connect(connector="github", location="guild/hall", project="hall", at=NOON)
    read(source)
    row = world.delete_comment(next(iter(world.comments)))
    number = next(number for number in world.issues if number != row["number"])
    elsewhere = World(seed=9, size=Size(1, 1, 1, 1, 1, 1, 1), id=7, full_name="guild/annex")
    github.worlds.append(elsewhere)
    issue = world.issues[number]["id"]
    world.transfer_issue(number, elsewhere)

    found, _ = again(github, full=True)

    assert (row["id"] in gone("issue_comment"), gone("issue")) == (True, [issue])
    assert {name: found[name] for name in LISTS} == truth(world)


def test_a_repository_that_is_shut_ends_the_run_and_keeps_everything(source, world, github):
    read(source)
    before = dump()
    world.set_private("another-token")

    run = sync_source(source=Source.objects.get())

    assert (run.state, "finds nothing" in str(run.error)) == (SyncRun.State.FAILED, True)
    assert {**dump(), "Completeness": []} == {**before, "Completeness": []}


def test_a_repository_that_turns_private_is_read_on_and_marked(source, world, github):
    read(source)
    world.set_private("good-token")
    stir(world)

    again(github)
    verbs = Event.objects.filter(verb__startswith="connections.made").order_by("pk")
    assert Repository.objects.get().is_private
    world.publish()
    again(github)

    assert not Repository.objects.get().is_private
    assert list(verbs.values_list("verb", flat=True)) == [
        "connections.made_private",
        "connections.made_public",
    ]
