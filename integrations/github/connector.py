"""GitHub as a source: what is read, in which order, at which cost."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from community.lib.refusals import Refused, Sentence
from contributors.activity.records import Batch, CompletenessRecord
from integrations.connections.keys import Key, first_secret
from integrations.connections.models import Source
from integrations.connections.protocol import OutOfBudget, Page
from integrations.github import authors, commits, pulls, reconcile
from integrations.github.commits import Commits
from integrations.github.completeness import unfinished, weigh
from integrations.github.cursor import Cursor
from integrations.github.heap import share_heap
from integrations.github.lanes import Lanes, Step
from integrations.github.looking import Looking, described, parsed
from integrations.github.passes import Passes
from integrations.github.phases import Phases, Signs
from integrations.github.reconcile import Reconciliation
from integrations.github.relisting import Listed
from integrations.github.shelf import Shelf
from integrations.github.transport import Transport

FETCHERS = 6  # threads for the pages of lists, beside a lane each for what goes step by step


class GitHubConnector(Passes, Looking):
    """Reads one repository of GitHub; made afresh for each run."""

    name = "github"
    needs_relisting = True

    def __init__(self) -> None:
        self.transport = Transport()
        self.cursor = Cursor({})
        self.place = {"owner": "", "name": ""}

    def requests(self) -> Mapping[str, int]:
        """REST requests (those answered "not modified" among them, and apart), GraphQL."""
        return {kind: self.transport.counts[kind] for kind in ("rest", "graphql", "not_modified")}

    def budget(self) -> Mapping[str, Any]:
        """What the REST limit still allows, and what is left of each key."""
        return self.transport.keys.budget()

    def completeness(self, source: Source) -> Sequence[CompletenessRecord]:
        """GitHub's counts and the sequence of numbers against the ledger, per day."""
        return weigh(source)

    unfinished = staticmethod(unfinished)

    def pages(self, source: Source, *, keys: Sequence[Key], full: bool) -> Generator[Page]:
        """The repository's own data, then all kinds of activity side by side; see `Connector`."""
        shelf = Shelf(Path(settings.DATA_DIR) / "fetched" / str(source.pk))
        self.transport = Transport(keys, shelf=shelf)
        try:
            yield from self._pages(source, token=first_secret(keys), full=full)
        except Refused:
            shelf.clear()
            raise
        finally:
            self.transport.close()
        shelf.clear()

    def _pages(self, source: Source, *, token: str, full: bool) -> Iterator[Page]:
        self.cursor = Cursor({} if full else source.cursor)
        owner, name = parsed(source.location)
        self.place = {"owner": owner, "name": name}
        listed = Listed(source.repository, at=timezone.now(), is_full=full)
        totals: dict[str, int] = {}
        yield from map(listed.note, self._repository(source))
        yield from map(listed.note, self._activity(source, totals, token=token, full=full))
        compared = Reconciliation(
            transport=self.transport,
            place=self.place,
            source=source,
            cursor=self.cursor,
            totals=totals,
            listed=listed,
        )
        yield from map(listed.note, compared.pages() if compared.is_wanted() else ())
        self.cursor.phase(pulls.PHASE).pop("totals", None)
        yield Page(Batch(), self.cursor.snapshot(), "done", facts=self._refused_keys(source))

    def _repository(self, source: Source) -> Iterator[Page]:
        """What the repository says of itself; follows a rename, refuses a recycled name."""
        # A name that passes to another repository within a reading shows at the next one.
        answer = self.transport.get_opening(
            f"repos/{self.place['owner']}/{self.place['name']}", self.cursor.etag("repository")
        )
        if answer.data is None:
            return
        if str(answer.data["id"]) != source.repository.external_id:
            reason = _("The name %(name)s now belongs to another repository at GitHub.")
            raise Refused("recycled_name", Sentence(reason, {"name": source.location}))
        found = described(answer.data)
        self.cursor.keep_etag("repository", answer.etag)
        self.place = dict(zip(("owner", "name"), found.name.split("/", 1), strict=True))
        yield Page(Batch(), self.cursor.snapshot(), "repository", described=found)

    def _activity(
        self, source: Source, totals: dict[str, int], *, token: str, full: bool
    ) -> Iterator[Page]:
        """Every lane's pages as they come, and the commits while there are none."""
        source.repository.refresh_from_db()
        signs = Signs(self.cursor.phase("issues"))
        share_heap()
        pool = ThreadPoolExecutor(FETCHERS, thread_name_prefix="fetch")
        git = ThreadPoolExecutor(1, thread_name_prefix="git")
        phases = Phases(self.transport, self.place, pool, signs)
        lanes = Lanes(phases.lanes(self.cursor))
        own = self.cursor.of([commits.PHASE, authors.PHASE])
        history = Commits(source.repository, own, self.transport, self.place, pool, lanes.ring)
        pages = history.pages(git, token=token, full=full)
        try:
            for step in lanes.steps(_steps(pages, own)):
                yield self._kept(step)
        except OutOfBudget:
            self.transport.stop.set()  # what is under way may come and lie on the shelf
            raise
        except BaseException:
            self.transport.close()
            raise
        finally:
            signs.are_all_heard.set()
            git.shutdown(wait=False, cancel_futures=True)
            pool.shutdown(cancel_futures=True)
            lanes.close()
        totals.update(phases.totals)

    def _kept(self, step: Step) -> Page:
        """The page of a lane with the cursor of all."""
        self.cursor.take(step.parts)
        batch = step.page.batch
        if batch.work_items or batch.contributions:
            self.cursor.phase(reconcile.PHASE)["pending"] = True
        return replace(step.page, cursor=self.cursor.snapshot())

    def _refused_keys(self, source: Source) -> dict[str, Any]:
        """Which keys GitHub no longer takes, by their marks; empty again once it takes all."""
        refused = self.transport.keys.refused
        return {"refused_keys": refused} if refused or source.facts.get("refused_keys") else {}


def _steps(pages: Iterator[Page | None], cursor: Cursor) -> Iterator[Step | None]:
    """Pages with how far the cursor is behind each."""
    for page in pages:
        yield None if page is None else Step(page, cursor.snapshot())
