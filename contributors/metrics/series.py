"""The numbers behind each chart, for spreadsheets and programs."""

import csv
import io
import re
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation

from community.people.models import Organization, Person
from community.people.visibility import may_see
from community.projects.models import Project, Repository
from contributors.activity.exports import inert
from contributors.activity.labels import label_named
from contributors.metrics.boards import board_of
from contributors.metrics.charts import Table
from contributors.metrics.employer_boards import employer_chart
from contributors.metrics.funnel import funnel_chart
from contributors.metrics.models import Scope
from contributors.metrics.periods import chosen_window, window_of
from contributors.metrics.queries import COMMUNITY, Place, extent_of
from contributors.metrics.trends import CHARTS, Board
from contributors.metrics.wholeness import Gap, capped, gap_of, weights_of

OF_EMPLOYERS = ("part", "members", "sectors")
DRAWN = {**CHARTS, "funnel": funnel_chart}
PLAIN_NUMBER = re.compile(r"[0-9]{1,18}")


def place_of(slug: str, viewer: Any) -> Place:
    """The scope that an address names: community, project:atlas, organization:acme, ..."""
    kind, _colon, name = slug.partition(":")
    if not slug.isprintable():
        raise Http404
    if kind == "community" and not name:
        return COMMUNITY
    found = place_shown(kind, name, viewer)
    if found is None:
        raise Http404
    return found


def place_shown(kind: str, name: str, viewer: Any) -> Place | None:
    """A scope of some kind that this reader may know of."""
    if kind == "project":
        project = get_object_or_404(Project, slug=name)
        return Place(Scope.PROJECT, project.pk, project=project.slug, name=project.name)
    if kind == "repository" and PLAIN_NUMBER.fullmatch(name):
        shown = Repository.objects.shown_to(viewer)
        repository = get_object_or_404(shown, pk=int(name))
        return Place(
            Scope.REPOSITORY, repository.pk, repository=repository.pk, name=repository.name
        )
    if kind == "organization":
        organization = get_object_or_404(Organization, slug=name)
        return Place(Scope.ORGANIZATION, organization.pk, name=organization.name)
    if kind == "label" and (label := label_named(name, viewer)):
        return Place(Scope.LABEL, name=label.name, label=label.name)
    if kind == "person":
        person = get_object_or_404(Person.objects.present(), handle__iexact=name)
        if may_see(viewer, person, "activity"):
            return Place(Scope.PERSON, person.pk, handle=person.handle, name=str(person))
    return None


def table_of(
    place: Place, slug: str, chart: str, query: Any, viewer: Any
) -> tuple[Table, Gap | None]:
    """The plain table behind a chart, and why its period is not complete."""
    if chart in OF_EMPLOYERS:
        return employer_table(place, chart, viewer)
    if chart not in DRAWN:
        raise Http404
    extent = extent_of(place)
    if extent is None:
        raise Http404
    board = board_of(place, slug, window_of(query, extent), extent, viewer)
    # Programs read the same column names whatever the language of whoever sends them.
    with translation.override("en"):
        return with_shares(DRAWN[chart](board).data, board), board.gap


def employer_table(place: Place, chart: str, viewer: Any) -> tuple[Table, Gap | None]:
    """The same of the charts on the pages of organizations, which are of the last months."""
    with translation.override("en"):
        found = employer_chart(place, chart, viewer)
        if found is None:
            raise Http404
        drawn, board = found
        window = chosen_window(board.months[0], board.extent.end)
        return with_shares(drawn.data, board), gap_of(place, window, viewer, timezone.now())


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
