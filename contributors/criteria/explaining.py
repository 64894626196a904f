"""Why one person meets a rule or not yet: each clause with the acts that it counted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Min
from django.urls import reverse

from community.people.models import Person
from contributors.activity.models import Contribution, DayCount
from contributors.criteria.clauses import Clause, longest_window, walk
from contributors.criteria.evaluating import (
    Cell,
    Facts,
    Verdict,
    caps_of,
    chosen,
    evaluate,
    left_out,
    window,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Viewer = Person | AnonymousUser

SHOWN = 20
Row = tuple[int, Cell]  # the id of a contribution, and where it counts


@dataclass(frozen=True, slots=True)
class Rows:
    """The page of a person's rows of one kind in a window."""

    kind: str
    count: int
    url: str

    @property
    def label(self) -> str:
        return str(Contribution.Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The acts behind one clause, the oldest first: ids of contributions."""

    counted: tuple[int, ...]
    left_out: tuple[tuple[int, str], ...]  # with the cap
    rows: tuple[Rows, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict on one person with the evidence by the path of each clause that counts acts."""

    verdict: Verdict
    evidence: dict[str, Evidence]


def explain(document: Clause, person: Person, on: date) -> Explanation:
    """Why a person meets a valid document on this day or does not."""
    rows = rows_of(document, person, on)
    facts = facts_of(person, Counter(cell for _pk, cell in rows), on)
    evidence = {
        path: _evidence(person, rows, body, on)
        for path, word, body in walk(document)
        if word in {"count", "spread"}
    }
    return Explanation(evaluate(document, facts, on), evidence)


def rows_of(document: Clause, person: Person, on: date) -> list[Row]:
    """The person's acts in the longest window of a rule, the oldest first."""
    days = longest_window(document)
    if days is None:
        return []
    start, end = (datetime.combine(day, time.min, UTC) for day in window(days, on))
    acts = Contribution.objects.present().by(person).between(start, end)
    columns = ("pk", "occurred_at", "kind", "repository", "repository__project__slug")
    return [
        (pk, Cell(moment.astimezone(UTC).date(), kind, repository, slug))
        for pk, moment, kind, repository, slug in acts.order_by("occurred_at", "pk").values_list(
            *columns
        )
    ]


def facts_of(person: Person, acts: Counter[Cell], on: date) -> Facts:
    """What the rest of the house knows of a person, beside these acts."""
    counts = DayCount.objects.filter(identity__person=person, count__gt=0)
    standing = {"bot": person.is_bot, "suspended": not person.is_active}
    return Facts(
        acts,
        counts.aggregate(first=Min("day"))["first"],
        frozenset(person.maintained_projects.values_list("slug", flat=True)),
        frozenset(flag for flag, holds in standing.items() if holds),
    )


def _evidence(person: Person, rows: Sequence[Row], body: Any, on: date) -> Evidence:
    cells = chosen(Counter(cell for _pk, cell in rows), body, on)
    mine = [(pk, cell) for pk, cell in rows if cell in cells]
    out = left_out(mine, caps_of(body))
    return Evidence(
        tuple(pk for pk, _cell in mine if pk not in out),
        tuple((pk, out[pk]) for pk, _cell in mine if pk in out),
        tuple(_links(person, (cell.kind for _pk, cell in mine), body, on)),
    )


def _links(person: Person, kinds: Iterable[str], body: Any, on: date) -> Iterable[Rows]:
    start, end = window(body["days"], on)
    for kind, count in sorted(Counter(kinds).items()):
        asked = {"person": person.handle, "kind": kind, "from": str(start), "to": str(end)}
        bots = {"bots": "all"} if person.is_bot else {}
        url = f"{reverse('activity:contributions')}?{urlencode({**asked, **bots})}"
        yield Rows(kind, count, url)


def acts_shown(explanation: Explanation, viewer: "Viewer") -> dict[int, Contribution]:
    """The latest acts of each clause that this reader may know of, in one query."""
    ids = {
        pk
        for one in explanation.evidence.values()
        for pk in (*one.counted[-SHOWN:], *(pk for pk, _cap in one.left_out[-SHOWN:]))
    }
    found = Contribution.objects.shown_to(viewer).select_related("repository", "work_item")
    return found.in_bulk(ids)
