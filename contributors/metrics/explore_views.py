"""Pages and files that answer a reader's own question."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from contributors.metrics.comparing import compared
from contributors.metrics.explore import answer
from contributors.metrics.longform import ALL, as_jsonl, as_long_csv, long_rows, schema
from contributors.metrics.pickers import embeds, feed_url, pickers
from contributors.metrics.pictures import (
    DRAWN,
    LISTED,
    changes,
    chart_of,
    data_of,
    facts,
    member_rows,
    rows_url,
    small_charts,
    url_of,
)
from contributors.metrics.questions import question_of
from contributors.metrics.series import as_csv, as_json

FILES, SCHEMA = ("csv", "jsonl"), "schema.json"


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """One metric of one scope over the months a reader picks."""
    question = question_of(request.GET, request.user)
    found = answer(question, request.user)
    link = url_of(question)
    files = {form: link.replace("/explore/?", f"/explore.{form}?") for form in ("csv", "json")}
    long = [link.replace("/explore/?", f"/explore-long.{form}?") for form in (*FILES, SCHEMA)]
    context = {
        "question": question,
        "picker": pickers(question, request.user),
        "chart": chart_of(found),
        "changes": changes(found),
        "facts": facts(found),
        "gap": found.gap,
        "small": small_charts(found),
        "members": member_rows(found),
        "hidden_members": max(len(found.members) - LISTED, 0),
        "is_cut": len(found.members) > DRAWN,
        "permalink": link,
        "files": files,
        "long": dict(zip(("csv", "jsonl", "schema"), long, strict=True)),
        "all_metrics": url_of(question, metric=ALL, group="").replace("/?", "-long.jsonl?"),
        "rows_url": rows_url(question) if found.shown else "",
        "embeds": embeds(question),
        "feed_url": feed_url(question),
    }
    return render(request, "contributors/metrics/explore.html", context)


@require_safe
def explore_data(request: HttpRequest, form: str) -> HttpResponse:
    """The figures behind an answer as CSV or JSON."""
    question = question_of(request.GET, request.user)
    found = answer(question, request.user)
    # Programs read the same words whatever the language of whoever sends them.
    with translation.override("en"):
        table = data_of(found)
        if form == "csv":
            return as_csv(table, found.gap, question.metric.key)
        return as_json(table, found.gap)


@require_safe
def explore_long(request: HttpRequest, form: str) -> HttpResponse:
    """The figures behind an answer as one table of typed columns, or the schema of it."""
    rows = long_rows(request.GET, request.user)
    if form == "csv":
        return as_file(as_long_csv(rows), "text/csv; charset=utf-8", "figures.csv")
    if form == "jsonl":
        return as_file(as_jsonl(rows), "application/x-ndjson", "figures.jsonl")
    here = request.build_absolute_uri()
    files = [here.replace("explore-long.schema.json", f"explore-long.{one}") for one in FILES]
    return JsonResponse(schema(*files), json_dumps_params={"indent": 2})


def as_file(text: str, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Up to six projects side by side."""
    found = compared(request.GET, timezone.now())
    return render(request, "contributors/metrics/compare.html", found or {})
