"""By whom what waits is to be answered: reviewers so far, else the maintainers of the project."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value

from community.people.models import Person
from community.people.visibility import may_see
from community.projects.models import Project, Repository
from contributors.activity.models import Contribution, WorkItem

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

Rows = QuerySet[Any, tuple[str, int, int]]
NAMED = 3  # people whom one line names
REVIEWS = (Contribution.Kind.REVIEW.value, Contribution.Kind.REVIEW_COMMENT.value)
REVIEWERS, MAINTAINERS = "reviewers", "maintainers"


@dataclass(frozen=True, slots=True)
class Answerers:
    """Who should answer one item, as far as the reader may know."""

    role: str  # reviewers, maintainers; empty: nobody looks after the project
    people: Sequence[Person]
    unnamed: int = 0  # how many more there are, and who do not show what they do

    @property
    def count(self) -> int:
        return len(self.people) + self.unnamed


NOBODY = Answerers("", ())


@dataclass(frozen=True, slots=True)
class Asked:
    """The ids of those who reviewed an item, bots and its author among them, and of those
    who look after a project."""

    reviewers: Mapping[int, Collection[int]]
    maintainers: Mapping[int, Collection[int]]

    @property
    def people(self) -> set[int]:
        groups = [*self.reviewers.values(), *self.maintainers.values()]
        return {person for group in groups for person in group}


def asked_of(items: Sequence[WorkItem]) -> Asked:
    """Everybody who may have to answer these items, in one query."""
    reviewers: defaultdict[int, list[int]] = defaultdict(list)
    maintainers: defaultdict[int, list[int]] = defaultdict(list)
    if items:
        groups = {REVIEWERS: reviewers, MAINTAINERS: maintainers}
        theirs = reviewers_of(item.pk for item in items)
        projects = {item.repository.project_id for item in items}
        for role, subject, person in sorted(theirs.union(maintainers_of(projects))):
            groups[role][subject].append(person)
    return Asked(reviewers, maintainers)


def reviewers_of(items: Iterable[int]) -> Rows:
    """Who reviewed these items, authors and bots among them.

    With more tables in one statement PostgreSQL takes minutes where it has not yet
    counted what was just loaded.
    """
    rows = (
        Contribution.objects.present()
        .filter(work_item__in=list(items), kind__in=REVIEWS, identity__isnull=False)
        .distinct()
    )
    return rows.annotate(
        role=Value(REVIEWERS, CharField()), subject=F("work_item"), person=F("identity__person")
    ).values_list("role", "subject", "person")


def maintainers_of(projects: Iterable[int]) -> Rows:
    """Who looks after these projects."""
    link: Any = Project.maintainers.through._default_manager
    rows = link.filter(project__in=list(projects))
    named = rows.annotate(role=Value(MAINTAINERS, CharField()), subject=F("project"))
    found: Rows = named.values_list("role", "subject", "person_id")
    return found


def answerers(
    items: Iterable[WorkItem], asked: Asked, people: Mapping[int, Person], viewer: "Viewer"
) -> dict[int, Answerers]:
    """Who should answer each of these items; reviewers who hide what they do are not named."""
    return {item.pk: _answerers(item, asked, people, viewer) for item in items}


def _answerers(
    item: WorkItem, asked: Asked, people: Mapping[int, Person], viewer: "Viewer"
) -> Answerers:
    author = item.author.person_id if item.author else None
    said = (people.get(pk) for pk in asked.reviewers.get(item.pk, ()))
    reviewed = [one.pk for one in said if one and not one.is_bot and one.pk != author]
    role = REVIEWERS if reviewed else MAINTAINERS
    ids = reviewed or asked.maintainers.get(item.repository.project_id, ())
    found = [people[pk] for pk in ids if pk in people and pk != author]
    if not found:
        return NOBODY
    # Who maintains a project is on its page for everybody; who reviewed what is not.
    shown = [one for one in found if role == MAINTAINERS or may_see(viewer, one, "activity")]
    return Answerers(role, shown[:NAMED], len(found) - len(shown[:NAMED]))


def to_be_answered_by(person: Person) -> Q:
    """Items that this person reviewed, and those of their projects that nobody reviewed."""
    reviews = Contribution.objects.present().filter(
        work_item=OuterRef("pk"), kind__in=REVIEWS, identity__person__is_bot=False
    )
    others = reviews.exclude(identity__person=F("work_item__author__person"))
    looked_after = Repository.objects.filter(project__maintainers=person)
    mine = Q(repository__in=looked_after.values("pk")) & ~Exists(others)
    own = Q(author__person=person)
    return (Exists(reviews.filter(identity__person=person)) | mine) & ~own
