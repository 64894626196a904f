"""What was released in the months of a chart."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from django.db.models import CharField, Func
from django.utils.translation import ngettext

from community.projects.models import Repository
from contributors.activity.models import Contribution
from contributors.metrics.calendar import next_month
from contributors.metrics.charts import Mark
from contributors.metrics.models import Scope
from contributors.metrics.queries import Monthly, Place

# Written out: SQLite takes the index of releases for no value that is bound.
RELEASE = Func(template="'release'", output_field=CharField())
MOST = 400  # of the last twelve months; those before are not marked
NAMED = 4


NOTHING = Mark(0, "")


def release_marks(place: Place, months: Sequence[date], monthly: Monthly) -> list[Mark]:
    """For each month what was released in repositories that everybody may know of.

    Asks the ledger only where the figures tell of a release at all.
    """
    figures = monthly.get("contributions", {}).values()
    if place.scope == Scope.PERSON or not any(
        row.details.get("kinds", {}).get("release") for row in figures
    ):
        return []
    found: defaultdict[date, list[str]] = defaultdict(list)
    for moment, title, repository in rows_of(place, months):
        found[moment.astimezone(UTC).date().replace(day=1)].append(named(title, repository, place))
    return [mark_of(found[month]) if month in found else NOTHING for month in months]


def rows_of(place: Place, months: Sequence[date]) -> list[tuple[datetime, str, str]]:
    """Moment, title and repository of each release, the newest first."""
    start = datetime.combine(months[0], time.min, UTC)
    end = datetime.combine(next_month(months[-1]), time.min, UTC)
    places = Repository.objects.filter(is_private=False)
    if place.scope == Scope.PROJECT:
        places = places.filter(project=place.pk)
    elif place.scope == Scope.REPOSITORY:
        places = places.filter(pk=place.pk)
    rows = (
        Contribution.objects.present()
        .between(start, end)
        .filter(kind=RELEASE, repository__in=places.values("pk"))
        .order_by("-occurred_at", "-pk")
    )
    return list(rows.values_list("occurred_at", "title", "repository__name")[:MOST])


def named(title: str, repository: str, place: Place) -> str:
    """A release with its repository, as far as the scope has several."""
    short = repository.rpartition("/")[2]
    if place.scope == Scope.REPOSITORY or short.casefold() in title.casefold():
        return title or short
    return f"{short} {title}".strip()


def mark_of(names: Sequence[str]) -> Mark:
    """The first few by name, in the order of time, and how many more."""
    ordered = list(reversed(names))
    words = "; ".join(ordered[:NAMED])
    if (more := len(ordered) - NAMED) > 0:
        words += "; " + ngettext("%(count)s more", "%(count)s more", more) % {"count": more}
    return Mark(len(ordered), words)
