"""What the ledger adds to the frame and to the pages of people and repositories."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.lib.slots import NavEntry, Panel, add_nav, fill
from community.people.exports import register
from community.people.models import Person
from community.people.visibility import may_see
from community.projects.models import Repository
from contributors.activity.exports import own_contributions, own_work_items
from contributors.activity.models import Contribution, DayCount
from contributors.activity.standing import weight_of

RECENT = 10
MOST_PROJECTS = 6


def person_panel(person: Person, request: HttpRequest) -> Mapping[str, Any] | None:
    """The latest contributions and the projects they went to; nothing if they are not shown."""
    if not may_see(request.user, person, "activity"):
        return None
    rows = Contribution.objects.present().shown_to(request.user).by(person)
    rows = rows.order_by("-occurred_at", "-pk")
    recent = list(rows.select_related("repository__project", "work_item")[:RECENT])
    counts = DayCount.objects.filter(identity__person=person).values(
        "repository__project__slug", "repository__project__name"
    )
    projects = counts.annotate(total=Sum("count")).order_by("-total")[:MOST_PROJECTS]
    return {"person": person, "recent": recent, "projects": projects} if recent else None


def repository_panel(repository: Repository, request: HttpRequest) -> Mapping[str, Any]:
    """How much was done and how much of it has come."""
    totals = weight_of(repository, timezone.now())
    count = DayCount.objects.filter(repository=repository).total()
    return {"repository": repository, "count": count, "totals": totals}


add_nav(NavEntry(_("Activity"), "activity:contributions", order=50))
add_nav(NavEntry(_("Data completeness"), "activity:whole", order=20, place="foot"))
fill("people:profile", Panel("contributors/activity/_person.html", person_panel, order=50))
fill("projects:repository", Panel("contributors/activity/_repository.html", repository_panel))
register("contributions", own_contributions)
register("work_items", own_work_items)
