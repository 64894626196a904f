"""The rows behind every figure, and how many of them have come."""

from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from community.lib.paging import ROWS, kept_if_slow, page_of
from community.projects.models import Project, Repository
from contributors.activity.choices import Choice, ContributionFilter, Filter, WorkItemFilter
from contributors.activity.exports import (
    CONTRIBUTION_COLUMNS,
    FORMATS,
    WORK_ITEM_COLUMNS,
    export,
)
from contributors.activity.heat import heat_of, year_asked, years_of
from contributors.activity.lines import contribution_lines, work_item_lines
from contributors.activity.models import Completeness, Contribution, DayCount, WorkItem
from contributors.activity.newest import newest_of
from contributors.activity.overview import known_until, overview, short_day
from contributors.activity.standing import weight_of
from contributors.activity.waiting import waiting_page


@require_safe
def contributions(request: HttpRequest) -> HttpResponseBase:
    """Contributions, the newest first."""
    form = ContributionFilter(request.GET)
    choice = form.choice(request.user)
    rows = Contribution.objects.chosen(choice).order_by("-occurred_at", "-pk")
    wanted = request.GET.get("format")
    if wanted in FORMATS:
        return export(rows, CONTRIBUTION_COLUMNS, as_format=wanted, viewer=request.user)
    count = kept_if_slow(("days", *choice.key), lambda: DayCount.objects.total_chosen(choice))
    page = _counted(rows, count, request)
    frame = _frame(form, choice, request)
    places = [pk for pk, _ in frame["repositories"]]
    if (newest := newest_of(page, choice, places)) is not None:
        page.object_list = newest
    lines = contribution_lines(page, request.user, timezone.now())
    context = {"page": page, "lines": lines, **frame}
    return render(request, "contributors/activity/contributions.html", context)


@require_safe
def work_items(request: HttpRequest) -> HttpResponseBase:
    """Issues and change requests; those that wait, the longest waiting first."""
    form = WorkItemFilter(request.GET)
    choice = form.choice(request.user)
    order = ("opened_at", "pk") if choice.waiting else ("-opened_at", "-pk")
    rows = WorkItem.objects.chosen(choice).order_by(*order)
    wanted = request.GET.get("format")
    if wanted in FORMATS:
        return export(rows, WORK_ITEM_COLUMNS, as_format=wanted, viewer=request.user)
    count = kept_if_slow(("items", *choice.key), rows.count)
    page = page_of(rows, request, count=count)
    lines = work_item_lines(page, request.user, timezone.now())
    context = {"page": page, "lines": lines, **_frame(form, choice, request)}
    return render(request, "contributors/activity/work_items.html", context)


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for an answer and by whom, the longest waiting first."""
    context = waiting_page(request, timezone.now())
    return render(request, "contributors/activity/waiting.html", context)


@require_safe
def whole(request: HttpRequest) -> HttpResponseBase:
    """How much of every repository's activity has come."""
    form = Filter(request.GET)
    choice = form.choice(request.user)
    context = {**_frame(form, choice, request), **overview(choice, request, timezone.now())}
    return render(request, "contributors/activity/whole.html", context)


@require_safe
def completeness(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How much of a repository's activity has come, day by day."""
    shown = Repository.objects.shown_to(request.user).select_related("project")
    repository = get_object_or_404(shown, pk=pk)
    rows = Completeness.objects.filter(repository=repository)
    years, at = years_of(rows), timezone.now()
    chosen = _day_asked(rows, request.GET.get("day", ""))
    asked = str(chosen.day.year) if chosen else request.GET.get("year", "")
    year = year_asked(asked, years, at.year)
    weight = weight_of(repository, at)
    page = page_of(rows.lacking().select_related("repository").order_by("-day"), request)
    context = {
        "repository": repository,
        "heat": heat_of(
            rows, year, known_until=known_until([pk]).get(pk), open_from=weight.open_from
        ),
        "chosen": short_day(chosen, weight.reasons) if chosen else None,
        "years": years,
        "year": year,
        "totals": weight,
        "page": page,
        "days": [short_day(row, weight.reasons) for row in page],
    }
    return render(request, "contributors/activity/completeness.html", context)


def _day_asked(rows: "QuerySet[Completeness]", asked: str) -> Completeness | None:
    """What is known of the day an address names."""
    try:
        day = date.fromisoformat(asked[:10])
    except ValueError:
        return None
    return rows.select_related("repository").filter(day=day).first()


def _counted(rows: "QuerySet[Contribution]", count: int, request: HttpRequest) -> "Page[Any]":
    """A page whose number of rows is known from the day counts, without counting rows."""
    paginator = Paginator(rows, ROWS)
    paginator.count = count
    return paginator.get_page(request.GET.get("page"))


def _frame(form: Filter, choice: Choice, request: HttpRequest) -> dict[str, Any]:
    """What both pages of rows show around the rows."""
    repositories = Repository.objects.shown_to(request.user).order_by("name")
    if choice.project:
        repositories = repositories.filter(project__slug=choice.project)
    return {
        "form": form,
        "choice": choice,
        "projects": tuple(Project.objects.order_by("name").values_list("slug", "name")),
        "repositories": tuple(repositories.values_list("pk", "name")[:200]),
        "is_filtered": bool(form.data.keys() - {"page", "format", "bots"}),
    }
