"""One limiter before every request of a key, held against what the server saw."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.connections.keys import plain
from integrations.github import limits
from integrations.github.limits import Limiter
from integrations.github.transport import Transport
from tests.github_api.replies import Reply

ASKED = 40
PATH = "repos/guild/hall"


@pytest.fixture
def transport(github):
    opened = Transport(plain("good-token"))
    yield opened
    opened.close()


def ask_at_once(transport, *, threads: int = 16, requests: int = ASKED) -> None:
    """Many threads that all want something."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: transport.get(PATH), range(requests)))


def unguarded(monkeypatch) -> None:
    """Everybody is let through at once."""

    def enter(limiter, kind) -> bool:
        limiter._flying[kind] += 1
        return True

    monkeypatch.setattr(Limiter, "enter", enter)


def test_never_more_than_eight_are_under_way(github, transport):
    github.latency = 0.02

    ask_at_once(transport)

    assert 2 <= github.limits.record.at_once <= limits.CONNECTIONS


def test_two_runs_with_one_key_keep_to_eight_together(github, transport):
    github.latency = 0.02
    other = Transport(plain("good-token"))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ask_at_once, (transport, other)))
    other.close()

    assert github.limits.record.at_once <= limits.CONNECTIONS


def test_without_a_limiter_more_are_under_way(github, transport, monkeypatch):
    """The negative control."""
    unguarded(monkeypatch)
    github.latency = 0.05

    ask_at_once(transport)

    assert github.limits.record.at_once > limits.CONNECTIONS


def most_within(moments: list[float], span: float) -> int:
    """The most requests that came within any span of this length."""
    return max(sum(start <= one < start + span for one in moments) for start in moments)


@pytest.fixture
def moments(github, monkeypatch):
    """When the server was asked; a minute lasts half a second, and holds ten points."""
    monkeypatch.setattr(limits, "A_MINUTE", 0.5)
    monkeypatch.setitem(limits.POINTS, "rest", 10)
    seen: list[float] = []
    github.faults.append(lambda _: seen.append(time.monotonic()))
    return seen


def test_never_more_points_than_a_minute_holds(transport, moments):
    ask_at_once(transport, requests=25)

    # A request may be under way for longer than another, so the edge is left out.
    assert most_within(moments, 0.3) <= 10
    assert moments[-1] - moments[0] >= 0.8


def test_without_a_limiter_a_minute_holds_more(transport, moments, monkeypatch):
    """The negative control."""
    unguarded(monkeypatch)

    ask_at_once(transport, requests=25)

    assert most_within(moments, 0.3) > 10


def slow_down_once(github) -> None:
    """The tenth request is answered with a pause of a second."""
    asked = []

    def refuse(_) -> Reply | None:
        asked.append(1)
        is_chosen = len(asked) == 10
        told = {"Retry-After": "1"}
        return Reply(429, {"message": "rate limit"}, told) if is_chosen else None

    github.faults.append(refuse)


def test_a_pause_told_to_one_thread_stops_all_of_its_key(github, transport):
    github.latency = 0.005
    slow_down_once(github)

    ask_at_once(transport)

    assert github.limits.record.early == []
    assert [status for _, status in github.log].count(200) == ASKED


def test_without_the_shared_pause_requests_come_too_early(github, transport, monkeypatch):
    """The negative control."""
    monkeypatch.setattr(Limiter, "_blocked", lambda *_: 0.0)
    github.latency = 0.02
    slow_down_once(github)

    ask_at_once(transport, requests=200)

    assert github.limits.record.early != []
