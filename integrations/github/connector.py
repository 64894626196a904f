"""GitHub as a source: what is read, in which order, at which cost."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from contributors.activity.records import Batch, CompletenessRecord
from integrations.connections.keys import Key, first_secret
from integrations.connections.models import Source
from integrations.connections.protocol import Page
from integrations.github import authors, batches, reconcile
from integrations.github.commits import Commits
from integrations.github.completeness import unfinished, weigh
from integrations.github.cursor import Cursor
from integrations.github.documents import OVERVIEW
from integrations.github.looking import Looking, described, parsed
from integrations.github.mapping import expected
from integrations.github.openly import OpenPulls
from integrations.github.passes import Passes
from integrations.github.pulls import PHASE, Pulls
from integrations.github.reconcile import Reconciliation
from integrations.github.relisting import Listed
from integrations.github.shapes import pull_request_as_rest
from integrations.github.transport import Gone, Locked, Overloaded, Transport
from integrations.github.walk import PAGE_SIZE, Listing, changed, together

logger = logging.getLogger(__name__)
BY_CHANGE = {"sort": "updated", "direction": "asc"}


class GitHubConnector(Passes, Looking):
    """Reads one repository of GitHub; made afresh for each run."""

    name = "github"
    needs_relisting = True

    def __init__(self) -> None:
        self.transport = Transport("")
        self.cursor = Cursor({}, "")
        self.place = {"owner": "", "name": ""}
        self.totals: dict[str, int] = {}
        self.newest_pull = ""
        self.changed_pulls = 0

    def requests(self) -> Mapping[str, int]:
        """REST requests (those answered "not modified" among them, and apart), GraphQL."""
        return {kind: self.transport.counts[kind] for kind in ("rest", "graphql", "not_modified")}

    def budget(self) -> Mapping[str, Any]:
        """What the REST limit still allows."""
        left = self.transport.budgets.get("rest")
        if left is None:
            return {}
        return {
            "remaining": left.remaining,
            "limit": left.limit,
            "resets_at": left.resets_at.isoformat(),
        }

    def completeness(self, source: Source) -> Sequence[CompletenessRecord]:
        """GitHub's counts and the sequence of numbers against the ledger, per day."""
        return weigh(source)

    unfinished = staticmethod(unfinished)

    def pages(self, source: Source, *, keys: Sequence[Key], full: bool) -> Iterator[Page]:
        """The repository's own data, then each kind of activity; see `Connector`."""
        listed = Listed(source.repository, at=timezone.now(), is_full=full)
        for page in self._read(source, keys=keys, full=full):
            yield listed.note(page)
        compared = Reconciliation(
            transport=self.transport,
            place=self.place,
            source=source,
            cursor=self.cursor,
            totals=self.totals,
            listed=listed,
        )
        for page in compared.pages() if compared.is_wanted() else ():
            yield listed.note(page)
        yield self._page(Batch(), "done")

    def _read(self, source: Source, *, keys: Sequence[Key], full: bool) -> Iterator[Page]:
        """What is new, phase by phase."""
        self.transport = Transport(first_secret(keys))
        self.cursor = Cursor({} if full else source.cursor, self.transport.token_mark)
        owner, name = parsed(source.location)
        self.place = {"owner": owner, "name": name}
        yield from self._repository(source)
        is_first = not self.cursor.phase(PHASE).get("done")
        if is_first:
            yield from self._overview()
        yield from self._issues()
        if is_first:
            self.cursor.phase("totals").pop("stale", None)
        elif self.cursor.phase("totals").get("stale"):
            yield from self._overview()
        yield from self._listed("issue_comments", "issues/comments", batches.of_comments)
        yield from self._pulls()
        yield from self._listed("review_comments", "pulls/comments", batches.of_review_comments)
        yield from self._releases()
        yield from self._commits(source, first_secret(keys), full=full)

    def _path(self, rest: str = "") -> str:
        return "/".join(filter(None, ["repos", self.place["owner"], self.place["name"], rest]))

    def _page(self, batch: Batch, phase: str, **more: Any) -> Page:
        if batch.work_items or batch.contributions:
            self.cursor.phase(reconcile.PHASE)["pending"] = True
        return Page(batch, self.cursor.snapshot(), phase, **more)

    def _repository(self, source: Source) -> Iterator[Page]:
        """What the repository says of itself; follows a rename, refuses a recycled name."""
        answer = self.transport.get(self._path(), self.cursor.etag("repository"))
        if answer.data is None:
            return
        if str(answer.data["id"]) != source.repository.external_id:
            reason = _("The name %(name)s now belongs to another repository at GitHub.")
            raise Refused("recycled_name", Sentence(reason, {"name": source.location}))
        found = described(answer.data)
        self.cursor.keep_etag("repository", answer.etag)
        self.place = dict(zip(("owner", "name"), found.name.split("/", 1), strict=True))
        yield self._page(Batch(), "repository", described=found)

    def _overview(self) -> Iterator[Page]:
        """How much there is, and the labels and milestones; nothing without a token."""
        try:
            found = self.transport.graphql(OVERVIEW, **self.place)["repository"]
        except Locked:
            self.cursor.phase("totals").pop("stale", None)
            return
        except Overloaded:
            reason = _("GitHub did not answer properly. We will try again later.")
            raise Refused("unreachable", Sentence(reason)) from None
        self.totals = {
            "issues": found["issues"]["totalCount"],
            "change_requests": found["pullRequests"]["totalCount"],
        }
        self.newest_pull = max((n["updatedAt"] for n in found["pullRequests"]["nodes"]), default="")
        self.cursor.phase("totals").pop("stale", None)
        facts = {
            "totals": self.totals,
            "totals_at": datetime.now(UTC).isoformat(),
            "labels": found["labels"]["nodes"],
            "milestones": found["milestones"]["nodes"],
        }
        yield self._page(Batch(), "overview", facts=facts)

    def _issues(self) -> Iterator[Page]:
        """Issues by change; the pull requests among them only say that they changed."""
        listing = Listing("issues", self._path("issues"), {"state": "all", **BY_CHANGE})
        total, done = sum(self.totals.values()), 0
        try:
            for items in together(changed(self.transport, listing, self.cursor)):
                pulls = [item for item in items if "pull_request" in item]
                self._note_pulls(pulls)
                self.cursor.phase("totals")["stale"] = True
                done += len(items)
                yield self._page(
                    batches.of_issues(items),
                    "issues",
                    counts={"issues": len(items) - len(pulls)},
                    expected=[expected(item) for item in items],
                    done=min(done, total) if total else done,
                    total=total,
                )
        except Gone:  # issues are switched off in this repository; pull requests may be there
            self.cursor.phase("issues").update(done=True, off=True)
            self.cursor.phase(PHASE)["pending"] = True

    def _note_pulls(self, pulls: Sequence[Mapping[str, Any]]) -> None:
        """Pull requests that changed are read by the phase of their own."""
        part = self.cursor.phase(PHASE)
        fresh = [pull for pull in pulls if pull["updated_at"] >= part.get("since", "")]
        if fresh:
            part["pending"] = True
            self.changed_pulls += len(fresh)

    def _pulls(self) -> Iterator[Page]:
        """Pull requests with their reviews, when there is a sign of change."""
        part = self.cursor.phase(PHASE)
        if part.get("done") and not part.get("pending"):
            return
        try:
            yield from self._pulls_by_graphql()
        except Locked:
            logger.warning(
                "Without a token %s is read by REST, at a request for each pull request. "
                "Set GITHUB_TOKEN.",
                "/".join(self.place.values()),
            )
            yield from self._pulls_openly()

    def _pulls_openly(self) -> Iterator[Page]:
        """Pull requests with their reviews as anybody may see them."""
        walk, done = OpenPulls(self.transport, self._path(), self.cursor), 0
        for pulls, reviews in walk.pages():
            done += len(pulls)
            yield self._page(
                batches.of_open_pulls(pulls, reviews),
                "change_requests",
                counts={"change_requests": len(pulls), "reviews": len(reviews)},
                expected=[expected(pull) for pull in pulls],
                done=done,
            )

    def _pulls_by_graphql(self) -> Iterator[Page]:
        """Pull requests with their reviews, a hundred at once."""
        walk, done = Pulls(self.transport, self.place, self.cursor), 0
        for nodes in walk.pages(self.newest_pull, changed=self.changed_pulls):
            done += len(nodes)
            reviews = sum(pull_request_as_rest(node)["reviews"] for node in nodes)
            yield self._page(
                batches.of_pulls(nodes),
                "change_requests",
                counts={"change_requests": len(nodes), "reviews": reviews},
                expected=[expected(pull_request_as_rest(node)) for node in nodes],
                done=done,
                total=max(walk.total, done) if self.totals else 0,
            )

    def _listed(self, phase: str, rest: str, to_batch: Any) -> Iterator[Page]:
        """A list of comments by change."""
        listing, done = Listing(phase, self._path(rest), BY_CHANGE), 0
        try:
            for items in together(changed(self.transport, listing, self.cursor)):
                done += len(items)
                yield self._page(to_batch(items), phase, counts={phase: len(items)}, done=done)
        except Gone:  # with the issues their comments may be switched off
            if not self.cursor.phase("issues").get("off"):
                raise
            self.cursor.phase(phase)["done"] = True

    def _releases(self) -> Iterator[Page]:
        """Releases, the newest first; once all are known, the first page tells what is new."""
        part = self.cursor.phase("releases")
        answer = self.transport.get(
            self._path("releases"), self.cursor.etag("releases"), per_page=PAGE_SIZE
        )
        etag = answer.etag
        while answer.data:
            follow = "" if part.get("done") else answer.next_url
            if not follow:
                break
            yield self._page(batches.of_releases(answer.data), "releases")
            answer = self.transport.get(follow)
        if answer.data is None:
            return
        self.cursor.keep_etag("releases", etag)
        part["done"] = True
        counts = {"releases": len(answer.data)}
        yield self._page(batches.of_releases(answer.data), "releases", counts=counts)

    def _commits(self, source: Source, token: str, *, full: bool) -> Iterator[Page]:
        """Commits by git, then the accounts behind their addresses."""
        source.repository.refresh_from_db()
        history = Commits(source.repository, self.cursor)
        for page in history.pages(token=token, full=full):
            authors.introduce_authors(self.transport, self.place, source.repository, page.batch)
            self.cursor.phase(authors.PHASE)["pending"] = True
            yield replace(page, cursor=self.cursor.snapshot())
        if not self.cursor.phase(authors.PHASE).get("pending"):
            return
        for _tied in authors.link_authors(
            self.transport, self.place, source.repository, self.cursor
        ):
            yield self._page(Batch(), "authors")
        yield self._page(Batch(), "authors", facts={"commits": history.count})
