"""Pages of those who write elections and answer for them."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.lib.refusals import Refused
from community.people.models import Person
from governance.ballots.actions import (
    cancel_election,
    change_election,
    create_election,
    decide_tie,
    freeze_election,
    name_lot,
    publish_election,
)
from governance.ballots.election_forms import ElectionForm
from governance.ballots.models import Election
from governance.ballots.officer_forms import CancelForm, LotForm, TieForm

page = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@page
def create(request: HttpRequest) -> HttpResponse:
    """Write an election down."""
    if not request.user.has_perm("ballots.create_election"):
        raise PermissionDenied
    form = ElectionForm(request.POST or None)
    if form.is_valid():
        try:
            slug = form.cleaned_data["slug"].lower()
            made = create_election(
                slug=slug, draft=form.draft(), by=_person(request), at=timezone.now()
            )
        except Refused as refusal:
            form.add_error("slug" if refusal.code == "taken" else None, str(refusal))
        else:
            messages.success(request, _("The draft is kept. Nobody is told until you announce it."))
            return redirect(made)
    return render(request, "governance/ballots/form.html", {"form": form})


@login_required
@page
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a draft anew."""
    election = _election(request, slug, "ballots.write_election")
    form = ElectionForm(request.POST or None, instance=election)
    if form.is_valid():
        try:
            change_election(
                election=election, draft=form.draft(), by=_person(request), at=timezone.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The draft is kept."))
            return redirect(election)
    context = {"form": form, "election": election}
    return render(request, "governance/ballots/form.html", context)


@login_required
@page
def freeze(request: HttpRequest, slug: str) -> HttpResponse:
    """Announce it, after a look at everything that can no longer be changed."""
    election = _election(request, slug, "ballots.run_election")
    if request.method == "POST":
        return _done(
            *(request, election),
            lambda: freeze_election(election=election, by=_person(request), at=timezone.now()),
            _("It is announced, and everybody on the roll is told."),
        )
    return render(request, "governance/ballots/freeze.html", {"election": election})


@login_required
@page
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Call it off, with the reason."""
    election = _election(request, slug, "ballots.run_election")
    form = CancelForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        return _done(
            *(request, election),
            lambda: cancel_election(
                election=election, reason=reason, by=_person(request), at=timezone.now()
            ),
            _("It is called off."),
        )
    context = {"election": election, "form": form}
    return render(request, "governance/ballots/cancel.html", context)


@login_required
@require_POST
def lot(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what decides a lot."""
    election, form = _election(request, slug, "ballots.run_election"), LotForm(request.POST)
    value = form.cleaned_data["value"] if form.is_valid() else ""
    return _done(
        *(request, election),
        lambda: name_lot(election=election, value=value, by=_person(request), at=timezone.now()),
        _("It is said, and the count goes on."),
    )


@login_required
@require_POST
def tie(request: HttpRequest, slug: str) -> HttpResponse:
    """Decide a tie."""
    election, form = _election(request, slug, "ballots.run_election"), TieForm(request.POST)
    is_whole = form.is_valid()
    order, reason = (form.keys(), form.cleaned_data["reason"]) if is_whole else ([], "")
    return _done(
        *(request, election),
        lambda: decide_tie(
            election=election, order=order, reason=reason, by=_person(request), at=timezone.now()
        ),
        _("The tie is decided."),
    )


@login_required
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish a result whose tie stays open."""
    election = _election(request, slug, "ballots.run_election")
    return _done(
        *(request, election),
        lambda: publish_election(election=election, by=_person(request), at=timezone.now()),
        _("The result is published."),
    )


def _election(request: HttpRequest, slug: str, permission: str) -> Election:
    found = Election.objects.visible_to(_person(request)).select_related("roll")
    election = get_object_or_404(found, slug=slug)
    if not request.user.has_perm(permission, election):
        raise PermissionDenied
    return election


def _person(request: HttpRequest) -> Person:
    return cast("Person", request.user)


def _done(
    request: HttpRequest, election: Election, verb: Callable[[], Any], success: str
) -> HttpResponse:
    """Back on the election's page, with what was done or why it was not."""
    try:
        verb()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, success)
    return redirect(election)
