"""The rule of the invented community: who may vote."""

from datetime import datetime
from typing import Any

from contributors.criteria.actions import create_rule
from contributors.criteria.models import Rule

SLUG = "voters"
WINDOW: dict[str, Any] = {
    "kinds": ["change_request", "commit", "issue", "issue_comment", "review", "review_comment"],
    "days": 365,
}
DOCUMENT: dict[str, Any] = {
    "all": [
        {"count": {**WINDOW, "at_least": 50, "caps": {"per_day": 5, "per_kind": 100}}},
        {"spread": {**WINDOW, "weeks": 8}},
        {"tenure": {"days": 180}},
        {"is_not": ["bot", "suspended"]},
    ]
}


def make_rule(at: datetime) -> Rule:
    """Written by nobody, so that it can go with the demo."""
    return create_rule(
        slug=SLUG,
        title="Voters",
        purpose="Who may vote in the elections of the community.",
        document=DOCUMENT,
        by=None,
        at=at,
    )
