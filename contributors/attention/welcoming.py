"""Who is new, what they did first, and what they could do next."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast

from community.people.models import Person
from community.people.visibility import may_see
from community.projects.models import Project
from contributors.activity.models import Contribution, WorkItem
from contributors.activity.querysets import OPEN
from contributors.metrics.boards import later
from contributors.metrics.funnel import funnel_chart
from contributors.metrics.models import Scope
from contributors.metrics.periods import Extent, Window
from contributors.metrics.queries import COMMUNITY, Measure, Place, people_named
from contributors.metrics.rollups import RECENT_DAYS
from contributors.metrics.trends import Board

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

# Labels by which projects mark what newcomers can do, the plainest first.
FIRST = ("good first issue", "good-first-issue", "first-timers-only", "beginner", "easy")
WANTED = ("help wanted", "help-wanted")
MOST_TASKS = 400


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody new with their first act, whether it was answered, and a task that would fit."""

    person: Person
    first: Contribution
    task: WorkItem | None

    @property
    def awaits_answer(self) -> bool:
        """Whether they opened something that nobody has answered yet."""
        item = self.first.work_item
        is_open = item is not None and item.state == WorkItem.State.OPEN
        return is_open and item is not None and item.first_response_at is None


def new_people(figures: Mapping[str, Measure], viewer: "Viewer") -> list[Person]:
    """Whose first act lies in the period, the newest first, as far as they show it."""
    found = figures.get("new_contributors")
    ids = list(found.details.get("people", [])) if found else []
    known = people_named(ids)
    people = [known[pk] for pk in ids if pk in known and known[pk].merged_into_id is None]
    return [one for one in people if may_see(viewer, one, "activity")]


def funnel_of(
    figures: dict[str, Measure], place: Place, window: Window, extent: Extent
) -> dict[str, Any]:
    """How many who came in the period joined in and got something merged, as a chart that is
    made where it is not drawn yet."""
    slug = f"project:{place.project}" if place.project else "community"
    board = Board(slug, extent, [], {}, figures, choice=window.choice)
    key = (slug, window.choice, repr(figures.get("conversion_rate")))
    return {"chart": later(funnel_chart, board), "chart_from": key}


def newcomers(people: Sequence[Person], place: Place, viewer: "Viewer") -> list[Newcomer]:
    """These people with their first act in this place and a task each, in two queries.

    Those whose first act this reader may not know of are left out.
    """
    if not people:
        return []
    firsts = first_acts([one.pk for one in people], place, viewer)
    tasks = tasks_near({act.repository.project_id for act in firsts.values()}, viewer)
    taken: set[int] = set()
    found = []
    for person in people:
        if first := firsts.get(person.pk):
            task = next(fitting(person, first, tasks, taken), None)
            taken |= {task.pk} if task else set()
            found.append(Newcomer(person, first, task))
    return found


def first_acts(people: Iterable[int], place: Place, viewer: "Viewer") -> dict[int, Contribution]:
    """The first thing that each of these people did in this place."""
    acts = Contribution.objects.present().shown_to(viewer)
    if place.scope == Scope.PROJECT:
        acts = acts.filter(repository__project=place.pk)
    mine = acts.filter(identity__person=OuterRef("pk")).order_by("occurred_at", "pk")
    firsts = Person.objects.filter(pk__in=list(people)).values_list(Subquery(mine.values("pk")[:1]))
    rows = Contribution.objects.filter(pk__in=firsts)
    found = rows.select_related("repository__project", "work_item", "identity")
    return {act.identity.person_id: act for act in found if act.identity}


def tasks_near(projects: Iterable[int], viewer: "Viewer") -> list[WorkItem]:
    """Open issues of these projects marked for newcomers that nobody has taken up, by words."""
    marked = reduce(or_, (Q(words__icontains=label) for label in (*FIRST, *WANTED)))
    rows = (
        WorkItem.objects.present()
        .shown_to(viewer)
        .filter(state=OPEN, is_draft=False, kind=WorkItem.Kind.ISSUE)
        .filter(repository__project__in=list(projects), first_response_at=None)
        .exclude(author__person__is_bot=True)
        .annotate(words=Cast("labels", TextField()))
        .filter(marked)
        .select_related("repository", "author")
        .order_by("-opened_at", "-pk")
    )
    found = [one for one in rows[:MOST_TASKS] if rank(one) is not None]
    return sorted(found, key=lambda one: rank(one) or 0)


def rank(item: WorkItem) -> int | None:
    """How plainly it is marked for newcomers; None: it is not."""
    words = {str(label).casefold() for label in item.labels}
    if words.intersection(FIRST):
        return 0
    return 1 if words.intersection(WANTED) else None


def fitting(
    person: Person, first: Contribution, tasks: Sequence[WorkItem], taken: set[int]
) -> Iterator[WorkItem]:
    """Tasks by others that are still free: of the repository they touched, then of its project."""
    free = [
        one
        for one in tasks
        if one.pk not in taken and not (one.author and one.author.person_id == person.pk)
    ]
    yield from (one for one in free if one.repository_id == first.repository_id)
    project = first.repository.project_id
    yield from (one for one in free if one.repository.project_id == project)


def scope_of(project: Project | None) -> Place:
    """The scope of a page."""
    if project is None:
        return COMMUNITY
    return Place(Scope.PROJECT, project.pk, project=project.slug, name=project.name)


def days_asked(query: Mapping[str, Any]) -> int:
    """The days that an address asks for; 30 where it makes no sense."""
    known = {str(one): one for one in RECENT_DAYS}
    return known.get(query.get("days", ""), RECENT_DAYS[0])
