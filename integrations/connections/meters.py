"""What is left of a key, as meters."""

from datetime import datetime
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from integrations.connections.models import Credential

KINDS = {"rest": "REST", "graphql": "GraphQL"}
LOW = 0.1


def meters(credential: Credential, at: datetime) -> list[dict[str, Any]]:
    """One per limit that a run has seen, full again once its reset has passed."""
    found = []
    for kind, name in KINDS.items():
        left = credential.budgets.get(kind) or {}
        if not left.get("limit") or left.get("remaining") is None:
            continue
        resets_at = datetime.fromisoformat(left["resets_at"]) if left.get("resets_at") else None
        is_over = resets_at is not None and resets_at <= at
        remaining = left["limit"] if is_over else left["remaining"]
        share = remaining / left["limit"]
        values = {"left": _number(remaining), "limit": _number(left["limit"])}
        found.append(
            {
                "label": name,
                "text": _("%(left)s of %(limit)s left") % values,
                "share": share,
                "kind": "warn" if share < LOW else "",
                "resets_at": None if is_over else resets_at,
            }
        )
    return found


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)
