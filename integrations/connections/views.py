"""Pages on which maintainers connect repositories and watch them being read."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.lib.paging import page_of
from community.lib.refusals import Refused
from community.people.models import Person
from integrations.connections import actions, protocol
from integrations.connections.forms import ConnectForm
from integrations.connections.hookcard import webhook_of
from integrations.connections.keys import plain
from integrations.connections.models import Connection, Source
from integrations.connections.queries import what_stays_and_goes
from integrations.connections.relisting import next_relisting
from integrations.connections.rules import why_not_start

allowed = permission_required("connections.manage_connections", raise_exception=True)
RUNS = 20


def maintainer(request: HttpRequest) -> Person:
    return cast("Person", request.user)


@require_safe
@login_required
@allowed
def sources(request: HttpRequest) -> HttpResponse:
    """Every source, how it stands, and what is wrong with it."""
    found = Source.objects.with_standing().order_by("location")
    context = {
        "page": page_of(found, request),
        "troubled": found.troubled().count(),
        "connections": Connection.objects.known(),
    }
    return render(request, "integrations/connections/list.html", context)


@sensitive_post_parameters("token", "sealed")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def git(request: HttpRequest) -> HttpResponse:
    """Connect a git repository anywhere, or look first."""
    form = ConnectForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            if "check" not in form.data:
                return _connected(request, form)
            keys = plain(form.known_secret())
            context["found"] = protocol.connector("git").describe(
                form.cleaned_data["location"], keys=keys
            )
        except Refused as refusal:
            form.add_error(_field_of(refusal), str(refusal))
    return render(request, "integrations/connections/git.html", context)


def _connected(request: HttpRequest, form: ConnectForm) -> HttpResponse:
    """Connect, ask for the first run, and show it. Raises `Refused`."""
    at, me = timezone.now(), maintainer(request)
    source = actions.connect(
        connector="git",
        location=form.cleaned_data["location"],
        project=form.project_slug(),
        token=form.known_secret(),
        by=me,
        at=at,
    )
    actions.ask_for_first_run(source=source, by=me, at=at)
    messages.success(request, _("Connected. The first reading has been asked for."))
    return redirect(source)


def _field_of(refusal: Refused) -> str:
    """Where on the form a refusal belongs."""
    if refusal.code in {"bad_token", "token_unreadable", "no_access"}:
        return "token"
    return "slug" if refusal.code.startswith(("slug", "other_project")) else "location"


@require_safe
@login_required
@allowed
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """One source: how it stands, its last runs, what can be done."""
    found = get_object_or_404(Source.objects.with_standing(), pk=pk)
    runs = page_of(found.runs.all(), request, RUNS)
    context = {**_progress(found), "page": runs, "webhook": webhook_of(found)}
    return render(request, "integrations/connections/source.html", context)


@require_safe
@login_required
@allowed
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that htmx asks for again while a run is under way."""
    found = get_object_or_404(Source.objects.with_standing(), pk=pk)
    return render(request, "integrations/connections/_progress.html", _progress(found))


def _progress(found: Source) -> dict[str, Any]:
    at, run = timezone.now(), found.runs.first()
    is_running = found.is_running_at(at)
    is_asked = not is_running and found.has_waiting_job()
    parked_until = found.parked_until(at)
    return {
        "source": found,
        "next_relisting": next_relisting(found),
        "run": run,
        "is_running": is_running,
        "is_asked": is_asked,
        "parked_until": parked_until,
        "refusal": why_not_start(
            found, is_running=is_running or is_asked, parked_until=parked_until
        ),
    }


@require_POST
@login_required
@allowed
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Sync now, read everything again, pause or resume."""
    found = get_object_or_404(Source, pk=pk)
    at, me = timezone.now(), maintainer(request)
    try:
        if verb in {"sync", "full"}:
            actions.ask_for_run(source=found, full=verb == "full", by=me, at=at)
        else:
            {"pause": actions.pause, "resume": actions.resume}[verb](source=found, by=me, at=at)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is kept, then let go."""
    found = get_object_or_404(Source.objects.select_related("repository__project"), pk=pk)
    if request.method != "POST":
        context = {"source": found, **what_stays_and_goes(found)}
        return render(request, "integrations/connections/disconnect.html", context)
    location = found.location
    actions.disconnect(source=found, by=maintainer(request), at=timezone.now())
    messages.success(request, _("%(location)s is disconnected.") % {"location": location})
    return redirect("connections:list")
