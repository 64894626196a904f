"""The numbers behind each chart, for spreadsheets and programs."""

import csv
import io
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import translation

from community.people.models import Person
from community.people.visibility import may_see
from community.projects.models import Project
from contributors.activity.exports import inert
from contributors.metrics.boards import board_of
from contributors.metrics.charts import Table
from contributors.metrics.models import Scope
from contributors.metrics.periods import window_of
from contributors.metrics.queries import COMMUNITY, Place, extent_of
from contributors.metrics.trends import CHARTS


def place_of(slug: str, viewer: Any) -> Place:
    """The scope that an address names: community, project:atlas or person:mira."""
    kind, _colon, name = slug.partition(":")
    if kind == "community" and not name:
        return COMMUNITY
    if kind == "project":
        project = get_object_or_404(Project, slug=name)
        return Place(Scope.PROJECT, project.pk, project=project.slug)
    if kind == "person":
        person = get_object_or_404(Person.objects.present(), handle__iexact=name)
        if may_see(viewer, person, "activity"):
            return Place(Scope.PERSON, person.pk, handle=person.handle)
    raise Http404


def table_of(place: Place, slug: str, chart: str, query: Any) -> Table:
    """The plain table behind a chart."""
    if chart not in CHARTS:
        raise Http404
    extent = extent_of(COMMUNITY if place.scope == Scope.PERSON else place)
    if extent is None:
        raise Http404
    board = board_of(place, slug, window_of(query, extent), extent)
    # Programs read the same column names whatever the language of whoever sends them.
    with translation.override("en"):
        return CHARTS[chart](board).data


def as_csv(table: Table, name: str) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.header)
    writer.writerows([inert(cell) for cell in row] for row in table.rows)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def as_json(table: Table) -> JsonResponse:
    keys = [str(name) for name in table.header]
    return JsonResponse({"rows": [dict(zip(keys, row, strict=True)) for row in table.rows]})
