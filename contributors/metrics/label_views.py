"""Pages of the labels that issues and change requests carry."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from community.lib.paging import page_of_list
from contributors.activity.labels import labels_known
from contributors.metrics.boards import board_of, cards_of, charts_of, picker, waiting_for
from contributors.metrics.kept import LABELED
from contributors.metrics.periods import window_of
from contributors.metrics.queries import Place, extent_of
from contributors.metrics.registry import METRICS
from contributors.metrics.series import place_of

FIGURES = (
    "issues_new",
    "issues_closed",
    "change_requests",
    "change_requests_accepted",
    "time_to_first_response",
    "issue_resolution_duration",
    "issue_age",
    "time_to_close",
)


@require_safe
def labels(request: HttpRequest) -> HttpResponse:
    """Every label, those on most open issues and change requests first."""
    asked = request.GET.get("q", "").strip()[:60]
    found = [one for one in labels_known(request.user) if asked.casefold() in one.name.casefold()]
    context = {"page": page_of_list(found, request), "asked": asked}
    return render(request, "contributors/metrics/labels.html", context)


@require_safe
def label(request: HttpRequest, name: str) -> HttpResponse:
    """What carries a label: what waits, and its figures."""
    place = place_of(f"label:{name}", request.user)
    context: dict[str, Any] = {"label": place.label, "items_url": items_url(place)}
    if extent := extent_of(place):
        window = window_of(request.GET, extent)
        board = board_of(place, f"label:{place.label}", window, extent, request.user)
        context |= {
            "picker": picker(window, extent),
            "gap": board.gap,
            "figures": cards_of(board, FIGURES, place, window),
            "charts": charts_of(board, "issues", "change-requests", "response", "spread"),
            "waiting": {
                **waiting_for(place, board, request.user),
                "url": items_url(place, waiting="1"),
            },
            "untold": [one.label for key, one in METRICS.items() if key not in LABELED],
        }
    return render(request, "contributors/metrics/label.html", context)


def items_url(place: Place, **more: str) -> str:
    """The list of what carries the label."""
    return f"{reverse('activity:work_items')}?{urlencode({'label': place.label, **more})}"
