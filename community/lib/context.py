"""What the frame of every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from community.lib.slots import nav


def frame(request: HttpRequest) -> dict[str, Any]:
    """Names and links for `base.html`."""
    return {
        "community_name": settings.COMMUNITY_NAME,
        "nav_main": nav("main"),
        "nav_maintain": nav("maintain"),
        "nav_foot": nav("foot"),
        "debug": settings.DEBUG,
    }
