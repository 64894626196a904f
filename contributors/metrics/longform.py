"""Answers as one long table of typed columns, which DuckDB, pandas or Arrow read without guessing.

Every row is one metric of one group in one week, month, quarter or year, and every row is
there: what is not known is null. Columns, their order and their types change with `VERSION` alone.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone

from contributors.metrics.explore import Answer, Shares, answer, is_over, shares_of
from contributors.metrics.kept import kept_of
from contributors.metrics.models import Figure
from contributors.metrics.questions import Question, question_of
from contributors.metrics.registry import METRICS
from contributors.metrics.rollups import PERSONAL
from contributors.metrics.stepping import figures_of
from contributors.metrics.steps import STEPS
from contributors.metrics.wholeness import gap_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.people.models import Person

    Viewer = Person | AnonymousUser

VERSION = 2
ALL = "all"  # instead of the key of a metric
UNITS = ("count", "seconds", "share", "ratio", "deviations")


class LongRow(NamedTuple):
    """One metric of one group in one period."""

    metric: str
    unit: str
    scope: str
    grouping: str
    group: str
    step: str
    period: str
    start: date
    end: date
    is_over: bool
    value: float | None
    n: int | None
    missing: float | None
    completeness: float | None
    definition: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column in the words of Table Schema; whether it may be null."""

    type: str
    says: str
    is_nullable: bool = False
    more: Mapping[str, Any] | None = None


COLUMNS: dict[str, Column] = {
    "metric": Column("string", "Key of the metric.", more={"enum": list(METRICS)}),
    "unit": Column("string", "Unit of `value`; a share is from 0 to 1.", more={"enum": [*UNITS]}),
    "scope": Column(
        "string",
        "community, project:SLUG, repository:ID, organization:SLUG, label:NAME, person:HANDLE.",
    ),
    "grouping": Column(
        "string",
        "What the rows are parted by; `month` where they are the scope's own.",
        more={"enum": ["month", "project", "repository", "organization", "kind"]},
    ),
    "group": Column("string", "The part; the scope itself where nothing is parted."),
    "step": Column("string", "How long the periods are.", more={"enum": list(STEPS)}),
    "period": Column("string", "Its name: 2026-W12, 2026-03, 2026-Q1 or 2026."),
    "start": Column("date", "Its first day, UTC."),
    "end": Column("date", "The day after its last."),
    "is_over": Column("boolean", "Whether it is known up to its end."),
    "value": Column(
        "number", "What the metric says; null where it says nothing.", is_nullable=True
    ),
    "n": Column("integer", "Rows that it was made of.", is_nullable=True, more={"minimum": 0}),
    "missing": Column(
        "number",
        "Share of rows that lacked what the metric needs.",
        is_nullable=True,
        more={"minimum": 0, "maximum": 1},
    ),
    "completeness": Column(
        "number",
        "Received of expected, below 1 while anything lacks or is open.",
        is_nullable=True,
        more={"minimum": 0, "maximum": 1},
    ),
    "definition": Column(
        "integer", "Version of the metric's definition.", is_nullable=True, more={"minimum": 1}
    ),
}


def long_rows(query: QueryDict, viewer: "Viewer") -> Iterator[LongRow]:
    """Every row of what an address asks for; `metric=all` gives every metric of the scope."""
    if query.get("metric") != ALL:
        found = answer(question_of(query, viewer), viewer)
        yield from rows_of_answer(found)
        return
    one = query.copy()
    one["metric"] = PERSONAL
    asked = replace(question_of(one, viewer), group="month")
    metrics = [METRICS[key] for key in kept_of(asked.place.scope)]
    figures = figures_of(asked.place, metrics, asked.step, asked.starts, asked.extent)
    gap = gap_of(asked.place, asked.window, viewer, timezone.now())
    every = [row for rows in figures.values() for row in rows.values()]
    shares = shares_of(every, gap, asked.step)
    for metric in metrics:
        question = replace(asked, metric=metric)
        yield from spread(question, question.slug, figures.get(metric.key, {}), shares)


def rows_of_answer(found: Answer) -> Iterator[LongRow]:
    """The rows of one metric: of the scope, of each member, or of each kind."""
    question = found.question
    if question.group == "kind":
        yield from kinds(found)
    elif question.group == "month":
        shares = shares_of(found.shown, found.gap, question.step)
        yield from spread(question, question.slug, found.figures, shares)
    else:
        figures = [row for member in found.members for row in member.figures.values()]
        shares = shares_of(figures, found.gap, question.step)
        for member in found.members:
            yield from spread(question, member.slug, member.figures, shares)


def kinds(found: Answer) -> Iterator[LongRow]:
    """Each kind that was done in any of the periods: zero in those in which it was not."""
    question = found.question
    shares = shares_of(found.shown, found.gap, question.step)
    seen = sorted({kind for row in found.shown for kind in row.details.get("kinds", {})})
    for kind in seen:
        for row in spread(question, kind, found.figures, shares):
            figure = found.figures.get(row.start)
            times = figure.details.get("kinds", {}).get(kind, 0) if figure else None
            yield row._replace(value=None if times is None else float(times), n=times)


def spread(
    question: Question, group: str, figures: Mapping[date, Figure], shares: Shares
) -> Iterator[LongRow]:
    """One row for each period asked for."""
    metric, step = question.metric, question.step
    for start in question.starts:
        whose = (metric.key, metric.unit, question.slug, question.group, group)
        when = (step.key, step.code(start), start, step.shifted(start, 1))
        over, row = is_over(start, question.extent, step), figures.get(start)
        if row is None:
            yield LongRow(*whose, *when, over, None, None, None, None, None)
            continue
        whole = shares[row.scope, row.scope_id, row.month]
        yield LongRow(*whose, *when, over, row.value, row.n, row.missing, whole, row.version)


def as_jsonl(rows: Iterator[LongRow]) -> str:
    """A JSON object a line; each has every key."""
    return "".join(json.dumps(plain(row)) + "\n" for row in rows)


def plain(row: LongRow) -> dict[str, Any]:
    return {**row._asdict(), "start": row.start.isoformat(), "end": row.end.isoformat()}


def as_long_csv(rows: Iterator[LongRow]) -> str:
    """A header and rows, nothing else; null is empty, numbers have a decimal point."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([cell(one) for one in row] for row in rows)
    return text.getvalue()


def cell(value: object) -> object:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def schema(csv_url: str, jsonl_url: str) -> dict[str, Any]:
    """A data package (datapackage.org) with the table's schema, beside each of its two files."""
    table = {"fields": [field(name) for name in COLUMNS], "missingValues": [""], "primaryKey": KEY}
    files = {"csv": (csv_url, "text/csv"), "jsonl": (jsonl_url, "application/x-ndjson")}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "explore",
        "title": f"{settings.COMMUNITY_NAME}: finished figures",
        "version": f"{VERSION}.0.0",
        "resources": [
            {
                "name": f"figures-{form}",
                "path": url,
                "format": form,
                "mediatype": kind,
                "encoding": "utf-8",
                "schema": table,
            }
            for form, (url, kind) in files.items()
        ],
    }


KEY: Sequence[str] = ("metric", "scope", "grouping", "group", "step", "period")


def field(name: str) -> dict[str, Any]:
    column = COLUMNS[name]
    constraints = {"required": not column.is_nullable, **(column.more or {})}
    told = {"name": name, "type": column.type, "description": column.says}
    return {**told, "constraints": constraints}
