"""A plain client for the tests of the server."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tests.github_api.rows import Row


class Stay(HTTPRedirectHandler):
    """Does not follow."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Any


def ask(
    url: str, *, token: str = "good-token", give: Any = None, method: str = "", **headers: str
) -> Answer:
    """One request, not followed; underscores in the names of headers are dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if token:
        named.setdefault("Authorization", f"Bearer {token}")
    data = None if give is None else json.dumps(give).encode()
    request = Request(url, data=data, headers=named, method=method or None)
    try:
        with build_opener(Stay).open(request, timeout=10) as answer:
            status, raw, got = answer.status, answer.read(), answer.headers
    except HTTPError as error:
        status, raw, got = error.code, error.read(), error.headers
    return Answer(status, json.loads(raw) if raw else None, got)


def graphql(base: str, query: str, *, token: str = "good-token", **variables: Any) -> Row:
    """The whole answer to a query, errors included."""
    found: Row = ask(
        f"{base}/graphql", token=token, give={"query": query, "variables": variables}
    ).body
    return found
