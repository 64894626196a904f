"""Pages that answer with a fragment when htmx asks for one."""

from django.http import HttpRequest


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx swaps a part of the page rather than boosting the whole."""
    return request.headers.get("HX-Request") == "true" and "HX-Boosted" not in request.headers
