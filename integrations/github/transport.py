"""One connection to GitHub's API: authorized, counted, patient with faults, obedient to limits."""

import json
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext_noop as _
from github.Auth import Token
from urllib3.exceptions import HTTPError

from community.lib.refusals import Refused, Sentence
from integrations.github import limits

TRIES = 5
PATIENCE = 20  # seconds we sleep in place rather than park the run
TIMEOUT = urllib3.Timeout(connect=10, read=40)
HOPS = 3
UNSEEN = _("GitHub shows this token nothing at this address.")


class Gone(Refused):
    """What was asked for is not there: 404 or 410."""


class Locked(Refused):
    """GraphQL is shut: GitHub opens it to tokens only."""


class Overloaded(Exception):
    """GitHub could not answer a query in time; a smaller one may pass."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A parsed body, or None when nothing changed since the validator given."""

    data: Any
    url: str
    etag: str = ""
    next_url: str = ""
    last_url: str = ""  # of a list's last page; empty on it


class Transport:
    """Requests of one run under one token."""

    def __init__(self, token: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.counts: Counter[str] = Counter()
        self.budgets: dict[str, limits.Budget] = {}
        self.token = token
        self.base = settings.GITHUB_API_URL
        self._sleep = sleep
        self._is_locked = False
        self._pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT)
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Accept-Encoding": "gzip",
            "User-Agent": "guildhall",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        if token:
            Token(token).authentication(self._headers)

    @property
    def token_mark(self) -> str:
        """Tells tokens apart without telling them; validators belong to one token."""
        return sha256(self.token.encode()).hexdigest()[:12]

    def get(self, path: str, etag: str = "", **parameters: Any) -> Answer:
        """A REST answer. Raises `Refused`, `Gone` or `OutOfBudget`."""
        url = path if path.startswith(("http://", "https://")) else f"{self.base}/{path}"
        if parameters:
            url = f"{url}?{urlencode(parameters)}"
        headers = {"If-None-Match": etag} if etag else {}
        for _hop in range(HOPS):
            response, data = self._tried("GET", url, headers=headers)
            if response.status not in {301, 302, 307, 308}:
                break
            url = self._redirected(url, response.headers.get("Location", ""))
        if response.status == 304:
            self.counts["not_modified"] += 1
            return Answer(None, url, etag)
        self._refuse(response, data)
        links = links_of(response.headers.get("Link", ""))
        etag = response.headers.get("ETag", "")
        return Answer(data, url, etag, links.get("next", ""), links.get("last", ""))

    def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a GraphQL answer. Raises `Overloaded`, `Locked` or what `get` does."""
        data, is_whole = self._queried(query, variables)
        if not is_whole:
            raise Gone("not_found", Sentence(UNSEEN))
        return data

    def graphql_partly(self, query: str, **variables: Any) -> dict[str, Any]:
        """The same, with null for what GitHub does not find within the repository."""
        return self._queried(query, variables)[0]

    def _queried(self, query: str, variables: Mapping[str, Any]) -> tuple[dict[str, Any], bool]:
        """The data, and whether everything asked for was found."""
        if self._is_locked:
            raise Locked("needs_token", Sentence(_("GitHub's GraphQL needs a token.")))
        body = json.dumps({"query": query, "variables": variables}).encode()
        response, answer = self._tried("POST", graphql_address(self.base), body=body)
        if self._is_shut("graphql", response):
            self._is_locked = True
            raise Locked("needs_token", Sentence(_("GitHub's GraphQL needs a token.")))
        self._refuse(response, answer)
        errors = answer.get("errors") or []
        kinds = {error.get("type", "") for error in errors}
        data: dict[str, Any] = answer.get("data") or {}
        if "RATE_LIMITED" in kinds:
            raise limits.out_of_budget(limits.reset_of(response.headers))
        if kinds == {"NOT_FOUND"} and data.get("repository"):
            return data, False
        if kinds & {"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES"}:
            raise Gone("not_found", Sentence(UNSEEN))
        if errors or not data:
            raise Overloaded(errors[0].get("message", "") if errors else "no data")
        return data, True

    def _tried(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> tuple[urllib3.BaseHTTPResponse, Any]:
        """Ask until there is a whole answer; faults of the way are tried again, with pauses."""
        kind = "graphql" if method == "POST" else "rest"
        for attempt in range(1, TRIES + 1):
            limits.respect(self.budgets.get(kind))
            self.counts[kind] += 1
            response: urllib3.BaseHTTPResponse | None = None
            wait: float | None = None
            try:
                response = self._pool.request(
                    method,
                    url,
                    body=body or None,
                    headers={**self._headers, **(headers or {})},
                    redirect=False,
                )
                if self._is_shut(kind, response):
                    return response, None
                self._note_budget(kind, response.headers)
                wait = limits.wanted_wait(response)
                if wait is None and response.status < 500:
                    return response, parsed(response)
            except (HTTPError, ValueError):
                response = None
            if wait is not None:
                self._wait_or_park(wait)
            elif attempt == TRIES or (kind == "graphql" and response is not None and attempt > 1):
                break
            else:
                self._sleep(min(2 ** (attempt - 1), 8) * random.uniform(0.5, 1))  # noqa: S311
        if kind == "graphql":
            raise Overloaded
        reason = Sentence(_("GitHub did not answer properly. We will try again later."))
        raise Refused("unreachable", reason)

    def _is_shut(self, kind: str, response: urllib3.BaseHTTPResponse) -> bool:
        """Whether GraphQL turns us away for want of a token; it may say that no request is left."""
        return kind == "graphql" and not self.token and response.status in {401, 403}

    def _wait_or_park(self, seconds: float) -> None:
        """Sleep a short pause that GitHub asked for; a long one parks the run."""
        if seconds > PATIENCE:
            raise limits.out_of_budget(datetime.now(UTC) + timedelta(seconds=seconds))
        self._sleep(seconds)

    def _note_budget(self, kind: str, headers: Mapping[str, str]) -> None:
        if budget := limits.budget_of(headers):
            self.budgets[kind] = budget

    def _redirected(self, url: str, location: str) -> str:
        """Where a moved repository lives now; never another host, it would see the token."""
        target = urljoin(url, location)
        if urlsplit(target)[:2] != urlsplit(self.base)[:2]:
            reason = Sentence(_("GitHub sent us to another host, which we do not follow."))
            raise Refused("moved_away", reason)
        return target

    def _refuse(self, response: urllib3.BaseHTTPResponse, data: Any) -> None:
        """Turn an error answer into a sentence for the maintainer."""
        if response.status < 300:
            return
        said = data.get("message", "") if isinstance(data, dict) else ""
        if response.status == 401:
            reason = _("GitHub does not accept the token. It may be mistyped, expired or revoked.")
            if not self.token:
                reason = _("GitHub asks for a token. Set GITHUB_TOKEN or store one here.")
            raise Refused("bad_token", Sentence(reason))
        if response.status in {404, 410}:
            reason = _("GitHub finds nothing at this address, or the token may not see it.")
            raise Gone("not_found", Sentence(reason))
        if response.status == 403:
            reason = _("GitHub refuses access with this token: %(said)s")
            raise Refused("no_access", Sentence(reason, {"said": said or "403"}))
        reason = _("GitHub answered with status %(status)s: %(said)s")
        values = {"status": response.status, "said": said}
        raise Refused("github_error", Sentence(reason, values))


def parsed(response: urllib3.BaseHTTPResponse) -> Any:
    """The JSON body; ValueError for anything else, such as a proxy's HTML page."""
    if response.status in {301, 302, 304, 307, 308} or not response.data:
        return None
    return json.loads(response.data)


def graphql_address(base: str) -> str:
    """Enterprise serves REST at /api/v3 and GraphQL at /api/graphql."""
    return f"{base.removesuffix('/v3')}/graphql"


def links_of(header: str) -> dict[str, str]:
    """The addresses of a Link header by their rel."""
    found = {}
    for part in header.split(","):
        address, _sep, rel = part.partition(";")
        if 'rel="' in rel:
            found[rel.split('rel="')[1].split('"')[0]] = address.strip().strip("<>")
    return found
