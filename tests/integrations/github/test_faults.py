"""What GitHub does wrong, or may rightly refuse."""

import pytest

from community.lib.refusals import Refused
from integrations.connections.actions import connect
from integrations.connections.figures import figures
from integrations.connections.models import Source, SyncRun
from integrations.connections.sync import sync_source
from integrations.github import transport
from tests.factories import NOON
from tests.github_api.server import Reply
from tests.integrations.github.dump import dump
from tests.integrations.github.test_sync import LISTS, read, truth

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Nobody waits long before trying again."""
    monkeypatch.setattr(transport, "PAUSE", 0.01)


def once(reply: Reply, ending: str = ""):
    """Go wrong at the first request to a path with this ending."""
    left = [reply]
    return lambda asked: left.pop() if left and asked.path.endswith(ending) else None


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, {"message": "Server Error"}),
        Reply(502, raw=b"<html>Bad gateway</html>"),
        Reply(503, {"message": "Unavailable"}),
        Reply(200, raw=b"<html>Please log in to the hotel</html>"),
        Reply(200, raw=b'[{"id": 1,'),
        Reply(200, [], cut=50),
        Reply(429, {"message": "Slow down"}, {"Retry-After": "1"}),
        Reply(403, {"message": "You have exceeded a secondary rate limit"}, {"Retry-After": "1"}),
    ],
    ids=["500", "502", "503", "html", "half-json", "cut", "429", "403"],
)
@pytest.mark.parametrize("ending", ["/issues", "/graphql"])
def test_a_fault_of_the_way_costs_a_request_and_nothing_else(source, github, world, reply, ending):
    github.faults.append(once(reply, ending))

    found = figures(read(source))

    assert {name: found[name] for name in LISTS} == truth(world)
    assert found["completeness"] == 1.0


def test_a_pause_that_github_asks_for_is_kept(source, github):
    github.faults.append(once(Reply(429, {"message": "Slow"}, {"Retry-After": "2"}), "/issues"))

    run = read(source)

    assert (run.finished_at - run.started_at).total_seconds() > 2


def test_without_retry_after_a_secondary_limit_parks_for_a_minute(source, github):
    message = "You have exceeded a secondary rate limit. Please wait a few minutes."
    github.faults.append(once(Reply(403, {"message": message}), "/issues"))

    run = sync_source(source=source)

    assert run.state == SyncRun.State.WAITING
    assert 50 < (run.resumes_at - run.started_at).total_seconds() < 70


def test_an_exhausted_budget_parks_until_the_reset_and_asks_nothing_more(source, github):
    github.limit = github.used + 3

    run = sync_source(source=source)

    assert run.state == SyncRun.State.WAITING
    assert int(run.resumes_at.timestamp()) == github.resets_at + 1
    assert "limit of requests is used up" in str(Source.objects.get().problem)
    # Here GraphQL shares the budget of REST, which neither of them can know beforehand.
    assert sum(status != 200 for _, status in github.log[1:]) <= 2


def test_nothing_is_asked_before_the_reset(source, github):
    github.limit = github.used + 3
    sync_source(source=source)
    asked = len(github.log)

    with pytest.raises(Refused) as refusal:
        sync_source(source=Source.objects.get())

    assert (refusal.value.code, len(github.log)) == ("parked", asked)


def test_a_fresh_token_need_not_wait(source, github):
    github.limit = github.used + 3
    sync_source(source=source)
    github.limit, github.tokens = 5_000, ("good-token", "another-token")

    connect(
        connector="github", location="guild/hall", project="hall", token="another-token", at=NOON
    )

    read(Source.objects.get())


def test_a_parked_source_reads_on_after_the_reset(source, github, world, time_machine):
    github.limit = github.used + 3
    run = sync_source(source=source)
    github.limit = 5_000
    time_machine.move_to(run.resumes_at, tick=True)

    found = figures(read(Source.objects.get()))

    assert {name: found[name] for name in LISTS} == truth(world)
    assert (found["completeness"], str(Source.objects.get().problem)) == (1.0, "")


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(401, {"message": "Bad credentials"}), "GitHub does not accept the token"),
        (Reply(404, {"message": "Not Found"}), "GitHub finds nothing at this address"),
        (Reply(403, {"message": "Blocked by the owner"}), "Blocked by the owner"),
    ],
)
def test_a_refusal_is_told_in_words_and_keeps_what_is_there(source, github, reply, words):
    read(source)
    before = dump()
    github.faults.append(once(reply, "/guild/hall"))

    run = sync_source(source=source)

    assert run.state == SyncRun.State.FAILED
    assert words in str(run.error)
    assert {**dump(), "Completeness": []} == {**before, "Completeness": []}


def test_a_token_github_does_not_know_is_refused_when_connecting(db, github):
    with pytest.raises(Refused) as refusal:
        connect(connector="github", location="guild/hall", project="h", token="bad", at=NOON)

    assert refusal.value.code == "bad_token"


def test_a_large_query_that_fails_is_asked_for_in_smaller_pages(source, github, world):
    def too_large(asked):
        is_large = asked.path == "/graphql" and b'"first": 100' in asked.body
        return Reply(502, {"message": "timeout"}) if is_large else None

    github.faults.append(too_large)

    found = figures(read(source))

    assert {name: found[name] for name in LISTS} == truth(world)


def test_nested_lists_that_were_cut_are_completed(source, world):
    number = next(iter(world.pulls))
    for _ in range(130):
        world.review(number)
    world.pulls[number]["labels"] = [f"label-{place}" for place in range(30)]

    found = figures(read(source))

    assert found["reviews"] == len(world.reviews)
    assert found["completeness"] == 1.0


def test_a_renamed_repository_is_followed_and_takes_its_new_name(source, github, world, tmp_path):
    world.former_names.add("guild/hall")
    world.full_name = "guild/great-hall"
    (tmp_path / "guild/hall.git").rename(tmp_path / "guild/great-hall.git")

    run = read(source)

    kept = Source.objects.select_related("repository").get()
    assert (kept.location, kept.repository.name) == ("guild/great-hall", "guild/great-hall")
    assert {status for _, status in github.log[2:]} == {200}
    assert figures(run)["repository"] == "guild/great-hall"


def test_a_name_that_passed_to_another_repository_is_refused(source, github, world):
    world.id = 99

    run = sync_source(source=source)

    assert (run.state, run.counts) == (SyncRun.State.FAILED, {})
    assert "another repository" in str(run.error)


def test_a_redirect_to_another_host_is_not_followed(source, github):
    moved = Reply(301, {}, {"Location": "http://127.0.0.2:9/repositories/1"})
    github.faults.append(once(moved, "/guild/hall"))

    run = sync_source(source=source)

    assert "another host" in str(run.error)


def test_a_repository_without_issues_still_has_its_pull_requests(source, world):
    world.has_issues = False
    world.issues.clear()
    world.comments.clear()

    found = figures(read(source))

    assert (found["issues"], found["change_requests"]) == (0, len(world.pulls))


def test_with_the_issues_their_comments_may_be_switched_off(source, world, github):
    world.has_issues = False
    world.issues.clear()
    world.comments.clear()
    world.comment_counts.clear()
    gone = Reply(410, {"message": "Issues are disabled for this repo"})
    github.faults.append(lambda asked: gone if asked.path.endswith("/issues/comments") else None)

    found = figures(read(source))

    assert (found["change_requests"], found["completeness"]) == (len(world.pulls), 1.0)


def test_drafts_of_reviews_that_only_we_see_are_not_missed(source, world):
    world.review(next(iter(world.pulls)))["state"] = "PENDING"

    found = figures(read(source))

    assert (found["reviews"], found["completeness"]) == (len(world.reviews) - 1, 1.0)


def test_the_token_is_in_no_log(source, caplog):
    caplog.set_level("DEBUG")

    read(source)

    assert "GET /repos/guild/hall/issues" in caplog.text
    assert "good-token" not in caplog.text
