"""What the lists of one run showed, against what the ledger holds."""

from array import array
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from community.projects.models import Repository
from contributors.activity.models import Contribution, WorkItem
from integrations.connections.protocol import Page
from integrations.github.listing import PAGE_SIZE

KINDS = ("issue", "change_request", "issue_comment", "review", "review_comment", "release")


class Listed:
    """Notes each page on its way into the ledger, and adds what follows from it.

    A change request names all its reviews, so those it lacks are gone; what is
    listed although it was marked as gone before the run is back.
    """

    def __init__(self, repository: Repository, *, at: datetime, is_full: bool) -> None:
        self.repository = repository
        self.at = at
        self.is_full = is_full
        self.ids: defaultdict[str, array[int]] = defaultdict(lambda: array("Q"))
        held = Contribution.objects.filter(repository=repository, kind__in=KINDS)
        self.phases: set[str] = set()
        self.count = 0  # of acts that this run's lists showed
        self._has_reviews = held.filter(kind="review").exists()
        dead = held.filter(deleted_at__lt=at).values_list("kind", "external_id")
        self._dead = set(dead.iterator())
        items = WorkItem.objects.filter(repository=repository, deleted_at__lt=at)
        self._dead.update(items.values_list("kind", "external_id"))

    def note(self, page: Page) -> Page:
        """The page with what it shows to be gone, and what to be back."""
        self.phases.add(page.phase)
        self.count += len(page.batch.contributions)
        if self.is_full or page.phase == "releases":
            for act in page.batch.contributions:
                if act.kind in KINDS:
                    self.ids[act.kind].append(int(act.external_id))
        gone = dict(page.gone)
        if reviews := self._reviews_gone(page):
            gone["review"] = reviews
        back = self._back(page)
        if not gone and not back:
            return page
        return replace(page, gone=gone, gone_at=page.gone_at or self.at, back=back)

    def unlisted(self, kind: str) -> Mapping[int, int]:
        """Held before the run and on none of its lists: id and number."""
        seen = set(self.ids[kind])
        rows = Contribution.objects.present().filter(
            repository=self.repository, kind=kind, recorded_at__lt=self.at
        )
        pairs = rows.values_list("external_id", "work_item_number").iterator()
        return {int(one): number or 0 for one, number in pairs if int(one) not in seen}

    def releases_unlisted(self) -> list[str]:
        """Releases the list would have shown, the newest first; none where it was not asked for."""
        if "releases" not in self.phases:
            return []
        listed = self.ids["release"]
        oldest = min(listed) if len(listed) >= PAGE_SIZE and not self.is_full else 0
        return [str(one) for one in sorted(self.unlisted("release"), reverse=True) if one > oldest]

    def _reviews_gone(self, page: Page) -> list[str]:
        """Reviews we hold of change requests that no longer name them."""
        numbers = [one.number for one in page.expected if one.reviews is not None]
        if not numbers or not self._has_reviews:
            return []
        listed = {act.external_id for act in page.batch.contributions if act.kind == "review"}
        rows = Contribution.objects.present().filter(
            kind="review", work_item__repository=self.repository, work_item__number__in=numbers
        )
        return sorted(set(rows.values_list("external_id", flat=True)) - listed)

    def _back(self, page: Page) -> dict[str, list[str]]:
        """What was marked as gone before this run and is listed again."""
        back: defaultdict[str, list[str]] = defaultdict(list)
        for act in page.batch.contributions if self._dead else ():
            if (act.kind, act.external_id) in self._dead:
                back[act.kind].append(act.external_id)
        return dict(back)
