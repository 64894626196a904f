"""What a token may ask, what is noted, and what goes wrong on order."""

import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest

from tests.github_api.asking import ask, graphql
from tests.github_api.faults import ANYWHERE, OF_LISTS, Faults
from tests.github_api.limits import POINTS
from tests.github_api.server import GitHub, Reply, serving
from tests.github_api.world import World

QUERY = '{ repository(owner: "guild", name: "hall") { id } rateLimit { remaining } }'


@pytest.fixture
def github():
    return GitHub(World(), tokens=("good-token", "other-token"))


@pytest.fixture
def base(github):
    with serving(github) as address:
        yield f"{address}/repos/guild/hall"


def left(answer) -> int:
    return int(answer.headers["X-RateLimit-Remaining"])


def test_each_token_and_each_resource_has_a_budget_of_its_own(github, base):
    github.limits.limits["other-token"] = 15_000
    mine = [left(ask(base)) for _ in range(2)]

    theirs = left(ask(base, token="other-token"))
    found = graphql(github.base, QUERY)

    assert (mine, theirs) == ([4_999, 4_998], 14_999)
    assert found["data"]["rateLimit"] == {"remaining": 4_999}


def test_what_has_not_changed_is_not_billed(base):
    first = ask(base)

    again = ask(base, If_None_Match=first.headers["ETag"])

    assert (again.status, left(again), again.body) == (304, left(first), None)


def test_a_spent_budget_is_refused_until_the_reset(github, base, time_machine):
    github.limit = 1
    seen = [ask(base).status for _ in range(2)]
    query = [graphql(github.base, QUERY) for _ in range(2)][-1]

    time_machine.move_to(github.resets_at, tick=True)

    assert (seen, ask(base).status) == ([200, 403], 200)
    assert query["errors"][0]["type"] == "RATE_LIMITED"


def test_too_much_within_a_minute_is_refused_where_that_is_enforced(github, base, monkeypatch):
    monkeypatch.setitem(POINTS, "core", 3)
    lenient = [ask(base).status for _ in range(4)]

    github.limits.enforces = True
    strict = ask(base)

    assert (lenient, strict.status) == ([200] * 4, 403)
    assert strict.headers["Retry-After"] == "60"
    assert github.limits.record.points == {"core": 5}


def test_the_most_at_once_is_noted(github, base):
    github.latency = 0.2

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: ask(base), range(6)))

    assert 2 <= github.limits.record.at_once <= 6


def test_a_request_within_a_pause_is_noted(github, base):
    answers = [Reply(429, {"message": "Slow down"}, {"Retry-After": "1"})]
    github.faults.append(lambda asked: answers.pop() if answers else None)
    ask(base)
    time.sleep(0.4)

    ask(base)
    early = len(github.limits.record.early)
    time.sleep(1)
    ask(base)

    assert (early, len(github.limits.record.early)) == (1, 1)


@pytest.mark.parametrize("kind", [*ANYWHERE, *OF_LISTS])
def test_each_fault_can_be_told_from_the_right_answer(github, base, kind):
    asked = "/issues?state=all&per_page=10&page=2"
    right = ask(f"{base}{asked}").body
    faults = Faults(github, seed=1, share=1, kinds=(kind,))
    github.faults.append(faults)

    try:
        found = ask(f"{base}{asked}")
        is_right = found.status == 200 and found.body == right
    except (ValueError, OSError, HTTPException):
        is_right = False

    assert (is_right, faults.told[kind]) == (False, 1)


def test_the_same_seed_spoils_the_same_requests(github):
    def told(seed: int) -> list[int]:
        github.faults[:] = [Faults(github, seed, kinds=("403",))]
        with serving(github) as address:
            pages = range(1, 60)
            at = f"{address}/repos/guild/hall/issues/comments?per_page=2&page="
            return [page for page in pages if ask(f"{at}{page}").status == 403]

    assert told(1) == told(1) != told(2)
