"""Bodies of deliveries read strictly: what GitHub would never send is refused."""

import json
import math
from typing import Any

from integrations.connections.deliveries import unwrapped

DEEPEST = 100
# What the payload of an event is about; a body without it was not sent with this event.
SUBJECTS = {
    "discussion": "discussion",
    "installation": "installation",
    "installation_repositories": "installation",
    "issue_comment": "comment",
    "issues": "issue",
    "label": "label",
    "member": "member",
    "milestone": "milestone",
    "ping": "hook_id",
    "pull_request": "pull_request",
    "pull_request_review": "review",
    "pull_request_review_comment": "comment",
    "push": "ref",
    "release": "release",
    "repository": "repository",
}
# What else would be there if the body had been sent with another event.
COMPANIONS = {
    "issue_comment": "issue",
    "pull_request_review": "pull_request",
    "pull_request_review_comment": "pull_request",
}


def read_payload(body: bytes, content_type: str, event: str) -> dict[str, Any]:
    """The payload. Raises ValueError for what is no payload of this event."""
    try:
        payload = json.loads(
            unwrapped(body, content_type),
            object_pairs_hook=_once,
            parse_constant=_refuse,
            parse_float=_finite,
        )
    except RecursionError:
        raise ValueError("The body is nested too deep.") from None
    if not isinstance(payload, dict) or is_deep(payload):
        raise ValueError("The body is no object, or nested too deep.")
    if SUBJECTS.get(event, "") and SUBJECTS[event] not in payload:
        raise ValueError("The body does not belong to the event.")
    if COMPANIONS.get(event, "") and COMPANIONS[event] not in payload:
        raise ValueError("The body does not belong to the event.")
    return payload


def is_deep(payload: Any) -> bool:
    """Whether anything is nested deeper than GitHub ever nests."""
    level = [payload]
    for _depth in range(DEEPEST):
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name stands twice.")
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("A number is too large.")
    return number
