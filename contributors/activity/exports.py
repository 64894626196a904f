"""Rows of the ledger as CSV and JSON, streamed, and a person's own rows for their zip."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from community.people.models import Person
from community.people.visibility import levels_shown_to
from contributors.activity.choices import Viewer
from contributors.activity.models import Contribution, WorkItem

Rows = Iterator[Sequence[Any]]
CHUNK = 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
CONTRIBUTION_COLUMNS = {
    "occurred_at": "occurred_at",
    "kind": "kind",
    "person": "identity__person__handle",
    "name": "identity__person__name",
    "is_bot": "identity__person__is_bot",
    "project": "repository__project__slug",
    "repository": "repository__name",
    "work_item": "work_item_number",
    "title": "title",
    "url": "url",
    "outcome": "outcome",
    "is_merge": "is_merge",
    "lines_added": "lines_added",
    "lines_removed": "lines_removed",
    "source": "source",
}
WORK_ITEM_COLUMNS = {
    "opened_at": "opened_at",
    "kind": "kind",
    "number": "number",
    "title": "title",
    "state": "state",
    "state_reason": "state_reason",
    "is_draft": "is_draft",
    "author": "author__person__handle",
    "name": "author__person__name",
    "is_bot": "author__person__is_bot",
    "project": "repository__project__slug",
    "repository": "repository__name",
    "closed_at": "closed_at",
    "merged_at": "merged_at",
    "first_response_at": "first_response_at",
    "last_reply_at": "last_reply_at",
    "url": "url",
    "source": "source",
}


def inert(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(cell, str) and (cell[:1] in _FORMULA or cell.lstrip()[:1] in _FORMULA):
        return f"'{cell}" if cell else cell
    return cell


def export(
    rows: "QuerySet[Any]", columns: Mapping[str, str], *, as_format: str, viewer: Viewer
) -> StreamingHttpResponse:
    """All rows as they come, with the people hidden who do not show what they do."""
    plain = _plain(rows, columns, viewer)
    write, kind = FORMATS[as_format]
    response = StreamingHttpResponse(write(list(columns), plain), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="activity.{as_format}"'
    return response


def _plain(rows: "QuerySet[Any]", columns: Mapping[str, str], viewer: Viewer) -> Rows:
    who = next(path for path in columns.values() if path.endswith("person__handle"))
    base = who.removesuffix("handle")
    levels = levels_shown_to(viewer)
    personal = {list(columns).index(one) for one in columns if columns[one].startswith(base)}
    personal |= {place for place, one in enumerate(columns) if one in ("title", "url")}
    found = rows.values_list(*columns.values(), f"{base}visibility", f"{base}pk")
    for *cells, visibility, person in found.iterator(chunk_size=CHUNK):
        level = (visibility or {}).get("activity", "public")
        if level in levels or person == viewer.pk:
            yield cells
        else:
            yield ["" if place in personal else cell for place, cell in enumerate(cells)]


def _text(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, datetime) else cell


class _Echo:
    """A file that hands back what is written into it."""

    def write(self, value: str) -> str:
        return value


def _csv(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([inert(_text(cell)) for cell in row])


def _json(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    opening = "[\n"
    for row in rows:
        named = dict(zip(columns, map(_text, row), strict=True))
        yield opening + json.dumps(named, ensure_ascii=False)
        opening = ",\n"
    yield "[]" if opening == "[\n" else "\n]"


FORMATS: dict[str, tuple[Callable[[Sequence[str], Rows], Iterator[str]], str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "json": (_json, "application/json"),
}


def own_contributions(person: Person) -> Iterable[Mapping[str, Any]]:
    """What a person did, for the zip of their own data."""
    rows: QuerySet[Any] = Contribution.objects.by(person).order_by("occurred_at", "pk")
    yield from rows.values(*CONTRIBUTION_COLUMNS.values(), "zone_minutes", "deleted_at").iterator()


def own_work_items(person: Person) -> Iterable[Mapping[str, Any]]:
    """What a person opened, for the zip of their own data."""
    rows: QuerySet[Any] = WorkItem.objects.filter(author__person=person)
    rows = rows.order_by("opened_at", "pk")
    yield from rows.values(*WORK_ITEM_COLUMNS.values(), "labels", "deleted_at").iterator()
