"""The numbers behind each chart, for spreadsheets and programs."""

import csv
import io
import re
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation

from community.people.models import Person
from community.people.visibility import may_see
from community.projects.models import Project, Repository
from contributors.activity.exports import inert
from contributors.metrics.boards import board_of
from contributors.metrics.charts import Table
from contributors.metrics.models import Scope
from contributors.metrics.periods import window_of
from contributors.metrics.queries import COMMUNITY, Place, extent_of
from contributors.metrics.trends import CHARTS, Board
from contributors.metrics.wholeness import Gap, capped, weights_of

PLAIN_NUMBER = re.compile(r"[0-9]{1,18}")


def place_of(slug: str, viewer: Any) -> Place:
    """The scope that an address names: community, project:atlas, repository:7 or person:mira."""
    kind, _colon, name = slug.partition(":")
    if not slug.isprintable():
        raise Http404
    if kind == "community" and not name:
        return COMMUNITY
    if kind == "project":
        project = get_object_or_404(Project, slug=name)
        return Place(Scope.PROJECT, project.pk, project=project.slug, name=project.name)
    if kind == "repository" and PLAIN_NUMBER.fullmatch(name):
        shown = Repository.objects.shown_to(viewer)
        repository = get_object_or_404(shown, pk=int(name))
        return Place(
            Scope.REPOSITORY, repository.pk, repository=repository.pk, name=repository.name
        )
    if kind == "person":
        person = get_object_or_404(Person.objects.present(), handle__iexact=name)
        if may_see(viewer, person, "activity"):
            return Place(Scope.PERSON, person.pk, handle=person.handle, name=str(person))
    raise Http404


def table_of(
    place: Place, slug: str, chart: str, query: Any, viewer: Any
) -> tuple[Table, Gap | None]:
    """The plain table behind a chart, and why its period is not complete."""
    if chart not in CHARTS:
        raise Http404
    extent = extent_of(COMMUNITY if place.scope == Scope.PERSON else place)
    if extent is None:
        raise Http404
    board = board_of(place, slug, window_of(query, extent), extent, viewer)
    # Programs read the same column names whatever the language of whoever sends them.
    with translation.override("en"):
        return with_shares(CHARTS[chart](board).data, board), board.gap


def with_shares(table: Table, board: Board) -> Table:
    """The table with how complete each month is; a table that has no months as it is."""
    if table.header[0] != "month":
        return table
    figures = board.monthly.get("contributions", {})
    weights = weights_of(figures.values(), timezone.now())
    shares = {
        str(month): capped(figure.completeness, weights[figure.scope, figure.scope_id, month])
        for month, figure in figures.items()
    }
    rows = [(*row, shares.get(str(row[0]))) for row in table.rows]
    return Table([*table.header, "completeness"], rows)


def as_csv(table: Table, gap: Gap | None, name: str) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.header)
    writer.writerows([inert(cell) for cell in row] for row in table.rows)
    if gap is not None:
        writer.writerow([f"# {gap.said}"])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def as_json(table: Table, gap: Gap | None) -> JsonResponse:
    keys = [str(name) for name in table.header]
    rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
    return JsonResponse({"rows": rows, "lacking": None if gap is None else gap.as_json()})
