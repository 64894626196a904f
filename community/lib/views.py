"""The parts of the house, shown together."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def style(request: HttpRequest) -> HttpResponse:
    """Every part in every state, for eyes and for the browser tests (DEBUG only)."""
    return render(request, "community/lib/style.html")
