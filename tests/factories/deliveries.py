"""Deliveries that wait in the table."""

import json
from itertools import count
from typing import Any

from community.projects.models import Repository
from integrations.connections.deliveries import packed
from integrations.connections.models import Delivery
from tests.factories import NOON

_numbers = count(1)


def deliver(
    event: str, payload: dict[str, Any], *, repository: Repository | None = None, **more: Any
) -> Delivery:
    """A delivery that nobody has processed yet."""
    if repository is not None:
        about = {"id": int(repository.external_id), "full_name": repository.name}
        payload = {**payload, "repository": about}
    body = json.dumps(payload).encode()
    fields = {
        "provider": "github",
        "delivery_id": f"{next(_numbers):08x}-0000",
        "event": event,
        "action": payload.get("action", ""),
        "hook_id": "4242",
        "repository_external_id": str((payload.get("repository") or {}).get("id", "")),
        "headers": {
            "Content-Type": "application/json",
            "X-GitHub-Hook-Installation-Target-Type": "repository",
        },
        "packed_body": packed(body),
        "size": len(body),
        "received_at": NOON,
    }
    return Delivery.objects.create(**{**fields, **more})
