"""For whom people worked on which day."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import CharField
from django.db.models.functions import Cast

from community.people.bulk import among, plain_rows
from community.people.models import Affiliation
from contributors.metrics.definitions.rows import INDEPENDENT, UNKNOWN

EARLIEST, LATEST = "0001-01-01", "9999-12-31"


class Employers:
    """The dated affiliations of people, read once for each."""

    def __init__(self) -> None:
        self._spans: dict[int, list[tuple[str, str, int]]] = {}
        self._known: set[int] = set()

    def learn(self, people: Iterable[int]) -> None:
        """Read the affiliations of these people, as far as they were not read before."""
        unknown = set(people) - self._known
        self._known |= unknown
        rows = Affiliation.objects.filter(person__in=among(unknown)).order_by("pk")
        # As text, so that no driver makes a date of each first.
        rows = rows.annotate(
            first=Cast("starts_on", CharField()), until=Cast("ends_on", CharField())
        )
        names = ("person_id", "organization_id", "first", "until")
        spans: defaultdict[int, list[tuple[str, str, int]]] = defaultdict(list)
        for person, organization, first, until in plain_rows(rows.values_list(*names)):
            spans[person].append((first or EARLIEST, until or LATEST, organization or INDEPENDENT))
        for found in spans.values():
            found.sort(reverse=True)
        self._spans |= spans

    def on(self, person: int | None, day: str) -> int | list[int]:
        """The organization of somebody who was learned of on a day in ISO form, or all of
        several, the newest first."""
        spans = self._spans.get(person) if person is not None else None
        if spans is None:
            return UNKNOWN
        if len(spans) == 1:
            start, end, who = spans[0]
            return who if start <= day < end else UNKNOWN
        found = list(dict.fromkeys(who for start, end, who in spans if start <= day < end))
        return found if len(found) > 1 else found[0] if found else UNKNOWN
