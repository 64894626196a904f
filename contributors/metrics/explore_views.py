"""Pages and files that answer a reader's own question."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from contributors.metrics.comparing import compared
from contributors.metrics.explore import answer
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


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """One metric of one scope over the months a reader picks."""
    question = question_of(request.GET, request.user)
    found = answer(question, request.user)
    link = url_of(question)
    files = {form: link.replace("/explore/?", f"/explore.{form}?") for form in ("csv", "json")}
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
def compare(request: HttpRequest) -> HttpResponse:
    """Up to six projects side by side."""
    found = compared(request.GET, timezone.now())
    return render(request, "contributors/metrics/compare.html", found or {})
