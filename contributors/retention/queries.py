"""What the page of quiet people shows to one maintainer, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community.people.models import Person
from community.people.visibility import may_see
from community.projects.models import Project, Repository
from contributors.retention.finding import Area
from contributors.retention.models import Drift, FollowUp

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

REMEMBERED = timedelta(days=365)  # how long somebody who returned is shown


class State(models.TextChoices):
    """Where somebody stands on the page."""

    OPEN = "open", pgettext_lazy("case", "Open")
    SNOOZED = "snoozed", _("Snoozed")
    RETURNED = "returned", _("Returned")
    CLOSED = "closed", pgettext_lazy("case", "Closed")


@dataclass(frozen=True, slots=True)
class Carried:
    """An area with the repository that it is in."""

    repository: Repository
    area: Area

    @property
    def share(self) -> float:
        return self.area.mine / self.area.total


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody quiet, or returned, with what is known and what was done about it."""

    person: Person
    drift: Drift | None
    follow_ups: list[FollowUp] = field(default_factory=list)  # the newest first
    carried: list[Carried] = field(default_factory=list)

    @property
    def weight(self) -> tuple[int, float]:
        """What comes first: the most acts in areas of their own, then the deepest fall."""
        fall = self.drift.usual - self.drift.recent if self.drift else 0
        return sum(one.area.mine for one in self.carried), fall

    @property
    def contact(self) -> Person | None:
        """Who is to get in touch: the last one assigned."""
        return next((one.contact for one in self.follow_ups if one.contact), None)

    @property
    def snoozed_until(self) -> date | None:
        """The last day chosen, whether it is over or not."""
        return next((one.until for one in self.follow_ups if one.until), None)

    def state(self, today: date) -> State:
        """Closed or returned since this drop began, else snoozed for now, else open."""
        if self.drift is None:
            return State.RETURNED
        ends = [one for one in self.follow_ups if one.outcome_on and self._is_about_this(one)]
        if ends and ends[0].outcome == FollowUp.Outcome.CLOSED:
            return State.CLOSED
        if ends and ends[0].outcome == FollowUp.Outcome.RETURNED:
            return State.RETURNED
        until = self.snoozed_until
        return State.SNOOZED if until and today < until else State.OPEN

    def _is_about_this(self, one: FollowUp) -> bool:
        return self.drift is not None and (one.outcome_on or date.min) >= self.drift.since


def cases(viewer: "Viewer", project: Project | None, today: date) -> list[Case]:
    """Everybody whom this maintainer may see, those who carried most first.

    A project's page has those who worked in it in the year before they became quiet.
    """
    drifts = [
        one
        for one in Drift.objects.listed(today).select_related("person")
        if may_see(viewer, one.person, "activity")
    ]
    places = repositories_of(drifts, project, viewer)
    if project is not None:
        drifts = [one for one in drifts if not places.keys().isdisjoint(one.repositories)]
    by_person = {one.person_id: Case(one.person, one, [], carried(one, places)) for one in drifts}
    for row in noted(drifts, project, today):
        if row.person_id not in by_person and may_see(viewer, row.person, "activity"):
            by_person[row.person_id] = Case(row.person, None)
        if row.person_id in by_person:
            by_person[row.person_id].follow_ups.append(row)
    found = by_person.values()
    return sorted(found, key=lambda one: (*(-part for part in one.weight), one.person.handle))


def repositories_of(
    drifts: Iterable[Drift], project: Project | None, viewer: "Viewer"
) -> dict[int, Repository]:
    """The repositories of a project, or those in which somebody carried something."""
    found = Repository.objects.shown_to(viewer)
    if project is not None:
        found = found.filter(project=project)
    else:
        found = found.filter(pk__in={area["repository"] for one in drifts for area in one.areas})
    return {one.pk: one for one in found}


def carried(drift: Drift, places: dict[int, Repository]) -> list[Carried]:
    areas = [Area(**area) for area in drift.areas]
    return [Carried(places[one.repository], one) for one in areas if one.repository in places]


def noted(drifts: Iterable[Drift], project: Project | None, today: date) -> list[FollowUp]:
    """What was done about these people, and about those who came back lately."""
    people = [one.person for one in drifts]
    rows = FollowUp.objects.shown_in(project).about(people, today - REMEMBERED)
    return list(rows.with_people())


def in_state(found: Iterable[Case], state: State, today: date) -> list[Case]:
    return [one for one in found if one.state(today) == state]


def counts_by_state(found: Iterable[Case], today: date) -> dict[State, int]:
    counts: defaultdict[State, int] = defaultdict(int)
    for one in found:
        counts[one.state(today)] += 1
    return counts


def maintainers_of(project: Project | None) -> models.QuerySet[Person]:
    """Who may be a contact: maintainers of the site and of the project, or of any."""
    theirs = Q(maintained_projects=project) if project else Q(maintained_projects__isnull=False)
    people = Person.objects.present().human().filter(is_active=True)
    found: models.QuerySet[Person] = people.filter(theirs | Q(is_staff=True))
    return found.distinct().order_by("handle")
