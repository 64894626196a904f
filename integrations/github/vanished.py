"""Which issues and pull requests are no longer there: deleted, transferred, hidden."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from community.projects.models import Repository
from contributors.activity.models import Contribution, WorkItem
from integrations.github.buckets import short
from integrations.github.questions import PULL_STATES, changed_since, ids_of
from integrations.github.transport import Gone, Locked, Overloaded, Transport

AT_ONCE = 2_000  # numbers of one question, halved where it is too large
ENOUGH = 250  # suspects that need not be told apart any further
SMALLEST = 10
PATHS = {"issue": "issues", "change_request": "pulls"}
Held = Mapping[int, tuple[str, str]]  # number: kind and external id


class Vanished:
    """Looks for what the ledger holds and GitHub no longer does."""

    def __init__(
        self,
        transport: Transport,
        place: Mapping[str, str],
        repository: Repository,
        *,
        size: int = AT_ONCE,
    ) -> None:
        self.transport = transport
        self.place = place
        self.items = WorkItem.objects.present().filter(repository=repository, source="github")
        self.size = size
        self.counts: dict[int, int] = {}
        self.beside: Held = {}  # what the next question about issues asks for as well
        self.absent: dict[str, list[str]] | None = None  # by kind, of what was asked beside

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
        return {found[place][1]: ("issue", found[place][2]) for place in places}

    def _counts(self, moments: Sequence[str]) -> list[int]:
        """How many issues changed at each of these moments or later."""
        beside, self.beside = self.beside, {}
        query = changed_since(moments, beside)
        try:
            found = self.transport.graphql_partly(query, **self.place)["repository"]
        except Overloaded:
            if not beside:
                raise
            return self._counts(moments)
        if beside:
            self.absent = absent(beside, self._there(beside, found))
        return [found[f"a{place}"]["totalCount"] for place in range(len(moments))]

    def _pulls(self) -> Held:
        """Those in the states of which GitHub counts fewer; its lists cannot be cut finer."""
        found = self.transport.graphql(PULL_STATES, **self.place)["repository"]
        rows = self.items.filter(kind="change_request")
        held = list(rows.values_list("state", "number", "external_id"))
        ours = Counter(state for state, _number, _id in held)
        fewer = {state for state in ours if ours[state] > found[state]["totalCount"]}
        return {number: ("change_request", one) for state, number, one in held if state in fewer}

    def spoken_of(self, *, after: int, most: int) -> Held:
        """Items with comments in turn, the oldest first, from behind a number on."""
        spoken = Contribution.objects.present().filter(
            kind="issue_comment", work_item=OuterRef("pk")
        )
        rows = self.items.filter(Exists(spoken), number__gt=after).order_by("number")
        found = rows.values_list("number", "kind", "external_id")[:most]
        return {number: (kind, one) for number, kind, one in found}

    def gone(self, held: Held) -> Iterator[dict[str, list[str]]]:
        """By kind the ids that are not there any more, question by question.

        What the others are said to hold of comments is in `counts`.
        """
        numbers, start = list(held), 0
        while start < len(numbers):
            asked = numbers[start : start + self.size]
            try:
                there = self._ids({number: held[number] for number in asked})
            except Overloaded:
                if self.size <= SMALLEST:
                    raise
                self.size //= 2
                continue
            start += len(asked)
            yield absent({number: held[number] for number in asked}, there)

    def _ids(self, held: Held) -> dict[int, str]:
        """What carries these numbers now."""
        try:
            found = self.transport.graphql_partly(ids_of(list(held)), **self.place)["repository"]
        except Locked:
            self.size = SMALLEST
            return self._ids_openly(held)
        return self._there(held, found)

    def _there(self, held: Held, found: Mapping[str, Any]) -> dict[int, str]:
        """Ids by number as an answer gives them; how many comments each has is noted."""
        named = [found[f"n{number}"] for number in held if found[f"n{number}"]]
        # By the number it says itself, lest an address that leads elsewhere is taken for it.
        there = {one["number"]: one for one in named}
        self.counts |= {
            number: there[number]["comments"]["totalCount"]
            for number, (_kind, one) in held.items()
            if number in there and str(there[number]["fullDatabaseId"]) == one
        }
        return {number: str(one["fullDatabaseId"]) for number, one in there.items()}

    def _ids_openly(self, held: Held) -> dict[int, str]:
        """The same by REST; what was transferred answers from its new home, under another id."""
        found = {}
        for number, (kind, _one) in held.items():
            path = f"repos/{self.place['owner']}/{self.place['name']}/{PATHS[kind]}/{number}"
            try:
                found[number] = str(self.transport.get(path).data["id"])
            except Gone:
                continue
        return found


def absent(held: Held, there: Mapping[int, str]) -> dict[str, list[str]]:
    """By kind the ids that their numbers no longer carry."""
    missing: defaultdict[str, list[str]] = defaultdict(list)
    for number, (kind, one) in held.items():
        if there.get(number) != one:
            missing[kind].append(one)
    return dict(missing)
