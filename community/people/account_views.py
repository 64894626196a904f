"""Pages on which people look after their own account."""

from typing import cast

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.lib.refusals import Refused
from community.people.actions import (
    add_affiliation,
    change_affiliation,
    change_profile,
    remove_affiliation,
    set_avatar,
)
from community.people.erasure import erase_person
from community.people.exports import write_export
from community.people.forms import AffiliationForm, EraseForm, ProfileForm, WelcomeForm
from community.people.models import Affiliation, Person
from community.people.rules import why_not_use_link
from community.people.signin import find_link, use_link

page = require_http_methods(["GET", "HEAD", "POST"])


def _me(request: HttpRequest) -> Person:
    """The signed-in person, read again so that a form may try things on it."""
    return cast("Person", Person.objects.get(pk=request.user.pk))


@never_cache
@page
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """A one-time link: looking at it spends nothing, the button does."""
    link = find_link(secret)
    refusal = why_not_use_link(link, at=timezone.now())
    if link is None or refusal:
        context = {"refusal": refusal}
        return render(request, "community/people/welcome.html", context, status=410)
    typed = request.POST if request.method == "POST" else None
    form = WelcomeForm(typed, person=link.person)
    if form.is_valid():
        password = form.cleaned_data["password"]
        try:
            person = use_link(secret=secret, password=password, at=timezone.now())
        except Refused as refused:
            context = {"refusal": refused}
            return render(request, "community/people/welcome.html", context, status=410)
        # By allauth, so that a second factor is asked for here too.
        return cast("HttpResponse", perform_login(request, person))
    return render(request, "community/people/welcome.html", {"form": form, "link": link})


@login_required
@page
def edit(request: HttpRequest) -> HttpResponse:
    """The person's own profile, preferences and what others see of it."""
    me = _me(request)
    form = ProfileForm(request.POST or None, request.FILES or None, instance=me)
    if request.method == "POST" and form.is_valid():
        try:
            saved = change_profile(person=me, at=timezone.now(), **form.profile_fields())
        except Refused as refusal:
            form.add_error("handle", str(refusal.reason))
        else:
            picture = form.cleaned_data["picture"]
            if picture or form.cleaned_data.get("remove_picture"):
                set_avatar(person=saved, picture=picture)
            messages.success(request, _("Your profile is saved."))
            return redirect(saved)
    return render(request, "community/people/edit.html", {"form": form, "tab": "profile"})


@login_required
@page
def affiliations(request: HttpRequest) -> HttpResponse:
    """Whom the person worked for, and when."""
    me = _me(request)
    form = AffiliationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        source, now = Affiliation.Source.PERSON, timezone.now()
        try:
            add_affiliation(person=me, source=source, by=me, at=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect("people:affiliations")
    listed = me.affiliations.select_related("organization")
    context = {"form": form, "affiliations": listed, "tab": "affiliations"}
    return render(request, "community/people/affiliations.html", context)


@login_required
@page
def affiliation(request: HttpRequest, pk: int) -> HttpResponse:
    """One of the person's own affiliations: correct its days, end it or take it back."""
    me = _me(request)
    found = get_object_or_404(me.affiliations.select_related("organization"), pk=pk)
    days = {"starts_on": found.starts_on, "ends_on": found.ends_on}
    form = AffiliationForm(request.POST or None, initial=days)
    del form.fields["organization"]
    if request.method == "POST" and form.is_valid():
        try:
            change_affiliation(affiliation=found, by=me, at=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal.reason))
        else:
            return redirect("people:affiliations")
    context = {"form": form, "affiliation": found, "tab": "affiliations"}
    return render(request, "community/people/affiliation.html", context)


@require_POST
@login_required
def affiliation_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an affiliation that was wrong."""
    me = _me(request)
    found = get_object_or_404(me.affiliations, pk=pk)
    remove_affiliation(affiliation=found, by=me, at=timezone.now())
    return redirect("people:affiliations")


@require_safe
@login_required
def own_data(request: HttpRequest) -> HttpResponse:
    """What can be taken away, and how to be forgotten."""
    context = {"form": EraseForm(), "tab": "data"}
    return render(request, "community/people/own_data.html", context)


@never_cache
@require_POST
@login_required
def export(request: HttpRequest) -> FileResponse:
    """Everything about the signed-in person as a zip."""
    me, now = _me(request), timezone.now()
    name = f"{me.handle}-{now:%Y-%m-%d}.zip"
    return FileResponse(write_export(person=me, at=now), as_attachment=True, filename=name)


@require_POST
@login_required
def erase(request: HttpRequest) -> HttpResponse:
    """Forget the signed-in person, once they have typed their handle."""
    me = _me(request)
    form = EraseForm(request.POST)
    if form.is_valid():
        try:
            erase_person(person=me, typed=form.cleaned_data["typed"], by=me, at=timezone.now())
        except Refused as refusal:
            form.add_error("typed", str(refusal.reason))
        else:
            logout(request)
            messages.success(request, _("You are forgotten. Thank you for all you did here."))
            return redirect("people:list")
    context = {"form": form, "tab": "data"}
    return render(request, "community/people/own_data.html", context)
