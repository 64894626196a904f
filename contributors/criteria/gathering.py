"""Everybody who meets a rule, by a few statements however many people there are.

The day counts of the widest window are read once, as numbers; clauses answer with
people, and groups are sets of them. `evaluating.py` says the same of one person,
and a test compares both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, reduce
from itertools import chain
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from community.people.models import Identity, Person
from community.projects.models import Repository
from contributors.activity.models import DayCount
from contributors.criteria.clauses import GROUPS, KINDS, Clause, longest_window, walk
from contributors.criteria.columns import Columns, enough_acts, spread_enough
from contributors.criteria.evaluating import window

People = frozenset[int]
FLAGS = {"bot": Q(is_bot=True), "suspended": Q(is_active=False)}
# The day as a number: 1 is 1 January of the year 1, as Python counts.
ORDINAL = {
    "sqlite": "CAST(julianday(d.day) - 1721424.5 AS INTEGER)",
    "postgresql": "(d.day - DATE '0001-01-01') + 1",
}


def everybody() -> People:
    """Who can meet a rule: people neither merged away nor erased."""
    return frozenset(Person.objects.present().values_list("pk", flat=True))


def meeting(document: Clause, on: date) -> People:
    """The ids of those who meet a valid document on this day."""
    return _Asked(document, on).meeting(document)


@dataclass
class _Asked:
    """One document on one day, with what its clauses share, read when it is needed."""

    document: Clause
    on: date

    @cached_property
    def everyone(self) -> People:
        return everybody()

    @cached_property
    def columns(self) -> Columns:
        return columns_of(self.document, self.on)

    def meeting(self, clause: Clause) -> People:
        ((word, body),) = clause.items()
        if word in GROUPS:
            join = frozenset.intersection if word == "all" else frozenset.union
            return reduce(join, (self.meeting(one) for one in body))
        if word == "not":
            return self.everyone - self.meeting(body)
        return _CLAUSES[word](self, body) & self.everyone

    def count(self, body: Clause) -> People:
        return frozenset(enough_acts(self._chosen(body), body).tolist())

    def spread(self, body: Clause) -> People:
        return frozenset(spread_enough(self._chosen(body), body).tolist())

    def _chosen(self, body: Clause) -> Columns:
        return self.columns.chosen(body, self.on, _places(body))

    def tenure(self, body: Clause) -> People:
        """Those with an act on or before the day."""
        last = self.on - timedelta(days=body["days"])
        acts = DayCount.objects.filter(identity=OuterRef("pk"), day__lte=last, count__gt=0)
        return frozenset(Identity.objects.filter(Exists(acts)).values_list("person", flat=True))

    def member_of(self, body: Clause) -> People:
        found = Person.objects.filter(maintained_projects__slug=body["project"])
        return frozenset(found.values_list("pk", flat=True))

    def is_not(self, body: list[str]) -> People:
        flagged = reduce(Q.__or__, (FLAGS[flag] for flag in body))
        return self.everyone - set(Person.objects.filter(flagged).values_list("pk", flat=True))


def columns_of(document: Clause, on: date) -> Columns:
    """The day counts that any clause of a document looks at."""
    bodies = [body for _path, word, body in walk(document) if word in {"count", "spread"}]
    kinds = sorted({kind for body in bodies for kind in body["kinds"]})
    start, end = window(longest_window(document) or 0, on)
    numbered = " ".join(f"WHEN %s THEN {KINDS.index(kind)}" for kind in kinds)
    quote, adapt = connection.ops.quote_name, connection.ops.adapt_datefield_value
    wanted = ", ".join(["%s"] * len(kinds))
    text = f"""
        SELECT i.person_id, d.repository_id, {ORDINAL[connection.vendor]},
            CASE d.kind {numbered} END, d.count
        FROM {quote(DayCount._meta.db_table)} d
        JOIN {quote(Identity._meta.db_table)} i ON i.id = d.identity_id
        WHERE d.day >= %s AND d.day < %s AND d.count > 0 AND d.kind IN ({wanted})
    """  # noqa: S608 - of constants
    with connection.cursor() as cursor:
        cursor.execute(text, [*kinds, adapt(start), adapt(end), *kinds])
        numbers = np.fromiter(chain.from_iterable(cursor), dtype=np.int64)
    return Columns(*numbers.reshape(-1, 5).T)


def _places(body: Clause) -> list[int] | None:
    """The repositories of the projects that a clause names; None where it names none."""
    if "projects" not in body:
        return None
    found = Repository.objects.filter(project__slug__in=body["projects"]).order_by("pk")
    return list(found.values_list("pk", flat=True))


_CLAUSES: dict[str, Callable[[_Asked, Any], People]] = {
    "count": _Asked.count,
    "spread": _Asked.spread,
    "tenure": _Asked.tenure,
    "member_of": _Asked.member_of,
    "is_not": _Asked.is_not,
}
