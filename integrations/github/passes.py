"""GitHub Apps: the app shows its own key and receives a pass to where it is installed."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import quote

import jwt
import urllib3
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from jwt.exceptions import PyJWTError
from urllib3.exceptions import HTTPError

from community.lib.refusals import Refused, Sentence
from integrations.connections.keys import Key, mark_of
from integrations.connections.protocol import App, Installation, NewApp

EARLY = timedelta(minutes=5)  # a pass lives an hour; it must not end under a request
JUST_NOW = timedelta(seconds=10)
BACK = 60  # seconds: GitHub refuses what was signed in the future by its own clock
TRIES = 3
MOST_PAGES = 10
TIMEOUT = urllib3.Timeout(connect=10, read=20)
PERMISSIONS = ("contents", "issues", "metadata", "pull_requests")
WANTED_EVENTS = (
    "create",
    "delete",
    "issue_comment",
    "issues",
    "label",
    "milestone",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "push",
    "release",
    "repository",
)
HEADERS = {
    "Accept": "application/vnd.github+json",
    "User-Agent": "guildhall",
    "X-GitHub-Api-Version": "2022-11-28",
}


@dataclass(frozen=True, slots=True, repr=False)
class Pass:
    """What an installation is opened with for a while."""

    token: str
    expires_at: datetime
    given_at: datetime


# One per process and installation: every run of an hour shares a pass.
_passes: dict[tuple[str, str], Pass] = {}
_lock = Lock()
_pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT)


@dataclass(frozen=True, slots=True, repr=False)
class AppKey:
    """The key to one installation; its pass is renewed before it ends."""

    app_id: str
    private_key: str
    installation_id: str

    @property
    def mark(self) -> str:
        return mark_of(f"app {self.app_id} installation {self.installation_id}")

    def secret(self) -> str:
        """A pass that holds for minutes yet. Raises `Refused`."""
        place = (settings.GITHUB_API_URL, self.mark)
        with _lock:
            found = _passes.get(place)
            if found is None or found.expires_at - EARLY <= datetime.now(UTC):
                found = _passes[place] = self._asked()
        return found.token

    def renew(self) -> bool:
        """Forget a pass that GitHub turned away, unless another thread has renewed it just now."""
        place = (settings.GITHUB_API_URL, self.mark)
        with _lock:
            found = _passes.get(place)
            if found is not None and found.given_at <= datetime.now(UTC) - JUST_NOW:
                del _passes[place]
        return True

    def _asked(self) -> Pass:
        path = f"app/installations/{quote(self.installation_id, safe='')}/access_tokens"
        given = ask("POST", path, as_app(self.app_id, self.private_key))
        until = datetime.fromisoformat(given["expires_at"])
        return Pass(given["token"], until, given_at=datetime.now(UTC))


def as_app(app_id: str, private_key: str) -> dict[str, str]:
    """The header an app shows itself with. Raises `Refused` for what is no private key."""
    try:
        now = int(time.time())
        claims = {"iat": now - BACK, "exp": now + 300, "iss": app_id}
        token = jwt.encode(claims, private_key, algorithm="RS256")
    except (PyJWTError, ValueError, TypeError):
        reason = Sentence(_("This is no private key as GitHub gives it, a text in PEM."))
        raise Refused("bad_private_key", reason) from None
    return {"Authorization": f"Bearer {token}"}


def app(app_id: str, private_key: str) -> App:
    """The app behind a number and a key. Raises `Refused`."""
    return _described(ask("GET", "app", as_app(app_id, private_key)))


def installations(app_id: str, private_key: str) -> Sequence[Installation]:
    """Where the app is installed, some hundreds at most. Raises `Refused`."""
    return [
        Installation(
            id=str(one["id"]),
            account=one["account"]["login"],
            is_suspended=bool(one.get("suspended_at")),
            covers_all=one.get("repository_selection") == "all",
        )
        for page in _pages("app/installations", app_id, private_key)
        for one in page
        if one.get("account")
    ]


def _pages(path: str, app_id: str, private_key: str) -> Iterator[list[Mapping[str, Any]]]:
    for number in range(1, MOST_PAGES + 1):
        headers = as_app(app_id, private_key)
        page = ask("GET", f"{path}?per_page=100&page={number}", headers)
        yield page
        if len(page) < 100:
            return


def app_from_manifest(code: str) -> NewApp:
    """The app that was just made from our manifest, with its secrets. Raises `Refused`."""
    made = ask("POST", f"app-manifests/{quote(code, safe='')}/conversions", {})
    return NewApp(_described(made), made["pem"], made.get("webhook_secret") or "")


def manifest(site: str, *, done: str, installed: str) -> dict[str, Any]:
    """An app that may only read, with our webhook where GitHub could reach it."""
    found: dict[str, Any] = {
        "name": f"{settings.COMMUNITY_NAME[:24]} reader",
        "url": site,
        "redirect_url": f"{site}{done}",
        "setup_url": f"{site}{installed}",
        "public": False,
        "default_permissions": dict.fromkeys(PERMISSIONS, "read"),
    }
    if site.startswith("https://"):  # GitHub refuses an address of this machine alone
        found["hook_attributes"] = {"url": f"{site}{reverse('github:webhook')}", "active": True}
        found["default_events"] = list(WANTED_EVENTS)
    return found


def _described(payload: Mapping[str, Any]) -> App:
    address = str(payload.get("html_url") or "")
    install_url = f"{address}/installations/new" if address.startswith("https://") else ""
    return App(str(payload["id"]), str(payload.get("name") or ""), install_url)


def ask(method: str, path: str, headers: Mapping[str, str]) -> Any:
    """What GitHub answers an app; faults of the way are tried again. Raises `Refused`."""
    for _attempt in range(TRIES):
        try:
            answer = _pool.request(
                method,
                f"{settings.GITHUB_API_URL}/{path}",
                headers={**HEADERS, **headers},
                redirect=False,
            )
            data = json.loads(answer.data)
        except (HTTPError, ValueError):
            continue
        if answer.status < 300:
            return data
        if answer.status < 500:
            raise refusal(answer.status, str(data.get("message", "")))
    raise Refused(
        "unreachable", Sentence(_("GitHub did not answer properly. We will try again later."))
    )


def refusal(status: int, said: str) -> Refused:
    """GitHub's no to an app, in the maintainer's words."""
    if status == 401:
        reason = Sentence(_("GitHub does not accept the app's private key. It may be revoked."))
        return Refused("bad_app_key", reason)
    if status == 403 and "suspended" in said.lower():
        reason = Sentence(_("The app's installation is suspended. Its owner can lift that."))
        return Refused("suspended", reason)
    if status in {404, 410}:
        reason = Sentence(_("The app is no longer installed there, or the code has run out."))
        return Refused("not_installed", reason)
    reason = Sentence(_("GitHub refuses this to the app: %(said)s"), {"said": said or str(status)})
    return Refused("no_access", reason)


class Passes:
    """The part of the connector that knows apps; see `Installable`."""

    def app_key(self, app_id: str, private_key: str, installation_id: str) -> Key:
        """The key to where an app is installed."""
        return AppKey(app_id, private_key, installation_id)

    def app(self, app_id: str, private_key: str) -> App:
        """The app behind a number and a key. Raises `Refused`."""
        return app(app_id, private_key)

    def installations(self, app_id: str, private_key: str) -> Sequence[Installation]:
        """Where the app is installed. Raises `Refused`."""
        return installations(app_id, private_key)

    def manifest(self, site: str, *, done: str, installed: str) -> Mapping[str, Any]:
        """What to make an app from; see `Installable`."""
        return manifest(site, done=done, installed=installed)

    def maker_address(self, organization: str, *, state: str) -> str:
        """GitHub's page that takes a manifest, for an account or an organization."""
        owner = f"/organizations/{quote(organization, safe='')}" if organization else ""
        return f"{settings.GITHUB_URL}{owner}/settings/apps/new?state={quote(state, safe='')}"

    def app_from_manifest(self, code: str) -> NewApp:
        """The app that was just made from our manifest. Raises `Refused`."""
        return app_from_manifest(code)
