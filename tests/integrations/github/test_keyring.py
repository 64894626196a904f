"""Several keys: the one that can afford it is asked with, a refused one is laid aside."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from community.lib.refusals import Refused
from integrations.connections.keys import PlainKey
from integrations.connections.protocol import OutOfBudget
from integrations.github.limits import Budget, limiter_of
from integrations.github.transport import Transport

ONE, OTHER = PlainKey("good-token"), PlainKey("other-token")
PATH = "repos/guild/hall"


@pytest.fixture
def transport(github):
    github.tokens = ("good-token", "other-token")
    opened = Transport([ONE, OTHER])
    yield opened
    opened.close()


def tokens(github) -> list[str]:
    """With what each request came."""
    return [asked.token for asked, _ in github.log]


def spend(github, key: PlainKey, *, minutes: int) -> None:
    """Nothing is left of a key until then."""
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    limiter_of(github.base, key.mark).budgets["rest"] = Budget(0, 5_000, until)


def test_one_key_used_up_at_github_leaves_the_other_to_go_on(github, transport):
    github.limits.limits["good-token"] = 2

    for _ in range(5):
        transport.get(PATH)

    good = [token for (asked, status) in github.log if status == 200 for token in [asked.token]]
    assert (len(good), set(good) >= {"other-token"}) == (5, True)


def test_both_used_up_park_until_the_earlier_reset(github, transport):
    spend(github, ONE, minutes=50)
    spend(github, OTHER, minutes=20)

    with pytest.raises(OutOfBudget) as parked:
        transport.get(PATH)

    wait = parked.value.until - datetime.now(UTC)
    assert timedelta(minutes=19) < wait <= timedelta(minutes=20)
    assert github.log == []


def test_a_revoked_key_is_laid_aside_and_named(github, transport):
    github.tokens = ("other-token",)

    for _ in range(3):
        assert transport.get(PATH).data["full_name"] == "guild/hall"

    assert transport.keys.refused == [ONE.mark]
    assert tokens(github).count("good-token") == 1


def test_the_last_key_refused_ends_the_run(github, transport):
    github.tokens = ()

    with pytest.raises(Refused) as refused:
        transport.get(PATH)

    assert refused.value.code == "bad_token"
    assert len(github.log) == 2


def test_a_validator_goes_only_with_the_key_that_got_it(github, transport):
    etag = transport.get(PATH).etag
    owner = ONE if etag.by == ONE.mark else OTHER
    again = transport.get(PATH, etag)
    spend(github, owner, minutes=30)

    other = transport.get(PATH, etag)

    sent = ["if-none-match" in asked.headers for asked, _ in github.log]
    assert (again.data, other.data["full_name"]) == (None, "guild/hall")
    assert sent == [False, True, False]
    assert len(set(tokens(github)[:2])) == 1


@dataclass
class Passes:
    """An app's key, whose pass is one of these in turn."""

    left: list[str] = field(default_factory=lambda: ["good-token"])
    now: str = "revoked"
    mark: str = "app"

    def secret(self) -> str:
        return self.now

    def renew(self) -> bool:
        if not self.left:
            return False
        self.now = self.left.pop()
        return True


def test_the_renewed_pass_of_an_app_is_asked_with_after_a_refusal(github):
    transport = Transport([Passes()])

    found = transport.get(PATH)
    transport.close()

    assert found.data["full_name"] == "guild/hall"
    assert (tokens(github), transport.keys.refused) == (["revoked", "good-token"], [])


def test_a_key_that_cannot_be_renewed_is_not_asked_with_for_ever(github):
    transport = Transport([Passes(left=["revoked too"])])

    with pytest.raises(Refused) as refused:
        transport.get(PATH)
    transport.close()

    assert refused.value.code == "bad_token"
    assert tokens(github) == ["revoked", "revoked too"]
