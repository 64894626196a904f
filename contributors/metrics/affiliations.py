"""For whom people worked on which day."""

from collections import defaultdict

from community.people.models import Affiliation
from contributors.metrics.definitions.rows import INDEPENDENT, UNKNOWN

EARLIEST, LATEST = "0001-01-01", "9999-12-31"


class Employers:
    """Everybody's dated affiliations, read once."""

    def __init__(self) -> None:
        spans: defaultdict[int, list[tuple[str, str, int]]] = defaultdict(list)
        rows = Affiliation.objects.order_by("pk").values_list(
            "person_id", "organization_id", "starts_on", "ends_on"
        )
        for person, organization, start, end in rows:
            first = start.isoformat() if start else EARLIEST
            until = end.isoformat() if end else LATEST
            spans[person].append((first, until, organization or INDEPENDENT))
        for found in spans.values():
            found.sort(reverse=True)
        self._spans = dict(spans)

    def on(self, person: int | None, day: str) -> int | list[int]:
        """The organization on a day in ISO form, or all of several, the newest first."""
        spans = self._spans.get(person) if person is not None else None
        if spans is None:
            return UNKNOWN
        if len(spans) == 1:
            start, end, who = spans[0]
            return who if start <= day < end else UNKNOWN
        found = list(dict.fromkeys(who for start, end, who in spans if start <= day < end))
        return found if len(found) > 1 else found[0] if found else UNKNOWN
