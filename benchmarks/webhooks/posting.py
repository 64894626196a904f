"""Deliveries to post, of the size GitHub sends."""

import hmac
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Shot:
    """One request."""

    body: bytes
    headers: dict[str, str]


def shots(secret: str, chance: random.Random) -> Iterator[Shot]:
    """Signed deliveries of 8 to 40 KB; one in ten is forged, one in ten comes twice."""
    number = 0
    while True:
        number += 1
        draw = chance.random()
        one = shot(secret if draw > 0.1 else "guessed", number, chance)
        yield one
        if draw > 0.9:
            yield one


def shot(secret: str, number: int, chance: random.Random) -> Shot:
    """A delivery of an issue nobody is connected to."""
    payload = {
        "action": "edited",
        "issue": {"id": number, "number": number, "body": "x" * chance.randrange(8_000, 40_000)},
        "repository": {"id": 7, "full_name": "guild/hall"},
    }
    body = json.dumps(payload).encode()
    signature = hmac.new(secret.encode(), body, "sha256").hexdigest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/benchmark",
        "X-GitHub-Event": "issues",
        "X-GitHub-Delivery": str(uuid.UUID(int=chance.getrandbits(128))),
        "X-GitHub-Hook-ID": "1",
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    return Shot(body, headers)
