"""GitHub Apps on the local GitHub: who the app is, where it is installed, its passes.

    apps = Apps(github)            # from now on the server knows one app
    apps.install("guild")          # gives the number of the installation
    apps.suspend(number)           # or apps.remove(number)
    apps.revoke_passes()           # what was handed out opens nothing any more

It stands before the server as a fault does, and hands out passes the server accepts.
"""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.github_api.replies import Asked, Reply, as_text, paged
from tests.github_api.rest import Rest
from tests.github_api.server import GitHub

APP_ID = "4711"
LIFE = timedelta(hours=1)


@cache
def private_key() -> str:
    """A key as GitHub hands it out, the same for the whole process."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()


@cache
def public_key() -> Any:
    """What the server judges the app's signature by."""
    loaded = serialization.load_pem_private_key(private_key().encode(), password=None)
    return loaded.public_key()


@dataclass
class Apps:
    """One app, its installations and the passes they were given."""

    github: GitHub
    slow_by: float = 0  # seconds the server's clock is behind
    codes: set[str] = field(default_factory=set)  # of manifests, each good once
    installed: dict[int, dict[str, Any]] = field(default_factory=dict)
    passes: dict[str, datetime] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.github.faults.insert(0, self)

    def install(self, account: str) -> int:
        number = 900 + next(self.numbers)
        self.installed[number] = {
            "id": number,
            "account": {"login": account, "id": number, "type": "Organization"},
            "app_id": int(APP_ID),
            "repository_selection": "selected",
            "suspended_at": None,
        }
        return number

    def suspend(self, number: int) -> None:
        self.installed[number]["suspended_at"] = "2026-03-01T00:00:00Z"

    def remove(self, number: int) -> None:
        del self.installed[number]

    def revoke_passes(self) -> None:
        self.github.tokens = tuple(one for one in self.github.tokens if one not in self.passes)

    def __call__(self, asked: Asked) -> Reply | None:
        """What concerns apps; None for all else."""
        self._end_passes()
        parts = asked.path.strip("/").split("/")
        if parts[0] == "app-manifests" and asked.method == "POST":
            return self._made(parts[1])
        if parts[0] == "app":
            return self._no(asked) or self._as_app(asked, parts[1:])
        if parts == ["installation", "repositories"]:
            return self._repositories(asked)
        return None

    def _end_passes(self) -> None:
        now = datetime.fromtimestamp(time.time(), UTC)
        ended = {one for one, until in self.passes.items() if until <= now}
        self.github.tokens = tuple(one for one in self.github.tokens if one not in ended)

    def _no(self, asked: Asked) -> Reply | None:
        token = asked.headers.get("authorization", "").partition(" ")[2]
        off = {"verify_exp": False, "verify_iat": False}
        try:
            said = jwt.decode(token, public_key(), algorithms=["RS256"], options=off)
        except jwt.PyJWTError:
            return Reply(401, {"message": "A JSON web token could not be decoded"})
        now = time.time() - self.slow_by
        if said["iss"] != APP_ID or said["iat"] > now:
            message = "'Issued at' claim ('iat') must be an Integer in the past"
            return Reply(401, {"message": message})
        if not now < said["exp"] <= now + 600 + self.slow_by:
            return Reply(401, {"message": "'Expiration time' claim ('exp') is too far or past"})
        return None

    def _as_app(self, asked: Asked, rest: list[str]) -> Reply:
        if not rest:
            return Reply(200, described())
        if rest == ["installations"]:
            rows = list(self.installed.values())
            return paged(f"{self.github.base}{asked.path}", rows, asked.query, as_text)
        number = int(rest[1]) if rest[1].isdigit() else 0
        found = self.installed.get(number)
        if found is None or rest[2:] != ["access_tokens"]:
            return Reply(404, {"message": "Not Found"})
        if found["suspended_at"]:
            return Reply(403, {"message": "This installation has been suspended"})
        return self._pass(found)

    def _pass(self, installation: dict[str, Any]) -> Reply:
        token = f"ghs_{installation['id']}pass{len(self.passes) + 1:04}"
        until = datetime.fromtimestamp(time.time(), UTC) + LIFE
        self.passes[token] = until
        self.github.tokens += (token,)
        return Reply(201, {"token": token, "expires_at": f"{until:%Y-%m-%dT%H:%M:%SZ}"})

    def _repositories(self, asked: Asked) -> Reply:
        token = asked.headers.get("authorization", "").partition(" ")[2]
        if token not in self.passes or token not in self.github.tokens:
            return Reply(401, {"message": "Bad credentials"})
        rows = [Rest(world, self.github.base).repository() for world in self.github.worlds]
        return Reply(200, {"total_count": len(rows), "repositories": rows})

    def _made(self, code: str) -> Reply:
        if code not in self.codes:
            return Reply(404, {"message": "Not Found"})
        self.codes.remove(code)
        secrets = {"pem": private_key(), "webhook_secret": "hook-secret-0123456789"}
        return Reply(201, {**described(), **secrets, "client_id": "Iv1.x", "client_secret": "y"})


def described() -> dict[str, Any]:
    return {
        "id": int(APP_ID),
        "slug": "guildhall-reader",
        "name": "Guildhall reader",
        "html_url": "https://github.com/apps/guildhall-reader",
    }
