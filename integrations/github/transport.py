"""Requests to GitHub's API: authorized, counted, patient with faults, obedient to limits."""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Event, Lock
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext_noop as _
from urllib3.exceptions import HTTPError

from community.lib.refusals import Refused, Sentence
from integrations.connections.keys import Key
from integrations.github import limits
from integrations.github.answers import (
    MOVED,
    NO_ETAG,
    Answer,
    Etag,
    Gone,
    Locked,
    Overloaded,
    TooDeep,
    answer_of,
    kept_answer,
    kept_data,
    parsed,
    refuse,
    said_by,
)
from integrations.github.keyring import Held, Keyring
from integrations.github.shelf import NO_SHELF, Shelf
from integrations.github.sockets import Sockets

__all__ = ["NO_ETAG", "Answer", "Etag", "Gone", "Locked", "Overloaded", "TooDeep", "Transport"]

TRIES = 5
PAUSE = 1.0  # seconds after the first fault, doubled after each further one
LONGEST_PAUSE = 8.0
TIMEOUT = urllib3.Timeout(connect=10, read=40)
HOPS = 3
SHUT = _("GitHub's GraphQL needs a token.")
UNSEEN = _("GitHub shows this token nothing at this address.")


class Transport:
    """The requests of one run; any number of threads may ask at once."""

    def __init__(self, keys: Sequence[Key] = (), *, shelf: Shelf = NO_SHELF) -> None:
        self.shelf = shelf
        self.counts: Counter[str] = Counter()
        self.base = settings.GITHUB_API_URL
        self.stop = Event()
        self.keys = Keyring(keys, self.base, self.stop)
        # What takes the processor is done one by one, so that who waits for it has its answer
        # on the shelf: side by side, answers would lie unread and be lost with this process.
        self.turn = Lock()
        self._lock = Lock()
        self._is_locked = False
        self._sockets = Sockets(connections=limits.CONNECTIONS, timeout=TIMEOUT)
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Accept-Encoding": "gzip",
            "User-Agent": "guildhall",
            "X-GitHub-Api-Version": "2022-11-28",
        }

    def close(self) -> None:
        """End what is under way in other threads, whatever it waits for."""
        self.stop.set()
        self._sockets.close()

    def get(self, path: str, etag: Etag = NO_ETAG, **parameters: Any) -> Answer:
        """A REST answer. Raises `Refused`, `Gone` or `OutOfBudget`."""
        return self._got(self._address(path, parameters), etag)

    def get_kept(self, path: str, etag: Etag = NO_ETAG, **parameters: Any) -> Answer:
        """The same from the shelf, or put there, so that a run cut off need not ask again."""
        url = self._address(path, parameters)
        return self._found(url, etag) or self._got(url, etag, asked_as(url, etag))

    def get_anew(self, path: str, etag: Etag = NO_ETAG, **parameters: Any) -> Answer:
        """Never from the shelf, but put there: a second look is for what happened since."""
        url = self._address(path, parameters)
        return self._got(url, etag, asked_as(url, etag))

    def get_opening(self, path: str, etag: Etag = NO_ETAG, **parameters: Any) -> Answer:
        """What a reading opens with, as `get_kept`; a run cut off goes on from the same look.

        So the validator of that look is answered "not modified": what happened
        since is for the next reading, as if this one had not been cut off.
        """
        url = self._address(path, parameters)
        if found := self._found(url, etag):
            return found
        answer = self._got(url, etag, asked_as(url, etag))
        if answer.data is not None and answer.etag:
            same = replace(answer, data=None)
            self.shelf.keep(asked_as(url, answer.etag), b"", said_by(same))
        return answer

    def _address(self, path: str, parameters: Mapping[str, Any]) -> str:
        url = path if path.startswith(("http://", "https://")) else f"{self.base}/{path}"
        return f"{url}?{urlencode(parameters)}" if parameters else url

    def _found(self, url: str, etag: Etag) -> Answer | None:
        """What lies on the shelf."""
        kept = self.shelf.find(asked_as(url, etag))
        return kept_answer(kept) if kept else None

    def _got(self, url: str, etag: Etag, question: str = "") -> Answer:
        """An answer, put on the shelf where there is a question to find it by."""
        for _hop in range(HOPS):
            response, data, held = self._tried("GET", url, etag=etag, question=question)
            if response.status not in MOVED:
                break
            url = self._redirected(url, response.headers.get("Location", ""))
        if response.status == 304:
            self._count("not_modified")
            same = Answer(None, url, etag)
            if question:
                self.shelf.keep(question, b"", said_by(same))
            return same
        refuse(response, data, is_anonymous=self.keys.is_anonymous)
        return answer_of(response, data, url=url, by=held.mark)

    def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of a GraphQL answer. Raises `Overloaded`, `Locked` or what `get` does."""
        data, is_whole = self._queried(query, variables)
        if not is_whole:
            raise Gone("not_found", Sentence(UNSEEN))
        return data

    def graphql_kept(self, query: str, **variables: Any) -> dict[str, Any]:
        """The same from the shelf, or put there."""
        question = f"POST {query} {json.dumps(variables, sort_keys=True)}"
        kept = self.shelf.find(question)
        if kept and (found := kept_data(kept)):
            return found
        data, is_whole = self._queried(query, variables, question)
        if not is_whole:
            raise Gone("not_found", Sentence(UNSEEN))
        return data

    def graphql_partly(self, query: str, **variables: Any) -> dict[str, Any]:
        """The same, with null for what GitHub does not find within the repository."""
        return self._queried(query, variables)[0]

    def _queried(
        self, query: str, variables: Mapping[str, Any], question: str = ""
    ) -> tuple[dict[str, Any], bool]:
        """The data, and whether everything asked for was found."""
        if self._is_locked:
            raise Locked("needs_token", Sentence(SHUT))
        body = json.dumps({"query": query, "variables": variables}).encode()
        response, answer, _held = self._tried(
            "POST", graphql_address(self.base), body=body, question=question
        )
        if self._is_shut("graphql", response):
            self._is_locked = True
            raise Locked("needs_token", Sentence(SHUT))
        refuse(response, answer, is_anonymous=self.keys.is_anonymous)
        errors = answer.get("errors") or []
        kinds = {error.get("type", "") for error in errors}
        data: dict[str, Any] = answer.get("data") or {}
        if kinds == {"NOT_FOUND"} and data.get("repository"):
            return data, False
        if kinds & {"NOT_FOUND", "FORBIDDEN", "INSUFFICIENT_SCOPES"}:
            raise Gone("not_found", Sentence(UNSEEN))
        if errors or not data:
            raise Overloaded(errors[0].get("message", "") if errors else "no data")
        return data, True

    def _tried(
        self, method: str, url: str, *, etag: Etag = NO_ETAG, body: bytes = b"", question: str = ""
    ) -> tuple[urllib3.BaseHTTPResponse, Any, Held]:
        """Ask until there is a whole answer; faults of the way are tried again, with pauses.

        An answer that only limits us is no fault: the next try waits for its
        turn, with another key where there is one.
        """
        kind, faults = ("graphql" if method == "POST" else "rest"), 0
        while faults < TRIES:
            held = self.keys.lend(kind, etag.by)
            secret = self._secret_of(held, kind)
            sent = etag.value if etag.by == held.mark else ""
            response, data, wait = self._once(
                held, kind, method, url, self._with(secret, sent), body, question
            )
            if wait is not None:
                continue
            if response is None:
                faults += 1
            elif response.status >= 500:
                faults += TRIES if kind == "graphql" and faults else 1
            elif not self._is_refused(response, held, secret):
                return response, data, held
            else:
                continue
            if faults < TRIES:
                pause = min(PAUSE * 2 ** (faults - 1), LONGEST_PAUSE)
                self.stop.wait(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret
        if kind == "graphql":
            raise Overloaded
        reason = Sentence(_("GitHub did not answer properly. We will try again later."))
        raise Refused("unreachable", reason)

    def _once(
        self,
        held: Held,
        kind: str,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes,
        question: str,
    ) -> tuple[urllib3.BaseHTTPResponse | None, Any, float | None]:
        """One request: the answer or None for none, its content, a pause where one is asked for."""
        self._count(kind)
        response, data, wait = None, None, None
        try:
            response = self._sockets.request(method, url, body, headers)
            if question and response.status == 200:
                # Before anybody looks at it: who is killed meanwhile need not ask again.
                said = said_by(answer_of(response, None, url=url, by=held.mark))
                self.shelf.keep(question, response.data, said)
            if not self._is_shut(kind, response):
                wait = limits.wanted_wait(response)
                if wait is None and response.status < 500:
                    with self.turn:
                        data = parsed(response, headers.get("If-None-Match", ""))
                    wait = limits.spent(response, data)
        except (HTTPError, ValueError):
            response = None
        finally:
            is_telling = response is not None and not self._is_shut(kind, response)
            told = response.headers if response is not None and is_telling else {}
            held.limiter.leave(kind, told, wait=wait)
        return response, data, wait

    def _secret_of(self, held: Held, kind: str) -> str:
        """Asked for each time, since it may be renewed. Gives the turn back when there is none."""
        try:
            return held.key.secret()
        except BaseException:
            held.limiter.leave(kind, {})
            raise

    def _with(self, secret: str, etag: str) -> dict[str, str]:
        """The headers of one request."""
        headers = dict(self._headers)
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        if etag:
            headers["If-None-Match"] = etag
        return headers

    def _is_refused(self, response: urllib3.BaseHTTPResponse, held: Held, secret: str) -> bool:
        """Whether this key was turned away and another can be tried."""
        if response.status != 401 or self.keys.is_anonymous:
            return False
        return self.keys.refuse(held, secret)

    def _is_shut(self, kind: str, response: urllib3.BaseHTTPResponse) -> bool:
        """Whether GraphQL turns us away for want of a token; it may say that no request is left."""
        return kind == "graphql" and self.keys.is_anonymous and response.status in {401, 403}

    def _redirected(self, url: str, location: str) -> str:
        """Where a moved repository lives now; never another host, it would see the token."""
        target = urljoin(url, location)
        if urlsplit(target)[:2] != urlsplit(self.base)[:2]:
            reason = Sentence(_("GitHub sent us to another host, which we do not follow."))
            raise Refused("moved_away", reason)
        return target

    def _count(self, kind: str) -> None:
        with self._lock:
            self.counts[kind] += 1


def asked_as(url: str, etag: Etag) -> str:
    """A question as the shelf knows it."""
    return f"GET {url} {etag.value}"


def graphql_address(base: str) -> str:
    """Enterprise serves REST at /api/v3 and GraphQL at /api/graphql."""
    return f"{base.removesuffix('/v3')}/graphql"
