"""The load of reviews as one reader may see it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from community.people.models import Person
from community.people.visibility import may_see
from community.projects.models import Project
from contributors.activity.models import WorkItem
from contributors.attention.counting import without_review
from contributors.attention.models import ReviewState

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

MOST_ITEMS = 15


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Somebody with what they reviewed; nobody named: all who do not show it, together."""

    person: Person | None
    reviews: int
    requests: int
    share: float
    people: int = 1


@dataclass(frozen=True, slots=True)
class Load:
    """The reviews of a scope over the last ninety days, and what is open now."""

    reviews: int
    reviewers: int
    busiest: float | None  # the share of whoever reviewed most
    opened: int
    open_requests: int
    unreviewed: int
    until: datetime | None

    @property
    def per_reviewer(self) -> float | None:
        """Change requests opened for each who reviews."""
        return self.opened / self.reviewers if self.reviewers else None


@dataclass(frozen=True, slots=True)
class ProjectLoad:
    """A project with the load of its reviews."""

    project: Project
    load: Load


Counts = Mapping[int, tuple[int, int]]


def states(project: Project | None, viewer: "Viewer") -> list[ReviewState]:
    """The finished counts of the repositories that this reader may know of."""
    found = ReviewState.objects.of(project).shown_to(viewer)
    return list(found.select_related("repository__project"))


def counts_of(found: Iterable[ReviewState]) -> Counts:
    """Reviews and change requests of each person, those with the most first."""
    totals: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
    for state in found:
        for person, reviews, requests in state.reviewers:
            totals[person][0] += reviews
            totals[person][1] += requests
    ordered = sorted(totals.items(), key=lambda pair: (-pair[1][0], pair[0]))
    return {person: (reviews, requests) for person, (reviews, requests) in ordered}


def load_of(found: Sequence[ReviewState]) -> Load:
    """The load of some repositories together."""
    counts = counts_of(found)
    reviews = sum(pair[0] for pair in counts.values())
    return Load(
        reviews=reviews,
        reviewers=len(counts),
        busiest=next(iter(counts.values()))[0] / reviews if reviews else None,
        opened=sum(state.opened for state in found),
        open_requests=sum(state.open_requests for state in found),
        unreviewed=sum(state.unreviewed for state in found),
        until=min((state.until for state in found), default=None),
    )


def by_project(found: Iterable[ReviewState]) -> list[ProjectLoad]:
    """Each project with its load, the most open change requests without a review first."""
    groups: defaultdict[Project, list[ReviewState]] = defaultdict(list)
    for state in found:
        groups[state.repository.project].append(state)
    loads = [ProjectLoad(project, load_of(group)) for project, group in groups.items()]
    shown = [one for one in loads if one.load.reviews or one.load.open_requests]
    return sorted(shown, key=lambda one: (-one.load.unreviewed, one.project.name))


def reviewers(found: Sequence[ReviewState], viewer: "Viewer") -> list[Reviewer]:
    """Everybody who reviewed, the busiest first; those who do not show it together at the end."""
    counts = counts_of(found)
    total = sum(reviews for reviews, _ in counts.values()) or 1
    people = Person.objects.in_bulk(counts)
    named, hidden = [], []
    for pk, (reviews, requests) in counts.items():
        person = people.get(pk)
        if person is not None and may_see(viewer, person, "activity"):
            named.append(Reviewer(person, reviews, requests, reviews / total))
        else:
            hidden.append((reviews, requests))
    if hidden:
        reviews, requests = (sum(column) for column in zip(*hidden, strict=True))
        named.append(Reviewer(None, reviews, requests, reviews / total, len(hidden)))
    return named


def unreviewed_items(found: Iterable[ReviewState], viewer: "Viewer") -> list[WorkItem]:
    """What has waited longest for its first review, as far as authors show what they do."""
    oldest = sorted(tuple(pair) for state in found for pair in state.oldest)[: 4 * MOST_ITEMS]
    ids = [pk for _, pk in oldest]
    if not ids:
        return []
    rows = WorkItem.objects.present().filter(pk__in=ids, state="open", is_draft=False)
    rows = without_review(rows).select_related("repository__project", "author__person")
    items = rows.order_by("opened_at", "pk")
    shown = [
        one for one in items if not one.author or may_see(viewer, one.author.person, "activity")
    ]
    return shown[:MOST_ITEMS]
