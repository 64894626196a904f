"""Amendments as published folders hold them."""

from datetime import UTC
from typing import Any

from governance.rolls.models import Roll


def amendments_document(roll: Roll) -> list[dict[str, Any]]:
    """What each amendment changed, in order, naming nobody."""
    return [
        {
            "number": one.number,
            "kind": one.kind,
            "leaf": one.leaf,
            "before": one.before,
            "after": one.after,
            "at": f"{one.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        }
        for one in roll.amendments.order_by("number")
    ]
