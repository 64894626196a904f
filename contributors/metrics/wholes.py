"""The scopes that figures are made of, with how far each was known and is now."""

from collections.abc import Mapping, Sequence
from datetime import date

from community.projects.models import Repository
from contributors.metrics.extents import COMMITS_ALONE, Known
from contributors.metrics.models import Reading, Scope
from contributors.metrics.replacing import Whole

Owners = Mapping[int, tuple[int, bool]]


def owners_of_all() -> dict[int, tuple[int, bool]]:
    """The project of each repository, and whether it knows issues and change requests."""
    rows = Repository.objects.order_by("pk").values_list("pk", "project_id", "provider")
    return {pk: (project, provider not in COMMITS_ALONE) for pk, project, provider in rows}


def readings(owners: Owners) -> dict[int, Known]:
    """How far each repository was known when its figures were last made."""
    found = {pk: Known() for pk in owners}
    names = ("repository_id", "tracked_from", "observed_until")
    for pk, tracked_from, observed_until in Reading.objects.values_list(*names):
        items_from = tracked_from if owners[pk][1] else None
        found[pk] = Known(tracked_from, observed_until, items_from)
    return found


def scopes_of(
    touched: Sequence[Whole], owners: Owners, was: Mapping[int, Known], now: Mapping[int, Known]
) -> list[Whole]:
    """These repositories, their projects and the community, with all that changed in them."""
    projects: dict[int, Whole] = {}
    community = Whole(Scope.COMMUNITY, 0, list(owners))
    for whole in touched:
        project = owners[whole.pk][0]
        if project not in projects:
            members = [pk for pk, (owner, _) in owners.items() if owner == project]
            projects[project] = Whole(Scope.PROJECT, project, members)
        for wider in (projects[project], community):
            for month, parts in whole.changed.items():
                wider.changed[month] = wider.changed.get(month, set()) | parts
            wider.moved.add(whole.moved)
            wider.unsettle(whole.unsettled_from, whole.unsettled_days_from)
    found = [*touched, *projects.values(), community]
    for whole in found:
        for repository in whole.repositories:
            whole.was.add(was[repository])
            whole.now.add(now[repository])
        whole.unsettle(*unsettled(whole.was, whole.now))
    return found


def unsettled(was: Known, now: Known) -> tuple[date | None, date | None]:
    """From when on what had not ended may have gone on: to the moment, and by days."""
    if was == now:
        return None, None
    ends = [one.observed_until.date() for one in (was, now) if one.observed_until]
    first = min(ends, default=None) if was.observed_until else now.tracked_from
    return first, first if was.ends_on != now.ends_on else None
