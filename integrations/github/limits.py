"""GitHub's limits: what an answer says is left, and how long it asks us to wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import urllib3
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Sentence
from integrations.connections.protocol import OutOfBudget

A_MINUTE = 60.0  # what GitHub asks for when a secondary limit names no time


@dataclass(frozen=True, slots=True)
class Budget:
    """Requests left until the reset."""

    remaining: int
    limit: int
    resets_at: datetime


def budget_of(headers: Mapping[str, str]) -> Budget | None:
    """The budget an answer tells of; None where it tells nothing."""
    try:
        return Budget(
            int(headers["X-RateLimit-Remaining"]),
            int(headers["X-RateLimit-Limit"]),
            reset_of(headers),
        )
    except (KeyError, ValueError):
        return None


def reset_of(headers: Mapping[str, str]) -> datetime:
    """When the budget is full again; a second later, since GitHub rounds down."""
    reset = int(headers.get("X-RateLimit-Reset", "0"))
    if not reset:
        return datetime.now(UTC) + timedelta(seconds=A_MINUTE)
    return datetime.fromtimestamp(reset + 1, tz=UTC)


def respect(budget: Budget | None) -> None:
    """Raise `OutOfBudget` rather than ask when nothing is left."""
    if budget and budget.remaining <= 0 and budget.resets_at > datetime.now(UTC):
        raise out_of_budget(budget.resets_at)


def out_of_budget(until: datetime) -> OutOfBudget:
    """The pause, in the maintainer's words."""
    reason = _("GitHub's limit of requests is used up; reading goes on at %(until_at)s.")
    return OutOfBudget(until, Sentence(reason, {"until_at": until.isoformat()}))


def wanted_wait(response: urllib3.BaseHTTPResponse) -> float | None:
    """Seconds a limiting answer wants us to wait; None when it limits nothing.

    The primary limit comes with no requests left, the secondary with
    Retry-After or only a sentence that speaks of it.
    """
    if response.status not in {403, 429}:
        return None
    headers = response.headers
    if headers.get("Retry-After", "").isdigit():
        return float(headers["Retry-After"])
    if headers.get("X-RateLimit-Remaining") == "0":
        return max((reset_of(headers) - datetime.now(UTC)).total_seconds(), 1.0)
    is_limit = response.status == 429 or b"rate limit" in response.data.lower()
    return A_MINUTE if is_limit else None
