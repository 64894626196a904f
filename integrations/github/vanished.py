"""Which issues and pull requests are no longer there: deleted, transferred, hidden."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from community.projects.models import Repository
from contributors.activity.models import WorkItem
from integrations.github.buckets import short
from integrations.github.questions import PULL_STATES, changed_since, ids_of
from integrations.github.transport import Gone, Locked, Overloaded, Transport

ENOUGH = 250  # numbers of one question
SMALLEST = 10
PATHS = {"issue": "issues", "change_request": "pulls"}
Held = Mapping[int, str]  # number: external id


class Vanished:
    """Looks for what the ledger holds and GitHub no longer does."""

    def __init__(
        self, transport: Transport, place: Mapping[str, str], repository: Repository
    ) -> None:
        self.transport = transport
        self.place = place
        self.items = WorkItem.objects.present().filter(repository=repository, source="github")
        self.size = ENOUGH

    def suspects(self, kind: str, *, below: int | None = None) -> Held:
        """Where to look, the newest first, when GitHub counts fewer than we hold."""
        held = self._issues() if kind == "issue" else self._pulls()
        return {
            number: held[number]
            for number in sorted(held, reverse=True)
            if below is None or number < below
        }

    def _issues(self) -> Held:
        """Those last changed in stretches of time in which GitHub counts fewer."""
        rows = self.items.filter(kind="issue").order_by("updated_at")
        found = list(rows.values_list("updated_at", "number", "external_id"))
        stretches = [range(len(found))]
        if len(found) > ENOUGH:
            times = [f"{row[0]:%Y-%m-%dT%H:%M:%SZ}" for row in found]
            stretches = short(times, self._counts, enough=ENOUGH)
        places = (place for one in stretches for place in one)
        return {found[place][1]: found[place][2] for place in places}

    def _counts(self, moments: Sequence[str]) -> list[int]:
        """How many issues changed at each of these moments or later."""
        found = self.transport.graphql(changed_since(moments), **self.place)["repository"]
        return [found[f"a{place}"]["totalCount"] for place in range(len(moments))]

    def _pulls(self) -> Held:
        """Those in the states of which GitHub counts fewer; its lists cannot be cut finer."""
        found = self.transport.graphql(PULL_STATES, **self.place)["repository"]
        rows = self.items.filter(kind="change_request")
        held = list(rows.values_list("state", "number", "external_id"))
        ours = Counter(state for state, _number, _id in held)
        fewer = {state for state in ours if ours[state] > found[state]["totalCount"]}
        return {number: one for state, number, one in held if state in fewer}

    def gone(self, kind: str, held: Held, *, at_most: int) -> Iterator[list[str]]:
        """The ids that are not there any more, question by question, until so many are found."""
        numbers, start, found = list(held), 0, 0
        while start < len(numbers) and found < at_most:
            asked = numbers[start : start + self.size]
            try:
                there = self._ids(kind, asked)
            except Overloaded:
                if self.size <= SMALLEST:
                    raise
                self.size //= 2
                continue
            start += len(asked)
            missing = [held[number] for number in asked if there.get(number) != held[number]]
            found += len(missing)
            yield missing

    def _ids(self, kind: str, numbers: Sequence[int]) -> dict[int, str]:
        """What carries these numbers now."""
        try:
            found = self.transport.graphql_partly(ids_of(numbers), **self.place)["repository"]
        except Locked:
            self.size = SMALLEST
            return self._ids_openly(kind, numbers)
        there = (found[f"n{number}"] for number in numbers)
        # By the number it says itself, lest an address that leads elsewhere is taken for it.
        return {one["number"]: str(one["fullDatabaseId"]) for one in there if one}

    def _ids_openly(self, kind: str, numbers: Sequence[int]) -> dict[int, str]:
        """The same by REST; what was transferred answers from its new home, under another id."""
        found = {}
        for number in numbers:
            path = f"repos/{self.place['owner']}/{self.place['name']}/{PATHS[kind]}/{number}"
            try:
                found[number] = str(self.transport.get(path).data["id"])
            except Gone:
                continue
        return found
