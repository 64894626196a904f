"""Pages on what a connection is opened with, and what that still allows."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.lib.refusals import Refused
from integrations.connections import credentials
from integrations.connections.forms import TokenForm
from integrations.connections.hookcard import webhook_at
from integrations.connections.keys import plain
from integrations.connections.meters import meters
from integrations.connections.models import Connection, Credential, Source
from integrations.connections.queries import under_way
from integrations.connections.views import allowed, maintainer
from integrations.connections.wizard import account_of


@require_safe
@login_required
@allowed
def access(request: HttpRequest, pk: int) -> HttpResponse:
    """A connection: its keys with what is left of them, and its repositories."""
    found = get_object_or_404(Connection, pk=pk)
    at = timezone.now()
    context = {
        "keys": [{"one": one, "meters": meters(one, at)} for one in found.credentials.all()],
        "webhook": webhook_at(found),
        **_repositories(found),
    }
    return render(request, "integrations/connections/access.html", context)


@require_safe
@login_required
@allowed
def repositories(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that htmx asks for again while something is being read."""
    found = get_object_or_404(Connection, pk=pk)
    return render(request, "integrations/connections/_repositories.html", _repositories(found))


def _repositories(connection: Connection) -> dict[str, Any]:
    of = Source.objects.with_standing().filter(connection=connection).order_by("location")
    rows = under_way(of, timezone.now())
    is_busy = any(row["is_running"] or row["is_asked"] for row in rows)
    return {"connection": connection, "rows": rows, "is_busy": is_busy}


@sensitive_post_parameters("token", "sealed")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def add_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one more token into the pool."""
    return _token_page(request, get_object_or_404(Connection, pk=pk), None)


@sensitive_post_parameters("token", "sealed")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def replace_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Have another token where this one was."""
    found = get_object_or_404(Credential.objects.select_related("connection"), pk=pk)
    if found.kind != Credential.Kind.TOKEN:
        raise Http404
    return _token_page(request, found.connection, found)


def _token_page(
    request: HttpRequest, connection: Connection, former: Credential | None
) -> HttpResponse:
    """Ask for a token until it is one that works."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            _keep(request, connection, former, form)
        except Refused as refusal:
            form.add_error("token", str(refusal))
        else:
            messages.success(request, _("The token works and is kept."))
            return redirect(connection)
    context = {"connection": connection, "form": form, "former": former}
    return render(request, "integrations/connections/key.html", context)


def _keep(
    request: HttpRequest, connection: Connection, former: Credential | None, form: TokenForm
) -> None:
    """Try the token, then store it. Raises `Refused`."""
    token, me, at = form.known_secret(), maintainer(request), timezone.now()
    account = account_of(plain(token)) if connection.provider == "github" else ""
    if former is not None:
        credentials.replace_token(credential=former, token=token, account=account, by=me, at=at)
        return
    label = form.cleaned_data["label"]
    credentials.add_token(
        connection=connection, token=token, label=label, account=account, by=me, at=at
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def remove_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what removing a key means, then forget it."""
    found = get_object_or_404(Credential.objects.select_related("connection"), pk=pk)
    connection = found.connection
    if request.method != "POST":
        others = connection.credentials.exclude(pk=found.pk).count()
        context = {"key": found, "connection": connection, "others": others}
        return render(request, "integrations/connections/remove_key.html", context)
    credentials.remove_credential(credential=found, by=maintainer(request), at=timezone.now())
    messages.success(request, _("The key is forgotten."))
    return redirect(connection)


@require_POST
@login_required
@allowed
def check_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the provider whether a key still opens anything, and what is left of it."""
    found = get_object_or_404(Credential.objects.select_related("connection"), pk=pk)
    problem = credentials.check_credential(credential=found, at=timezone.now())
    if problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The key works."))
    return redirect(found.connection)
