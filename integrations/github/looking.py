"""What a key shows of GitHub before anything is read: repositories, and how much is in them."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from integrations.connections.keys import Key
from integrations.connections.protocol import Choice, Described, Estimate
from integrations.github.listing import PAGE_SIZE
from integrations.github.mapping import text
from integrations.github.passes import AppKey
from integrations.github.transport import Answer, Gone, Transport

NAME = re.compile(r"^(?:https?://[^/]+/|git@[^:]+:)?([\w.-]+)/([\w.-]+?)(?:\.git)?/?$")
MOST_PAGES = 5  # of repositories a key may read; others are typed
COUNTED = {
    "items": ("issues", {"state": "all"}),
    "change_requests": ("pulls", {"state": "all"}),
    "issue_comments": ("issues/comments", {}),
    "review_comments": ("pulls/comments", {}),
    "releases": ("releases", {}),
    "commits": ("commits", {}),
}
# Requests that do not grow: the repository, its totals, and comparing numbers at the end.
FIXED_REST, FIXED_GRAPHQL = 1, 2
SIDE_BY_SIDE = 4  # requests that are under way at once, on average
SECONDS_PER_ROW = 0.0005
COMMITS_PER_ADDRESS = 8  # a guess: how many commits share one author's address


def transport_of(keys: Sequence[Key]) -> Transport:
    """A door with the first of these keys. Raises `Refused`."""
    return Transport(keys[:1])


class Looking:
    """The part of the connector that looks before it reads."""

    transport: Transport

    def describe(self, location: str, *, keys: Sequence[Key]) -> Described:
        """Look a repository up by OWNER/NAME or its address. Raises `Refused`."""
        self.transport = transport_of(keys)
        owner, name = parsed(location)
        return described(self.transport.get(f"repos/{owner}/{name}").data)

    def account(self, *, keys: Sequence[Key]) -> str:
        """The login a token acts for; empty where it does not say. Raises `Refused`."""
        self.transport = transport_of(keys)
        try:
            return str(self.transport.get("user").data.get("login") or "")
        except Refused as refusal:  # an installation's pass is nobody's
            if refusal.code not in {"no_access", "not_found"}:
                raise
            return ""

    def choices(self, *, keys: Sequence[Key]) -> Sequence[Choice]:
        """What these keys may read, some hundreds each, lately pushed ones first."""
        found: dict[str, Choice] = {}
        for key in keys:
            self.transport = transport_of([key])
            path = "installation/repositories" if isinstance(key, AppKey) else "user/repos"
            for row in _rows(self.transport, path):
                found.setdefault(row["full_name"], _choice(row))
        return list(found.values())

    def estimate(self, location: str, *, keys: Sequence[Key]) -> Estimate:
        """What reading a repository will take, by the length of its lists. Raises `Refused`."""
        begun = time.monotonic()
        self.transport = transport_of(keys)
        owner, name = parsed(location)
        path = f"repos/{owner}/{name}"
        shown = described(self.transport.get(path).data)
        counts = {
            kind: _length(self.transport, f"{path}/{rest}", **more)
            for kind, (rest, more) in COUNTED.items()
        }
        spent = self.transport.counts["rest"]
        pulls = counts["change_requests"]
        counts = {"issues": max(0, counts.pop("items") - pulls), **counts}
        return Estimate(
            described=shown,
            counts=counts,
            rest=rest_requests(counts),
            graphql=graphql_requests(counts),
            spent=spent,
            seconds=seconds(counts, latency=(time.monotonic() - begun) / spent),
        )


def rest_requests(counts: Mapping[str, int]) -> int:
    """Requests for the lists that REST gives a hundred rows at a time."""
    lists = (
        counts["issues"] + counts["change_requests"],
        counts["issue_comments"],
        counts["review_comments"],
        counts["releases"],
    )
    # Behind a list that was read by its pages comes a look at what changed meanwhile,
    # and one at its last page where there were several.
    again = sum(1 + (rows > PAGE_SIZE) for rows in lists[:3] if rows)
    return FIXED_REST + sum(pages(rows) for rows in lists) + again


def graphql_requests(counts: Mapping[str, int]) -> int:
    """Queries for pull requests with their reviews, and for the accounts behind addresses."""
    addresses = counts["commits"] // COMMITS_PER_ADDRESS
    queries = -(-counts["change_requests"] // PAGE_SIZE) + -(-addresses // PAGE_SIZE)
    return FIXED_GRAPHQL + queries


def seconds(counts: Mapping[str, int], *, latency: float) -> float:
    """Asking, as quickly as it was answered just now, and storing what comes."""
    asking = (rest_requests(counts) + graphql_requests(counts)) * latency / SIDE_BY_SIDE
    return asking + sum(counts.values()) * SECONDS_PER_ROW


def pages(rows: int) -> int:
    """Requests for so many rows; an empty list takes one too."""
    return max(1, -(-rows // PAGE_SIZE))


def _rows(transport: Transport, path: str) -> list[Mapping[str, Any]]:
    answer = transport.get(path, per_page=PAGE_SIZE, sort="pushed")
    rows = _unwrapped(answer)
    for _page in range(MOST_PAGES - 1):
        if not answer.next_url:
            break
        answer = transport.get(answer.next_url)
        rows += _unwrapped(answer)
    return rows


def _unwrapped(answer: Answer) -> list[Mapping[str, Any]]:
    """The rows of a list; an installation's are wrapped."""
    data = answer.data
    return list(data["repositories"] if isinstance(data, dict) else data)


def _choice(row: Mapping[str, Any]) -> Choice:
    return Choice(
        location=row["full_name"],
        external_id=str(row["id"]),
        is_private=bool(row.get("private")),
        is_archived=bool(row.get("archived")),
        description=text(row.get("description"), 200),
    )


def _length(transport: Transport, path: str, **more: Any) -> int:
    """How long a list is: with one row a page, the number of its last page."""
    try:
        answer = transport.get(path, per_page=1, **more)
    except Refused as refusal:  # switched off, or a repository without any commit (409)
        if not isinstance(refusal, Gone) and refusal.code != "github_error":
            raise
        return 0
    return answer.last or len(answer.data)


def parsed(location: str) -> tuple[str, str]:
    """Owner and name. Raises `Refused` for anything else."""
    found = NAME.match(location.strip())
    if found is None or ".." in found.groups():
        raise Refused("bad_location", Sentence(_("Write the repository as OWNER/NAME.")))
    return found.group(1), found.group(2)


def described(payload: Mapping[str, Any]) -> Described:
    """The repository in our words."""
    license_id = (payload.get("license") or {}).get("spdx_id") or ""
    return Described(
        external_id=str(payload["id"]),
        name=payload["full_name"],
        url=payload["html_url"],
        clone_url=payload.get("clone_url") or "",
        default_branch=payload.get("default_branch") or "",
        description=text(payload.get("description"), 5000),
        license="" if license_id == "NOASSERTION" else license_id,
        is_archived=bool(payload.get("archived")),
        is_private=bool(payload.get("private")),
        topics=payload.get("topics") or (),
        location=payload["full_name"],
    )
