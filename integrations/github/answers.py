"""What GitHub answered: parsed once, refused in words, or found to be no answer at all."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson
import urllib3
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from integrations.github.shelf import Kept

MOVED = frozenset({301, 302, 307, 308})


class Gone(Refused):
    """What was asked for is not there: 404 or 410."""


class Locked(Refused):
    """GraphQL is shut: GitHub opens it to tokens only."""


class TooDeep(Refused):
    """The list cannot be asked for by page number that far."""


class Overloaded(Exception):
    """GitHub could not answer a query in time; a smaller one may pass."""


@dataclass(frozen=True, slots=True)
class Etag:
    """A validator and the mark of the key it was given to; empty: none."""

    value: str = ""
    by: str = ""

    def __bool__(self) -> bool:
        return bool(self.value)


NO_ETAG = Etag()
NO_DATE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """A parsed body, or None when nothing changed since the validator given."""

    data: Any
    url: str
    etag: Etag = NO_ETAG
    next_url: str = ""
    last: int = 0  # the number of the list's last page, where GitHub tells it
    at: datetime = NO_DATE
    is_kept: bool = field(default=False, compare=False)  # it came from the shelf


def answer_of(response: urllib3.BaseHTTPResponse, data: Any, *, url: str, by: str) -> Answer:
    """An answer with what its headers say."""
    headers = response.headers
    links = links_of(headers.get("Link", ""))
    etag = Etag(headers.get("ETag", ""), by)
    return Answer(
        data, url, etag, links.get("next", ""), page_of(links.get("last", "")), date_of(headers)
    )


def said_by(answer: Answer) -> dict[str, Any]:
    """What goes on the shelf beside the body."""
    return {
        "url": answer.url,
        "etag": [answer.etag.value, answer.etag.by],
        "next_url": answer.next_url,
        "last": answer.last,
        "at": answer.at.isoformat(),
    }


def kept_answer(kept: Kept) -> Answer | None:
    """An answer from the shelf; None for what is no answer, as nobody had looked at it yet."""
    said = kept.said
    at = datetime.fromisoformat(said["at"])
    etag = Etag(*said["etag"])
    try:
        data = content_of(kept.body) if kept.body else None
    except ValueError:
        return None
    return Answer(data, said["url"], etag, said["next_url"], said["last"], at, is_kept=True)


def kept_data(kept: Kept) -> dict[str, Any] | None:
    """The data of a GraphQL answer from the shelf, if it is whole."""
    try:
        found = content_of(kept.body)
    except ValueError:
        return None
    data: dict[str, Any] = found.get("data") or {}
    return None if found.get("errors") or not data else data


def parsed(response: urllib3.BaseHTTPResponse, sent: str = "") -> Any:
    """The JSON body; ValueError for anything else, such as a proxy's HTML page.

    "Not modified" is only believed of the validator that was `sent`.
    """
    if response.status in MOVED:
        return None
    if response.status == 304:
        meant = response.headers.get("ETag", sent)
        if not sent or meant.removeprefix("W/") != sent.removeprefix("W/"):
            raise ValueError("not modified since when?")
        return None
    if response.status < 300:
        return content_of(response.data)
    return read_json(response.data) if response.data else None


def content_of(body: bytes) -> Any:
    """What a good answer holds; ValueError where it is none."""
    found = read_json(body)
    if found is None:
        raise ValueError("an answer without content")
    if isinstance(found, list) and shows_twice(found):
        raise ValueError("a page that shows one thing in the place of another")
    return found


def read_json(body: bytes) -> Any:
    """What a body holds; ValueError for no JSON.

    The strict and quick reader first: what it will not take, such as half a
    surrogate pair, the standard library may.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def shows_twice(rows: list[Any]) -> bool:
    """Whether a page of a list holds an id twice."""
    ids = [row["id"] for row in rows if isinstance(row, dict) and "id" in row]
    return len(set(ids)) < len(ids)


def links_of(header: str) -> dict[str, str]:
    """The addresses of a Link header by their rel."""
    found = {}
    for part in header.split(","):
        address, _sep, rel = part.partition(";")
        if 'rel="' in rel:
            found[rel.split('rel="')[1].split('"')[0]] = address.strip().strip("<>")
    return found


def page_of(url: str) -> int:
    """The page number in an address; 0 without one."""
    found = url.replace("per_page=", "").partition("page=")[2].partition("&")[0]
    return int(found) if found.isdigit() else 0


def date_of(headers: Mapping[str, str]) -> datetime:
    """When GitHub answered, by its own clock."""
    try:
        return parsedate_to_datetime(headers["Date"])
    except (KeyError, ValueError):
        return datetime.now(UTC)


def refuse(response: urllib3.BaseHTTPResponse, data: Any, *, is_anonymous: bool) -> None:
    """Turn an error answer into a sentence for the maintainer."""
    if response.status < 300:
        return
    said = data.get("message", "") if isinstance(data, dict) else ""
    if response.status == 401:
        reason = _("GitHub does not accept the token. It may be mistyped, expired or revoked.")
        if is_anonymous:
            reason = _("GitHub asks for a token. Set GITHUB_TOKEN or store one here.")
        raise Refused("bad_token", Sentence(reason))
    if response.status in {404, 410}:
        reason = _("GitHub finds nothing at this address, or the token may not see it.")
        raise Gone("not_found", Sentence(reason))
    if response.status == 403:
        reason = _("GitHub refuses access with this token: %(said)s")
        raise Refused("no_access", Sentence(reason, {"said": said or "403"}))
    reason = _("GitHub answered with status %(status)s: %(said)s")
    kind = TooDeep if response.status == 422 else Refused
    raise kind("github_error", Sentence(reason, {"status": response.status, "said": said}))
