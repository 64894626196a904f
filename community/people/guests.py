"""What is the same for everybody who is not signed in."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation

from community.lib.paging import kept, short_of

T = TypeVar("T")


def kept_for_guests(request: HttpRequest, given: tuple[str, ...], make: Callable[[], T]) -> T:
    """What `make` answers, the same for `KEEP_SECONDS` to everybody who is not signed in.

    `given` names the parameters of the address that it depends on. Who is signed in
    gets it fresh.
    """
    if request.user.is_authenticated or not settings.KEEP_SECONDS:
        return make()
    asked = [(name, request.GET.get(name, "")[:40]) for name in given]
    zone = timezone.get_current_timezone_name()
    parts = (request.path, asked, translation.get_language(), zone, request.get_host())
    return kept(f"guests:{short_of(parts)}", make, 0)
