"""What maintainers do for and about one person, and the list of bots."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from community.lib.paging import page_of
from community.lib.refusals import Refused
from community.people.actions import flag_bot, list_bot, unflag_bot, unlist_bot
from community.people.forms import BotForm, SuspendForm
from community.people.models import BotLogin, Person
from community.people.signin import make_link
from community.people.suspensions import lift_suspension, suspend_person

page = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@require_POST
@login_required
@permission_required("people.let_in", raise_exception=True)
def link(request: HttpRequest, handle: str) -> HttpResponse:
    """Make a one-time link for somebody who cannot get in, shown this once."""
    person = get_object_or_404(Person, handle=handle)
    try:
        address = make_link(person=person, by=cast("Person", request.user), at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal.reason))
        return redirect(person)
    context = {"person": person, "address": address}
    return render(request, "community/people/link.html", context)


@require_POST
@login_required
@permission_required("people.flag_bots", raise_exception=True)
def bot_flag(request: HttpRequest, handle: str) -> HttpResponse:
    """Count somebody among the bots, or no longer."""
    person, me = get_object_or_404(Person, handle=handle), cast("Person", request.user)
    if person.is_bot:
        unflag_bot(person=person, by=me, at=timezone.now())
        messages.success(request, _("Counted among the people from now on."))
    else:
        flag_bot(person=person, by=me, at=timezone.now())
        messages.success(request, _("Counted among the bots from now on."))
    return redirect(person)


@require_POST
@login_required
@permission_required("people.suspend", raise_exception=True)
def suspend(request: HttpRequest, handle: str) -> HttpResponse:
    """Shut somebody out, for a reason."""
    person, me = get_object_or_404(Person, handle=handle), cast("Person", request.user)
    form = SuspendForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose why."))
        return redirect(person)
    try:
        suspend_person(person=person, by=me, at=timezone.now(), **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("Suspended until a maintainer lifts it."))
    return redirect(person)


@require_POST
@login_required
@permission_required("people.suspend", raise_exception=True)
def lift(request: HttpRequest, handle: str) -> HttpResponse:
    """Let somebody in again."""
    person = get_object_or_404(Person, handle=handle)
    try:
        lift_suspension(person=person, by=cast("Person", request.user), at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal.reason))
    else:
        messages.success(request, _("The suspension is lifted."))
    return redirect(person)


@page
@login_required
@permission_required("people.flag_bots", raise_exception=True)
def bots(request: HttpRequest) -> HttpResponse:
    """The logins that count as bots wherever they appear."""
    form = BotForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        list_bot(by=cast("Person", request.user), at=timezone.now(), **form.cleaned_data)
        return redirect("people:bots")
    context = {"form": form, "page": page_of(BotLogin.objects.all(), request)}
    return render(request, "community/people/bots.html", context)


@require_POST
@login_required
@permission_required("people.flag_bots", raise_exception=True)
def bot_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a login off the list."""
    entry = get_object_or_404(BotLogin, pk=pk)
    unlist_bot(entry=entry, by=cast("Person", request.user), at=timezone.now())
    return redirect("people:bots")
