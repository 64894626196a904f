"""Pages on which maintainers see what was pushed to the site, and set a webhook up."""

import json
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from community.lib.paging import page_of
from community.lib.text import storable
from community.people.models import Person
from integrations.connections.deliveries import payload_of
from integrations.connections.hookcard import address
from integrations.connections.hooksecrets import renew_hook_secret, renew_secret_of
from integrations.connections.models import Connection, Delivery, Source
from integrations.connections.receiving import process_again
from integrations.connections.views import allowed

LONGEST_SHOWN = 200_000  # characters of a payload on a page


@never_cache
@require_safe
@login_required
@allowed
def deliveries(request: HttpRequest) -> HttpResponse:
    """What came, the latest first, by state, event and repository."""
    given = {name: request.GET.get(name, "") for name in ("state", "event", "repository")}
    found = Delivery.objects.light()
    if given["state"] in Delivery.State.values:
        found = found.filter(state=given["state"])
    if given["event"]:
        found = found.filter(event=storable(given["event"], 60))
    if given["repository"]:
        found = found.filter(repository_name__iexact=storable(given["repository"], 255))
    context = {
        **given,
        "page": page_of(found, request),
        "states": Delivery.State.choices,
        "counts": Delivery.objects.counted_by_event(),
        "address": address(),
    }
    return render(request, "integrations/connections/deliveries.html", context)


@never_cache
@require_safe
@login_required
@allowed
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery with its headers and its payload."""
    found = get_object_or_404(Delivery, pk=pk)
    context = {"delivery": found, "payload": _shown(found)}
    return render(request, "integrations/connections/delivery.html", context)


def _shown(found: Delivery) -> str:
    """The payload laid out for reading; as it came where it is no JSON; empty once dropped."""
    try:
        payload = payload_of(found)
    except ValueError:
        return (found.body or b"").decode("utf-8", "replace")[:LONGEST_SHOWN]
    if payload is None:
        return ""
    return json.dumps(payload, indent=2, ensure_ascii=False)[:LONGEST_SHOWN]


@require_POST
@login_required
@allowed
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply a delivery once more."""
    found = get_object_or_404(Delivery, pk=pk)
    me = cast("Person", request.user)
    if process_again(delivery=found, by=me, at=timezone.now()):
        messages.success(request, _("The delivery is applied as soon as a worker is free."))
    else:
        messages.error(request, _("The delivery is waiting already, or its body was dropped."))
    return redirect(found)


@never_cache
@require_POST
@login_required
@allowed
@sensitive_variables("secret")
def renew_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh secret for the webhook; it is in this one answer and nowhere else."""
    source = get_object_or_404(
        Source.objects.select_related("repository__project", "connection"), pk=pk
    )
    me = cast("Person", request.user)
    secret = renew_hook_secret(source=source, by=me, at=timezone.now())
    return _secret_page(request, source, source.repository.name, secret)


@never_cache
@require_POST
@login_required
@allowed
@sensitive_variables("secret")
def renew_connection_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """The same for all repositories of a connection."""
    connection = get_object_or_404(Connection, pk=pk, provider="github")
    me = cast("Person", request.user)
    secret = renew_secret_of(connection=connection, by=me, at=timezone.now())
    return _secret_page(request, connection, str(connection), secret)


@sensitive_variables("secret")
def _secret_page(
    request: HttpRequest, of: Source | Connection, name: str, secret: str
) -> HttpResponse:
    context = {"back": of.get_absolute_url(), "name": name, "secret": secret, "address": address()}
    return render(request, "integrations/connections/hook_secret.html", context)
