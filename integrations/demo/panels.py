"""What the demo adds to pages: the word that it is one."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from community.lib.slots import Panel, fill
from integrations.demo.models import Loading
from integrations.demo.works import COMMUNITY


def notice(_: object, request: HttpRequest) -> Mapping[str, Any] | None:
    """The name of the invented community, while it is loaded."""
    return {"invented": COMMUNITY} if Loading.objects.exists() else None


fill("metrics:home", Panel("integrations/demo/_notice.html", notice, order=10))
