"""The way from a key to repositories that are read: how, which, at what cost, begin."""

import json
import secrets
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from community.lib.refusals import Refused
from community.people.models import Person
from community.projects.models import Project
from integrations.connections import actions, credentials, protocol
from integrations.connections.foresight import MOST, Foreseen, foresee
from integrations.connections.forms import AppForm, PickForm, TokenForm
from integrations.connections.keys import Key, mark_of, plain
from integrations.connections.models import Connection, Credential, Source
from integrations.connections.protocol import Browsable, Choice, Estimate, NewApp, OutOfBudget
from integrations.connections.tokens import apps_at, environment_keys, keys_through
from integrations.connections.views import allowed, maintainer

PROVIDER = "github"
SITE_LABEL = "GITHUB_TOKEN"
STATE = "manifest_state"


@sensitive_post_parameters("token", "sealed")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def create(request: HttpRequest) -> HttpResponse:
    """How: with a pasted token, an app, what is connected already, or the site's own."""
    is_post = request.method == "POST"
    if is_post and "site" in request.POST:
        return redirect("connections:pick", _site_connection(maintainer(request)).pk)
    form = TokenForm(request.POST if is_post else None)
    if is_post and form.is_valid():
        try:
            return redirect("connections:pick", _with_token(form, maintainer(request)).pk)
        except Refused as refusal:
            form.add_error("token", str(refusal))
    context = {
        "form": form,
        "connections": Connection.objects.known(PROVIDER),
        "has_site_tokens": bool(environment_keys(PROVIDER)),
        "step": 1,
    }
    return render(request, "integrations/connections/how.html", context)


@sensitive_variables("token")
def _with_token(form: TokenForm, me: Person) -> Connection:
    """The connection this token opens: one that holds it already, or a new one."""
    token = form.known_secret()
    held = Credential.objects.filter(connection__provider=PROVIDER, mark=mark_of(token)).first()
    account = account_of(plain(token))
    if held is not None:
        return held.connection
    at, label = timezone.now(), form.cleaned_data["label"]
    made = credentials.open_connection(
        provider=PROVIDER, label=label or account or "GitHub", by=me, at=at
    )
    credentials.add_token(connection=made, token=token, label=label, account=account, by=me, at=at)
    return made


def account_of(keys: Sequence[Key]) -> str:
    """Who the keys act for. Raises `Refused` when they are not accepted."""
    connector = protocol.connector(PROVIDER)
    try:
        return connector.account(keys=keys) if isinstance(connector, Browsable) else ""
    except OutOfBudget:  # accepted, if only later
        return ""


def _site_connection(me: Person) -> Connection:
    """The one that goes by the environment's tokens."""
    shared = Connection.objects.filter(provider=PROVIDER, label=SITE_LABEL, credentials=None)
    return shared.first() or credentials.open_connection(
        provider=PROVIDER, label=SITE_LABEL, by=me, at=timezone.now()
    )


@sensitive_post_parameters("private_key", "sealed", "hook_secret")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def app(request: HttpRequest) -> HttpResponse:
    """With an app: make one from our manifest, or name one that exists."""
    form = AppForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            pem, number = form.known_secret(), form.cleaned_data["app_id"]
            found = apps_at(PROVIDER).app(number, pem)
            made = _with_app(
                NewApp(found, pem, form.cleaned_data["hook_secret"]), maintainer(request)
            )
            return redirect("connections:install", made.pk)
        except Refused as refusal:
            form.add_error("private_key", str(refusal))
    state = request.session.setdefault(STATE, secrets.token_urlsafe(24))
    connector, organization = apps_at(PROVIDER), request.GET.get("organization", "").strip()
    manifest = connector.manifest(
        settings.SITE_URL.rstrip("/"),
        done=reverse("connections:app_made"),
        installed=reverse("connections:list"),
    )
    context = {
        "form": form,
        "manifest": json.dumps(manifest),
        "maker": connector.maker_address(organization, state=state),
        "organization": organization,
        "step": 1,
    }
    return render(request, "integrations/connections/app.html", context)


@require_safe
@login_required
@allowed
def app_made(request: HttpRequest) -> HttpResponse:
    """GitHub sends the maintainer back here with a code for the app just made."""
    expected, given = request.session.pop(STATE, ""), request.GET.get("state", "")
    if not expected or not constant_time_compare(expected, given):
        return HttpResponseBadRequest(
            _("This answer does not belong to a question of ours. Begin again."),
            content_type="text/plain; charset=utf-8",
        )
    try:
        made = apps_at(PROVIDER).app_from_manifest(request.GET.get("code", "")[:100])
        return redirect("connections:install", _with_app(made, maintainer(request)).pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("connections:app")


@sensitive_variables("new")
def _with_app(new: NewApp, me: Person) -> Connection:
    """The connection of this app, its key kept until it is known where it is installed."""
    held = Credential.objects.filter(connection__provider=PROVIDER, app_id=new.app.id).first()
    at, label = timezone.now(), new.app.name or "GitHub"
    if held is not None:
        _keep_hook_secret(held.connection, new, me)
        return held.connection
    made = credentials.open_connection(provider=PROVIDER, label=label, by=me, at=at)
    credentials.add_app(
        connection=made,
        app_id=new.app.id,
        private_key=new.private_key,
        label=new.app.name,
        by=me,
        at=at,
    )
    _keep_hook_secret(made, new, me)
    return made


@sensitive_variables("new")
def _keep_hook_secret(connection: Connection, new: NewApp, me: Person) -> None:
    if new.hook_secret.strip():
        credentials.keep_hook_secret(
            connection=connection, secret=new.hook_secret, by=me, at=timezone.now()
        )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def install(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the app is installed: take those places into the pool."""
    connection = get_object_or_404(Connection, pk=pk)
    app_key = connection.credentials.filter(kind=Credential.Kind.APP).first()
    if app_key is None:
        raise Http404
    context: dict[str, Any] = {"connection": connection, "step": 1}
    try:
        described, places = credentials.places_of(credential=app_key)
        wanted = {*request.POST.getlist("place")}
        chosen = [one for one in places if one.id in wanted]
        if chosen:
            me, at = maintainer(request), timezone.now()
            credentials.install_app(credential=app_key, places=chosen, by=me, at=at)
            return redirect("connections:pick", connection.pk)
        held = {*connection.credentials.values_list("installation_id", flat=True)}
        context |= {"app": described, "places": places, "held": held}
    except Refused as refusal:
        context["problem"] = refusal.reason
    return render(request, "integrations/connections/install.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Which: the repositories the key may read, and any other by name."""
    connection = get_object_or_404(Connection, pk=pk)
    return _pick_page(request, connection, PickForm())


def _pick_page(request: HttpRequest, connection: Connection, form: PickForm) -> HttpResponse:
    """The list, with what was ticked before, narrowed by what is searched for."""
    words = request.GET.get("q", "").strip().casefold()
    ticked = {name.lower() for name in form.picked()} if form.is_bound else set()
    context: dict[str, Any] = {"connection": connection, "form": form, "q": words, "step": 2}
    try:
        found = choices_of(connection)
    except (Refused, OutOfBudget) as refusal:
        context["problem"] = refusal.reason
        found = []
    taken = Source.objects.taken([one.external_id for one in found], connection.provider)
    context["choices"] = [
        {
            "one": one,
            "source": taken.get(one.external_id),
            "is_ticked": one.location.lower() in ticked,
        }
        for one in found
        if words in f"{one.location} {one.description}".casefold() or one.location.lower() in ticked
    ]
    context |= {"total": len(found), "most": MOST}
    return render(request, "integrations/connections/pick.html", context)


def choices_of(connection: Connection) -> Sequence[Choice]:
    """What the connection's keys may read. Raises `Refused`."""
    connector = protocol.connector(connection.provider)
    keys = keys_for(connection)
    return connector.choices(keys=keys) if isinstance(connector, Browsable) and keys else []


def keys_for(connection: Connection) -> Sequence[Key]:
    """Its own keys, else those of the environment. Raises `Refused`."""
    return keys_through(connection) or environment_keys(connection.provider)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@allowed
def estimate(request: HttpRequest, pk: int) -> HttpResponse:
    """At what cost and for which project; then begin."""
    connection = get_object_or_404(Connection, pk=pk)
    form = PickForm(request.POST if request.method == "POST" else None)
    if not form.is_bound:
        return redirect("connections:pick", connection.pk)
    if "back" in request.POST or not form.is_valid():
        return _pick_page(request, connection, form)
    picked, errors = form.picked(), {}
    if "start" in request.POST:
        errors = _begin(request, connection, picked)
        if not errors:
            messages.success(request, _("Connected. The first reading has been asked for."))
            return redirect(connection)
        picked = list(errors)
    try:
        foreseen = foresee(
            connection.provider, picked, keys=keys_for(connection), place=str(connection.pk)
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _pick_page(request, connection, form)
    context = {
        "connection": connection,
        "foreseen": foreseen,
        "rows": _rows(request, picked, foreseen, errors),
        "slugs": Project.objects.order_by("slug").values_list("slug", flat=True),
        "together": request.POST.get("together", ""),
        "step": 3,
    }
    return render(request, "integrations/connections/estimate.html", context)


def _begin(request: HttpRequest, connection: Connection, picked: list[str]) -> dict[str, str]:
    """Connect each and ask for its first run; what was refused, and why, by its name."""
    errors, me = {}, maintainer(request)
    for place in picked:
        at = timezone.now()
        try:
            made = actions.connect(
                connector=connection.provider,
                location=place,
                project=_project_for(request, place),
                connection=connection,
                by=me,
                at=at,
            )
        except (Refused, OutOfBudget) as refusal:
            errors[place] = str(refusal)
            continue
        actions.ask_for_first_run(source=made, by=me, at=at)
    return errors


def _project_for(request: HttpRequest, place: str) -> str:
    """What was typed for all, else for this one, else its own name."""
    own = request.POST.get(f"project:{place}", "").strip()
    return request.POST.get("together", "").strip() or own or proposed(place)


def proposed(place: str) -> str:
    """The short name a repository's project would have."""
    return slugify(place.rstrip("/").rpartition("/")[2].removesuffix(".git"))[:80]


def _rows(
    request: HttpRequest, picked: list[str], foreseen: Foreseen, errors: dict[str, str]
) -> list[dict[str, Any]]:
    """Each repository with its estimate, its project as typed, and its error."""
    return [
        {
            "place": place,
            "estimate": foreseen.estimates.get(place),
            "error": errors.get(place) or foreseen.refusals.get(place),
            "comments": comments_of(foreseen.estimates.get(place)),
            "project": request.POST.get(f"project:{place}", proposed(place)),
        }
        for place in picked
    ]


def comments_of(one: Estimate | None) -> int | None:
    """Comments on issues, pull requests and lines."""
    return one.counts["issue_comments"] + one.counts["review_comments"] if one else None
