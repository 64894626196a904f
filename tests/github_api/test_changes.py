"""The world changes as GitHub's does, and the server says so."""

import pytest

from tests.github_api.asking import ask
from tests.github_api.bare import git
from tests.github_api.server import GitHub, serving
from tests.github_api.world import World


@pytest.fixture
def world():
    return World()


@pytest.fixture
def other(world):
    return World(seed=2, id=77_002, full_name="guild/annex", users=world.users)


@pytest.fixture
def base(world, other):
    with serving(GitHub(world, other, tokens=("good-token", "other-token"))) as address:
        yield f"{address}/repos/guild/hall"


def an_issue(world) -> int:
    """One that people talked about."""
    return next(number for number in world.issues if world.comment_count(number) > 1)


def test_a_deleted_issue_is_gone_with_its_comments_and_answers_410(world, base):
    number = an_issue(world)
    comment = world.comments_of(number)[0]["id"]

    world.delete_issue(number)

    assert ask(f"{base}/issues/{number}").status == 410
    assert ask(f"{base}/issues/{number}/comments").status == 410
    assert ask(f"{base}/issues/comments/{comment}").status == 404
    listed = ask(f"{base}/issues?state=all&per_page=100").body
    assert {row["number"] for row in listed} == {*world.issues, *world.pulls}


@pytest.mark.parametrize(
    ("verb", "store", "path"),
    [
        ("delete_comment", "comments", "issues/comments"),
        ("delete_line_comment", "line_comments", "pulls/comments"),
        ("delete_release", "releases", "releases"),
    ],
)
def test_what_was_deleted_answers_404(world, base, verb, store, path):
    key = next(iter(getattr(world, store)))
    before = ask(f"{base}/{path}/{key}").status

    getattr(world, verb)(key)

    assert (before, ask(f"{base}/{path}/{key}").status) == (200, 404)


def test_a_deleted_comment_is_counted_no_more(world, base):
    number = an_issue(world)
    before = ask(f"{base}/issues/{number}").body

    world.delete_comment(world.comments_of(number)[0]["id"])

    after = ask(f"{base}/issues/{number}").body
    assert after["comments"] == before["comments"] - 1
    assert after["updated_at"] == before["updated_at"]


def test_a_deleted_review_is_listed_no_more(world, base):
    key, row = next(iter(world.reviews.items()))

    world.delete_review(key)

    listed = ask(f"{base}/pulls/{row['number']}/reviews").body
    assert key not in {one["id"] for one in listed}


def test_a_transferred_issue_leads_to_its_new_place(world, other, base):
    number = an_issue(world)
    old, count = world.issues[number], world.comment_count(number)

    there = world.transfer_issue(number, other)

    moved = ask(f"{base}/issues/{number}")
    assert moved.status == 301
    assert moved.headers["Location"].endswith(f"/repositories/77002/issues/{there}")
    found = ask(moved.headers["Location"]).body
    assert (found["title"], found["comments"]) == (old["title"], count)
    assert found["id"] != old["id"]


def test_an_issue_transferred_out_of_sight_is_not_there(world, other, base):
    number = an_issue(world)
    other.set_private("other-token")

    world.transfer_issue(number, other)

    assert ask(f"{base}/issues/{number}").status == 404
    assert ask(f"{base}/issues/{number}", token="other-token").status == 301


def test_an_issue_made_a_discussion_is_closed_and_locked(world, base):
    number = an_issue(world)

    taken = world.convert_to_discussion(number)

    found = ask(f"{base}/issues/{number}").body
    assert (found["state"], found["locked"], found["comments"]) == ("closed", True, 0)
    assert taken not in {*world.issues, *world.pulls}


def test_a_recycled_login_belongs_to_another_account(world, base):
    row = next(row for row in world.comments.values() if row["user"] in world.crowd)
    old = row["user"]["login"]

    world.rename_user(row["user"], "somebody-new")
    stranger = world.recycle_login(old)

    found = ask(f"{base}/issues/comments/{row['id']}").body["user"]
    assert (found["id"], found["login"]) == (row["user"]["id"], "somebody-new")
    assert (stranger["login"], stranger["id"] == row["user"]["id"]) == (old, False)


def test_a_deleted_account_is_shown_as_a_ghost(world, base):
    row = next(row for row in world.comments.values() if row["user"] in world.crowd)

    world.delete_user(row["user"])

    assert ask(f"{base}/issues/comments/{row['id']}").body["user"]["login"] == "ghost"
    assert row["user"] is not None


def test_a_private_repository_is_shown_to_who_may_see_it(world, base):
    world.set_private("good-token")
    seen = ask(base), ask(base, token="other-token"), ask(base, token="")

    world.publish()

    assert [one.status for one in seen] == [200, 404, 404]
    assert seen[0].body["visibility"] == "private"
    assert ask(base, token="").body["private"] is False


def test_a_renamed_repository_leads_to_its_number_and_another_may_take_the_name(world, other, base):
    world.rename("guild/great-hall")
    moved = ask(f"{base}/issues?page=2")

    other.full_name = "guild/hall"

    assert moved.status == 301
    assert moved.headers["Location"].endswith("/repositories/77001/issues?page=2")
    assert ask(base).body["id"] == 77_002


def test_a_force_push_rewrites_the_history(world, tmp_path):
    world.write_git(tmp_path)
    before = list(world.commits)

    dropped = world.force_push(drop=3, add=2)

    oids = git(tmp_path / "guild/hall.git", "rev-list", "--reverse", "main").split()
    assert (dropped, oids[:-2]) == (before[-3:], before[:-3])
    assert oids == list(world.commits)


def test_a_renamed_repository_takes_its_history_along(world, tmp_path):
    world.write_git(tmp_path)

    world.rename("elsewhere/hall")
    world.push(2)

    oids = git(tmp_path / "elsewhere/hall.git", "rev-list", "main").split()
    assert len(oids) == len(world.commits)


def test_everything_can_happen_within_one_second(world):
    with world.same_second():
        rows = [world.comment(an_issue(world)) for _ in range(5)]

    assert len({row["updated_at"] for row in rows}) == 1


def test_every_repository_of_a_token_is_listed(base, other):
    address = base.removesuffix("/repos/guild/hall")
    other.set_private("other-token")

    mine = ask(f"{address}/user/repos").body
    theirs = ask(f"{address}/user/repos", token="other-token").body

    assert [one["full_name"] for one in mine] == ["guild/hall"]
    assert [one["full_name"] for one in theirs] == ["guild/hall", "guild/annex"]
