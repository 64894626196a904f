"""Pages on what a connection is opened with, and what that still allows."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from integrations.connections.models import Connection, Source
from integrations.connections.views import allowed


@require_safe
@login_required
@allowed
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """A connection: its keys with what is left of them, and its repositories."""
    found = get_object_or_404(Connection, pk=pk)
    context = {
        "connection": found,
        "credentials": found.credentials.all(),
        "sources": Source.objects.with_standing().filter(connection=found).order_by("location"),
    }
    return render(request, "integrations/connections/access.html", context)
